"""Opening hours as a support policy says them, and the calendars that they come to."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sla.engine.calendar import Calendar, parse_calendar
from sla.engine.holidays import Holiday, HolidaySet

# In place of a zone: the zone of the customer (SC-06).
CUSTOMER_ZONE = "customer"
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class HolidayList:
    """A named set of holidays for calendars; `dates` are the vendor's own, with their names."""

    code: str
    name: str
    observed: str = "nearest_weekday"
    days: tuple[Holiday, ...] = ()
    dates: tuple[tuple[date, str], ...] = ()

    def as_set(self) -> HolidaySet:
        """Give the rules as the engine reads them."""
        return HolidaySet(self.days, self.observed, self.dates)


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Dates `first` to `last` with hours of their own; no intervals = closed."""

    first: date
    last: date
    intervals: tuple[tuple[str, str], ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """Opening hours as the policy says them; a `Calendar` once facts give zone and region.

    Either `by_region` (region code -> code of another calendar) or a `zone` ("customer" or an
    IANA name) with `weekly` (day name -> intervals of wall time), `exceptions` and `holidays`.
    """

    code: str
    name: str
    zone: str | None = None
    by_region: tuple[tuple[str, str], ...] = ()
    weekly: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    exceptions: tuple[CalendarException, ...] = ()
    holidays: str | None = None


# One object per calendar in use: the engine keeps open tables by calendar.
@lru_cache(maxsize=4096)
def calendar_of(spec: CalendarSpec, zone: str, holidays: HolidayList | None) -> Calendar:
    """Make the calendar of a zone that a policy's hours and holidays come to, once."""
    return parse_calendar(
        {
            "time_zone": zone,
            "weekly": dict(spec.weekly),
            "exceptions": [
                {"from": dates.first, "to": dates.last, "intervals": dates.intervals}
                | {"name": dates.name}
                for dates in spec.exceptions
            ],
            "holidays": holidays.as_set() if holidays else None,
        }
    )


@lru_cache(maxsize=1024)
def round_the_clock(zone: str) -> Calendar:
    """Make the calendar of a zone that is never closed, once."""
    return parse_calendar(
        {"time_zone": zone, "weekly": {day: (("00:00", "24:00"),) for day in EVERY_DAY}}
    )
