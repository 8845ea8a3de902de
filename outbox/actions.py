"""What may be done to the outbox: queue a message, and decide about one that was not sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.bulk import insert_new_rows
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from outbox.clock import real_now
from outbox.digests import follow_digests, join_digests
from outbox.errors import MessageIsNotAtRest
from outbox.message_ids import new_message_id
from outbox.models import OutboxMessage
from outbox.outcomes import one_line

# An id, a UUID or a code. Neither a name with a space nor an address fits.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}")
GIVEN_BACK = _("It did not arrive: the recipient's mail server gave it back (%(status)s).")
FROM_BEFORE_RESTORE = _("Queued before this system was restored, so it was perhaps sent already.")

State = OutboxMessage.State


@dataclass(frozen=True)
class Queued:
    """One message to one recipient, as an action orders it.

    `refs` are what the text is made of at sending time: ids and codes, neither names nor text, so
    that a person can be erased. `dedupe_key` is the reason for the message; a second one with the
    same key is not queued. `channel` is mail, or page: to the recipient's address for pages, if
    they have one. It does not leave before `hold_until`, desk time. Raises ValueError on anything
    else.
    """

    kind: str
    recipient_id: int | None
    refs: Mapping[str, int | str]
    dedupe_key: str
    urgent: bool = False
    channel: str = "mail"
    hold_until: datetime | None = None

    def __post_init__(self) -> None:
        if not self.kind or not self.dedupe_key:
            raise ValueError("a message needs a kind and a dedupe key")
        for name, value in self.refs.items():
            if not isinstance(value, int) and not CODE.fullmatch(value):
                raise ValueError(f"refs hold ids and codes only, not {name}={value!r}")


@transaction.atomic
def queue_messages(*, messages: Sequence[Queued], at: datetime) -> None:
    """Add messages to the outbox; those whose dedupe key is there already are left out.

    Belongs in the transaction of what they tell about: they leave when it has committed, and only
    then. `at` is desk time; delivery starts at once, whatever it says, or when `hold_until` has
    come, or with others where the recipient wants that (`outbox.digests`). Waits for another
    transaction that is queueing the same key.
    """
    tenant_id = current_tenant_id()
    # In the order of their keys, so that two transactions with the same keys cannot deadlock.
    rows = [
        OutboxMessage(
            tenant_id=tenant_id,
            kind=message.kind,
            recipient_id=message.recipient_id,
            refs=dict(message.refs),
            dedupe_key=message.dedupe_key,
            message_id=new_message_id(),
            urgent=message.urgent,
            channel=message.channel,
            hold_until=message.hold_until,
            queued_at=at,
        )
        for message in sorted(messages, key=lambda message: message.dedupe_key)
    ]
    join_digests(rows, at=at)
    insert_new_rows(rows)


@transaction.atomic
def send_again(*, message_id: int, by: Person) -> OutboxMessage:
    """Put a message that was not sent back into the queue, with its Message-ID, as if it were new.

    `message_id` is the row's id. For managers; also the answer of a person to "perhaps sent". Locks
    the message. Raises NotAllowed, NotFound or MessageIsNotAtRest.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    message = OutboxMessage.objects.select_for_update(no_key=True).filter(pk=message_id).first()
    if message is None:
        raise NotFound
    if message.state not in OutboxMessage.UNSENT:
        raise MessageIsNotAtRest
    before = message.state
    message.state = State.QUEUED
    message.why = ""
    message.attempts = message.doubts = 0
    message.due_at = real_now()
    message.digest = None  # by itself, if it was a part of another one
    message.save(update_fields=["state", "why", "attempts", "doubts", "due_at", "digest"])
    # A digest takes along again what went where it went.
    message.joined.filter(state=before).update(state=State.JOINED, why="")
    return message


@transaction.atomic
def note_bounce(*, message_id: int, status: str) -> bool:
    """Write down that the recipient's server gave a message back after all; tell whether it was.

    `status` is what the server gave as its code, such as 5.1.1. Locks the message. Nothing happens
    to one that is not sent.
    """
    message = OutboxMessage.objects.select_for_update(no_key=True).filter(pk=message_id).first()
    if message is None or message.state != State.SENT:
        return False
    message.state, message.sent_at = State.FAILED, None
    message.why = one_line(str(GIVEN_BACK) % {"status": status or "5"})
    message.save(update_fields=["state", "sent_at", "why"])
    return True


@dataclass(frozen=True)
class Released:
    """What became of the held messages of one tenant."""

    queued: int = field(default=0)
    skipped: int = field(default=0)


@transaction.atomic
def release_held(*, restored_at: datetime) -> Released:
    """Let go what a muted outbox held back; what is older than the restored system stays unsent.

    `restored_at` is real time: rows recorded earlier came with the backup and were perhaps sent
    after it was taken. The others were made while the outbox was muted, and go into the queue.
    """
    held = OutboxMessage.objects.filter(state=State.HELD)
    skipped = held.filter(recorded_at__lt=restored_at).update(
        state=State.SKIPPED, why=str(FROM_BEFORE_RESTORE)
    )
    queued = held.update(state=State.QUEUED, why="", due_at=real_now())
    follow_digests()
    return Released(queued=queued, skipped=skipped)
