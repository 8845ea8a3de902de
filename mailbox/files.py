"""The files of a mail, on the entry that it becomes: through the same door as any upload."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import Person
from mailbox.letter import Letter
from mailbox.parsing import Attached
from tickets.actions.attaching import add_part, begin_upload, mail_draft, send_uploads
from tickets.models import Case, CaseEvent

BLOCK = 1024 * 1024


def take_files(letter: Letter, folder: Path, *, by: Person) -> list[str]:
    """Upload the files of a mail as `by`; they wait until `send_files` puts them onto an entry.

    Size, number, room, kind and scanning are those of any upload. Lists in words what was not
    taken, and why.
    """
    refused = []
    for one in letter.mail.attachments:
        try:
            with transaction.atomic():
                _take(letter, one, folder, by=by)
        except DomainError as error:
            left = _("%(name)s was not kept: %(why)s")
            refused.append(left % {"name": one.name, "why": str(error)})
    return refused


def send_files(letter: Letter, case: Case, event: CaseEvent, *, by: Person) -> None:
    """Put what was taken onto the entry that the mail became."""
    if letter.mail.attachments:
        send_uploads(case=case, event=event, draft=mail_draft(letter.row.pk), by=by)


def with_left_out(body: str, refused: Sequence[str]) -> str:
    """Say below the words of a mail which of its files are missing."""
    return "\n\n".join([part for part in (body.strip(), *refused) if part])


def _take(letter: Letter, one: Attached, folder: Path, *, by: Person) -> None:
    if not one.path:
        return
    row = begin_upload(
        name=one.name,
        size=one.size,
        draft=mail_draft(letter.row.pk),
        case_id=None,
        by=by,
        at=letter.at,
    )
    blocks = _blocks(folder / Path(one.path).name)
    add_part(upload=row.uuid, offset=0, length=one.size, blocks=blocks, by=by, at=letter.at)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
