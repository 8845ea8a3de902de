"""The bar of time: a receipt as a drawing, in whole numbers and nothing else.

Positions run from 0 to WIDTH, moments are epoch seconds in UTC. Colours, words and the size on the
page are the template's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import isqrt

from sla.engine.calendar import Calendar, Instant, open_table
from sla.engine.opentable import OpenTable
from sla.engine.receipt import Interval
from sla.engine.walltime import date_runs, wall_reading, weekday_of

WIDTH = 10_000
# A minute within a week is still seen.
NARROWEST = 40
# Where less than a half of the time counts, the rest is drawn shorter than it is.
SHARES = 2
# Then it gets two parts of five, and what counts gets three.
COUNTED_PARTS, OTHER_PARTS = 3, 2
# More lines than these are no help.
MOST_TICKS = 45
# So far apart are the lines that have a name.
NAMES_APART = 1_400
DAYS_OF_WEEK = 7
KINDS = ("open", "closed", "holiday", "waiting", "scheduled")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the bar; `interval` is the place of the interval that it is of.

    `kind`: open | closed | holiday | waiting | scheduled.
    """

    interval: int
    kind: str
    start: Instant
    end: Instant
    counted_seconds: int
    x: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """A midnight on the viewer's wall clock; `is_named` where there is room for a name."""

    at: Instant
    x: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that the receipt is about. `kind`: start | goal | due."""

    kind: str
    at: Instant
    x: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A receipt as a drawing.

    `is_shortened`: what counts is to one scale; what does not is drawn shorter than it is, by the
    square root of its length, so that a weekend does not swallow the picture. Else all is to scale.
    `days_apart`: of the ticks.
    """

    segments: tuple[Segment, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    is_shortened: bool
    days_apart: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """Name the kinds of segments in it, for the legend."""
        found = {segment.kind for segment in self.segments}
        return tuple(kind for kind in KINDS if kind in found)

    @property
    def due(self) -> Mark:
        return self.marks[-1]

    @property
    def goal(self) -> Mark | None:
        return next((mark for mark in self.marks if mark.kind == "goal"), None)

    @property
    def counted_seconds(self) -> int:
        return sum(segment.counted_seconds for segment in self.segments)


def draw_bar(
    intervals: Sequence[Interval],
    *,
    zone: str,
    goal_at: Instant | None = None,
    calendar: Calendar | None = None,
) -> Bar | None:
    """Draw the intervals of a receipt, with midnights on the wall clock of `zone` (an IANA name).

    `calendar` tells which dates of a closed stretch are holidays; without it the whole stretch is
    drawn as one. None where there is nothing to draw. Raises EngineError bad_time_zone.
    """
    if not intervals:
        return None
    parts = [part for place, one in enumerate(intervals) for part in _parts(place, one, calendar)]
    weights, is_shortened = _weights(parts)
    segments = _placed(parts, weights)
    days_apart, midnights = _midnights(zone, parts[0].start, parts[-1].end)
    return Bar(
        segments=segments,
        ticks=_ticks(segments, midnights),
        marks=_marks(segments, goal_at),
        is_shortened=is_shortened,
        days_apart=days_apart,
    )


def _parts(place: int, interval: Interval, calendar: Calendar | None) -> Iterator[Segment]:
    """Cut an interval where closed dates turn into holidays."""
    special = {"holiday", "exception"} & set(interval.reasons)
    if not special or calendar is None:
        kind = "holiday" if special else interval.why
        yield Segment(place, kind, interval.start, interval.end, interval.counted_seconds)
        return
    table = open_table(calendar)
    days = [
        (_kind_of(table, day), start, end)
        for day, start, end in _days(interval.zone, interval.start, interval.end)
    ]
    for kind, run in groupby(days, key=lambda day: day[0]):
        stretch = list(run)
        yield Segment(place, kind, stretch[0][1], stretch[-1][2], 0)


def _kind_of(table: OpenTable, day: int) -> str:
    special = table.hours.special(day)
    is_free = special is not None and not special.hours and special.decided_by != "weekly"
    return "holiday" if is_free else "closed"


def _days(zone: str, start: Instant, end: Instant) -> list[tuple[int, Instant, Instant]]:
    """Cut [start, end) at the midnights of a zone: (day, from, to), in order."""
    first, last = wall_reading(zone, start)[0], wall_reading(zone, end - 1)[0]
    days = [
        (day, max(a, start), min(b, end))
        for day in range(first - 1, last + 2)
        for a, b, _offset in date_runs(zone, day)
        if a < end and start < b
    ]
    return sorted(days, key=lambda day: day[1])


def _weights(parts: Sequence[Segment]) -> tuple[list[int], bool]:
    """Weigh each part by its length, or by its root where too little of the time counts."""
    lengths = [part.end - part.start for part in parts]
    counted = sum(part.counted_seconds for part in parts)
    if not counted or counted * SHARES >= sum(lengths):
        return lengths, False
    roots = sum(isqrt(part.end - part.start) for part in parts if not part.counted_seconds)
    weights = [
        part.counted_seconds * COUNTED_PARTS * roots
        or isqrt(part.end - part.start) * OTHER_PARTS * counted
        for part in parts
    ]
    return weights, True


def _placed(parts: Sequence[Segment], weights: Sequence[int]) -> tuple[Segment, ...]:
    """Share WIDTH out by weight; nobody gets less than the narrowest, and all of it is used."""
    total, least = sum(weights), min(NARROWEST, WIDTH // (2 * len(parts)))
    is_narrow = [weight * WIDTH < least * total for weight in weights]
    room = WIDTH - least * sum(is_narrow)
    rest = sum(weight for weight, narrow in zip(weights, is_narrow, strict=True) if not narrow)
    placed, taken, fixed, x = [], 0, 0, 0
    for part, weight, narrow in zip(parts, weights, is_narrow, strict=True):
        taken, fixed = (taken, fixed + least) if narrow else (taken + weight, fixed)
        end = fixed + taken * room // rest
        placed.append(replace(part, x=x, width=end - x))
        x = end
    return tuple(placed)


def _x_of(segments: Iterable[Segment], at: Instant) -> int:
    for segment in segments:
        if at < segment.end:
            length = segment.end - segment.start
            return segment.x + (at - segment.start) * segment.width // length
    return WIDTH


def _midnights(zone: str, start: Instant, end: Instant) -> tuple[int, list[Instant]]:
    """List the beginnings of dates within, of every day, or of so few that they can be told."""
    days = _days(zone, start, end)
    apart = 1
    while len(days) > MOST_TICKS * apart:
        apart = DAYS_OF_WEEK if apart == 1 else apart * 2
    wanted = {
        day: at
        for day, at, _end in reversed(days)
        if apart == 1 or (weekday_of(day) == 0 and day // DAYS_OF_WEEK % (apart // 7) == 0)
    }
    return apart, sorted(at for at in wanted.values() if at > start)


def _ticks(segments: Sequence[Segment], midnights: Iterable[Instant]) -> tuple[Tick, ...]:
    ticks: list[Tick] = []
    free_from = 0
    for at in midnights:
        x = _x_of(segments, at)
        is_named = free_from <= x <= WIDTH - NAMES_APART
        free_from = x + NAMES_APART if is_named else free_from
        ticks.append(Tick(at, x, is_named))
    return tuple(ticks)


def _marks(segments: Sequence[Segment], goal_at: Instant | None) -> tuple[Mark, ...]:
    start, end = segments[0].start, segments[-1].end
    marks = [Mark("start", start, 0)]
    if goal_at is not None and start <= goal_at <= end:
        marks.append(Mark("goal", goal_at, _x_of(segments, goal_at)))
    return (*marks, Mark("due", end, WIDTH))
