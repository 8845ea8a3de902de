"""What an entry of a timeline did to the promises of its case."""

from dataclasses import dataclass

from sla.engine.clock import CaseState, Clock, read
from tickets.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Moved:
    """A promise whose due time an entry moved; epoch seconds, None where no time is promised."""

    clock: str
    due_before: int | None
    due_after: int | None


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


def _promised(state: CaseState) -> dict[tuple[int, str], int | None]:
    return {_key(clock): clock.due_at for clock in state.open_clocks if clock.is_promised}


def _key(clock: Clock) -> tuple[int, str]:
    return (clock.started_seq, clock.kind)
