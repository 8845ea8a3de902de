"""Sorting a case: levels, type, owner, the agreed slot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from sla.engine.past import CHANGES
from tickets.actions.conversation import write_message, write_note
from tickets.actions.levels import raise_children, settle_requests, tell_raised
from tickets.actions.many import lock_with_children
from tickets.actions.restricting import lock_group, restrict_merged
from tickets.actions.sorting import SORTED_COLUMNS, Sorting, sort_case
from tickets.audience import customer_side, team_side
from tickets.errors import (
    CaseIsNotOpen,
    NotAtWork,
    NothingChanges,
    NotScheduled,
    ScheduledInPast,
    UnknownLevel,
)
from tickets.estimates import check_estimate
from tickets.models import Case, CaseEvent, Message
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines, seconds_of


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
    sorting: Sorting | None = None,
) -> Case:
    """Review a case in one act: type, levels, owner, and what `sorting` says.

    What is None stays as it is. The promise follows all changes at once; both sides see it before
    and after, with the reason (DD-08). Where nothing changed the reason is the desk's. The mail of
    MX-23 with number, promise and estimate goes out in any case. A level that `promotes` takes the
    cases of an incident along (MS-05). Locks the case. Raises NotAllowed, CaseIsNotOpen,
    UnknownLevel, NotAtWork, NotFound, EstimateInPast, EstimateTooLate.
    """
    if sorting is not None and sorting.is_restricted is not None:
        lock_group(case_id)
    case, timeline = _open_timeline(case_id, by, "triage", with_children=True)
    wanted = {"severity": severity, "priority": priority, "case_type": case_type}
    changes = {axis: code for axis, code in wanted.items() if code and code != getattr(case, axis)}
    payload = _changed(timeline, changes) if changes else {}
    if owner_id is not None and owner_id != case.owner_id:
        payload["owner"] = owner_id
    sorted_by = sort_case(case, sorting or Sorting(), by=by)
    event = timeline.add("triaged", by=by, at=at, payload=payload | sorted_by.payload)
    moved = sorted_by.add_entries(timeline, by=by, at=at)
    if case.estimate_at is not None and "estimate_at" in sorted_by.payload:
        check_estimate(case.estimate_at, case, timeline.state(), at)
    raised = _save_raised(timeline, changes, by=by, at=at)
    case.save(update_fields=SORTED_COLUMNS)
    if sorted_by.restricts is not None:
        restrict_merged(case, by=by, at=at)
    if changes:
        write_message(case, event, Message.Kind.REASON, reason, by=by)
    else:
        write_note(case, event, reason, by=by)
    notify("triaged", customer_side(case), case=case, event=event, at=at)
    if moved is not None:
        notify("handed_over", team_side(case), case=case, event=moved, at=at)
    tell_raised(raised, by=by, at=at)
    if "owner" in payload:
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
    if not timeline.state().is_scheduled:
        raise NotScheduled
    if scheduled_for < at:
        raise ScheduledInPast(field="scheduled_for")
    slot = {"scheduled_for": seconds_of(scheduled_for)}
    event = timeline.add("scheduled", by=by, at=at, payload=slot)
    save_timelines([timeline])
    notify("scheduled", customer_side(case), case=case, event=event, at=at)
    return case


@transaction.atomic
def assign_case(*, case_id: int, owner_id: int | None, by: Person, at: datetime) -> Case:
    """Give the case to one person of the desk, or to nobody; both owners hear of it.

    An owner is no progress: no clock moves. Locks the case. Raises NotAllowed, CaseIsNotOpen,
    NotAtWork, NothingChanges.
    """
    case, timeline = _open_timeline(case_id, by, "assign")
    if owner_id == case.owner_id:
        raise NothingChanges
    before = case.owner_id
    case.owner = _worker(owner_id) if owner_id is not None else None
    event = timeline.add(
        "assigned",
        by=by,
        at=at,
        payload={"owner": owner_id},
        audience=CaseEvent.Audience.DESK,
    )
    save_timelines([timeline])
    for kind, owner in (("assigned", owner_id), ("unassigned", before)):
        if owner != by.pk:
            notify(kind, [owner], case=case, event=event, at=at)
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
    case, timeline = _open_timeline(case_id, by, "change_level", with_children=True)
    if getattr(case, axis) == code:
        raise NothingChanges
    payload = _changed(timeline, {axis: code}) | {"from": getattr(case, axis)}
    event = timeline.add(CHANGES[axis], by=by, at=at, payload=payload)
    raised = _save_raised(timeline, {axis: code}, by=by, at=at)
    # DD-08: both sides see the old and the new promise, and why.
    write_message(case, event, Message.Kind.REASON, reason, by=by)
    notify("level_changed", customer_side(case), case=case, event=event, at=at)
    tell_raised(raised, by=by, at=at)
    return case


def _save_raised(
    timeline: Timeline, changes: Mapping[str, str], *, by: Person, at: datetime
) -> list[CaseEvent]:
    """Save a change of levels with the cases that rise by it, and settle what waited about it."""
    policy = timeline.state().policy
    raised = raise_children(timeline.case, changes, policy, by=by, at=at)
    save_timelines([timeline, *(one for one, _event in raised)])
    settle_requests([timeline.case], changes, by=by, at=at)
    return [event for _timeline, event in raised]


def _changed(timeline: Timeline, changes: Mapping[str, str]) -> dict[str, Any]:
    """Give the payload of changes, with the codes before. Raises UnknownLevel."""
    policy = timeline.state().policy
    for axis, code in changes.items():
        known = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
        if known is None:
            raise UnknownLevel(level=code, field=axis)
    return {**changes, "from": {axis: getattr(timeline.case, axis) for axis in changes}}


def _open_timeline(
    case_id: int, by: Person, act: str, *, with_children: bool = False
) -> tuple[Case, Timeline]:
    if not by.may(act):
        raise NotAllowed
    if with_children:  # they may rise with it
        lock_with_children(case_id)
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    return case, load_timeline(case)
