"""A new case about one that can no longer be opened again (SC-18)."""

from datetime import datetime

from django.db import transaction

from accounts.models import Person
from sla.engine.policy import Policy
from tickets.actions.ending import reopen_until
from tickets.actions.opening import open_case
from tickets.agreement_errors import NotFollowed
from tickets.filing import Wish
from tickets.models import Case
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines


@transaction.atomic
def follow_case(
    *,
    wish: Wish,
    subject: str,
    body: str,
    availability: str = "",
    by: Person,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Case:
    """Open a new case about the closed one that the wish names, and link both ways (SC-18).

    It is charged as any new case is. Moves no clock of the old one. Locks the old case, then what
    `open_case` locks. Raises NotFound, NotFollowed (it can still be opened again), and what
    `open_case` raises.
    """
    assert wish.origin is not None and wish.origin_kind == Case.Origin.FOLLOW_UP
    old = lock_case(wish.origin.pk, by)
    timeline = load_timeline(old)
    if not is_followed(old, timeline.state().policy, at):
        raise NotFollowed
    new = open_case(
        wish=wish,
        subject=subject,
        body=body,
        availability=availability,
        by=by,
        at=at,
        occurred_at=occurred_at,
    )
    timeline.add("followed_up", by=by, at=at, payload={"case": new.number})
    save_timelines([timeline])
    return new


def is_followed(case: Case, policy: Policy, at: datetime) -> bool:
    """Tell whether a case is closed for good, so that only a new one can be about it (SC-18)."""
    until = reopen_until(case, policy)
    return case.status == Case.Status.CLOSED and until is not None and at >= until
