"""A new case about one that has ended: its window is over, or the problem is another (SC-18)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from sla.engine.policy import Policy
from tickets.actions.opening import open_case
from tickets.agreement_errors import NotFollowed
from tickets.filing import Weighed, Wish, weigh
from tickets.models import Case
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines

PORTAL = "portal"


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
    """Open a new case about the one that the wish names, and link both ways (SC-18).

    It is charged as any new case is. Moves no clock of the old one. Locks the old case, then what
    `open_case` locks. Raises NotFound, NotFollowed (it has not ended), and what `open_case`
    raises.
    """
    assert wish.origin is not None and wish.origin_kind == Case.Origin.FOLLOW_UP
    old = lock_case(wish.origin.pk, by)
    if not is_followed(old):
        raise NotFollowed
    timeline = load_timeline(old)
    # What few may see stays so in the case that goes on about it (DD-06).
    is_security = wish.is_security or old.is_restricted
    new = open_case(
        wish=replace(wish, is_security=is_security),
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


def is_followed(case: Case) -> bool:
    """Tell whether a new case can be about this one: it has ended, and not in another (SC-18).

    Also within the reopen window: only exactly the same problem is opened again.
    """
    return not case.is_open and case.merged_into_id is None


def weigh_follow_up(case: Case, policy: Policy, *, by: Person, at: datetime) -> Weighed:
    """Weigh a new case of `by` about a closed one, by the portal. Writes nothing.

    Of what was known of the old one; the price is that of the day (SC-18).
    """
    wish = Wish(
        company=case.company,
        contact=by,
        channel=PORTAL if policy.channel(PORTAL) else case.channel,
        site=by.site,
        product=case.product,
        case_type=case.case_type or None,
        origin=case,
        origin_kind=Case.Origin.FOLLOW_UP,
    )
    return weigh(wish, by=by, at=at)
