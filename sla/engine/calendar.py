"""Business time: when a desk is open, and what is due when.

Moments are `Instant`s everywhere in the core: whole epoch seconds, UTC.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from sla.engine.daytimes import (
    MAX_SPANS_PER_DAY,
    after_midnight,
    before_midnight,
    joined,
    parse_spans,
)
from sla.engine.errors import EngineError
from sla.engine.holidays import Holiday, HolidaySet
from sla.engine.localhours import DatedSpans, LocalHours, Spans
from sla.engine.opentable import HORIZON_SECONDS, OpenTable
from sla.engine.walltime import (
    FIRST_INSTANT,
    LAST_INSTANT,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    SECONDS_PER_WEEK,
    Instant,
    Span,
    zone_info,
)

__all__ = [
    "ALWAYS",
    "FIRST_INSTANT",
    "HORIZON_SECONDS",
    "LAST_INSTANT",
    "SECONDS_PER_DAY",
    "SECONDS_PER_HOUR",
    "SECONDS_PER_MINUTE",
    "SECONDS_PER_WEEK",
    "WEEKDAYS",
    "Calendar",
    "Holiday",
    "HolidaySet",
    "Instant",
    "Pause",
    "Span",
    "due_at",
    "is_open",
    "next_open",
    "open_seconds_between",
    "open_stretches",
    "open_table",
    "parse_calendar",
    "parse_instant",
    "unioned",
]

Pause = tuple[Instant, Instant | None]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHOLE_DAY = ((0, SECONDS_PER_DAY),)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Dates outside what can be asked about are dropped from a range, so that "until 9999" costs little.
_FIRST_DATE, _LAST_DATE = date(1899, 12, 1), date(2320, 12, 31)
_MAX_EXCEPTION_DATES = 250_000


@dataclass(frozen=True)
class Calendar:
    """When a desk is open: local wall time in an IANA zone, per weekday and per dated exception.

    `weekly`: seven tuples (Monday first) of (start_second, end_second), cut at midnight, merged
    and sorted. `exceptions`: (date, intervals, name or ""); no intervals = closed. They decide
    their whole local date, over weekly pattern and holidays; an end past 86,400 reaches into the
    next date. A holiday closes its local date. Hash is cached: open tables are kept per calendar.
    """

    zone: str
    weekly: tuple[Spans, ...]
    exceptions: tuple[DatedSpans, ...] = ()
    holidays: HolidaySet | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.zone, self.weekly, self.exceptions, self.holidays))

    def __reduce__(self) -> tuple[object, ...]:
        # The cached hash means nothing in another process.
        return Calendar, (self.zone, self.weekly, self.exceptions, self.holidays)

    @cached_property
    def nameless(self) -> "Calendar":
        """Give the same hours, with no name for any date."""
        dated = tuple((on, spans, "") for on, spans, _name in self.exceptions)
        holidays = self.holidays.nameless if self.holidays else None
        return Calendar(self.zone, self.weekly, dated, holidays)

    @property
    def is_always(self) -> bool:
        """Tell whether this calendar never closes."""
        closing = self.holidays is not None and (self.holidays.days or self.holidays.dates)
        return not closing and not self.exceptions and self.weekly == (_WHOLE_DAY,) * 7


ALWAYS = Calendar(zone="UTC", weekly=(_WHOLE_DAY,) * 7)


@lru_cache(maxsize=128)
def open_table(calendar: Calendar) -> OpenTable:
    """Give the shared open table of a calendar. Raises EngineError: bad_time_zone."""
    zone_info(calendar.zone)
    hours = LocalHours(calendar.weekly, calendar.exceptions, calendar.holidays)
    return OpenTable(calendar.zone, hours, calendar.is_always)


def due_at(calendar: Calendar, start: Instant, seconds: int) -> Instant:
    """Find the first instant by which `seconds` open seconds have passed since `start`.

    0 seconds: the first open instant at or after `start`.
    Raises EngineError: never_open (ten years from `start`), negative_duration.
    """
    return open_table(calendar).due_at(start, seconds)


def next_open(calendar: Calendar, start: Instant) -> Instant:
    """Find the first open instant at or after `start`. Raises EngineError: never_open."""
    return open_table(calendar).due_at(start, 0)


def is_open(calendar: Calendar, at: Instant) -> bool:
    """Tell whether the desk is open: the opening instant is, the closing instant is not."""
    return open_table(calendar).seconds_between(at, at + 1) == 1


def open_seconds_between(
    calendar: Calendar, a: Instant, b: Instant, pauses: tuple[Pause, ...] = ()
) -> int:
    """Count open, unpaused seconds in [a, b). Zero if b <= a. Raises EngineError: bad_pause."""
    table = open_table(calendar)
    counted = table.seconds_between(a, b)
    for start, end in unioned(pauses):
        counted -= table.seconds_between(max(start, a), b if end is None else min(end, b))
    return counted


def open_stretches(calendar: Calendar, a: Instant, b: Instant) -> Iterator[Span]:
    """Yield the open (start, end) of [a, b), half-open, in order, touching ones joined."""
    return open_table(calendar).stretches(a, b)


def unioned(pauses: tuple[Pause, ...]) -> list[Pause]:
    """Sort pauses and join those that overlap or touch; an open end swallows what follows.

    Raises EngineError: bad_pause where one ends before it begins.
    """
    union: list[Pause] = []
    for start, end in sorted(pauses, key=lambda pause: pause[0]):
        if end is not None and end < start:
            raise EngineError("bad_pause", start=start, end=end)
        if union and (union[-1][1] is None or start <= union[-1][1]):
            start, until = union.pop()
            end = None if end is None or until is None else max(end, until)
        union.append((start, end))
    return union


def parse_instant(text: str) -> Instant:
    """Read an ISO 8601 moment with an offset or Z; a fraction of a second is cut off.

    Raises EngineError: no_offset, bad_request.
    """
    try:
        moment = datetime.fromisoformat(text)
        offset = moment.utcoffset()
    except (TypeError, ValueError) as fault:
        raise EngineError("bad_request", moment=text) from fault
    if offset is None:
        raise EngineError("no_offset", moment=text)
    day = moment.toordinal() - date(1970, 1, 1).toordinal()
    wall = day * SECONDS_PER_DAY + moment.hour * 3600 + moment.minute * 60 + moment.second
    instant = wall - (offset.days * SECONDS_PER_DAY + offset.seconds)
    if not FIRST_INSTANT <= instant < LAST_INSTANT:
        raise EngineError("bad_request", moment=text)
    return instant


def parse_calendar(mapping: Mapping[str, object]) -> Calendar:
    """Read a calendar from its JSON or TOML shape.

    {"time_zone", "weekly": {"mon": [["09:00", "12:00"]]}, "exceptions": [{"date" | "from" + "to",
    "intervals", "name"?}], "holidays"?: HolidaySet}. No "weekly" = closed but for exceptions.
    Of two exceptions on one date the later in the list counts.
    Raises EngineError: bad_time_zone, bad_interval.
    """
    fields = _mapping(mapping, {"time_zone", "weekly", "exceptions", "holidays"})
    zone, holidays = fields.get("time_zone"), fields.get("holidays")
    if not isinstance(zone, str):
        raise EngineError("bad_time_zone", time_zone=zone)
    zone_info(zone)
    if holidays is not None and not isinstance(holidays, HolidaySet):
        raise EngineError("bad_interval", holidays=holidays)
    return Calendar(
        zone=zone,
        weekly=_parse_weekly(fields.get("weekly")),
        exceptions=_parse_exceptions(fields.get("exceptions")),
        holidays=holidays,
    )


def _mapping(value: object, known: set[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise EngineError("bad_interval", found=value)
    if unknown := set(value) - known:
        raise EngineError("bad_interval", unknown=sorted(map(str, unknown)))
    return value


def _parse_weekly(value: object) -> tuple[Spans, ...]:
    week = _mapping({} if value is None else value, set(WEEKDAYS))
    days = [parse_spans(week.get(weekday, [])) for weekday in WEEKDAYS]
    return tuple(
        _fewer_than_too_many(joined([*before_midnight(days[i]), *after_midnight(days[i - 1])]))
        for i in range(7)
    )


def _fewer_than_too_many(spans: Spans) -> Spans:
    if len(spans) > MAX_SPANS_PER_DAY:
        raise EngineError("bad_interval", intervals=len(spans), most=MAX_SPANS_PER_DAY)
    return spans


def _parse_exceptions(value: object) -> tuple[DatedSpans, ...]:
    value = [] if value is None else value
    if not isinstance(value, (list, tuple)):
        raise EngineError("bad_interval", exceptions=value)
    dated: dict[date, DatedSpans] = {}
    for entry in value:
        first, last, spans, name = _parse_exception(entry)
        if len(dated) + last.toordinal() - first.toordinal() > _MAX_EXCEPTION_DATES:
            raise EngineError("bad_interval", exceptions=len(value), most=_MAX_EXCEPTION_DATES)
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            on = date.fromordinal(ordinal)
            dated[on] = (on, spans, name)
    return tuple(dated[on] for on in sorted(dated))


def _parse_exception(entry: object) -> tuple[date, date, Spans, str]:
    fields = _mapping(entry, {"date", "from", "to", "intervals", "name"})
    keys = {"date", "from", "to"} & set(fields)
    name = fields.get("name") or ""
    if keys not in ({"date"}, {"from", "to"}) or "intervals" not in fields:
        raise EngineError("bad_interval", exception=dict(fields))
    first = _parse_date(fields.get("date", fields.get("from")))
    last = _parse_date(fields.get("date", fields.get("to")))
    if last < first or not isinstance(name, str):
        raise EngineError("bad_interval", exception=dict(fields))
    spans = _fewer_than_too_many(joined(parse_spans(fields["intervals"])))
    return max(first, _FIRST_DATE), min(last, _LAST_DATE), spans, name


def _parse_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise EngineError("bad_interval", date=value)
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise EngineError("bad_interval", date=value) from fault
