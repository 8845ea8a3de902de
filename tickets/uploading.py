"""What both faces share about files: the box on a form, and the small protocol of the script.

The protocol: POST name, size, draft and case -> the upload's address and offset 0. POST a part with
its offset there -> the new offset; 409 says where the file ends. GET -> the same, to go on after a
lost connection or in a new page. POST to `remove/` throws it away.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, NotFound
from accounts.models import Person
from accounts.numbers import number_in
from jobs.tasks import nudge
from sla.engine.policy import Policy
from tickets import storage
from tickets.actions.attaching import (
    add_part,
    begin_upload,
    clean_name,
    drop_upload,
    log_download,
    must_be_whole,
)
from tickets.attachment_models import Attachment
from tickets.file_errors import FormTooLarge, PartTooLarge, WrongOffset
from tickets.files import MEGABYTE, Limits, ShownFile, limits_of, size_text, uploads_of
from tickets.models import Case
from tickets.queries import access_case
from tickets.receiving import DroppedFile

State = Attachment.State
# A browser that shows what it was sent as a file to save has nothing to run.
NOTHING_RUNS = "default-src 'none'; sandbox"


@dataclass
class FileBox:
    """Where the files of one form lie until it is sent. `face` names the address space."""

    by: Person
    at: datetime
    draft: str
    policy: Policy
    face: str
    case: Case | None = None
    # What this very form brought, to be thrown away where it turns out to be sent twice.
    brought: list[Attachment] = field(default_factory=list)

    @cached_property
    def limits(self) -> Limits:
        return limits_of(self.policy)

    @cached_property
    def waiting(self) -> list[ShownFile]:
        """List what lies in it."""
        return [ShownFile(row) for row in uploads_of(self.by, self.draft, self.case)]

    @property
    def begin_url(self) -> str:
        return reverse(f"{self.face}:upload_begin")

    def put(self, file: UploadedFile) -> None:
        """Store a file of a plain form. Raises FormTooLarge, and what `begin_upload` raises."""
        size = file.size or 0
        if isinstance(file, DroppedFile) or size > self.limits.form_bytes:
            self._refuse_size(file, size)
        row = begin_upload(
            name=file.name or "",
            size=size,
            draft=self.draft,
            case_id=self.case.pk if self.case else None,
            by=self.by,
            at=self.at,
        )
        sent = {"offset": 0, "length": size, "blocks": file.chunks()}
        self.brought.append(add_part(upload=row.uuid, by=self.by, at=self.at, **sent))
        self.look_again()

    def was_read(self, rows: Sequence[Attachment]) -> None:
        """Take what was read of it together with other boxes."""
        self.__dict__["waiting"] = [ShownFile(row) for row in rows]

    def look_again(self) -> None:
        """Forget what was read of it."""
        self.__dict__.pop("waiting", None)

    def empty(self) -> None:
        """Throw away what this form brought."""
        for row in self.brought:
            drop_upload(upload=row.uuid, by=self.by)
        self.brought = []

    def names(self) -> str:
        """Name what lies in it, for an entry that has no other words."""
        return ", ".join(shown.attachment.name for shown in self.waiting)

    def _refuse_size(self, file: UploadedFile, size: int) -> None:
        limit = size_text(self.limits.form_bytes)
        name = clean_name(file.name or "")
        raise FormTooLarge(name=name, size=size_text(size), limit=limit, field="files")


class FileInput(forms.Widget):
    """The box, drawn: what lies in it, an input for several files, and how much fits."""

    needs_multipart_form = True
    box: FileBox | None = None
    is_one = False

    def render(
        self, name: str, value: object, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        attrs = attrs or {}
        shown = {
            "name": name,
            "box": self.box,
            "is_one": self.is_one,
            "id": attrs.get("id", name),
            "is_wrong": "aria-invalid" in attrs,
        }
        if self.box is not None:
            language = get_language()
            shown["said"] = said_by_script(language)
            shown["sizes"] = sizes_said(self.box.limits, language, is_one=self.is_one)
        return render_to_string("files/box.html", shown)

    def value_from_datadict(self, data: Mapping, files: MultiValueDict, name: str) -> list[str]:
        """Give the uploads that are not to be sent after all; the files are taken by `take`."""
        ticked = f"{name}-drop"
        return data.getlist(ticked) if hasattr(data, "getlist") else []

    def use_required_attribute(self, initial: object) -> bool:
        return False


@lru_cache
def said_by_script(language: str | None) -> SafeString:
    """Give the script of the box its words, as attributes; a page has several boxes."""
    words = {
        "waits": gettext("waits"),
        "sending": gettext("%%s of %%s") % (),
        "lost": gettext("The connection is lost. It goes on by itself as soon as it is back."),
        "done": gettext("%%s, arrived") % (),
        "signed-out": gettext(
            "You are signed out. Sign in in another window, then choose the file again."
        ),
        "busy": gettext(
            "Not sent yet: a file is still on its way. It takes a moment; or remove it."
        ),
        "failed": gettext("This did not work. Choose the file again."),
    }
    return format_html_join("", ' data-t-{}="{}"', words.items())


@lru_cache
def sizes_said(limits: Limits, language: str | None, *, is_one: bool) -> dict[str, str]:
    """Say how much fits into a box, `plain` without its script and `script` with it."""
    form, file = size_text(limits.form_bytes), size_text(limits.file_bytes)
    plain = gettext(
        "Up to %(count)s files, together at most %(limit)s. For larger ones switch scripts on."
    )
    script = gettext(
        "Up to %(count)s files, each at most %(limit)s. Large ones are sent in parts: if the "
        "connection breaks, they go on where they stopped."
    )
    if is_one:
        plain = gettext("One file of at most %(limit)s. For a larger one switch scripts on.")
        script = gettext(
            "One file of at most %(limit)s. A large one is sent in parts: if the connection "
            "breaks, it goes on where it stopped."
        )
    return {
        "plain": plain % {"count": limits.files, "limit": form},
        "script": script % {"count": limits.files, "limit": file},
    }


class FilesField(forms.Field):
    """Files that go with a form; `put_in` says where they lie until it is sent."""

    widget = FileInput

    def __init__(self, label: object = _("Files"), *, is_one: bool = False) -> None:
        super().__init__(required=False, label=label)
        self.widget.is_one = is_one

    @property
    def box(self) -> FileBox | None:
        return self.widget.box

    def put_in(self, box: FileBox) -> None:
        self.widget.box = box


def take(form: forms.Form, request: HttpRequest, *, alone: str = "") -> None:
    """Take in the files that a form brought, before it is sent; refusals are said at the field.

    What could be stored lies in the box then, also where the rest of the form is wrong. `alone`
    names the field of the words where files can be sent without any: their names stand there then.
    Nothing is done for a form without files.
    """
    files = form.fields.get("files")
    if not isinstance(files, FilesField) or files.box is None:
        return
    box, name = files.box, form.add_prefix("files")
    refusals = _drop_and_put(box, request.POST.getlist(f"{name}-drop"), request.FILES.getlist(name))
    if alone and (box.waiting or refusals):
        _let_stand_alone(form, alone, "" if refusals else box.names())
    for refusal in refusals:
        form.add_error("files", str(refusal))
    if box.brought:
        nudge()


def begin(request: HttpRequest) -> HttpResponse:
    """Answer the script that is about to send a file."""
    number, size = request.POST.get("case", ""), request.POST.get("size", "")
    case_number = number_in(number)
    case = access_case(request.user, case_number) if case_number else None
    row = begin_upload(
        name=request.POST.get("name", ""),
        size=number_in(size, digits=15) or 0,
        draft=request.POST.get("draft", ""),
        case_id=case.pk if case else None,
        by=request.user,
        at=request.at,
    )
    return JsonResponse(_standing(request, row), status=HTTPStatus.CREATED)


def go_on(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Take one part of a file, or say how much of it is there."""
    mine = Attachment.objects.filter(uploaded_by=request.user, event__isnull=True)
    row = mine.filter(uuid=upload).first()
    if row is None:
        raise NotFound
    if request.method != "POST":
        return JsonResponse(_standing(request, row))
    offset, part = request.POST.get("offset", ""), request.FILES.get("part")
    limit = settings.ATTACHMENT_PART_MEGABYTES * MEGABYTE
    if part is None or isinstance(part, DroppedFile) or part.size > limit:
        raise PartTooLarge(limit=size_text(limit))
    row = add_part(
        upload=upload,
        offset=int(offset) if offset.isdecimal() and len(offset) < 16 else -1,
        length=part.size,
        blocks=part.chunks(),
        by=request.user,
        at=request.at,
    )
    nudge()
    return JsonResponse(_standing(request, row))


def remove(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Throw an upload away."""
    drop_upload(upload=upload, by=request.user)
    return JsonResponse({})


@dataclass(frozen=True)
class FileViews:
    """The script's protocol and the downloads, as one face serves them."""

    begin: Callable[..., HttpResponse]
    upload: Callable[..., HttpResponse]
    remove: Callable[..., HttpResponse]
    download: Callable[..., HttpResponse]


def file_views(
    page: Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]],
) -> FileViews:
    """Make the views of a face; `page` lets its people in and nobody else."""
    return FileViews(
        begin=require_POST(page(told_in_json(begin))),
        upload=require_http_methods(["GET", "HEAD", "POST"])(page(told_in_json(go_on))),
        remove=require_POST(page(told_in_json(remove))),
        download=require_safe(page(served)),
    )


def told_in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer refusals as the script reads them: the words, the code, and where to go on."""

    @wraps(view)
    def answering(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except DomainError as error:
            told = {"error": str(error), "code": error.code}
            if isinstance(error, WrongOffset):
                told["offset"] = error.offset
            response = JsonResponse(told, status=error.status)
        response["Cache-Control"] = "no-store"
        return response

    return answering


def served(request: HttpRequest, attachment: uuid.UUID) -> HttpResponse:
    """Give a file to save, never to show; who had it is noted first.

    The bytes are read after the transaction has ended: a slow reader holds nothing open.
    """
    row = log_download(key=attachment, by=request.user, at=request.at)
    response = FileResponse(
        storage.open_bytes(row.tenant_id, row.uuid),
        as_attachment=True,
        filename=row.name,
        content_type=row.content_type,
    )
    response["Content-Length"] = row.size_bytes
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cache-Control"] = "private, no-store"
    return response


def _standing(request: HttpRequest, row: Attachment) -> dict[str, object]:
    face = request.resolver_match.app_name
    return {
        "url": reverse(f"{face}:upload", args=[row.uuid]),
        "name": row.name,
        "size": row.size_bytes,
        "offset": row.received_bytes,
        "is_whole": row.state != State.UPLOADING,
    }


def _let_stand_alone(form: forms.Form, words: str, names: str) -> None:
    """Ask for no words beside files; where there are none the names of the files stand there."""
    form.fields[words].required = False
    html_name = form.add_prefix(words)
    if names and not form.data.get(html_name, "").strip():
        form.data = form.data.copy()
        form.data[html_name] = gettext("Files: %(names)s") % {"names": names}


def _drop_and_put(
    box: FileBox, dropped: Sequence[str], files: Sequence[UploadedFile]
) -> list[DomainError]:
    """Throw away what was ticked, store what came, and list every refusal."""
    lying = {str(shown.attachment.uuid): shown.attachment for shown in box.waiting}
    for key in dropped:
        if key in lying:
            drop_upload(upload=lying[key].uuid, by=box.by)
    box.look_again()
    refusals = []
    for file in files:
        try:
            box.put(file)
        except DomainError as error:
            refusals.append(error)
    try:
        must_be_whole(draft=box.draft, case=box.case, by=box.by)
    except DomainError as error:
        refusals.append(error)
    return refusals
