"""What a calendar says about the dates ahead: for people who want to see it before it happens."""

from dataclasses import dataclass
from datetime import date

from sla.engine.calendar import Calendar, open_table
from sla.engine.localhours import Spans
from sla.engine.walltime import date_of, day_of


@dataclass(frozen=True, slots=True)
class Outlook:
    """One local date. `hours` are (start_second, end_second) of its wall clock.

    `kind`: open | closed (the weekly pattern) | holiday | exception. `names`: of what overrides
    the weekly pattern.
    """

    on: date
    kind: str
    hours: Spans
    names: tuple[str, ...] = ()


def outlook(calendar: Calendar, first: date, last: date) -> tuple[Outlook, ...]:
    """List the dates from `first` to `last`, both included. Raises EngineError: bad_time_zone."""
    hours = open_table(calendar).hours
    days = []
    for day, spans in hours.between(day_of(first), day_of(last)):
        special = hours.special(day)
        if special is None or special.decided_by == "weekly":
            days.append(Outlook(date_of(day), "open" if spans else "closed", spans))
        else:
            days.append(Outlook(date_of(day), special.decided_by, spans, special.names))
    return tuple(days)
