"""Comparing what is stored of a case with what its timeline says. Changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.errors import NotFound
from sla.engine.clock import CaseState, Event
from sla.engine.errors import EngineError
from tickets.audit_models import ClockDifference
from tickets.models import Case, CaseEvent, StoredClock
from tickets.queries import OPEN
from tickets.timeline import (
    CLOCK_COLUMNS,
    Timeline,
    load_timeline,
    load_timelines,
    moment,
    repeat_in_columns,
    stored_clock,
)

# What a case is after each of these entries; the others leave that alone.
STATUS_AFTER = {
    "case_opened": Case.Status.OPEN,
    "customer_replied": Case.Status.OPEN,
    "customer_called": Case.Status.OPEN,
    "reopened": Case.Status.OPEN,
    # An entry of its own follows where it waits for the customer again.
    "unmerged": Case.Status.OPEN,
    "question_disputed": Case.Status.OPEN,
    "question_withdrawn": Case.Status.OPEN,
    "escalation_requested": Case.Status.OPEN,
    "question_asked": Case.Status.WAITING,
    "resolved": Case.Status.RESOLVED,
    "closed": Case.Status.CLOSED,
    "merged": Case.Status.CLOSED,
}
OVER = ("resolved", "closed", "merged")
# Columns of a case that repeat its timeline.
COLUMNS = (
    "status",
    "case_type",
    "severity",
    "priority",
    "channel",
    "tier",
    "call_owed",
    "scheduled_for",
    "next_due_at",
    "next_mark_at",
    "last_seq",
    "last_event_at",
)
WHOLE_TIMELINE = "timeline"
# What a timeline that only the owner of the tables can have damaged makes the engine raise.
# NotFound is for a version that is not there.
BROKEN = (EngineError, NotFound, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is stored otherwise than it is computed; see ClockDifference."""

    what: str
    stored: str
    computed: str


@dataclass(frozen=True, slots=True)
class Audited:
    """One case as an audit saw it, and how many of its clocks were compared."""

    case: Case
    clocks: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class AuditOutcome:
    """A vendor's last audit in figures, for the health page; desk time."""

    audited_at: datetime
    cases: int
    clocks: int
    differences: int
    not_rebuilt: int


@dataclass(frozen=True, slots=True)
class AuditState:
    """How a vendor's newest audit stands: a state of Job, and when it was ordered; desk time."""

    state: str
    requested_at: datetime


def cases_to_audit() -> QuerySet[Case]:
    """List the cases that are open by any account: the timeline's, the columns' or the clocks'."""
    status_entries = CaseEvent.objects.filter(case=OuterRef("pk"), kind__in=STATUS_AFTER)
    last_kind = Subquery(status_entries.order_by("-seq").values("kind")[:1])
    running = StoredClock.objects.filter(case=OuterRef("pk"), ended_at=None)
    by_any_account = OPEN | Q(next_mark_at__isnull=False) | Exists(running)
    return Case.objects.annotate(last_kind=last_kind).filter(
        by_any_account | ~Q(last_kind__in=OVER) | Q(last_kind=None)
    )


def audit_cases(case_ids: Sequence[int]) -> list[Audited]:
    """Compare these cases with their timelines; one that differs is looked at again while locked.

    The first look takes no locks, so that nobody waits for an audit; it may see half of what
    somebody is doing.
    """
    seen = _audited(Case.objects.filter(pk__in=case_ids))
    doubtful = [one.case.pk for one in seen if one.differences]
    if not doubtful:
        return seen
    locked = Case.objects.select_for_update(of=("self",), no_key=True)
    again = {one.case.pk: one for one in _audited(locked.filter(pk__in=doubtful))}
    return [again.get(one.case.pk, one) for one in seen]


def settle_status(case: Case, events: Sequence[Event]) -> None:
    """Set the status of a case, unsaved, and the moments that go with it, as its timeline says."""
    last = next((one for one in reversed(events) if one.kind in STATUS_AFTER), None)
    if last is None:
        return
    case.status = STATUS_AFTER[last.kind]
    resolved, closed = (_last_at(events, kind) for kind in ("resolved", "closed"))
    is_solved = last.kind in ("resolved", "closed")
    is_closed = case.status == Case.Status.CLOSED
    case.resolved_at = (case.resolved_at or resolved) if is_solved else None
    case.closed_at = (case.closed_at or moment(last.at)) if is_closed else None
    case.first_closed_at = case.first_closed_at or closed


def latest_differences(job_id: int) -> QuerySet[ClockDifference]:
    """List what an audit found, by case."""
    found = ClockDifference.objects.filter(job_id=job_id)
    return found.select_related("case__tenant", "rebuilt_by").order_by("case__number", "id")


def audit_outcomes() -> dict[int, AuditOutcome]:
    """Map tenant ids to their last audits; needs no tenant of its own (a definer function)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_outcomes()")
        return {tenant_id: AuditOutcome(*figures) for tenant_id, *figures in cursor.fetchall()}


def audit_states() -> dict[int, AuditState]:
    """Map tenant ids to how their newest audits stand; otherwise as `audit_outcomes`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_states()")
        return {tenant_id: AuditState(*values) for tenant_id, *values in cursor.fetchall()}


def _last_at(events: Sequence[Event], kind: str) -> datetime | None:
    return next((moment(one.at) for one in reversed(events) if one.kind == kind), None)


def _audited(cases: QuerySet[Case]) -> list[Audited]:
    found = list(cases.select_related("policy_version").order_by("pk"))
    clocks: dict[int, list[StoredClock]] = {case.pk: [] for case in found}
    for clock in StoredClock.objects.filter(case__in=found).order_by("started_seq", "kind"):
        clocks[clock.case_id].append(clock)
    try:
        timelines = load_timelines(found)
    except BROKEN:
        # One of them; the others are audited all the same.
        return [_audit_alone(case, clocks[case.pk]) for case in found]
    return [_audit(timeline, clocks[timeline.case.pk]) for timeline in timelines]


def _audit_alone(case: Case, stored: list[StoredClock]) -> Audited:
    try:
        timeline = load_timeline(case)
    except BROKEN as error:
        return _unreadable(case, error)
    return _audit(timeline, stored)


def _unreadable(case: Case, error: Exception) -> Audited:
    return Audited(case, 0, (Difference(WHOLE_TIMELINE, "", type(error).__name__),))


def _audit(timeline: Timeline, stored: list[StoredClock]) -> Audited:
    try:
        state = timeline.state()
        clocks = [stored_clock(timeline.case, clock) for clock in state.clocks]
        differences = (*_of_columns(timeline, state), *_of_clocks(stored, clocks))
    except BROKEN as error:
        return _unreadable(timeline.case, error)
    return Audited(timeline.case, len(clocks), differences)


def _of_columns(timeline: Timeline, state: CaseState) -> Iterator[Difference]:
    case, expected = timeline.case, copy(timeline.case)
    settle_status(expected, timeline.events)
    repeat_in_columns(expected, state)
    expected.last_seq = timeline.events[-1].seq
    expected.last_event_at = moment(timeline.events[-1].at)
    for column in COLUMNS:
        yield from _compared(column, getattr(case, column), getattr(expected, column))
    yield from _compared("policy_version", case.policy_version.number, state.version)


def _of_clocks(
    stored: Iterable[StoredClock], computed: Iterable[StoredClock]
) -> Iterator[Difference]:
    before, after = ({_key(clock): clock for clock in clocks} for clocks in (stored, computed))
    for key in sorted(before.keys() | after.keys()):
        if key in before and key in after:
            for column in ("started_at", *CLOCK_COLUMNS):
                values = getattr(before[key], column), getattr(after[key], column)
                yield from _compared(f"{key}.{column}", *values)
        else:
            yield Difference(
                key, *(one[key].state if key in one else "" for one in (before, after))
            )


def _compared(what: str, stored: object, computed: object) -> Iterator[Difference]:
    if stored != computed:
        yield Difference(what, _text(stored), _text(computed))


def _key(clock: StoredClock) -> str:
    return f"{clock.kind}:{clock.started_seq}"


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
