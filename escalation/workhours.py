"""When somebody wants notices that are not urgent: their own hours, on their own clock."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from escalation.models import WorkingHours

# One weekday's hours: 0 is Monday, from, until.
Hours = tuple[int, time, time]

_DAY = timedelta(days=1)


def hours_of(people: Iterable[int]) -> Mapping[int, list[Hours]]:
    """Read the working hours of people in one statement; who has none is not in it."""
    found: dict[int, list[Hours]] = {}
    rows = WorkingHours.objects.filter(person__in=people).order_by("weekday", "opens")
    for person, weekday, opens, closes in rows.values_list("person", "weekday", "opens", "closes"):
        found.setdefault(person, []).append((weekday, opens, closes))
    return found


def next_working(hours: Iterable[Hours], zone: str, at: datetime) -> datetime:
    """Find the next moment within the hours: `at` itself if it is, or if there are none (UTC).

    Wall times of `zone`, an IANA name. An hour that the clocks skip begins when they go on.
    """
    clock = ZoneInfo(zone)
    by_weekday: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in hours:
        by_weekday.setdefault(weekday, []).append((opens, closes))
    today = at.astimezone(clock).date()
    for day in (today + _DAY * ahead for ahead in range(8)):
        for opens, closes in sorted(by_weekday.get(day.weekday(), ())):
            if _moment(day, closes, clock) > at:
                return max(at, _moment(day, opens, clock))
    return at


def _moment(day: date, wall: time, clock: ZoneInfo) -> datetime:
    # In UTC: two moments of one zone are compared by their wall time.
    return datetime.combine(day, wall, tzinfo=clock).astimezone(UTC)
