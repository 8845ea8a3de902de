"""What a person sees of one case: its clocks in words, their receipts, and its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
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
from tickets.models import Case, CaseEvent, InternalNote, Message
from tickets.promises import promises_moved
from tickets.timeline import load_timeline, moment, seconds_of

Said = TypeVar("Said", Message, InternalNote)

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


@dataclass(frozen=True)
class Entry:
    """One line of the history: an event with what was said on it, if anything was."""

    event: CaseEvent
    message: Message | None = None
    note: InternalNote | None = None

    @property
    def internal(self) -> bool:
        return self.event.audience == CaseEvent.Audience.DESK


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
    versions = published_versions().filter(number__in=set(numbers)).annotate(since=F("begun_at"))
    return dict(versions.filter(since__gt=BEGINNING).values_list("number", "since"))


def reasons_of(entries: Iterable[Entry]) -> dict[int, str]:
    """Read from a history what the customer was told at changes, by the number of the entry."""
    return {
        entry.event.seq: entry.message.body
        for entry in entries
        if entry.message is not None and entry.message.kind == Message.Kind.REASON
    }


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


def history(case: Case, person: Person) -> list[Entry]:
    """List what this person may read of a case, oldest first, in three queries at most.

    Of a new policy a customer reads only where it moved a promise; that takes two queries more.
    """
    events = case.events.select_related("by").order_by("seq")
    messages = _by_event(case.messages.select_related("author"))
    if not person.may("use_desk"):
        public = events.filter(audience=CaseEvent.Audience.PUBLIC)
        return [Entry(event, messages.get(event.pk)) for event in _telling(case, public)]
    notes = _by_event(case.notes.select_related("author"))
    return [Entry(event, messages.get(event.pk), notes.get(event.pk)) for event in events]


def _telling(case: Case, events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """Leave out the reviews under a new policy that moved no promise."""
    told = list(events)
    reviews = {event.seq for event in told if event.kind == "policy_retargeted"}
    if not reviews:
        return told
    timeline = load_timeline(case)
    silent = {seq for seq in reviews if not promises_moved(timeline, seq)}
    return [event for event in told if event.seq not in silent]


def _by_event(rows: Iterable[Said]) -> Mapping[int, Said]:
    return {row.event_id: row for row in rows}


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


def entry_title(event: CaseEvent) -> str:
    """Name what happened, for people."""
    return str(EVENT_NAMES.get(event.kind, event.kind))


EVENT_NAMES = {
    "case_opened": _("Case opened"),
    "customer_replied": _("Customer wrote"),
    "customer_called": _("Customer called"),
    "agent_replied": _("Support answered"),
    "agent_called": _("Support called"),
    "work_logged": _("Work on the case"),
    "question_asked": _("Question to the customer"),
    "note_added": _("Internal note"),
    "triaged": _("Reviewed"),
    "subject_changed": _("Subject changed"),
    "severity_changed": _("Severity changed"),
    "priority_changed": _("Priority changed"),
    "type_changed": _("Type changed"),
    "scheduled": _("Time agreed"),
    "assigned": _("Assigned"),
    "handed_over": _("Handed over"),
    "step_fired": _("Escalation step"),
    "acknowledged": _("Escalation acknowledged"),
    "promise_missed": _("Customer told that our promise was missed"),
    "swat_brought_in": _("SWAT team brought in"),
    "swat_left": _("SWAT team let go"),
    "escalation_requested": _("Escalation asked for"),
    "escalation_answered": _("Answer to the escalation"),
    "escalation_ended": _("Escalation ended"),
    "policy_retargeted": _("Promise reviewed under a new policy"),
    "resolved": _("Solution given"),
    "closed": _("Closed"),
    "reopened": _("Reopened"),
    "points_credited": _("Points given back: a product bug"),
    "money_asked": _("Money asked for instead of the points"),
    "declined": _("Declined: not part of the support"),
    "split_proposed": _("A case of its own proposed"),
    "split_declined": _("Proposal of a case of its own turned down"),
    "split_withdrawn": _("Proposal of a case of its own withdrawn"),
    "case_split": _("A part became a case of its own"),
    "followed_up": _("A new case was opened about this one"),
    "level_requested": _("Another level asked for"),
    "level_offered": _("Another level offered"),
    "level_request_decided": _("Decided about the level"),
    "restricted": _("Restricted to those it concerns"),
    "unrestricted": _("No longer restricted"),
    "feature_logged": _("Logged as a wish for the product"),
    "feature_decided": _("Decided about the wish"),
    "question_disputed": _("The customer says it does not wait for them"),
    "question_withdrawn": _("Question taken back"),
    "away_noted": _("Customer away"),
    "away_ended": _("Customer back"),
    "waiting_warned": _("Customer told when it will be closed"),
    "attempt_logged": _("Customer not reached"),
    "reopen_asked": _("Customer wants it open again"),
    "reopen_declined": _("Not opened again: another problem"),
    "merged": _("Merged into another case"),
    "merged_here": _("Another case was merged into this one"),
    "unmerged": _("Merge undone"),
    "unmerged_here": _("A merged case goes on by itself again"),
    "case_linked": _("Linked with another case"),
    "case_unlinked": _("Link taken away"),
    "incident_declared": _("Made an incident"),
    "incident_ended": _("No incident any more"),
    "incident_joined": _("Hung on an incident"),
    "incident_left": _("Taken off an incident"),
    "answered_through": _("Answered through the incident"),
    "defect_tied": _("A known fault"),
    "defect_untied": _("Not this fault after all"),
    "fix_promised": _("Fix promised"),
    "fix_dropped": _("No fix will come"),
    "fix_shipped": _("Fix shipped"),
    "diagnostics_offered": _("A diagnostic tool offered"),
    "diagnostics_accepted": _("Terms of the tool accepted"),
    "diagnostics_withdrawn": _("The tool taken back"),
    "meeting_set": _("Meeting link"),
    "channel_preferred": _("How to be answered"),
    "consent_given": _("Remote access allowed"),
    "consent_withdrawn": _("Remote access no longer allowed"),
}
