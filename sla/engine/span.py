"""Calendar spans of a policy: "one week", "90 days", "one year", and where they end."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date

from sla.engine.errors import EngineError
from sla.engine.walltime import (
    SECONDS_PER_DAY,
    Instant,
    date_of,
    day_of,
    instant_of_reading,
    wall_reading,
)

UNITS = ("seconds", "days", "years")
RULES = ("same_time", "elapsed", "end_of_day")
ZONES = ("customer", "vendor")
LEAP_DAYS = ("february_28", "march_1")

_ELAPSED_SECONDS = {"seconds": 1, "days": SECONDS_PER_DAY, "years": 365 * SECONDS_PER_DAY}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of calendar time.

    `rule`: same_time (that many days or years later on the same wall clock) | elapsed (real
    seconds; a year is 365 days) | end_of_day (24:00 of the last date). Seconds are always elapsed.
    `zone`: whose wall clock. `leap_day`: where a year from 29 February ends.
    """

    amount: int
    unit: str = "days"
    rule: str = "same_time"
    zone: str = "customer"
    leap_day: str = "february_28"


def span_end(span: Span, zone: str, start: Instant) -> Instant:
    """Find the instant at which `span` ends that begins at `start`.

    `zone` is the IANA zone that `span.zone` stands for. The end of a day is its 24:00, so what
    lasts to the end of a day is still in force one second before. A wall time that the zone skips
    is the end of the gap, of two equal readings the first counts.
    Raises EngineError: bad_time_zone, bad_request (the end lies past the year 9999).
    """
    if span.rule == "elapsed":
        return start + span.amount * _ELAPSED_SECONDS[span.unit]
    day, second = wall_reading(zone, start)
    last = _last_day(span, day)
    if span.rule == "end_of_day":
        return instant_of_reading(zone, last + 1, 0)
    return instant_of_reading(zone, last, second)


def end_of_date(on: date, zone: str) -> Instant:
    """Find 24:00 of a local date: the first instant of the next one.

    Raises EngineError: bad_time_zone.
    """
    return instant_of_reading(zone, day_of(on) + 1, 0)


def _last_day(span: Span, day: int) -> int:
    try:
        if span.unit == "days":
            return day_of(date_of(day + span.amount))
        return day_of(_anniversary(date_of(day), span))
    except (OverflowError, ValueError) as fault:
        raise EngineError("bad_request", amount=span.amount, unit=span.unit) from fault


def _anniversary(first: date, span: Span) -> date:
    year = first.year + span.amount
    if (first.month, first.day) != (2, 29) or isleap(year):
        return first.replace(year=year)
    return date(year, 2, 28) if span.leap_day == "february_28" else date(year, 3, 1)
