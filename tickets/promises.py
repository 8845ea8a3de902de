"""What an entry of a timeline did to the promises of its case, or would do."""

from dataclasses import dataclass
from datetime import datetime

from sla.engine.clock import CaseState, Clock, Event, read
from sla.engine.past import CHANGES
from tickets.timeline import Timeline, seconds_of


@dataclass(frozen=True, slots=True)
class Moved:
    """A promise whose due time an entry moved; epoch seconds, None where no time is promised."""

    clock: str
    due_before: int | None
    due_after: int | None


@dataclass(frozen=True, slots=True)
class Shift:
    """A promise that runs as it is, and as it would be; None where it would not be there."""

    kind: str
    before: Clock | None
    after: Clock | None


def promises_with(timeline: Timeline, axis: str, level: str, at: datetime) -> list[Shift]:
    """List the promises of a case beside those it had at another level from `at` on.

    Nothing is changed. In the order in which they run, those that stay as they are included.
    """
    last, held = timeline.events[-1], getattr(timeline.state().facts, axis)
    change = Event(
        seq=last.seq + 1,
        kind=CHANGES[axis],
        at=max(last.at, seconds_of(at)),
        payload={axis: level, "from": held},
    )
    before = _running(timeline.state())
    after = _running(read(timeline.policies, [*timeline.events, change]))
    return [Shift(kind, before.get(kind), after.get(kind)) for kind in before | after]


def promises_moved(timeline: Timeline, seq: int) -> list[Moved]:
    """List the promises that the entry `seq` moved, by the start of their clocks.

    What only the desk aims at is no promise; of a clock that is no promise any more the customer is
    owed no time.
    """
    events = [event for event in timeline.events if event.seq <= seq]
    before = _promised(read(timeline.policies, events[:-1]))
    after = _promised(read(timeline.policies, events))
    return [
        Moved(kind, before.get((started, kind)), after.get((started, kind)))
        for started, kind in sorted(before.keys() | after.keys())
        if before.get((started, kind)) != after.get((started, kind))
    ]


def _running(state: CaseState) -> dict[str, Clock]:
    return {clock.kind: clock for clock in state.open_clocks if clock.is_promised}


def _promised(state: CaseState) -> dict[tuple[int, str], int | None]:
    return {_key(clock): clock.due_at for clock in state.open_clocks if clock.is_promised}


def _key(clock: Clock) -> tuple[int, str]:
    return (clock.started_seq, clock.kind)
