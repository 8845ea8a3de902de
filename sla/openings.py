"""Whether the desk is open for a case: in the hours in which its first response is owed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sla.engine.calendar import SECONDS_PER_WEEK, Instant, is_open, next_open, open_stretches
from sla.engine.parts import Cell, Facts
from sla.engine.policy import Policy
from sla.engine.target import service_calendar
from sla.explain import week_text
from sla.queries import FIRST_RESPONSE


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether somebody works on such a case at a moment.

    `changes_at` (aware, UTC): when it opens next, or closes; None where it never closes. `hours`
    say the usual week on the wall clock of `zone`, `name` is the calendar's; "" round the clock.
    """

    is_open: bool
    changes_at: datetime | None = None
    name: str = ""
    hours: str = ""
    zone: str = ""

    @property
    def is_always(self) -> bool:
        return self.is_open and self.changes_at is None


def opening_for(policy: Policy, facts: Facts, at: datetime) -> Opening | None:
    """Tell whether the desk is open at `at` for the first response that these facts are promised.

    None where no time is promised, for then no hours are. Raises EngineError: never_open, and what
    `Policy.cell` raises.
    """
    cell = policy.cell(FIRST_RESPONSE, facts)
    return None if cell is None else _opening(cell, int(at.timestamp()))


def _opening(cell: Cell, at: Instant) -> Opening:
    calendar = service_calendar(cell.calendar, cell.target)
    if calendar.is_always:
        return Opening(is_open=True)
    named = {
        "name": cell.calendar_name or "",
        "hours": week_text(calendar),
        "zone": calendar.zone,
    }
    if not is_open(calendar, at):
        return Opening(False, datetime.fromtimestamp(next_open(calendar, at), UTC), **named)
    stop = at + SECONDS_PER_WEEK
    _start, closes = next(open_stretches(calendar, at, stop))
    return Opening(True, datetime.fromtimestamp(closes, UTC) if closes < stop else None, **named)
