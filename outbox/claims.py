"""The states that a message goes through while it is delivered, each change in a short transaction.

queued -> (claimed) -> sending -> sent, or back to queued for another try, or to rest. A claim is a
lease in the database's real time: whoever dies holding one loses it. `claimed_until` also tells
claims apart, for a later one always ends later: who lost a claim changes nothing any more.

"sending" is written before the server is talked to. A lease that lapses in "queued" cost nothing;
one that lapses in "sending" leaves a doubt, exactly like a server that never answered.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.tenancy import tenant
from outbox.clock import real_now
from outbox.digests import KIND as DIGEST
from outbox.digests import follow_digests, note_told
from outbox.letters import DeskEmail, write_email
from outbox.models import OutboxMessage
from outbox.outcomes import (
    MOST_DOUBTS,
    RETRY_AFTER_DOUBT_SECONDS,
    RETRY_AFTER_SECONDS,
    RETRY_UNREACHABLE_SECONDS,
    Outcome,
    Verdict,
    one_line,
)
from outbox.registry import registered

# Twice what a task may live (CELERY_TASK_TIME_LIMIT): no living deliverer loses its lease.
LEASE_SECONDS = 180
CHANGED = ["state", "why", "attempts", "doubts", "due_at", "claimed_until", "sent_at"]

State = OutboxMessage.State
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """One message that is ours until `token`, which is its `claimed_until`."""

    tenant_id: int
    message_id: int
    token: datetime


@dataclass(frozen=True)
class Begun:
    """A message that is ready to leave, or, without `email`, one that came to `state` instead."""

    claim: Claim
    state: State | None
    email: DeskEmail | None = None


def claim_messages(*, tenant_id: int, most: int) -> list[Claim]:
    """Claim up to `most` messages that are due, urgent ones first, then by age; commits.

    Skips what another deliverer has locked or claimed, and what is held for its recipient's hours.
    Settles what a dead one left behind.
    """
    with tenant(tenant_id) as at:
        now = real_now()
        _doubt_lapsed(now)
        follow_digests()
        may_leave = Q(hold_until=None) | Q(hold_until__lte=at)
        free = OutboxMessage.objects.filter(may_leave, state=State.QUEUED, due_at__lte=now).exclude(
            claimed_until__gt=now
        )
        ids = list(
            free.order_by("-urgent", "due_at", "id")
            .select_for_update(skip_locked=True, no_key=True)
            .values_list("pk", flat=True)[:most]
        )
        token = _lease_from(now)
        OutboxMessage.objects.filter(pk__in=ids).update(claimed_until=token)
    return [Claim(tenant_id, message_id, token) for message_id in ids]


def begin_sending(claim: Claim) -> Begun:
    """Decide about a claimed message and write it; commits it as "sending" before it may leave.

    Locks the message while its text is made. It is skipped with the reason when it may not leave. A
    fault of the code that writes it is logged and tried again later. `state` is None when the claim
    was lost.
    """
    with tenant(claim.tenant_id) as at:
        message = _locked(claim).select_related("recipient", "tenant").first()
        now = real_now()
        if message is None or not _is_ours(message, claim, State.QUEUED):
            return Begun(claim, None)
        email = _write(message, at=at, now=now)
        if email is not None:
            message.state = State.SENDING
            message.attempts += 1
            message.claimed_until = _lease_from(now)
            note_told(message, email.joined)
        message.save(update_fields=CHANGED)
        if message.kind == DIGEST:
            follow_digests()
        renewed = Claim(claim.tenant_id, claim.message_id, message.claimed_until or claim.token)
        return Begun(renewed, State(message.state), email)


def finish(claim: Claim, outcome: Outcome) -> State | None:
    """Write down what the attempt came to; commits. Locks the message.

    One who lost the lease meanwhile may still say "sent", for that is a fact; nothing else (None).
    """
    with tenant(claim.tenant_id) as at:
        message = _locked(claim).first()
        if message is None or message.state == State.SENT:
            return None
        is_fact = outcome.verdict is Verdict.SENT
        if not is_fact and not _is_ours(message, claim, State.SENDING):
            logger.warning("message %d was taken over: %s", claim.message_id, outcome.verdict)
            return None
        _settle(message, outcome, at=at, now=real_now())
        message.save(update_fields=CHANGED)
        if message.kind == DIGEST:
            follow_digests()
        return State(message.state)


def put_off(claims: Sequence[Claim], *, why: str) -> None:
    """Give one tenant's claims back until the server can be reached; counts no attempt. Commits."""
    with tenant(claims[0].tenant_id):
        due_at = real_now() + timedelta(seconds=RETRY_UNREACHABLE_SECONDS)
        _still_ours(claims).update(claimed_until=None, due_at=due_at, why=one_line(why))


def give_back(claims: Sequence[Claim]) -> None:
    """Give one tenant's claims back, for anybody to take at once. Commits."""
    with tenant(claims[0].tenant_id):
        _still_ours(claims).update(claimed_until=None)


def hold_waiting(*, tenant_id: int) -> int:
    """Hold back everything that waits, because the outbox is muted; count it. Commits."""
    with tenant(tenant_id):
        waiting = OutboxMessage.objects.filter(state__in=OutboxMessage.WAITING)
        why = _("This system is muted: nothing leaves it.")
        return waiting.update(state=State.HELD, why=why, claimed_until=None)


def _doubt_lapsed(now: datetime) -> None:
    lapsed = OutboxMessage.objects.filter(state=State.SENDING, claimed_until__lte=now)
    change = {
        "claimed_until": None,
        "doubts": F("doubts") + 1,
        "why": _("The deliverer ended before it could say whether the message was sent."),
    }
    lapsed.filter(doubts__gte=MOST_DOUBTS).update(state=State.AMBIGUOUS, **change)
    lapsed.update(state=State.QUEUED, **change)


def _locked(claim: Claim) -> QuerySet[OutboxMessage]:
    locked = OutboxMessage.objects.select_for_update(no_key=True, of=("self",))
    return locked.filter(pk=claim.message_id)


def _is_ours(message: OutboxMessage, claim: Claim, state: State) -> bool:
    return message.state == state and message.claimed_until == claim.token


def _still_ours(claims: Sequence[Claim]) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        pk__in=[claim.message_id for claim in claims],
        state=State.QUEUED,
        claimed_until=claims[0].token,
    )


def _lease_from(now: datetime) -> datetime:
    return now + timedelta(seconds=LEASE_SECONDS)


def _write(message: OutboxMessage, *, at: datetime, now: datetime) -> DeskEmail | None:
    try:
        with transaction.atomic():
            return write_email(message, at=at)
    except DomainError as reason:
        _rest(message, State.SKIPPED, str(reason))
        _see_to_skipped(message, at)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # one of the two named loops: other apps' code must not stop the others' mail
        logger.exception("message %d cannot be written", message.pk)
        message.attempts += 1
        _try_later(message, _("It could not be written: a fault of the desk, see its log."), now)
    return None


def _see_to_skipped(message: OutboxMessage, at: datetime) -> None:
    """Let the kind of a message that is not sent see to it; a fault there changes nothing here."""
    kind = registered(message.kind)
    if kind is None or kind.skipped is None or message.recipient is None:
        return
    try:
        with transaction.atomic():
            kind.skipped(message.recipient, message.refs, at)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # the same named loop
        logger.exception("nobody else has message %d, which was not sent", message.pk)


def _settle(message: OutboxMessage, outcome: Outcome, *, at: datetime, now: datetime) -> None:
    if outcome.verdict is Verdict.SENT:
        _rest(message, State.SENT, "")
        message.sent_at = at
    elif outcome.verdict is Verdict.PERMANENT:
        _give_up(message, outcome.why)
    elif outcome.verdict is Verdict.TEMPORARY:
        _try_later(message, outcome.why, now)
    else:
        _doubt(message, outcome.why, now)


def _doubt(message: OutboxMessage, why: str, now: datetime) -> None:
    message.doubts += 1
    if message.doubts > MOST_DOUBTS:
        _give_up(message, why)
    else:
        _queue_again(message, why, now + timedelta(seconds=RETRY_AFTER_DOUBT_SECONDS))


def _try_later(message: OutboxMessage, why: str, now: datetime) -> None:
    if message.attempts > len(RETRY_AFTER_SECONDS):
        _give_up(message, why)
    else:
        seconds = RETRY_AFTER_SECONDS[message.attempts - 1]
        _queue_again(message, why, now + timedelta(seconds=seconds))


def _queue_again(message: OutboxMessage, why: str, due_at: datetime) -> None:
    _rest(message, State.QUEUED, why)
    message.due_at = due_at


def _give_up(message: OutboxMessage, why: str) -> None:
    # An earlier attempt may have arrived; "failed" would be more than we know.
    _rest(message, State.AMBIGUOUS if message.doubts else State.FAILED, why)


def _rest(message: OutboxMessage, state: State, why: str) -> None:
    message.state = state
    message.why = one_line(why)
    message.claimed_until = None
