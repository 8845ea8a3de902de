"""Mail that is not kept for good: its bytes and words go with its time, or with its sender.

The row stays and tells that a mail came, when, and what became of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from mailbox import keeping
from mailbox.models import RawMail
from transfer.keepers import Keeper, Known, register_keeper

State = RawMail.State
MOST_AT_ONCE = 500
EMPTIED = [
    "parsed", "subject", "sender", "envelope_from", "envelope_to", "message_id", "told", "figures",
    "size_bytes", "state", "settled_at",
]  # fmt: skip


def register_forgetting() -> None:
    """Tell whoever erases and exports what is kept of mail."""
    keeper = Keeper(forget_person, forget_cases, files=files, homes=(keeping.HOME,))
    register_keeper("mails", keeper)


def drop_old(at: datetime) -> int:
    """Empty the mails that were settled MAIL_KEEP_DAYS ago and wait for nobody; count them."""
    before = at - timedelta(days=settings.MAIL_KEEP_DAYS)
    old = RawMail.objects.filter(settled_at__lt=before, size_bytes__gt=0)
    return empty(old.exclude(state__in=RawMail.FOR_A_PERSON).order_by("pk")[:MOST_AT_ONCE])


def forget_person(known: Known) -> int:
    """Empty the mails of somebody who is erased; count them. What waits of theirs waits no more."""
    theirs = Q(person=known.person)
    if known.person.email:
        theirs |= Q(sender__iexact=known.person.email)
    return empty(RawMail.objects.filter(theirs, size_bytes__gt=0))


def forget_cases(case_ids: Sequence[int], at: datetime) -> int:
    """Empty the mails that became part of these cases, or may be about them; count them."""
    about = Q(case__in=case_ids) | Q(about__in=case_ids)
    return empty(RawMail.objects.filter(about, size_bytes__gt=0))


def files(tenant_id: int) -> Iterator[tuple[str, Path]]:
    """List the mails that are kept byte for byte: the name in an export, and the place."""
    for key in RawMail.objects.order_by("pk").values_list("uuid", flat=True).iterator():
        path = keeping.path_of(tenant_id, key)
        if path.is_file():
            yield f"mail/{key.hex}.eml", path


def empty(mails: Iterable[RawMail]) -> int:
    """Take everything that was said from mails, and their bytes; count them.

    The bytes go once that is committed.
    """
    rows = list(mails)
    for row in rows:
        row.parsed, row.figures, row.envelope_to, row.size_bytes = None, {}, [], 0
        row.subject = row.sender = row.envelope_from = row.message_id = row.told = ""
        if row.state in (State.RECEIVED, *RawMail.FOR_A_PERSON):
            row.settled_at = row.settled_at or row.received_at
            row.state = State.BINNED
        transaction.on_commit(partial(keeping.remove, row.tenant_id, row.uuid))
    RawMail.objects.bulk_update(rows, EMPTIED)
    return len(rows)
