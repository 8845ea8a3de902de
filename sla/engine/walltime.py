"""Local wall time in whole numbers: a zone's offsets, when they change, what its clocks read.

A wall second is a count like an epoch second, but of the local clock: instant + offset. A day is
a count of local dates since 1 January 1970 (a Thursday).
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.engine.errors import EngineError

Instant = int
Span = tuple[int, int]

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
SECONDS_PER_WEEK = 7 * SECONDS_PER_DAY
FIRST_INSTANT = int(datetime(1900, 1, 1, tzinfo=UTC).timestamp())
LAST_INSTANT = int(datetime(2300, 1, 1, tzinfo=UTC).timestamp())

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
BLOCK_SECONDS = 1 << 25  # offsets are looked up for about a year at a time
# Three days: no zone has ever changed its offset and changed it back within less (Freetown, four
# days of 1939, comes closest), so between two probes lies one change at most.
PROBE_SECONDS = 1 << 18
# The farthest that any wall clock has been from UTC is under 16 hours.
MAX_OFFSET_SECONDS = SECONDS_PER_DAY

# Not zones of people: leap-second and alias trees, and whatever the machine happens to be set to.
_NO_ZONES = ("posix/", "right/", "posixrules", "localtime", "Factory")


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """Load an IANA zone. Raises EngineError: bad_time_zone."""
    if not isinstance(name, str) or not name or name.startswith(_NO_ZONES):
        raise EngineError("bad_time_zone", time_zone=name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise EngineError("bad_time_zone", time_zone=name) from fault


def offset_at(zone: str, at: Instant) -> int:
    """Tell how many seconds the zone's wall clock is ahead of UTC at an instant."""
    offset = datetime.fromtimestamp(at, zone_info(zone)).utcoffset()
    assert offset is not None
    return offset.days * SECONDS_PER_DAY + offset.seconds


def offset_runs(zone: str, a: Instant, b: Instant) -> list[tuple[Instant, Instant, int]]:
    """Cut [a, b) into (start, end, offset) wherever the zone's offset changes."""
    runs: list[tuple[Instant, Instant, int]] = []
    for block in range(a // BLOCK_SECONDS, (b - 1) // BLOCK_SECONDS + 1):
        for start, end, offset in _block_runs(zone, block):
            if end <= a or start >= b:
                continue
            start, end = max(start, a), min(end, b)
            if runs and runs[-1][2] == offset:
                start = runs.pop()[0]
            runs.append((start, end, offset))
    return runs


@lru_cache(maxsize=4096)
def _block_runs(zone: str, block: int) -> tuple[tuple[Instant, Instant, int], ...]:
    start = block * BLOCK_SECONDS
    stop = start + BLOCK_SECONDS
    offset = offset_at(zone, start)
    runs = []
    for probe in range(start, stop, PROBE_SECONDS):
        later = offset_at(zone, probe + PROBE_SECONDS)
        if later != offset:
            change = _change_between(zone, probe, probe + PROBE_SECONDS)
            runs.append((start, change, offset))
            start, offset = change, later
    runs.append((start, stop, offset))
    # A change at the very end of the block belongs to the next one.
    return tuple(run for run in runs if run[0] < run[1])


def _change_between(zone: str, before: Instant, after: Instant) -> Instant:
    """Halve down to the first instant that has the offset of `after`."""
    offset = offset_at(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def day_of(on: date) -> int:
    """Number a date."""
    return on.toordinal() - EPOCH_ORDINAL


def date_of(day: int) -> date:
    """Name the date of a day's number."""
    return date.fromordinal(day + EPOCH_ORDINAL)


def weekday_of(day: int) -> int:
    """Tell the weekday, 0 = Monday."""
    return (day + 3) % 7


def wall_reading(zone: str, at: Instant) -> tuple[int, int]:
    """Read the zone's wall clock: (day, second of the day)."""
    return divmod(at + offset_at(zone, at), SECONDS_PER_DAY)


def instant_of_reading(zone: str, day: int, second: int) -> Instant:
    """Find the instant at which the wall clock reads `second` of `day`.

    The first of two equal readings; the end of the gap if the clock skips the reading.
    """
    wall = day * SECONDS_PER_DAY + second
    window = (wall - MAX_OFFSET_SECONDS, wall + MAX_OFFSET_SECONDS)
    runs = offset_runs(zone, *window)
    for start, end, offset in runs:
        if start <= wall - offset < end:
            return wall - offset
    return next(start for start, _, offset in runs if start + offset > wall)


def date_runs(zone: str, day: int) -> list[tuple[Instant, Instant, int]]:
    """List the (start, end, offset) during which the wall clock shows this date.

    Usually one of 24 hours; none for a date that the zone skipped; two when clocks were set back
    over midnight.
    """
    first = day * SECONDS_PER_DAY
    last = first + SECONDS_PER_DAY
    shown = []
    for start, end, offset in offset_runs(
        zone, first - MAX_OFFSET_SECONDS, last + MAX_OFFSET_SECONDS
    ):
        start, end = max(start, first - offset), min(end, last - offset)
        if start < end:
            shown.append((start, end, offset))
    return shown
