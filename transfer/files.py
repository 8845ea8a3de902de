"""The files of imported cases: out of the archive, or out of a folder of the server.

Never fetched from anywhere. A name in a row is looked for as it is; none leads out of the folder.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts.models import Person
from tickets import storage
from tickets.actions.attaching import clean_name
from tickets.attachment_models import Attachment
from tickets.models import CaseEvent
from tickets.sniffing import HEAD_BYTES, type_of
from transfer.reading.bundle import Bundle

BLOCK = 1024 * 1024


def has_file(bundle: Bundle, folder: str, name: str) -> bool:
    """Tell whether the file that a row names came with it."""
    return _in_folder(folder, name) is not None or bundle.size_of(_member(name)) is not None


def attach(
    event: CaseEvent, name: str, *, bundle: Bundle, folder: str, by: Person, at: datetime
) -> Attachment | None:
    """Keep a file with an entry, as if it had been sent with it; it is looked through as all are.

    None for an empty one, and for one longer than any file may be here.
    """
    key = uuid.uuid4()
    most = settings.ATTACHMENT_MAX_MEGABYTES * 1024**2
    storage.write(event.tenant_id, key, _bounded(_blocks(bundle, folder, name), most), offset=0)
    path = storage.path_of(event.tenant_id, key)
    size = path.stat().st_size
    if size == 0 or size > most:
        storage.remove(event.tenant_id, key)
        return None
    state = Attachment.State
    return Attachment.objects.create(
        tenant_id=event.tenant_id,
        uuid=key,
        case=event.case,
        event=event,
        uploaded_by=by,
        is_internal=event.audience == CaseEvent.Audience.DESK,
        name=clean_name(name),
        content_type=type_of(storage.head_of(event.tenant_id, key, HEAD_BYTES)),
        size_bytes=size,
        received_bytes=size,
        state=state.WAITING if settings.ATTACHMENT_SCANNER else state.UNCHECKED,
        started_at=at,
        stored_at=at,
    )


def _blocks(bundle: Bundle, folder: str, name: str) -> Iterator[bytes]:
    path = _in_folder(folder, name)
    if path is not None:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
        return
    with bundle.opened(_member(name)) as member:
        while block := member.read(BLOCK):
            yield block


def _bounded(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for block in blocks:
        total += len(block)
        yield block
        if total > most:
            return


def _member(name: str) -> str:
    return name if name.startswith("files/") else f"files/{name}"


def _in_folder(folder: str, name: str) -> Path | None:
    if not folder:
        return None
    home = Path(folder).resolve()
    try:
        path = (home / name).resolve()
    except (OSError, ValueError):  # NUL, or a name that is too long
        return None
    return path if path.is_relative_to(home) and path.is_file() else None
