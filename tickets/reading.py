"""What a person sees of the clocks of one case, in words, and their receipts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from sla.bar import Bar, draw_bar
from sla.engine.clock import CaseState, Clock
from sla.engine.kinds import WAITING
from sla.engine.ladder import at_risk_at
from sla.engine.parts import TargetRow
from sla.engine.receipt import Interval
from sla.explain import (
    Line,
    calendar_text,
    receipt_lines,
    receipt_sentences,
    span_text,
    target_text,
)
from sla.publishing import BEGINNING
from sla.queries import published_versions
from tickets.explaining import (
    ChangeTold,
    RuleTold,
    Story,
    because,
    rule_told,
    rules_beside,
    state_of_aim,
)
from tickets.history import entry_title
from tickets.models import Case, CaseEvent
from tickets.timeline import load_timeline, moment, seconds_of

CLOCK_NAMES = {
    "first_response": _("First response"),
    "next_response": _("Next response"),
    "update_cadence": _("Regular update"),
    "no_progress": _("Progress"),
    "waiting_on_customer": _("Waiting for the customer"),
    "escalation_answer": _("Answer to the escalation"),
    "workaround": _("Workaround"),
    "resolution": _("Solution"),
    "tier_time": _("Time at this level"),
}

STATE_NAMES = {
    "running": _("Running"),
    "due_soon": _("At risk"),
    "overdue": _("Breached"),
    "paused": _("Paused: waiting for the customer"),
    "awaiting_schedule": _("No time agreed yet"),
    "scheduled": _("Scheduled"),
    "no_target": _("No target"),
    # An order to page has no lateness, and so it is neither kept nor broken (MS-05).
    "at_once": _("At once"),
    "answered": _("Answered"),
    "met": _("Met"),
    "late": _("Late"),
    "cancelled": _("Ended"),
}


@dataclass(frozen=True)
class ClockView:
    """One clock as a page shows it; `state` is a key of STATE_NAMES."""

    clock: Clock
    kind: str
    name: str
    state: str
    state_name: str
    due_at: datetime | None
    due_from: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    target: str
    calendar: str
    source: str

    @property
    def took(self) -> str:
        """Say how long it was open, round the clock; empty while it is."""
        ended_at = self.clock.ended_at
        return span_text(ended_at - self.clock.started_at) if ended_at is not None else ""

    @property
    def is_own_aim(self) -> bool:
        """Tell whether the desk only aims at it; waiting is nobody's aim."""
        return self.kind != WAITING and not self.clock.is_promised

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.clock.started_seq}"


@dataclass(frozen=True)
class Telling:
    """To whom receipts are told, and from what.

    `story` is the timeline, `effective` the moments from which versions are in effect, `reasons`
    what the customer was told at a change, by the number of its entry.
    """

    story: Story | None = None
    for_customer: bool = False
    effective: Mapping[int, datetime] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)


PLAINLY = Telling()


@dataclass(frozen=True)
class Receipt:
    """Why a clock is due when it is: the rule, what else came near, and every interval.

    `rule` is None where no rule is for the case. `near_misses` are the rules that came near.
    `beside_zone` is the zone of the policy's hours where its clock reads otherwise than the
    reader's, else "". `bar` is None where nothing is due.
    """

    view: ClockView
    zone: str
    beside_zone: str
    counted_from: datetime
    lines: tuple[Line, ...]
    sentences: tuple[str, ...]
    bar: Bar | None
    counted_seconds: int
    rule: RuleTold | None
    near_misses: tuple[RuleTold, ...]
    changes: tuple[ChangeTold, ...]
    policy_version: int
    effective_at: datetime | None
    zone_assumed: bool


def case_state(case: Case) -> CaseState:
    """Fold the timeline of a case into its state."""
    return load_timeline(case).state()


def clock_views(state: CaseState, at: datetime, *, for_customer: bool) -> list[ClockView]:
    """List a case's clocks, open ones first and soonest due first; customers see promises only."""
    clocks = [clock for clock in state.clocks if clock.is_promised or not for_customer]
    views = [_clock_view(clock, at) for clock in clocks]
    return sorted(
        views, key=lambda view: (not view.clock.is_open, view.due_at is None, view.due_at)
    )


def receipt_for(state: CaseState, view: ClockView, zone: str, told: Telling = PLAINLY) -> Receipt:
    """Explain one clock, with moments on the wall clock of `zone` (an IANA name).

    The intervals are those of the due time itself. Without `told.story` the rules are read in the
    light of the facts as they are now.
    """
    clock, cell = view.clock, view.clock.settled.cell
    aimed = (state_of_aim(told.story, clock) if told.story else None) or state
    row = cell.row if cell else aimed.policy.rule(clock.kind, aimed.facts)
    intervals = clock.intervals()
    beside = _zone_beside(clock, intervals, zone)
    return Receipt(
        view=view,
        zone=zone,
        beside_zone=beside,
        counted_from=moment(clock.settled.opened_at),
        lines=receipt_lines(intervals),
        sentences=receipt_sentences(intervals, zone, beside),
        bar=_bar(clock, intervals, zone),
        counted_seconds=sum(interval.counted_seconds for interval in intervals),
        rule=rule_told(row, aimed.policy) if row else None,
        near_misses=_near_misses(aimed, row, told),
        changes=_changes(view, told),
        policy_version=aimed.version,
        effective_at=told.effective.get(aimed.version),
        zone_assumed=cell is not None and "zone" in cell.assumed,
    )


def effective_dates(numbers: Iterable[int]) -> dict[int, datetime]:
    """Map numbers of policy versions to the moments from which they are in effect.

    Without those that are in effect since ever.
    """
    versions = published_versions().filter(number__in=set(numbers))
    # Sorted out here: as a condition the long look-up of a beginning would be written twice.
    begun = versions.values_list("number", "begun_at")
    return {number: since for number, since in begun if since is not None and since > BEGINNING}


def _bar(clock: Clock, intervals: Sequence[Interval], zone: str) -> Bar | None:
    cell = clock.settled.cell
    calendar = cell.calendar if cell else None
    return draw_bar(intervals, zone=zone, goal_at=clock.due_from, calendar=calendar)


def _near_misses(aimed: CaseState, row: TargetRow | None, told: Telling) -> tuple[RuleTold, ...]:
    if row is None:
        return ()
    return rules_beside(aimed.policy, aimed.facts, row, promised_only=told.for_customer)


def _zone_beside(clock: Clock, intervals: Iterable[Interval], zone: str) -> str:
    cell = clock.settled.cell
    policys = cell.calendar_zone if cell else None
    if policys is None:
        return ""
    moments = [moment(at) for interval in intervals for at in (interval.start, interval.end)]
    differs = any(
        at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(ZoneInfo(policys)).utcoffset()
        for at in moments
    )
    return policys if differs else ""


def _changes(view: ClockView, told: Telling) -> tuple[ChangeTold, ...]:
    """Tell the changes of a promise; one that neither had nor got a due time says nothing."""
    return tuple(
        ChangeTold(
            title=entry_title(CaseEvent(kind=change.event)),
            at=moment(change.at),
            before=moment(change.due_before),
            after=moment(change.due_after),
            because=because(told.story, view.clock, change) if told.story else "",
            reason=told.reasons.get(change.seq, ""),
        )
        for change in view.clock.changes
        if (change.due_before, change.due_after) != (None, None)
    )


def _clock_view(clock: Clock, at: datetime) -> ClockView:
    cell = clock.settled.cell
    state = _shown_state(clock, seconds_of(at))
    return ClockView(
        clock=clock,
        kind=clock.kind,
        name=str(CLOCK_NAMES.get(clock.kind, clock.kind)),
        state=state,
        state_name=str(STATE_NAMES[state]),
        due_at=None if clock.kind == WAITING else moment(clock.due_at),
        due_from=moment(clock.due_from),
        started_at=moment(clock.started_at),
        ended_at=moment(clock.ended_at),
        target=target_text(cell.target) if cell else str(STATE_NAMES["no_target"]),
        calendar=calendar_text(cell) if cell else "",
        source=cell.row.source if cell else "",
    )


def _shown_state(clock: Clock, now: int) -> str:
    # That the customer takes long to answer is no promise of the desk's.
    if not clock.counts and clock.due_at is not None:
        return _state_of_order(clock, now)
    if clock.kind == WAITING or not clock.is_open or clock.due_at is None:
        return clock.state
    if clock.is_late(now):
        return "overdue"
    risky_from = at_risk_at(clock)
    return "due_soon" if risky_from is not None and now >= risky_from else clock.state


def _state_of_order(clock: Clock, now: int) -> str:
    """Say how an order to page stands: somebody is called at once, or somebody has answered."""
    if clock.is_open:
        return "at_once" if now >= (clock.due_at or now) else clock.state
    return "answered" if clock.state in ("met", "late") else clock.state
