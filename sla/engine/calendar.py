"""Business time: when a desk is open, and what is due when.

Moments are `Instant`s everywhere in the core: whole epoch seconds, UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sla.engine.holidays import Holiday, HolidaySet

__all__ = ["Holiday", "HolidaySet"]

Instant = int
Pause = tuple[Instant, Instant | None]
Span = tuple[int, int]

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
SECONDS_PER_WEEK = 7 * SECONDS_PER_DAY
HORIZON_SECONDS = 3653 * SECONDS_PER_DAY  # ten years, with the leap days that may lie in them


@dataclass(frozen=True)
class Calendar:
    """When a desk is open: local wall time in an IANA zone, per weekday and per dated exception.

    `weekly`: seven tuples (Monday first) of (start_second, end_second), cut at midnight, merged
    and sorted. `exceptions`: (date, intervals, name or ""); no intervals = closed. They decide
    their whole local date, over weekly pattern and holidays; an end past 86,400 reaches into the
    next date. A holiday closes its local date. Hash is cached: open tables are kept per calendar.
    """

    zone: str
    weekly: tuple[tuple[Span, ...], ...]
    exceptions: tuple[tuple[date, tuple[Span, ...], str], ...] = ()
    holidays: HolidaySet | None = None


ALWAYS = Calendar(zone="UTC", weekly=(((0, SECONDS_PER_DAY),),) * 7)


def parse_calendar(mapping: Mapping[str, object]) -> Calendar:
    """Read a calendar from its JSON or TOML shape.

    {"time_zone", "weekly": {"mon": [["09:00", "12:00"]]}, "exceptions": [{"date" | "from" + "to",
    "intervals", "name"?}], "holidays"?: HolidaySet}. No "weekly" = closed but for exceptions.
    Of two exceptions on one date the later in the list counts.
    Raises EngineError: bad_time_zone, bad_interval.
    """
    raise ValueError


def parse_instant(text: str) -> Instant:
    """Read an ISO 8601 moment with an offset or Z; a fraction of a second is cut off.

    Raises EngineError: no_offset, bad_request.
    """
    raise ValueError


def due_at(calendar: Calendar, start: Instant, seconds: int) -> Instant:
    """Find the first instant by which `seconds` open seconds have passed since `start`.

    0 seconds: the first open instant at or after `start`.
    Raises EngineError: never_open (ten years from `start`), negative_duration.
    """
    raise ValueError


def next_open(calendar: Calendar, start: Instant) -> Instant:
    """Find the first open instant at or after `start`. Raises EngineError: never_open."""
    raise ValueError


def is_open(calendar: Calendar, at: Instant) -> bool:
    """Tell whether the desk is open: the opening instant is, the closing instant is not."""
    raise ValueError


def open_seconds_between(
    calendar: Calendar, a: Instant, b: Instant, pauses: tuple[Pause, ...] = ()
) -> int:
    """Count open, unpaused seconds in [a, b). Zero if b <= a. Raises EngineError: bad_pause."""
    raise ValueError


def open_stretches(calendar: Calendar, a: Instant, b: Instant) -> Iterator[Span]:
    """Yield the open (start, end) of [a, b), half-open, in order, touching ones joined."""
    raise ValueError
