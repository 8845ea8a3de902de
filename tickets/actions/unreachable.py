"""The customer was to be there and could not be reached: logged, told, and a lower level offered.

An open case of high priority expects the customer at hand while it is worked on (DD-40).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import NotAllowed
from accounts.models import Person
from sla.engine.parts import LEVEL_AXES, Level
from sla.engine.policy import Policy
from tickets.actions.conversation import must_be_open, write_note
from tickets.actions.levels import offer_level
from tickets.audience import customer_side
from tickets.errors import NothingSaid
from tickets.life_errors import NoLowerLevel
from tickets.models import Case, ContactAttempt, LevelRequest
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines

# What the customer reads with the offer; they may keep the level as it is.
OFFERED = _(
    "We tried to reach you and could not. While nobody is at hand, “%(level)s” may suit better."
)


@dataclass(frozen=True, slots=True)
class Lower:
    """The level that is offered to whoever cannot be reached, on its axis."""

    axis: str
    level: Level


def lower_level(case: Case, policy: Policy) -> Lower | None:
    """Find what the policy offers where the customer of a case cannot be reached (DD-40)."""
    for axis in LEVEL_AXES:
        held = policy.level(axis, getattr(case, axis))
        lower = policy.level(axis, held.unreachable_to) if held and held.unreachable_to else None
        if lower is not None:
            return Lower(axis, lower)
    return None


@transaction.atomic
def log_attempt(
    *,
    case_id: int,
    way: str,
    body: str,
    by: Person,
    at: datetime,
    occurred_at: datetime | None = None,
    offers_lower: bool = False,
) -> ContactAttempt:
    """Log that the customer could not be reached, how and when; they are told of it (DD-40).

    `body` is a note for the desk: whom one asked for. It answers nobody and moves no clock.
    `offers_lower` offers the lower level of the policy, which the customer may take; nothing moves
    until they do. Locks the case. Raises NotAllowed, NothingSaid, CaseIsNotOpen, NoLowerLevel, what
    `offer_level` raises, BeforeLastEntry, InTheFuture.
    """
    if not by.may("log_call"):
        raise NotAllowed
    if not body.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    must_be_open(case)
    timeline = load_timeline(case)
    lower = lower_level(case, timeline.state().policy)
    if offers_lower and lower is None:
        raise NoLowerLevel(field="offers_lower")
    event = timeline.add(
        "attempt_logged", by=by, at=at, occurred_at=occurred_at, payload={"way": way}
    )
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    attempt = ContactAttempt.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        event=event,
        way=way,
        by=by,
        tried_at=event.occurred_at,
    )
    write_note(case, event, body, by=by)
    notify("attempt_logged", customer_side(case), case=case, event=event, at=at)
    if offers_lower and lower is not None:
        _offer(case, lower, by=by, at=at)
    return attempt


def _offer(case: Case, lower: Lower, *, by: Person, at: datetime) -> None:
    offer_level(
        case_id=case.pk,
        axis=lower.axis,
        level=lower.level.code,
        kind=LevelRequest.Kind.UNREACHABLE,
        reason=str(OFFERED) % {"level": lower.level.name},
        by=by,
        at=at,
    )
