"""Files come in: begun, added to part by part, sent with words, had by those who may (DD-19)."""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets import storage
from tickets.attachment_models import Attachment, AttachmentDownload
from tickets.file_errors import (
    FileIsEmpty,
    FileIsLost,
    FileNotComplete,
    FileNotReady,
    FilesNotTaken,
    FileTooLarge,
    NoRoomForFiles,
    NotAsLongAsSaid,
    TooManyFiles,
    WrongOffset,
)
from tickets.files import (
    State,
    access_attachment,
    is_ready,
    limits_of,
    policy_for,
    room_left,
    size_text,
    unsent_of,
    uploads_of,
)
from tickets.models import Case, CaseEvent
from tickets.queries import visible_cases
from tickets.scanning import order_looking
from tickets.sniffing import HEAD_BYTES, type_of

NAME_LENGTH = 200
# The names of drafts are free; so many forms full of files somebody may leave unsent.
FORMS_AT_ONCE = 3
# What files can go with: the filing form, an answer of the customer's, an act of the desk, a call.
FILING, ANSWER = "file", "answer"
DRAFTS = {
    "customer_replied": ANSWER,
    "reopened": ANSWER,
    "reopen_asked": ANSWER,
    "closed": ANSWER,
    "agent_replied": "reply",
    "question_asked": "ask",
    "resolved": "solve",
    "note_added": "note",
    "diagnostics_offered": "diagnostic",
}
DRAFT = re.compile(r"[a-z-]{1,20}(:[A-Za-z0-9]{1,19})?|call:[A-Za-z0-9]{1,34}")
# Characters that have no form of their own: controls, direction marks, halves of surrogates.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


# Whether what is said takes what lies in a box of its writer's along: not what comes by mail.
_are_shut: ContextVar[bool] = ContextVar("boxes_are_shut", default=False)


@contextmanager
def boxes_shut() -> Iterator[None]:
    """Say something without the files that lie in a form of the same person, unsent."""
    token = _are_shut.set(True)
    try:
        yield
    finally:
        _are_shut.reset(token)


def mail_draft(key: int) -> str:
    """Name the box of the files that came with a mail, by the key of its row."""
    return f"mail:{key}"


def call_draft(token: str) -> str:
    """Name the box of a case that is opened for a caller, by the token of its form."""
    return f"call:{token}"


def clean_name(name: str) -> str:
    """Make a name that can be shown and saved: no path, nothing invisible, no longer than 200.

    The ending is kept when the rest is cut. It decides nothing.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = (one for one in last if unicodedata.category(one) not in INVISIBLE)
    text = " ".join(unicodedata.normalize("NFC", "".join(shown)).split())
    if not text.strip("."):
        return "file"
    stem, dot, ending = text.rpartition(".")
    if len(text) <= NAME_LENGTH or not stem or len(ending) > 20:
        return text[:NAME_LENGTH]
    return stem[: NAME_LENGTH - len(ending) - 1] + dot + ending


@transaction.atomic
def begin_upload(
    *, name: str, size: int, draft: str, case_id: int | None, by: Person, at: datetime
) -> Attachment:
    """Take note of a file that is about to come, for a form that is not sent yet.

    `size` is what it is said to have; it is held against the limit of the policy, the number of
    files at once and the vendor's room before a byte is taken. It takes no room by being said: each
    part is held against the room again. Raises NotAllowed, NotFound, FilesNotTaken, FileIsEmpty,
    FileTooLarge, TooManyFiles, NoRoomForFiles.
    """
    if not by.may("upload_file"):
        raise NotAllowed
    case = _case_for(case_id, by)
    if not DRAFT.fullmatch(draft) or (case is None) != (draft == FILING or ":" in draft):
        raise FilesNotTaken
    named = clean_name(name)
    _check_fits(named, size, draft, case, by=by, at=at)
    return Attachment.objects.create(
        tenant_id=current_tenant_id(),
        case=case,
        uploaded_by=by,
        draft=draft,
        # Nobody else sees it before it is sent; that says who may then.
        is_internal=True,
        name=named,
        size_bytes=size,
        started_at=at,
    )


def add_part(
    *,
    upload: uuid.UUID,
    offset: int,
    length: int,
    blocks: Iterable[bytes],
    by: Person,
    at: datetime,
) -> Attachment:
    """Add the next `length` bytes of a file; the last part makes it whole.

    The bytes are on the disk, synced, before the row says so. Only whoever began the upload may;
    of two that send the same part the second is told where to go on. Two parts at the same moment
    may together exceed the vendor's room by the smaller of them. Locks the upload. Raises NotFound,
    WrongOffset, NotAsLongAsSaid, NoRoomForFiles.
    """
    try:
        with transaction.atomic():
            row = _lock_upload(upload, by)
            _check_room(row.name, row.size_bytes, length, by)
            return _add_part(row, offset, length, blocks, at)
    except FileNotFoundError:
        # What was received is gone from the disk: it begins anew.
        Attachment.objects.filter(uuid=upload, uploaded_by=by).update(received_bytes=0)
        raise WrongOffset(0) from None


def _add_part(
    row: Attachment, offset: int, length: int, blocks: Iterable[bytes], at: datetime
) -> Attachment:
    if row.state != State.UPLOADING or offset != row.received_bytes:
        raise WrongOffset(row.received_bytes)
    if length == 0 or offset + length > row.size_bytes:
        raise NotAsLongAsSaid(name=row.name)
    storage.write(row.tenant_id, row.uuid, blocks, offset=offset)
    row.received_bytes = offset + length
    if row.received_bytes == row.size_bytes:
        _complete(row, at)
    row.save()
    return row


@transaction.atomic
def drop_upload(*, upload: uuid.UUID, by: Person) -> None:
    """Throw away what was uploaded and not sent. Locks the upload. Raises NotFound."""
    row = _lock_upload(upload, by)
    tenant_id, key = row.tenant_id, row.uuid
    row.delete()
    transaction.on_commit(lambda: storage.remove(tenant_id, key))


def drop_uploads(*, draft: str, case: Case | None, by: Person) -> None:
    """Throw away all that a person has uploaded for a form."""
    for row in uploads_of(by, draft, case):
        drop_upload(upload=row.uuid, by=by)


def carry_over(*, case: Case, by: Person) -> None:
    """Take what was uploaded for an answer that came too late along to the draft of a new case."""
    uploads_of(by, ANSWER, case).update(case=None, draft=FILING)


def must_be_whole(*, draft: str, case: Case | None, by: Person) -> None:
    """Refuse to send a form while a file of it has not arrived. Raises FileNotComplete."""
    unfinished = uploads_of(by, draft, case).filter(state=State.UPLOADING).first()
    if unfinished is not None:
        raise FileNotComplete(name=unfinished.name, field="files")


def send_with(event: CaseEvent, case: Case, *, by: Person | None) -> list[Attachment]:
    """Send what somebody has uploaded for the form that left this entry; none for other entries.

    Also where the case that the form was about was merged into this one meanwhile.
    """
    draft = DRAFTS.get(event.kind)
    if draft is None or by is None or _are_shut.get():
        return []
    here = Q(case=case) | Q(case__merged_into=case)
    uploads = Attachment.objects.filter(here, event__isnull=True, uploaded_by=by, draft=draft)
    return _send(uploads, case, event)


def send_uploads(*, case: Case, event: CaseEvent, draft: str, by: Person) -> list[Attachment]:
    """Put what was uploaded before there was a case onto the entry that opened it.

    In the transaction of the opening.
    """
    return _send(uploads_of(by, draft, None), case, event)


def _send(uploads: QuerySet[Attachment], case: Case, event: CaseEvent) -> list[Attachment]:
    """Put uploads onto an entry: who may read it may have them, once they are looked through.

    What has not arrived whole stays behind.
    """
    whole = uploads.exclude(state=State.UPLOADING).order_by("pk")
    rows = list(whole.select_for_update(of=("self",), no_key=True))
    internal = event.audience == CaseEvent.Audience.DESK
    for row in rows:
        row.case, row.event, row.is_internal, row.draft = case, event, internal, ""
    Attachment.objects.bulk_update(rows, ["case", "event", "is_internal", "draft"])
    return rows


@transaction.atomic
def log_download(*, key: uuid.UUID, by: Person, at: datetime) -> Attachment:
    """Let somebody have a file, and note that they had it (DD-35); the bytes are sent afterwards.

    Raises NotFound, FileNotReady, FileIsLost.
    """
    attachment = access_attachment(by, key)
    if not is_ready(attachment):
        raise FileNotReady(name=attachment.name, state=attachment.get_state_display())
    if not storage.path_of(attachment.tenant_id, attachment.uuid).is_file():
        raise FileIsLost(name=attachment.name)
    AttachmentDownload.objects.create(
        tenant_id=attachment.tenant_id, attachment=attachment, person=by, downloaded_at=at
    )
    return attachment


def _case_for(case_id: int | None, by: Person) -> Case | None:
    if case_id is None:
        return None
    case = visible_cases(by).filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def _check_fits(
    name: str, size: int, draft: str, case: Case | None, *, by: Person, at: datetime
) -> None:
    limits = limits_of(policy_for(case, at))
    if size <= 0:
        raise FileIsEmpty(name=name, field="files")
    if size > limits.file_bytes:
        sizes = {"size": size_text(size), "limit": size_text(limits.file_bytes)}
        raise FileTooLarge(name=name, field="files", **sizes)
    _check_number(name, uploads_of(by, draft, case), limits.files)
    _check_number(name, unsent_of(by), limits.files * FORMS_AT_ONCE)
    _check_room(name, size, size, by)


def _check_number(name: str, uploads: QuerySet[Attachment], most: int) -> None:
    if uploads.count() >= most:
        raise TooManyFiles(name=name, limit=most, field="files")


def _check_room(name: str, size: int, more: int, by: Person) -> None:
    free = room_left(by.tenant)
    if more > free:
        sizes = {"size": size_text(size), "free": size_text(free)}
        raise NoRoomForFiles(name=name, field="files", **sizes)


def _lock_upload(upload: uuid.UUID, by: Person) -> Attachment:
    mine = Attachment.objects.filter(uuid=upload, uploaded_by=by, event__isnull=True)
    found = mine.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotFound
    return found


def _complete(row: Attachment, at: datetime) -> None:
    row.content_type = type_of(storage.head_of(row.tenant_id, row.uuid, HEAD_BYTES))
    row.stored_at = at
    row.state = State.WAITING if settings.ATTACHMENT_SCANNER else State.UNCHECKED
    order_looking(at)
