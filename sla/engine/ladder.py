"""The ladder: which step of a policy falls due on a case next, and when.

Pure: a case's state in, marks out. A mark is an instant at which one step, of one occurrence of
one clock, is due. The tick acts on the marks that have passed; each step fires once per occurrence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from sla.engine.clock import CaseState, Clock, LateHandOvers
from sla.engine.parts import Facts, LadderStep
from sla.engine.target import due_at_service, service_calendar

_PERCENT = 100
# The last quarter of the promised service time is "at risk" on the screens.
RISK_PERCENT = 25
NONE_LATE: LateHandOvers = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mark:
    """A step that falls due at `at` (epoch seconds) on the occurrence `(clock, started_seq)`."""

    at: int
    clock: str
    started_seq: int
    step: LadderStep

    @property
    def hands_over(self) -> bool:
        return self.step.action == "hand_over"

    @property
    def key(self) -> tuple[str, int, str]:
        return (self.clock, self.started_seq, self.step.code)


def marks(state: CaseState) -> tuple[Mark, ...]:
    """List the steps still to fire on a case, earliest first; without a due time, none."""
    found = [mark for mark in _marks(state) if mark.key not in state.fired]
    return tuple(sorted(found, key=lambda mark: mark.at))


def next_mark_at(state: CaseState) -> int | None:
    """Find the next instant at which anything could happen to a case, None when nothing can."""
    return min((mark.at for mark in marks(state)), default=None)


def marks_of(
    clock: Clock,
    ladder: Iterable[LadderStep],
    facts: Facts,
    tier: int,
    late: LateHandOvers = NONE_LATE,
) -> Iterator[Mark]:
    """Yield the marks of one open clock in the order of the ladder, the fired ones included.

    The interval to a hand-over that follows a late one starts when that one was done.
    """
    done = late.get((clock.kind, clock.started_seq))
    for step in ladder:
        if step.clock == clock.kind and _applies(step, facts, tier):
            at = _step_at(step, clock)
            if at is not None and done is not None and step.action == "hand_over":
                at = max(at, _after(clock, done, step))
            if at is not None:
                yield Mark(at, clock.kind, clock.started_seq, step)


def _marks(state: CaseState) -> Iterator[Mark]:
    for clock in state.open_clocks:
        yield from marks_of(
            clock, state.policy.ladder, state.facts, state.tier, state.late_hand_overs
        )


def _applies(step: LadderStep, facts: Facts, tier: int) -> bool:
    if step.tiers and tier not in step.tiers:
        return False
    return all(getattr(facts, axis) in codes for axis, codes in step.when.items())


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
