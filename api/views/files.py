"""Files: those of a case, and those that wait for the words that they go with."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotFound
from accounts.models import Person
from api.errors import CaseNeeded
from api.fields import Said, said
from api.parameters import CASE
from api.reading import access_case
from api.shapes.said import FileOut, FilesOut, files_told
from api.view import ApiView, created, operation
from jobs.tasks import nudge
from tickets.actions.attaching import DRAFTS, FILING, drop_upload
from tickets.files import ShownFile, access_attachment, files_of, policy_for, unsent_of
from tickets.uploading import FileBox, served

FILE = OpenApiParameter("file", OpenApiTypes.UUID, OpenApiParameter.PATH)
# What a file can go with, by whose word it is.
FOR = {
    "case": (FILING, FILING),
    "reply": (DRAFTS["customer_replied"], DRAFTS["agent_replied"]),
    "question": (DRAFTS["question_asked"],) * 2,
    "note": (DRAFTS["note_added"],) * 2,
    "solution": (DRAFTS["resolved"],) * 2,
}


class UploadIn(Said):
    file = serializers.FileField(max_length=255)
    case = serializers.CharField(
        required=False,
        max_length=60,
        help_text="The id or number of the case; needed but for a case that is to be opened.",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # A word of the language cannot be the name of an attribute.
        return {**super().get_fields(), "for": serializers.ChoiceField(choices=list(FOR))}


class CaseFiles(ApiView):
    @operation(
        id="cases_attachments",
        tag="Files",
        summary="List the files of a case",
        scope="cases:read",
        gives={200: FilesOut},
        parameters=(CASE,),
    )
    def get(self, request: Request, case: str) -> Response:
        found = files_of(access_case(request.user, case), request.user)
        return Response({"results": files_told([one for one in found if _may_know(request, one)])})


class OneFile(ApiView):
    @operation(
        id="attachments_read",
        tag="Files",
        summary="Read what is known of a file",
        scope="cases:read",
        gives={200: FileOut},
        parameters=(FILE,),
    )
    def get(self, request: Request, file: UUID) -> Response:
        return Response(files_told([_access(request, file)])[0])


class Content(ApiView):
    @operation(
        id="attachments_content",
        tag="Files",
        summary="Download a file",
        about="Its bytes, to be saved. That you had it is noted.",
        scope="cases:read",
        gives={(200, "*/*"): OpenApiTypes.BINARY},
        parameters=(FILE,),
    )
    def get(self, request: Request, file: UUID) -> HttpResponse:
        _access(request, file)
        return served(request, file)


class Uploads(ApiView):
    parser_classes = (MultiPartParser,)

    @operation(
        id="uploads_list",
        tag="Files",
        summary="List what you have uploaded and not sent yet",
        scope="cases:write",
        gives={200: FilesOut},
    )
    def get(self, request: Request) -> Response:
        rows = unsent_of(request.user).order_by("pk")
        return Response({"results": files_told([ShownFile(row) for row in rows])})

    @operation(
        id="uploads_add",
        tag="Files",
        summary="Upload a file",
        about="It waits for the words that it goes with: the next reply, question, note or "
        "solution on the case, or the next case that is opened. What nobody sends is thrown away "
        "after a day.",
        scope="cases:write",
        takes={"multipart/form-data": UploadIn},
        gives={201: FileOut},
    )
    def post(self, request: Request) -> Response:
        heard = said(UploadIn, request)
        box = _box(request, heard["for"], heard.get("case"))
        box.put(heard["file"])
        nudge()
        return created(files_told([ShownFile(box.brought[0])])[0])


class OneUpload(ApiView):
    @operation(
        id="uploads_remove",
        tag="Files",
        summary="Throw away what was not sent",
        scope="cases:write",
        gives={204: None},
        parameters=(FILE,),
    )
    def delete(self, request: Request, file: UUID) -> Response:
        drop_upload(upload=file, by=request.user)
        return Response(status=204)


def _access(request: Request, file: UUID) -> ShownFile:
    shown = ShownFile(access_attachment(request.user, file))
    if not _may_know(request, shown):
        raise NotFound
    return shown


def _may_know(request: Request, shown: ShownFile) -> bool:
    """Tell whether a token may have a file: one of a note needs the scope of notes."""
    return not shown.attachment.is_internal or "notes:read" in request.auth.codes


def _box(request: Request, goes_with: str, key: str | None) -> FileBox:
    by: Person = request.user
    if (key is None) != (goes_with == "case"):
        raise CaseNeeded(field="case")
    case = access_case(by, key) if key is not None else None
    draft = FOR[goes_with][0 if by.is_customer else 1]
    return FileBox(by, request.at, draft, policy_for(case, request.at), "api", case)
