"""Desks, openings and pauses drawn from a seed, most of them where zones change their clocks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from .oracle import WEEKDAYS
from .wall import DAY, HOUR

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Africa/Cairo",
    "America/Chicago",
    "Pacific/Chatham",
)
FIRST = int(datetime(2005, 1, 1, tzinfo=UTC).timestamp())
QUARTER = 900
LAST = int(datetime(2036, 1, 1, tzinfo=UTC).timestamp())

WORKDAYS = WEEKDAYS[:5]
PATTERNS = (
    {day: [["09:00", "17:00"]] for day in WORKDAYS},
    {day: [["08:00", "12:00"], ["13:00", "17:30"]] for day in WORKDAYS},
    {day: [["00:00", "24:00"]] for day in WORKDAYS},
    {day: [["00:00", "24:00"]] for day in WEEKDAYS},
    {day: [["22:00", "06:00"]] for day in WORKDAYS},
    {day: [["00:30", "01:30"], ["02:15", "02:45"], ["03:00", "03:30"]] for day in WEEKDAYS},
    {day: [["23:45", "00:15"], ["00:45", "03:15"]] for day in WEEKDAYS},
    {"mon": [["07:00", "21:00"]], "wed": [["10:00", "00:00"]], "sat": [["09:00", "07:00"]]},
)


@dataclass(frozen=True)
class World:
    """One case: a desk, the moment of opening, and what happened."""

    mapping: dict
    holidays: frozenset[date]
    opened: int
    pauses: tuple[tuple[int, int | None], ...]
    amount: int


def changes_of(zone: str) -> list[int]:
    """The days on which a zone changes its offset, by looking once a day."""
    clock = ZoneInfo(zone)
    days = range(FIRST, LAST, DAY)
    offsets = [datetime.fromtimestamp(day, clock).utcoffset() for day in days]
    return [days[i] for i in range(1, len(days)) if offsets[i] != offsets[i - 1]]


def worlds(zone: str, count: int) -> list[World]:
    """Draw `count` cases for a zone; the times of their desks are whole quarters of an hour."""
    random = Random(f"{zone} {count}")
    changes = changes_of(zone)
    return [_world(random, zone, changes) for _ in range(count)]


def odd_worlds(zone: str, count: int) -> list[World]:
    """Draw cases whose desks open and close at odd seconds of every hour."""
    random = Random(f"{zone} {count} odd")
    changes = changes_of(zone) or [FIRST]
    return [_odd_world(random, zone, changes) for _ in range(count)]


def _odd_world(random: Random, zone: str, changes: list[int]) -> World:
    opened = random.choice(changes) + random.randrange(-DAY // 4, DAY)
    starts = [hour * HOUR + random.randrange(1200) for hour in range(24)]
    shift = [[_time(start), _time(start + random.randrange(1, 1500))] for start in starts]
    mapping = {"time_zone": zone, "weekly": dict.fromkeys(WEEKDAYS, shift)}
    pause = opened + random.randrange(1800)
    return World(
        mapping=mapping,
        holidays=frozenset(),
        opened=opened,
        pauses=((pause, pause + random.randrange(1800)),),
        amount=random.randrange(HOUR),
    )


def _world(random: Random, zone: str, changes: list[int]) -> World:
    opened = random.randrange(FIRST, LAST)
    if changes and random.random() < 0.6:
        opened = random.choice(changes) + random.randrange(-2 * DAY, DAY)
    if random.random() < 0.2:
        opened -= opened % 1800
    weekly = random.choice(PATTERNS) if random.random() < 0.7 else _pattern(random)
    mapping = {"time_zone": zone, "weekly": weekly, "exceptions": _exceptions(random, opened)}
    return World(
        mapping=mapping,
        holidays=frozenset(_date(opened, random.randrange(-1, 15)) for _ in range(2)),
        opened=opened,
        pauses=_pauses(random, opened),
        amount=random.choice((0, 1, 30, 60, 4 * 60, 8 * 60, 12 * 60)) * random.randrange(1, 60),
    )


def _pattern(random: Random) -> dict:
    days = random.sample(WEEKDAYS, random.randrange(1, 8))
    return {day: _intervals(random, random.randrange(1, 4)) for day in days}


def _intervals(random: Random, count: int) -> list[list[str]]:
    drawn = []
    for _ in range(count):
        start = random.randrange(0, DAY, QUARTER)
        length = random.randrange(QUARTER, 10 * HOUR, QUARTER)
        drawn.append([_time(start), _time((start + length) % DAY)])
    return drawn


def _time(second: int) -> str:
    minutes, seconds = divmod(second, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def _exceptions(random: Random, opened: int) -> list[dict]:
    entries = []
    for _ in range(random.randrange(3)):
        first = random.randrange(-1, 10)
        intervals = _intervals(random, random.randrange(3))
        if random.random() < 0.5:
            entries.append({"date": _date(opened, first).isoformat(), "intervals": intervals})
            continue
        last = first + random.randrange(4)
        days = {"from": _date(opened, first).isoformat(), "to": _date(opened, last).isoformat()}
        entries.append({**days, "intervals": intervals})
    return entries


def _date(opened: int, days: int) -> date:
    return datetime.fromtimestamp(opened, UTC).date() + timedelta(days=days)


def _pauses(random: Random, opened: int) -> tuple[tuple[int, int | None], ...]:
    pauses: list[tuple[int, int | None]] = []
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        start = opened + random.randrange(-2 * HOUR, 30 * HOUR)
        end = start + random.choice((0, 60, 1800, 5 * HOUR, 20 * HOUR)) + random.randrange(600)
        pauses.append((start, None if random.random() < 0.1 else end))
    return tuple(pauses)
