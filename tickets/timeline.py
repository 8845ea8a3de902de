"""Reading and writing the timelines of cases.

A `Timeline` holds one locked case, its events, and those added but not yet saved. `save_timelines`
writes many at once: the events, the stored clocks, and the columns of the case that repeat what
the timeline says.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, overload
from zoneinfo import ZoneInfo

from accounts.bulk import insert_rows, insert_values, update_rows, upsert_values
from accounts.models import Person
from sla.engine.clock import FACTS, CaseState, Clock, Event, Fold
from sla.engine.kinds import TIER_TIME, WAITING
from sla.engine.ladder import Mark, at_risk_at, marks
from sla.engine.policy import Policy
from sla.queries import policies_by_number
from tickets.errors import BeforeLastEntry, InTheFuture
from tickets.filing import call_owed
from tickets.models import Case, CaseEvent, StoredClock

CASE_COLUMNS = (
    "status",
    "case_type",
    "severity",
    "priority",
    "channel",
    "call_owed",
    "tier",
    "team",
    "owner",
    "policy_version",
    "scheduled_for",
    "swat_since",
    "resolved_at",
    "first_closed_at",
    "closed_at",
    "last_public_at",
    "last_event_at",
    "last_seq",
    "next_due_at",
    "next_mark_at",
    "set_aside_until",
    "set_aside_why",
)
PROGRESS = "no_progress"
NOT_AN_ANSWER = frozenset({PROGRESS, WAITING, TIER_TIME})

# The facts that an entry of a kind changes: the engine takes every payload at its word.
AXES = frozenset({"severity", "priority", "case_type"})
TOLD_FACTS = FACTS | {"scheduled_for"}
FACTS_OF_KINDS: Mapping[str, frozenset[str]] = {
    "case_opened": TOLD_FACTS,
    "triaged": AXES,
    "severity_changed": frozenset({"severity"}),
    "priority_changed": frozenset({"priority"}),
    "type_changed": frozenset({"case_type"}),
    "customer_called": frozenset({"channel"}),
    "scheduled": frozenset({"scheduled_for"}),
}

EVENT_COLUMNS = ("seq", "kind", "occurred_at", "payload", "caused_by")

CLOCK_KEY = ("tenant_id", "case_id", "kind", "started_seq")
CLOCK_COLUMNS = (
    "state",
    "due_from",
    "due_at",
    "at_risk_at",
    "ended_at",
    "need_seconds",
    "counts",
    "is_promised",
)


@overload
def moment(seconds: int) -> datetime: ...
@overload
def moment(seconds: None) -> None: ...
@overload
def moment(seconds: int | None) -> datetime | None: ...
def moment(seconds: int | None) -> datetime | None:
    """Turn the core's epoch seconds into an aware UTC datetime."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def seconds_of(at: datetime) -> int:
    """Turn an aware datetime into the core's epoch seconds; fractions are dropped."""
    return int(at.timestamp())


@dataclass
class Timeline:
    """One case, locked, with its events; `policies` are keyed by the version's number."""

    case: Case
    policies: Mapping[int, Policy]
    events: list[Event]
    added: list[CaseEvent] = field(default_factory=list)
    # When the desk last came to know something; what fell due before could not be done before.
    known_at: int = 0
    _folded: "_Folded | None" = field(default=None, init=False, repr=False, compare=False)

    def add(
        self,
        kind: str,
        *,
        at: datetime,
        by: Person | None = None,
        payload: Mapping[str, Any] | None = None,
        audience: str = CaseEvent.Audience.PUBLIC,
        caused_by: str = CaseEvent.Cause.PERSON,
        occurred_at: datetime | None = None,
    ) -> CaseEvent:
        """Append an entry (saved by `save_timelines`).

        `occurred_at` is for what happened before it was recorded; that is never before the last
        entry but the policy's own and those that took notice of them, which are no word of
        anybody's. Raises BeforeLastEntry, InTheFuture; ValueError where the payload would change a
        fact that entries of this kind do not change.
        """
        _must_leave_facts(kind, payload or {})
        happened_at = self._happened_at(at, occurred_at)
        self.case.last_seq += 1
        self.case.last_event_at = happened_at
        entry = CaseEvent(
            tenant_id=self.case.tenant_id,
            case=self.case,
            seq=self.case.last_seq,
            kind=kind,
            audience=audience,
            caused_by=caused_by,
            by=by,
            occurred_at=happened_at,
            recorded_at=max(at, happened_at),
            payload=dict(payload or {}),
        )
        self.added.append(entry)
        self.events.append(_event(*(getattr(entry, name) for name in EVENT_COLUMNS)))
        return entry

    def state(self) -> CaseState:
        """Fold the events, the unsaved ones included; only those that came since the last time."""
        # A fold that fails half way is of no use to the next caller.
        folded, self._folded = self._folded, None
        if folded is None or folded.fold.policies is not self.policies:
            folded = _Folded(Fold(self.policies, self.events[0]))
        folded.go_on(self.events)
        self._folded = folded
        return folded.state

    def marks(self) -> tuple[Mark, ...]:
        """List what the ladder still has to do on the case, earliest first."""
        self.state()
        assert self._folded is not None
        return self._folded.marks

    def _happened_at(self, at: datetime, occurred_at: datetime | None) -> datetime:
        if occurred_at is None:
            # Of two transactions the later to get the lock may be the earlier to have begun.
            return max(at, self.case.last_event_at)
        if occurred_at > at:
            raise InTheFuture(field="occurred_at")
        last = self._last_act_at()
        if last is None or occurred_at >= last:
            return occurred_at.replace(microsecond=0)
        if occurred_at == last.replace(second=0):
            return last  # A form gives whole minutes.
        told = last.astimezone(ZoneInfo(self.case.time_zone))
        raise BeforeLastEntry(field="occurred_at", last=f"{told:%Y-%m-%d %H:%M %Z}")

    def not_before_last_act(self, moment_: datetime) -> datetime:
        """Give a moment, or that of the last act of anybody where it is later."""
        last = self._last_act_at()
        return max(moment_, last) if last else moment_

    def _last_act_at(self) -> datetime | None:
        return moment(max((event.at for event in self.events if _is_news(event)), default=None))


class _Folded:
    """A fold, how many events it has read, and the state that they came to."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.state = fold.state()
        self.number = 1
        self._marks: tuple[Mark, ...] | None = None

    def go_on(self, events: Sequence[Event]) -> None:
        if self.number == len(events):
            return
        for event in events[self.number :]:
            self.fold.take(event)
        self.number = len(events)
        self.state = self.fold.state()
        self._marks = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Ask the ladder, once for a state."""
        if self._marks is None:
            self._marks = marks(self.state)
        return self._marks


def load_timelines(cases: Sequence[Case]) -> list[Timeline]:
    """Read the timelines of these cases in two queries; lock the cases before."""
    events: dict[int, list[Event]] = {case.pk: [] for case in cases}
    known_at = dict.fromkeys(events, 0)
    rows = CaseEvent.objects.filter(case__in=events).order_by("case_id", "seq")
    # Plain values: the tick reads thousands of these a second.
    for case, recorded_at, *values in rows.values_list("case", "recorded_at", *EVENT_COLUMNS):
        event = _event(*values)
        events[case].append(event)
        if _is_news(event):
            known_at[case] = seconds_of(recorded_at)
    policies = policies_by_number(_versions(events.values()))
    return [Timeline(case, policies, events[case.pk], known_at=known_at[case.pk]) for case in cases]


def load_timeline(case: Case) -> Timeline:
    """Read the timeline of one case."""
    return load_timelines([case])[0]


def timeline_of(case: Case, entries: Sequence[CaseEvent]) -> Timeline:
    """Make the timeline of a case of all its entries, by their number, where they were read."""
    events = [_event(*(getattr(entry, name) for name in EVENT_COLUMNS)) for entry in entries]
    recorded = (
        seconds_of(entry.recorded_at)
        for entry, event in zip(reversed(entries), reversed(events), strict=True)
        if _is_news(event)
    )
    policies = policies_by_number(_versions([events]))
    return Timeline(case, policies, events, known_at=next(recorded, 0))


def save_timelines(timelines: Sequence[Timeline]) -> None:
    """Write the added events and all that follows from them, in a handful of statements."""
    entries = [entry for timeline in timelines for entry in timeline.added]
    insert_rows(entries)
    clocks: list[dict[str, Any]] = []
    for timeline in timelines:
        state = timeline.state()
        keep_endings(timeline)
        clocks.extend(_stored_clocks(timeline, state))
        repeat_in_columns(timeline.case, state, timeline.marks())
        timeline.added = []
    upsert_values(StoredClock, clocks, unique=CLOCK_KEY, update=CLOCK_COLUMNS)
    update_rows([timeline.case for timeline in timelines], CASE_COLUMNS)
    _tell_saved(timelines, entries)


def save_new_timeline(timeline: Timeline) -> None:
    """Write a case that is not stored yet, with the entries that open it, in three statements."""
    state = timeline.state()
    repeat_in_columns(timeline.case, state)
    timeline.case.save(force_insert=True)
    for entry in timeline.added:
        entry.case = timeline.case  # its key is known only now
    insert_rows(timeline.added)
    insert_values(StoredClock, list(_stored_clocks(timeline, state)))
    entries, timeline.added = timeline.added, []
    _tell_saved([timeline], entries)


def register_saved(listener: "Saved") -> None:
    """Have `listener` told of all entries that are saved, in their transaction; from `ready`."""
    if listener not in _listeners:
        _listeners.append(listener)


def _tell_saved(timelines: Sequence[Timeline], entries: Sequence[CaseEvent]) -> None:
    for listener in _listeners:
        listener(timelines, entries)


Saved = Callable[[Sequence[Timeline], Sequence[CaseEvent]], None]
_listeners: list[Saved] = []


def _must_leave_facts(kind: str, payload: Mapping[str, Any]) -> None:
    changed = (TOLD_FACTS & payload.keys()) - FACTS_OF_KINDS.get(kind, frozenset())
    if changed:
        raise ValueError(f"{kind} does not change {', '.join(sorted(changed))}")


def _versions(logs: Iterable[list[Event]]) -> set[int]:
    return {
        event.payload["policy_version"]
        for log in logs
        for event in log
        if event.kind in ("case_opened", "policy_retargeted")
    }


def _is_news(event: Event) -> bool:
    """Tell whether somebody said or did something; taking notice of a notice is neither."""
    return event.caused_by != CaseEvent.Cause.POLICY and event.kind != "acknowledged"


def answers_owed(state: CaseState) -> list[Clock]:
    """List the open clocks that an answer of the desk would meet, soonest due first, undated last.

    Progress is the desk's own affair (MX-25), and waiting is the customer's.
    """
    owed = [clock for clock in state.open_clocks if clock.kind not in NOT_AN_ANSWER]
    return sorted(owed, key=lambda clock: (clock.due_at is None, clock.due_at or 0))


def _progress(state: CaseState) -> list[Clock]:
    return [clock for clock in state.open_clocks if clock.kind == PROGRESS]


def _event(
    seq: int, kind: str, occurred_at: datetime, payload: Mapping[str, Any], caused_by: str
) -> Event:
    return Event(seq, kind, seconds_of(occurred_at), payload, caused_by)


def _stored_clocks(timeline: Timeline, state: CaseState) -> Iterable[dict[str, Any]]:
    first_new = timeline.added[0].seq if timeline.added else timeline.case.last_seq + 1
    for clock in state.clocks:
        if clock.is_open or (clock.ended_seq or 0) >= first_new:
            yield _clock_values(timeline.case, clock)


def keep_endings(timeline: Timeline) -> None:
    """Set when the case was solved and closed by the added entries; the first closing stays."""
    case = timeline.case
    for entry in timeline.added:
        if entry.kind == "resolved":
            case.resolved_at = entry.occurred_at
        elif entry.kind == "closed":
            case.closed_at = entry.occurred_at
            case.first_closed_at = case.first_closed_at or entry.occurred_at
        elif entry.kind == "reopened":
            case.resolved_at = case.closed_at = None


def stored_clock(case: Case, clock: Clock) -> StoredClock:
    """Make the row, unsaved, that keeps what was computed of one clock."""
    return StoredClock(**_clock_values(case, clock))


def _clock_values(case: Case, clock: Clock) -> dict[str, Any]:
    return {
        "tenant_id": case.tenant_id,
        "case_id": case.pk,
        "kind": clock.kind,
        "started_seq": clock.started_seq,
        "state": clock.state,
        "started_at": moment(clock.started_at),
        "due_from": moment(clock.due_from),
        "due_at": moment(clock.due_at),
        "at_risk_at": moment(at_risk_at(clock)) if clock.is_open else None,
        "ended_at": moment(clock.ended_at),
        "need_seconds": clock.settled.promise.need_seconds,
        "counts": clock.counts,
        "is_promised": clock.is_promised,
    }


def repeat_in_columns(case: Case, state: CaseState, ahead: Sequence[Mark] | None = None) -> None:
    """Set the columns of a case, unsaved, that repeat its timeline; its status stays.

    `ahead`: its marks in their order, where they are known already.
    """
    facts = state.facts
    case.case_type = facts.case_type or ""
    case.severity = facts.severity or ""
    case.priority = facts.priority or ""
    case.channel = facts.channel or ""
    case.tier = state.tier
    case.scheduled_for = moment(state.scheduled_for)
    case.call_owed = case.is_open and call_owed(state.policy, facts)
    case.set_aside_until, case.set_aside_why = None, ""
    owed = answers_owed(state)
    # Where no answer is owed, the desk's own aim says what is next.
    due = [clock.due_at for clock in (*owed, *_progress(state)) if clock.due_at is not None]
    case.next_due_at = moment(due[0]) if due else None
    marks_ahead = marks(state) if ahead is None else ahead
    case.next_mark_at = moment(marks_ahead[0].at) if case.is_open and marks_ahead else None
