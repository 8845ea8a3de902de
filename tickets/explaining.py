"""Why a clock is measured as it is: the rule that matched, those beside it, and every change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.comparison import cases_text, promise_text
from sla.engine.clock import CaseState, Change, Clock, Event, read
from sla.engine.parts import Candidate, Facts, Retarget, TargetRow
from sla.engine.policy import Policy
from sla.words import AXIS_NAMES, part_name

HAD_TARGET = ("running", "paused", "scheduled")


class Story(Protocol):
    """A timeline to look back into: a case's, or the one that a case would begin with."""

    @property
    def policies(self) -> Mapping[int, Policy]: ...
    @property
    def events(self) -> Sequence[Event]: ...


@dataclass(frozen=True)
class Foreseen:
    """The timeline of a case that is not filed yet."""

    policies: Mapping[int, Policy]
    events: Sequence[Event]

    @property
    def state(self) -> CaseState:
        return read(self.policies, self.events)


@dataclass(frozen=True)
class RuleTold:
    """A rule in words. `why` says what keeps it from the case; empty for the one that matched."""

    cases: str
    promise: str
    source: str
    note: str
    why: str = ""


@dataclass(frozen=True)
class ChangeTold:
    """A promise that was replaced by another: what did it, by which rule, and why.

    `because` names the part of the policy's retarget rule that decided, `reason` is what the desk
    told the customer.
    """

    title: str
    at: datetime | None
    before: datetime | None
    after: datetime | None
    because: str
    reason: str

    @property
    def is_moved(self) -> bool:
        return self.before != self.after


def state_of_aim(story: Story, clock: Clock) -> CaseState | None:
    """Find the state in which the rule of a clock was chosen: its facts and its policy.

    A clock that was late or had ended keeps its rule, whatever the facts became afterwards. None
    where no look at the timeline gives that rule.
    """
    cell = clock.settled.cell
    for seq in (*(change.seq for change in reversed(clock.changes)), clock.started_seq):
        state = _state_after(story, seq)
        rule = state.policy.rule(clock.kind, state.facts)
        if rule == (cell.row if cell else rule):
            return state
    return None


def rule_told(row: TargetRow, policy: Policy, why: str = "") -> RuleTold:
    """Say a rule in words."""
    return RuleTold(cases_text(row, policy), promise_text(row, policy), row.source, row.note, why)


def rules_beside(
    policy: Policy, facts: Facts, row: TargetRow, *, promised_only: bool
) -> tuple[RuleTold, ...]:
    """List the rules near the one that matched, those that say most of a case first.

    Near are those that one fact keeps out and that name at least as much, and those that fit and
    name less.
    """
    settled = policy.settle(facts)
    found = [
        candidate
        for candidate in policy.candidates(row.clock, facts)
        if _is_near(candidate, row) and (candidate.row.promised or not promised_only)
    ]
    found.sort(key=lambda candidate: -len(candidate.row.when))
    return tuple(rule_told(one.row, policy, _why_not(one, policy, settled)) for one in found)


def _is_near(candidate: Candidate, row: TargetRow) -> bool:
    if candidate.row == row:
        return False
    return not candidate.fails or len(candidate.row.when) >= len(row.when)


def _why_not(candidate: Candidate, policy: Policy, facts: Facts) -> str:
    if not candidate.fails:
        return _("It fits as well, but names less of the case.")
    axis = candidate.fails[0]
    given = getattr(facts, axis)
    figures = {
        "axis": AXIS_NAMES[axis],
        "asked": _(" or ").join(part_name(policy, axis, code) for code in candidate.row.when[axis]),
        "given": part_name(policy, axis, given) if given else "",
    }
    if not given:
        return (
            _("The %(axis)s differs: it asks for %(asked)s, of this case none is known.") % figures
        )
    if axis == "channel":
        return (
            _("The channel differs: it asks for %(asked)s, this case came by: %(given)s.") % figures
        )
    return _("The %(axis)s differs: it asks for %(asked)s, this case has %(given)s.") % figures


def because(story: Story, clock: Clock, change: Change) -> str:
    """Say which part of the retarget rule decided a change: base, floor or cap (DD-08, MX-07)."""
    before = _same_clock(_state_before(story, change.seq), clock)
    state = _state_after(story, change.seq)
    after = _same_clock(state, clock)
    if before is None or after is None or after.settled.cell is None:
        return ""
    event = next(event for event in story.events if event.seq == change.seq)
    decided = _decided_by(before, after, change, _retarget_rule(state.policy, event))
    return str(_BECAUSE[decided])


_BECAUSE = {
    "cap": gettext_lazy("It is never due later than what was promised before."),
    "floor": gettext_lazy("From the change on at least one whole target is left."),
    "opening": gettext_lazy("The new target counts from the start of the clock."),
    "change": gettext_lazy("The new target counts from the change."),
}


def _decided_by(before: Clock, after: Clock, change: Change, rule: Retarget) -> str:
    had_target = before.state in HAD_TARGET
    is_kept = (after.settled.cell, after.due_at) == (before.settled.cell, before.due_at)
    if had_target and rule.cap == "promise" and is_kept:
        return "cap"
    base = rule.base if had_target else rule.from_no_target
    if base == "opening" and after.settled.opened_at == after.started_at:
        return "opening"
    return "floor" if base == "opening" and after.settled.opened_at == change.at else "change"


def _retarget_rule(policy: Policy, event: Event) -> Retarget:
    base = event.payload.get("base") if event.kind == "policy_retargeted" else None
    rule = policy.retarget_rule(on_call=event.kind == "customer_called")
    return Retarget(base, rule.floor, rule.cap, rule.from_no_target) if base else rule


def _state_after(story: Story, seq: int) -> CaseState:
    return read(story.policies, [event for event in story.events if event.seq <= seq])


def _state_before(story: Story, seq: int) -> CaseState:
    return _state_after(story, seq - 1)


def _same_clock(state: CaseState, clock: Clock) -> Clock | None:
    key = (clock.kind, clock.started_seq)
    return next((one for one in state.clocks if (one.kind, one.started_seq) == key), None)
