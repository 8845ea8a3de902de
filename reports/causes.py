"""Why a promise was missed: where the service time went between its start and its due time.

Pure: a timeline in, shares out. Moments are epoch seconds in UTC. Each open second is counted once:
as waiting for the customer; else as an outage, where steps of the ladder were done late; else as a
hand-over, from the move until somebody of the new team took the case or worked on it; else as
having no owner; else as held by the tier that had it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sla.engine.aims import Pauses
from sla.engine.calendar import ALWAYS, Calendar, open_seconds_between
from sla.engine.clock import CaseState, Clock
from sla.engine.past import Event
from sla.engine.target import service_calendar

WAITING, OUTAGE, HAND_OVER, NO_OWNER = "waiting", "outage", "hand_over", "no_owner"
TIERS = ("tier_1", "tier_2", "tier_3")
CAUSES = (WAITING, NO_OWNER, HAND_OVER, OUTAGE, *TIERS)
# The tick comes every few seconds; below this a late step is no outage.
OUTAGE_FROM_SECONDS = 60
# Words and work of the desk: after a hand-over somebody has it with them.
TAKEN_BY = frozenset({"agent_replied", "agent_called", "question_asked", "work_logged", "resolved"})


@dataclass(frozen=True, slots=True)
class Blame:
    """Who held a case when a promise was missed, and where its time had gone.

    `shares` maps causes to seconds of the hours in which the promise was counted.
    """

    cause: str
    tier: int
    owner_id: int | None
    shares: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class _Holder:
    tier: int = 1
    owner_id: int | None = None
    is_handed: bool = False

    @property
    def cause(self) -> str:
        if self.owner_id is not None:
            return f"tier_{self.tier}"
        return HAND_OVER if self.is_handed else NO_OWNER


def blame_for(clock: Clock, state: CaseState, events: Sequence[Event]) -> Blame:
    """Split the time of a missed promise by who had its case.

    The cause is what took longest; of equals the earlier of CAUSES. Where no open second lies
    between (an order that is due at once), it is the tier that had the case.
    """
    assert clock.due_at is not None  # what has no due time is never missed
    due_at = clock.due_at
    calendar, waits = _hours(clock), state.pauses
    outages = _outages(events)
    shares = dict.fromkeys(CAUSES, 0)
    holder = _Holder()
    for piece, start, end in _pieces(events, clock.started_at, due_at):
        holder = piece
        counted = open_seconds_between(calendar, start, end)
        worked = open_seconds_between(calendar, start, end, waits)
        watched = open_seconds_between(calendar, start, end, (*waits, *outages))
        shares[WAITING] += counted - worked
        shares[OUTAGE] += worked - watched
        shares[holder.cause] += watched
    longest = max(CAUSES, key=lambda cause: shares[cause])
    return Blame(
        cause=longest if shares[longest] else f"tier_{holder.tier}",
        tier=holder.tier,
        owner_id=holder.owner_id,
        shares={cause: seconds for cause, seconds in shares.items() if seconds},
    )


def _hours(clock: Clock) -> Calendar:
    cell = clock.settled.cell
    return ALWAYS if cell is None else service_calendar(cell.calendar, cell.target)


def _outages(events: Sequence[Event]) -> Pauses:
    """List when nobody watched the clocks, as far as the case's own late steps show it."""
    late = (
        (event.at, event.payload.get("late_seconds", 0))
        for event in events
        if event.kind == "step_fired"
    )
    return tuple((at - seconds, at) for at, seconds in late if seconds >= OUTAGE_FROM_SECONDS)


def _pieces(events: Sequence[Event], start: int, end: int) -> Iterator[tuple[_Holder, int, int]]:
    """Cut [start, end] at every entry; the last piece is who held the case at the end."""
    holder = _Holder(tier=events[0].payload.get("tier", 1))
    begins = start
    for event in events:
        if event.at > end:
            break
        if event.at > begins:
            yield holder, begins, event.at
            begins = event.at
        holder = _after(event, holder)
    yield holder, begins, end


def _after(event: Event, holder: _Holder) -> _Holder:
    payload = event.payload
    if event.kind == "handed_over":
        return _Holder(payload["to_tier"], None, is_handed=True)
    if event.kind == "assigned":
        return _Holder(holder.tier, payload.get("owner"))
    if event.kind in TAKEN_BY:
        return _Holder(holder.tier, holder.owner_id)
    return holder
