"""The SWAT team: who is in it, bringing it in on a case, letting it go (DD-26, DD-27)."""

from datetime import datetime

from django.db import transaction

from accounts import roles
from accounts.errors import NotAllowed
from accounts.models import Person, Team
from escalation.errors import NoSwatTeam, SwatIsNotThere, SwatIsThere
from sla.engine.policy import Policy
from sla.queries import latest_policy
from tickets.actions.conversation import must_be_open, write_note
from tickets.audience import customer_side
from tickets.errors import NothingSaid
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines


def swat_members(policy: Policy | None = None) -> tuple[int, ...]:
    """List the active people of the SWAT teams whose grade the policy admits (DD-27).

    Of the newest policy where none is given; one that names no grades admits everybody.
    """
    people = Person.objects.filter(is_active=True, role__in=roles.DESK, teams__is_swat=True)
    found = dict(people.order_by("pk").values_list("pk", "grade"))
    if not found:
        return ()
    admitted = (policy or latest_policy().policy).swat.grades
    return tuple(person for person, grade in found.items() if not admitted or grade in admitted)


def has_swat_team() -> bool:
    """Tell whether the entered vendor has a SWAT team, whoever is in it."""
    return Team.objects.filter(is_swat=True).exists()


def bring_in(
    timeline: Timeline, *, at: datetime, by: Person | None = None, caused_by: str
) -> CaseEvent | None:
    """Append that the SWAT team works on the case; None where it does already.

    The caller saves the timeline, and tells whom it concerns.
    """
    case = timeline.case
    if case.swat_since is not None:
        return None
    event = timeline.add("swat_brought_in", at=at, by=by, caused_by=caused_by)
    case.swat_since = event.occurred_at
    return event


@transaction.atomic
def bring_in_swat(*, case_id: int, note: str, by: Person, at: datetime) -> Case:
    """Bring the SWAT team in by hand, whatever the levels are; `note` says what for.

    Its members and the customer are told; the case stays with its team and owner. Locks the case.
    Raises NotAllowed, NothingSaid, CaseIsNotOpen, NoSwatTeam, SwatIsThere.
    """
    case, timeline = _open(case_id, note, by)
    members = swat_members(timeline.state().policy)
    if not members:
        raise NoSwatTeam
    event = bring_in(timeline, at=at, by=by, caused_by=CaseEvent.Cause.PERSON)
    if event is None:
        raise SwatIsThere
    save_timelines([timeline])
    write_note(case, event, note, by=by)
    tell_swat(case, event, members, at=at)
    return case


@transaction.atomic
def let_swat_go(*, case_id: int, note: str, by: Person, at: datetime) -> Case:
    """End the SWAT team's work on a case; `note` says why. Locks the case.

    Raises NotAllowed, NothingSaid, CaseIsNotOpen, SwatIsNotThere.
    """
    case, timeline = _open(case_id, note, by)
    if case.swat_since is None:
        raise SwatIsNotThere
    event = timeline.add("swat_left", at=at, by=by)
    case.swat_since = None
    save_timelines([timeline])
    write_note(case, event, note, by=by)
    notify("swat_left", swat_members(timeline.state().policy), case=case, event=event, at=at)
    return case


def tell_swat(case: Case, event: CaseEvent, members: tuple[int, ...], *, at: datetime) -> None:
    """Tell the members of the team at once, and the customer, that it works on the case."""
    notify("swat_brought_in", members, case=case, event=event, at=at, urgent=True)
    notify("swat_brought_in", customer_side(case), case=case, event=event, at=at)


def _open(case_id: int, note: str, by: Person) -> tuple[Case, Timeline]:
    if not by.may("bring_in_swat"):
        raise NotAllowed
    if not note.strip():
        raise NothingSaid(field="note")
    case = lock_case(case_id, by)
    must_be_open(case)
    return case, load_timeline(case)
