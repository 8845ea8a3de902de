"""Where the desk's clock is moved to."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets.wallclock import read_wall_time

DAYS_PER_WEEK = 7


def next_reading(at: datetime, *, zone: str, weekday: int, reading: time) -> datetime:
    """Find when the wall clock of `zone` next shows `reading` on a weekday, 0 being Monday.

    Always after `at`. Raises NoSuchLocalTime where the clocks skip that reading.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    on = today + timedelta(days=(weekday - today.weekday()) % DAYS_PER_WEEK)
    found = read_wall_time(f"{on} {reading:%H:%M}", zone, field="reading")
    if found > at:
        return found
    later = on + timedelta(days=DAYS_PER_WEEK)
    return read_wall_time(f"{later} {reading:%H:%M}", zone, field="reading")
