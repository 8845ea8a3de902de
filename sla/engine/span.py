"""Calendar spans of a policy: "one week", "90 days", "one year", and where they end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from zoneinfo import ZoneInfo

from sla.engine.calendar import SECONDS_PER_DAY, Instant
from sla.engine.errors import EngineError

UNITS = ("seconds", "days", "years")
RULES = ("same_time", "elapsed", "end_of_day")
ZONES = ("customer", "vendor")
LEAP_DAYS = ("february_28", "march_1")

DAYS_PER_ELAPSED_YEAR = 365


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
        return start + span.amount * _elapsed_seconds(span.unit)
    local = datetime.fromtimestamp(start, _zone(zone)).replace(tzinfo=None)
    last = _last_date(span, local.date())
    if span.rule == "end_of_day":
        return end_of_date(last, zone)
    return _instant_of(datetime.combine(last, local.time()), zone)


def end_of_date(day: date, zone: str) -> Instant:
    """Find 24:00 of a local date: the first instant of the next one. Raises as span_end does."""
    try:
        following = day + timedelta(days=1)
    except OverflowError as error:
        raise EngineError("bad_request", date=day.isoformat()) from error
    return _instant_of(datetime.combine(following, wall_time()), zone)


def _elapsed_seconds(unit: str) -> int:
    days = {"days": 1, "years": DAYS_PER_ELAPSED_YEAR}
    return 1 if unit == "seconds" else days[unit] * SECONDS_PER_DAY


def _last_date(span: Span, first: date) -> date:
    try:
        if span.unit == "days":
            return first + timedelta(days=span.amount)
        if (first.month, first.day) != (2, 29):
            return first.replace(year=first.year + span.amount)
        return _leap_anniversary(span, first.year + span.amount)
    except (OverflowError, ValueError) as error:
        raise EngineError("bad_request", amount=span.amount, unit=span.unit) from error


def _leap_anniversary(span: Span, year: int) -> date:
    if _is_leap(year):
        return date(year, 2, 29)
    return date(year, 2, 28) if span.leap_day == "february_28" else date(year, 3, 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise EngineError("bad_time_zone", zone=name) from error


def _instant_of(local: datetime, zone: str) -> Instant:
    """Convert wall time: the first of two equal readings, the end of the gap for a skipped one."""
    info = _zone(zone)
    later = int(local.replace(tzinfo=info, fold=0).timestamp())
    if datetime.fromtimestamp(later, info).replace(tzinfo=None) == local:
        return later
    earlier = int(local.replace(tzinfo=info, fold=1).timestamp())
    offset = datetime.fromtimestamp(later, info).utcoffset()
    while later - earlier > 1:
        middle = (earlier + later) // 2
        if datetime.fromtimestamp(middle, info).utcoffset() == offset:
            later = middle
        else:
            earlier = middle
    return later
