"""Mass incidents: many cases, one cause. What is said on the incident is said on each (MS-05).

`conversation.reply_to_case` answers the open cases that hang on an incident along with it, and
`ending.resolve_case` solves them where that is wanted.
"""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import must_be_open
from tickets.actions.levels import raise_with, tell_raised
from tickets.actions.many import lock_cases
from tickets.audience import customer_side
from tickets.errors import NothingChanges
from tickets.life_errors import HasChildren, IsIncident, IsNoIncident, SameCase
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.ties import find_case
from tickets.timeline import Timeline, load_timeline, save_timelines
from tickets.wording import display_number


@transaction.atomic
def declare_incident(*, case_id: int, by: Person, at: datetime) -> Case:
    """Make a case the incident that others hang on. Only the desk reads so. Locks the case.

    Raises NotAllowed, CaseIsNotOpen, NothingChanges, SameCase (it hangs on another one).
    """
    case = _locked(case_id, by)
    must_be_open(case)
    if case.is_incident:
        raise NothingChanges
    if case.incident_id is not None:
        raise IsNoIncident(number=display_number(case))
    return _set(case, True, "incident_declared", by=by, at=at)


@transaction.atomic
def end_incident(*, case_id: int, by: Person, at: datetime) -> Case:
    """Make an incident an ordinary case again. Locks it.

    Raises NotAllowed, NothingChanges, HasChildren.
    """
    case = _locked(case_id, by)
    if not case.is_incident:
        raise NothingChanges
    if Case.objects.filter(incident=case).exists():
        raise HasChildren
    return _set(case, False, "incident_ended", by=by, at=at)


@transaction.atomic
def join_incident(*, case_id: int, incident: int, by: Person, at: datetime) -> Case:
    """Hang a case on an incident, by its number; its customer is told.

    No clock moves, unless the incident has a level that takes the case's along (MS-05). Locks both,
    in the order of their keys. Raises NotAllowed, NoSuchCase, SameCase, CaseIsNotOpen, IsIncident,
    IsNoIncident (or not open any more), NothingChanges.
    """
    if not by.may("run_incident"):
        raise NotAllowed
    cause = find_case(incident, by, field="incident")
    if cause.pk == case_id:
        raise SameCase(field="incident")
    lock_cases((case_id, cause.pk))
    case, cause = lock_case(case_id, by), lock_case(cause.pk, by)
    must_be_open(case)
    if case.is_incident:
        raise IsIncident
    if not cause.is_incident or not cause.is_open:
        raise IsNoIncident(field="incident", number=display_number(cause))
    if case.incident_id == cause.pk:
        raise NothingChanges
    case.incident = cause
    return _tie(case, "incident_joined", cause, cause, by=by, at=at)


@transaction.atomic
def leave_incident(*, case_id: int, by: Person, at: datetime) -> Case:
    """Take a case off its incident: it goes on by itself, and its customer is told. Locks it.

    Raises NotAllowed, NothingChanges.
    """
    case = _locked(case_id, by)
    if case.incident is None:
        raise NothingChanges
    left, case.incident = case.incident, None
    return _tie(case, "incident_left", left, None, by=by, at=at)


def _locked(case_id: int, by: Person) -> Case:
    if not by.may("run_incident"):
        raise NotAllowed
    return lock_case(case_id, by)


def _set(case: Case, is_incident: bool, kind: str, *, by: Person, at: datetime) -> Case:
    case.is_incident = is_incident
    case.save(update_fields=["is_incident"])
    timeline = load_timeline(case)
    timeline.add(kind, by=by, at=at, audience=CaseEvent.Audience.DESK)
    save_timelines([timeline])
    return case


def _tie(
    case: Case, kind: str, named: Case, rises_with: Case | None, *, by: Person, at: datetime
) -> Case:
    case.save(update_fields=["incident"])
    timeline = load_timeline(case)
    event = timeline.add(kind, by=by, at=at, payload={"incident": named.number})
    case.last_public_at = event.occurred_at
    risen = _risen(timeline, rises_with, by=by, at=at) if rises_with is not None else []
    save_timelines([timeline])
    notify(kind, customer_side(case), case=case, event=event, at=at)
    tell_raised(risen, by=by, at=at)
    return case


def _risen(timeline: Timeline, incident: Case, *, by: Person, at: datetime) -> list[CaseEvent]:
    policy = load_timeline(incident).state().policy
    return raise_with(timeline, incident, policy, by=by, at=at)
