"""The receipt: why is it due then? Derived from the same open table as the due time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sla.engine.calendar import Calendar, Instant, Pause, open_table, unioned
from sla.engine.localhours import SpecialDate
from sla.engine.opentable import OpenTable
from sla.engine.target import Promise, Target, service_calendar
from sla.engine.walltime import SECONDS_PER_DAY, Span, offset_runs, weekday_of


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a receipt.

    `why`: "open" (counted) | "waiting" (paused, open or not) | "closed" | "scheduled" (the wait for
    an agreed time; only before a scheduled target's time).
    `reasons` (closed only), in order of appearance: before_hours, evening (after the day's last
    closing), between (two shifts), weekend (the weekly pattern leaves the date closed), holiday,
    exception. `names`: of the holidays and exceptions in it.
    `window` (open only): (weekday 0-6, start_second, end_second) of the local window; None = round
    the clock (elapsed time, or a calendar that never closes).
    """

    start: Instant
    end: Instant
    counted_seconds: int
    why: str
    reasons: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    window: tuple[int, int, int] | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A stretch during which the wall clock runs on without a jump within one local date."""

    start: Instant
    end: Instant
    day: int
    first_second: int

    @property
    def last_second(self) -> int:
        return self.first_second + self.end - self.start


def receipt(
    calendar: Calendar | None,
    target: Target,
    promise: Promise,
    opened_at: Instant,
    pauses: tuple[Pause, ...] = (),
) -> tuple[Interval, ...]:
    """Explain a promise by intervals that join up from `opened_at` to its `due_at`.

    Their counted seconds add up to `need_seconds`. Empty without a due time.
    """
    due_at = promise.due_at
    if due_at is None or due_at <= opened_at:
        return ()
    table = open_table(service_calendar(calendar, target))
    if target.kind == "scheduled":
        return (Interval(opened_at, due_at, 0, "scheduled", zone=table.zone),)
    intervals: list[Interval] = []
    at = opened_at
    for start, end in unioned(pauses):
        start, end = max(start, at), due_at if end is None else min(end, due_at)
        if start < end:
            intervals += _worked(table, at, start)
            intervals.append(Interval(start, end, 0, "waiting", zone=table.zone))
            at = end
    intervals += _worked(table, at, due_at)
    return tuple(intervals)


def _worked(table: OpenTable, a: Instant, b: Instant) -> Iterator[Interval]:
    """Explain [a, b), in which nobody waits: open and closed stretches in turn."""
    at = a
    for start, end in table.stretches(a, b):
        if at < start:
            yield _closed(table, at, start)
        if table.is_always:
            yield Interval(start, end, end - start, "open", zone=table.zone)
        else:
            yield from _open(table, start, end)
        at = end
    if at < b:
        yield _closed(table, at, b)


def _shown(zone: str, a: Instant, b: Instant) -> Iterator[_Shown]:
    """Cut [a, b) at local midnights and where the clocks are changed."""
    for start, end, offset in offset_runs(zone, a, b):
        while start < end:
            day, second = divmod(start + offset, SECONDS_PER_DAY)
            stop = min(end, start + SECONDS_PER_DAY - second)
            yield _Shown(start, stop, day, second)
            start = stop


def _open(table: OpenTable, a: Instant, b: Instant) -> Iterator[Interval]:
    """Explain an open stretch by the local windows it lies in."""
    held: Interval | None = None
    for shown in _shown(table.zone, a, b):
        window = (weekday_of(shown.day), *_window_at(table, shown))
        if held is not None and held.window == window:
            # The clocks were changed inside one window.
            counted = held.counted_seconds + shown.end - shown.start
            held = replace(held, end=shown.end, counted_seconds=counted)
            continue
        if held is not None:
            yield held
        counted = shown.end - shown.start
        held = Interval(shown.start, shown.end, counted, "open", window=window, zone=table.zone)
    if held is not None:
        yield held


def _window_at(table: OpenTable, shown: _Shown) -> Span:
    hours = table.hours.on(shown.day)
    return next(span for span in hours if span[0] <= shown.first_second < span[1])


def _closed(table: OpenTable, a: Instant, b: Instant) -> Interval:
    """Explain a closed stretch by all that kept the desk closed."""
    reasons: list[str] = []
    names: list[str] = []
    first_day = None
    for shown in _shown(table.zone, a, b):
        first_day = shown.day if first_day is None else first_day
        special = table.hours.special(shown.day)
        for reason in _reasons(table, shown, special):
            # The morning before it opens again is no news after a night or a weekend.
            if reason != "before_hours" or shown.day == first_day:
                _add(reasons, [reason])
            if special is not None and reason in ("exception", "holiday"):
                _add(names, special.names)
    return Interval(a, b, 0, "closed", tuple(reasons), tuple(names), zone=table.zone)


def _add(found: list[str], more: Iterable[str]) -> None:
    found.extend(item for item in more if item not in found)


def _reasons(table: OpenTable, shown: _Shown, special: SpecialDate | None) -> Iterator[str]:
    hours = table.hours.on(shown.day)
    if not hours:
        yield "weekend" if special is None else special.decided_by
        return
    usual = table.hours.usual(shown.day) if special and special.decided_by == "exception" else ()
    lost = [span for span in usual if shown.first_second < span[1] and span[0] < shown.last_second]
    if not lost or shown.first_second < lost[0][0]:
        yield _time_of_day(hours, shown)
    if lost:
        yield "exception"
    if lost and lost[-1][1] < shown.last_second:
        yield _time_of_day(hours, shown)


def _time_of_day(hours: tuple[Span, ...], shown: _Shown) -> str:
    if shown.last_second <= hours[0][0]:
        return "before_hours"
    return "evening" if shown.first_second >= hours[-1][1] else "between"
