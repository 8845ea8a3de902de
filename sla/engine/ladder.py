"""The ladder: which step of a policy falls due on a case next, and when.

Pure: a case's state in, marks out. A mark is an instant at which one step, of one occurrence of
one clock, is due. The tick acts on the marks that have passed; each step fires once per occurrence,
a repeated one once for each time.
"""

from collections.abc import Iterator
from dataclasses import replace

from sla.engine.clock import CaseState
from sla.engine.kinds import WAITING
from sla.engine.mark import Key, Mark, Standing, repeat_code
from sla.engine.occurrence import Clock, Stage
from sla.engine.parts import THE_CASE, Facts, LadderStep
from sla.engine.policy import Policy
from sla.engine.steps import applies
from sla.engine.target import due_at_service, service_calendar
from sla.engine.waiting import waiting_marks

__all__ = ["Key", "Mark", "at_risk_at", "case_marks", "marks", "marks_of", "next_mark_at"]

_PERCENT = 100
# The last quarter of the promised service time is "at risk" on the screens.
RISK_PERCENT = 25
# A level that is set back within this time was a slip: the case is raised as it was before.
SLIP_SECONDS = 600


def marks(state: CaseState) -> tuple[Mark, ...]:
    """List the steps still to fire on a case, earliest first; without a due time, none."""
    return tuple(sorted(_marks(state), key=lambda mark: mark.at))


def next_mark_at(state: CaseState) -> int | None:
    """Find the next instant at which anything could happen to a case, None when nothing can."""
    return min((mark.at for mark in _marks(state)), default=None)


def marks_of(clock: Clock, standing: Standing) -> Iterator[Mark]:
    """Yield what is still to fire on one open clock: of each step its next time.

    The interval to a hand-over that follows a late one starts when that one was done.
    """
    if clock.kind == WAITING:
        yield from waiting_marks(clock, standing)
    steps = standing.policy.steps.on.get(clock.kind, ())
    if not steps:
        return
    facts = _facts(standing.policy, standing.facts)
    done = standing.late_hand_overs.get((clock.kind, clock.started_seq))
    for step in steps:
        if not _is_for(step, facts, standing.tier):
            continue
        at = _step_at(step, clock)
        if at is not None and done is not None and step.action == "hand_over":
            at = max(at, _after(clock, done, step))
        if at is not None:
            yield from _still_to_fire(Mark(at, clock.kind, clock.started_seq, step), standing)


def case_marks(standing: Standing) -> Iterator[Mark]:
    """Yield what is still to fire by reason of the case itself, while it is open (MS-05, DD-10).

    A step hangs on an occurrence that begins with the entry by which its `when` comes to hold: the
    opening or reopening of the case, or a change of its facts or its policy. It goes on while that
    holds, whatever else changes, and over a slip: when another level is set, and the former one
    again within ten minutes. Raised again later, or opened again, the case begins another
    occurrence, and the step fires once more. "after" counts seconds of real time, and so does the
    interval to a hand-over that follows a late one. What held already when the case was imported
    makes nothing due.
    """
    for step in standing.policy.steps.on.get(THE_CASE, ()):
        since = _since(step, standing)
        if since is None or since.is_import:
            continue
        if step.tiers and standing.tier not in step.tiers:
            continue
        at = since.at + step.seconds_after_due
        done = standing.late_hand_overs.get((THE_CASE, since.seq))
        if done is not None and step.action == "hand_over":
            done_at, seconds = done
            at = max(at, done_at + max(step.seconds_after_due - seconds, 0))
        yield from _still_to_fire(Mark(at, THE_CASE, since.seq, step), standing)


def _marks(state: CaseState) -> Iterator[Mark]:
    for clock in state.clocks:
        if clock.ended_at is None:
            yield from marks_of(clock, state)
    yield from case_marks(state)


def _still_to_fire(mark: Mark, standing: Standing) -> Iterator[Mark]:
    """Yield the next time of a step that falls due first at the mark, if there is one.

    Each time counts from when the one before was done, until somebody acknowledges what was fired.
    """
    done = first = standing.fired.get(mark.key)
    step = mark.step
    if first is None:
        yield mark
        return
    if step.repeat_seconds is None:
        return
    if standing.acknowledged.get((mark.clock, mark.started_seq), 0) >= first.seq:
        return
    for repeat in range(2, (step.repeat_times or 1) + 1):
        again = standing.fired.get((mark.clock, mark.started_seq, repeat_code(step.code, repeat)))
        if again is None:
            assert done is not None
            yield replace(mark, at=max(mark.at, done.at + step.repeat_seconds), repeat=repeat)
            return
        done = again


def _since(step: LadderStep, standing: Standing) -> Stage | None:
    """Find the entry with which the occurrence of a step on the case itself began."""
    begun: Stage | None = None
    left_at: int | None = None
    for stage in standing.stages:
        if not stage.is_open:
            begun = left_at = None
        elif _holds(step.code, stage):
            if begun is None or (left_at is not None and stage.at - left_at > SLIP_SECONDS):
                begun = stage
            left_at = None
        elif left_at is None:
            left_at = stage.at
    return begun if left_at is None else None


def _holds(code: str, stage: Stage) -> bool:
    steps = stage.policy.steps
    step = steps.by_code.get(code)
    if step is None or step.clock != THE_CASE:
        return False
    return applies(step, _facts(stage.policy, stage.facts))


def _facts(policy: Policy, facts: Facts) -> Facts:
    return policy.settle(facts) if policy.steps.completes_facts else facts


def _is_for(step: LadderStep, facts: Facts, tier: int) -> bool:
    return (not step.tiers or tier in step.tiers) and applies(step, facts)


def _step_at(step: LadderStep, clock: Clock) -> int | None:
    if step.at == "opened":
        return clock.started_at
    # An order to page has no lateness (MS-05): nothing is warned of or broken.
    if clock.due_at is None or not clock.counts:
        return None
    if step.at == "before":
        return _before(step, clock)
    if step.at == "after":
        return _served(clock, _need(clock) + (step.seconds or 0))
    return clock.due_at + 1  # late from the instant after it is due


def _after(clock: Clock, done: tuple[int, int], step: LadderStep) -> int:
    """Find where the interval between two hand-overs ends that starts when the first was done."""
    done_at, seconds = done
    left = max(step.seconds_after_due - seconds, 0)
    return _served(clock, left, done_at) or done_at


def at_risk_at(clock: Clock) -> int | None:
    """Find the instant from which a clock is at risk; None where nothing of it can be late."""
    if clock.due_at is None or not clock.counts:
        return None
    need = _need(clock)
    return _served(clock, need - need * RISK_PERCENT // _PERCENT)


def _before(step: LadderStep, clock: Clock) -> int | None:
    need = _need(clock)
    left = need * step.share_percent // _PERCENT if step.share_percent else step.seconds or 0
    return _served(clock, max(need - left, 0))


def _need(clock: Clock) -> int:
    """Count the seconds of the clock's own service time from its opening to its due time."""
    settled = clock.settled
    if _by_calendar(clock):
        return settled.promise.need_seconds or 0
    return (settled.promise.due_at or settled.opened_at) - settled.opened_at


def _served(clock: Clock, seconds: int, since: int | None = None) -> int | None:
    """Find the instant by which `seconds` of the clock's own service time have passed."""
    settled = clock.settled
    start = settled.opened_at if since is None else since
    if not _by_calendar(clock) or settled.cell is None:
        return start + seconds
    calendar = service_calendar(settled.cell.calendar, settled.cell.target)
    return due_at_service(calendar, start, seconds, clock.pauses)


def _by_calendar(clock: Clock) -> bool:
    # An agreed slot and a span of calendar days need no service time: they are warned of in
    # real time.
    return clock.settled.cell is not None and clock.state != "scheduled"
