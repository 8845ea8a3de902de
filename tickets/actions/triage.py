"""Sorting a case: levels, type, owner, the agreed slot."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from tickets.actions.conversation import write_message, write_note
from tickets.errors import (
    CaseIsNotOpen,
    NotAtWork,
    NothingChanges,
    NotScheduled,
    ScheduledInPast,
    UnknownLevel,
)
from tickets.models import Case, CaseEvent, Message
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines, seconds_of

EVENT_OF = {
    "severity": "severity_changed",
    "priority": "priority_changed",
    "case_type": "type_changed",
}


@transaction.atomic
def triage_case(
    *,
    case_id: int,
    by: Person,
    at: datetime,
    severity: str | None = None,
    priority: str | None = None,
    case_type: str | None = None,
    owner_id: int | None = None,
    reason: str = "",
) -> Case:
    """Review a case in one act: type, levels and owner; the customer hears number and promise.

    What is None stays as it is. The mail of MX-23 goes out whether or not anything changed. Locks
    the case. Raises NotAllowed, CaseIsNotOpen, UnknownLevel, NotAtWork.
    """
    case, timeline = _open_timeline(case_id, by, "triage")
    wanted = {"severity": severity, "priority": priority, "case_type": case_type}
    last = None
    for axis, code in wanted.items():
        if code and code != getattr(case, axis):
            last = _change(timeline, axis, code, by=by, at=at)
    event = timeline.add("triaged", by=by, at=at)
    save_timelines([timeline])
    write_note(case, last or event, reason, by=by)
    notify("triaged", [case.contact_id], case=case, event=event, at=at)
    if owner_id is not None and owner_id != case.owner_id:
        return assign_case(case_id=case_id, owner_id=owner_id, by=by, at=at)
    return case


def change_severity(*, case_id: int, severity: str, by: Person, reason: str, at: datetime) -> Case:
    """Assign another severity (MX-10, DD-08); the promise follows the policy's retarget rule.

    Both sides see both promises and the reason. Locks the case. Raises NotAllowed,
    CaseIsNotOpen, UnknownLevel, NothingChanges.
    """
    return _change_fact(case_id, "severity", severity, by=by, reason=reason, at=at)


def change_priority(*, case_id: int, priority: str, by: Person, reason: str, at: datetime) -> Case:
    """Assign another priority (DD-09, DD-22); otherwise as change_severity."""
    return _change_fact(case_id, "priority", priority, by=by, reason=reason, at=at)


def change_type(*, case_id: int, case_type: str, by: Person, reason: str, at: datetime) -> Case:
    """Say that the case is of another type (DD-05); otherwise as change_severity."""
    return _change_fact(case_id, "case_type", case_type, by=by, reason=reason, at=at)


@transaction.atomic
def schedule_case(*, case_id: int, scheduled_for: datetime, by: Person, at: datetime) -> Case:
    """Agree the moment at which a scheduled case is worked (MS-10). Locks the case.

    Outside service hours the promise is the next opening. Raises NotAllowed, CaseIsNotOpen,
    NotScheduled, ScheduledInPast.
    """
    case, timeline = _open_timeline(case_id, by, "triage")
    if not any(clock.state in _SLOTS for clock in timeline.state().open_clocks):
        raise NotScheduled
    if scheduled_for < at:
        raise ScheduledInPast(field="scheduled_for")
    slot = {"scheduled_for": seconds_of(scheduled_for)}
    event = timeline.add("scheduled", by=by, at=at, payload=slot)
    save_timelines([timeline])
    notify("scheduled", [case.contact_id], case=case, event=event, at=at)
    return case


_SLOTS = ("awaiting_schedule", "scheduled")


@transaction.atomic
def assign_case(*, case_id: int, owner_id: int | None, by: Person, at: datetime) -> Case:
    """Give the case to one person of the desk, or to nobody; the new owner hears of it.

    An owner is no progress: no clock moves. Locks the case. Raises NotAllowed, CaseIsNotOpen,
    NotAtWork, NothingChanges.
    """
    case, timeline = _open_timeline(case_id, by, "assign")
    if owner_id == case.owner_id:
        raise NothingChanges
    case.owner = _worker(owner_id) if owner_id is not None else None
    event = timeline.add(
        "assigned",
        by=by,
        at=at,
        payload={"owner": owner_id},
        audience=CaseEvent.Audience.DESK,
    )
    save_timelines([timeline])
    if owner_id != by.pk:
        notify("assigned", [owner_id], case=case, event=event, at=at)
    return case


def _worker(person_id: int) -> Person:
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    if not person.may("reply_as_agent"):
        raise NotAtWork(name=person.name, field="owner")
    return person


@transaction.atomic
def _change_fact(
    case_id: int, axis: str, code: str, *, by: Person, reason: str, at: datetime
) -> Case:
    case, timeline = _open_timeline(case_id, by, "change_level")
    if getattr(case, axis) == code:
        raise NothingChanges
    event = _change(timeline, axis, code, by=by, at=at)
    save_timelines([timeline])
    # DD-08: both sides see the old and the new promise, and why.
    write_message(case, event, Message.Kind.REASON, reason, by=by)
    notify("level_changed", [case.contact_id], case=case, event=event, at=at)
    return case


def _change(timeline: Timeline, axis: str, code: str, *, by: Person, at: datetime) -> CaseEvent:
    policy = timeline.state().policy
    known = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
    if known is None:
        raise UnknownLevel(level=code, field=axis)
    payload = {axis: code, "from": getattr(timeline.case, axis)}
    return timeline.add(EVENT_OF[axis], by=by, at=at, payload=payload)


def _open_timeline(case_id: int, by: Person, act: str) -> tuple[Case, Timeline]:
    if not by.may(act):
        raise NotAllowed
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    return case, load_timeline(case)
