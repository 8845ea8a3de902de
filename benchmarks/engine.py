"""Measure the business-time engine: due times a second, and what surrounds them.

Run: python benchmarks/engine.py
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sla.engine.calendar import (  # noqa: E402  # the path above comes first
    SECONDS_PER_HOUR,
    Calendar,
    Holiday,
    HolidaySet,
    due_at,
    open_table,
    parse_calendar,
    parse_instant,
)
from sla.engine.errors import EngineError  # noqa: E402
from sla.engine.receipt import receipt  # noqa: E402
from sla.engine.target import Target, promise  # noqa: E402

STARTS = 200_000
ROUNDS = 3
HOLIDAYS = HolidaySet(
    days=(
        Holiday("New Year's Day", 1, day=1),
        Holiday("Memorial Day", 5, weekday=0, nth=-1),
        Holiday("Independence Day", 7, day=4),
        Holiday("Labor Day", 9, weekday=0, nth=1),
        Holiday("Thanksgiving Day", 11, weekday=3, nth=4),
        Holiday("Christmas Day", 12, day=25),
    )
)
NINE_TO_FIVE = parse_calendar(
    {
        "time_zone": "America/New_York",
        "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": HOLIDAYS,
    }
)
FIRST = parse_instant("2023-01-01T00:00:00Z")
LAST = parse_instant("2028-01-01T00:00:00Z")


def best_of(rounds: int, run: Callable[[], None]) -> float:
    """Time the fastest of several rounds, in seconds."""
    times = []
    for _ in range(rounds):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    return min(times)


def due_times_per_second(calendar: Calendar, starts: list[int], seconds: int) -> float:
    """Measure `due_at` from each start; the first round also compiles the table."""

    def run() -> None:
        for start in starts:
            due_at(calendar, start, seconds)

    return len(starts) / best_of(ROUNDS, run)


def first_due_microseconds(starts: list[int]) -> float:
    """Measure a due time on a calendar that was never seen before (hashing and compiling)."""
    calendars = [
        replace(NINE_TO_FIVE, weekly=(((start % 30_000, 61_200),),) * 5 + ((), ()))
        for start in starts
    ]

    def run() -> None:
        open_table.cache_clear()
        for calendar, start in zip(calendars, starts, strict=True):
            due_at(calendar, start, 8 * SECONDS_PER_HOUR)

    return best_of(ROUNDS, run) / len(starts) * 1e6


def receipts_per_second(starts: list[int]) -> float:
    """Measure promise and receipt together: three business days, half an hour's pause."""
    target = Target("business_days", 3, goal=2)

    def run() -> None:
        for start in starts:
            pauses = ((start + 1800, start + 3600),)
            found = promise(NINE_TO_FIVE, target, start, pauses)
            receipt(NINE_TO_FIVE, target, found, start, pauses)

    return len(starts) / best_of(ROUNDS, run)


def never_open_milliseconds() -> float:
    """Measure how soon a desk that is closed for eleven years is found out, unprepared."""
    closed = {"from": "2026-01-01", "to": "2036-12-31", "intervals": []}
    weekly = {"mon": [["09:00", "17:00"]]}

    def run() -> None:
        open_table.cache_clear()
        calendar = parse_calendar(
            {"time_zone": "Europe/Berlin", "weekly": weekly, "exceptions": [closed]}
        )
        try:
            due_at(calendar, parse_instant("2026-01-02T00:00:00Z"), 1)
        except EngineError as fault:
            assert fault.code == "never_open"

    return best_of(ROUNDS, run) * 1e3


def main() -> None:
    """Print the figures."""
    random.seed(20260612)
    starts = [random.randrange(FIRST, LAST) for _ in range(STARTS)]
    short = due_times_per_second(NINE_TO_FIVE, starts, 8 * SECONDS_PER_HOUR)
    long = due_times_per_second(NINE_TO_FIVE, starts, 400 * SECONDS_PER_HOUR)
    print(f"due times, 8 business hours:    {short:12,.0f} a second (asked: 300,000)")
    print(f"due times, 400 business hours:  {long:12,.0f} a second")
    print(f"cost of 400 hours against 8:    {short / long:12.2f} times (asked: at most 1.3)")
    print(f"first due time of a calendar:   {first_due_microseconds(starts[:2000]):12,.0f} us")
    print(f"promise and receipt, 3 days:    {receipts_per_second(starts[:5000]):12,.0f} a second")
    print(f"never open, eleven years:       {never_open_milliseconds():12.1f} ms")


if __name__ == "__main__":
    main()
