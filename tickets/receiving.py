"""Taking what a browser sends: read before the database is asked for anything, in little memory.

A slow sender must not hold a transaction open, so the body of a form is read whole before the
tenant is entered. Files go to the disk as they come; what is over the limit is read and dropped, so
that the words beside it arrive and the refusal can be said at the file.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.template import loader

MEGABYTE = 1024 * 1024
# Where programs bring whole mails, each in one field: 25 MB as JSON writes them.
RAW_PATH = "/mail/in/"
MOST_RAW_BYTES = 36 * MEGABYTE


class DroppedFile(UploadedFile):
    """A file that was more than a form takes: its name and true size, and none of its bytes."""


class BoundedUploads(TemporaryFileUploadHandler):
    """Put the files of a form on the disk, together at most as much as a form takes."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.room = settings.ATTACHMENT_FORM_MAX_MEGABYTES * MEGABYTE
        self.is_dropped = False

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)
        self.is_dropped = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.room and not self.is_dropped:
            self.is_dropped = True
            self.file.close()
        if not self.is_dropped:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile:
        if self.is_dropped:
            return DroppedFile(None, self.file_name, self.content_type, file_size)
        self.room -= file_size
        return super().file_complete(file_size)

    def upload_interrupted(self) -> None:
        # One that was dropped is closed, and gone, already.
        if not self.is_dropped and hasattr(self, "file"):
            super().upload_interrupted()


class ReceiveFirst:
    """Read the body of a form before the next middleware; outside of `TenantMiddleware`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _said_length(request) > settings.LARGEST_POST_MEGABYTES * MEGABYTE:
            return _refused()
        if request.method == "POST" and request.path.startswith(RAW_PATH):
            if not _take_raw(request):
                return _refused()
        elif request.method == "POST":
            try:
                # Reads and parses; what cannot be parsed is refused where it is asked for again.
                _ = request.POST
            except (UnreadablePostError, MultiPartParserError):
                return HttpResponse(status=HTTPStatus.BAD_REQUEST)
        return self.get_response(request)


def _take_raw(request: HttpRequest) -> bool:
    """Read a body that is no form, whole and once; False where it is more than may be."""
    try:
        body = request.read(MOST_RAW_BYTES + 1)
    except UnreadablePostError:
        return False
    request._body = body
    return len(body) <= MOST_RAW_BYTES


def _said_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _refused() -> HttpResponse:
    limit = settings.ATTACHMENT_FORM_MAX_MEGABYTES * MEGABYTE
    page = loader.render_to_string("files/too_large.html", {"limit": limit})
    response = HttpResponse(page, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    # What it sends is not read any more.
    response["Connection"] = "close"
    return response
