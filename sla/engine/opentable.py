"""The open table: a calendar's open stretches in UTC with running sums, compiled as needed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from sla.engine.errors import EngineError
from sla.engine.localhours import LocalHours
from sla.engine.walltime import (
    FIRST_INSTANT,
    LAST_INSTANT,
    SECONDS_PER_DAY,
    Instant,
    Span,
    offset_runs,
)

HORIZON_SECONDS = 3653 * SECONDS_PER_DAY  # ten years, with the leap days that may lie in them

_FIRST_SPAN = 64 * SECONDS_PER_DAY
_MAX_GROWTH = 800 * SECONDS_PER_DAY
# A table forgets rather than grow longer than this; it must hold a horizon and what lies around it.
_MAX_SPAN = HORIZON_SECONDS + 6 * 366 * SECONDS_PER_DAY
_EVER = 1 << 62


class _Compiled:
    """Open stretches of [since, until), never changed once made.

    Stretches may touch (at midnight, for one): sums do not mind, and `OpenTable.stretches` joins.
    `sums[i]` counts the open seconds up to `ends[i]`; `shifts[i]` is `ends[i] - sums[i]`, so that
    inside stretch i an instant is its running sum plus the shift.
    """

    __slots__ = ("ends", "shifts", "since", "starts", "sums", "until")

    def __init__(
        self, since: Instant, until: Instant, starts: list[Instant], ends: list[Instant]
    ) -> None:
        self.since, self.until = since, until
        self.starts, self.ends = starts, ends
        lengths = (end - start for start, end in zip(starts, ends, strict=True))
        self.sums = list(accumulate(lengths))
        self.shifts = [end - total for end, total in zip(ends, self.sums, strict=True)]

    def opened_by(self, at: Instant) -> int:
        """Count the open seconds of [since, at)."""
        index = bisect_right(self.ends, at)
        if index == len(self.ends):
            return self.sums[-1] if self.sums else 0
        return max(at, self.starts[index]) - self.shifts[index]


class OpenTable:
    """One calendar's open time. Safe to share between threads: growing swaps in a new table."""

    def __init__(self, zone: str, hours: LocalHours, is_always: bool) -> None:
        self.zone = zone
        self.hours = hours
        self.is_always = is_always
        self._compiled = _Compiled(0, 0, [], [])
        if is_always:
            self._compiled = _Compiled(-_EVER, _EVER, [-_EVER], [_EVER])

    def due_at(self, start: Instant, seconds: int) -> Instant:
        """Find the first instant by which `seconds` open seconds passed since `start`.

        Raises EngineError: never_open (within ten years of `start`), negative_duration.
        """
        table = self._compiled
        if seconds >= 0 and start >= table.since:
            shifts = table.shifts
            # Past the end of the compiled part the indexing fails, and the search takes over.
            try:
                index = bisect_right(table.ends, start)
                opens = table.starts[index]
                total = (start if start > opens else opens) - shifts[index] + seconds
                due = total + shifts[bisect_left(table.sums, total, index)]
            except IndexError:
                pass
            else:
                if due - start <= HORIZON_SECONDS:
                    return due
        return self.search(start, seconds, start + HORIZON_SECONDS)

    def search(self, start: Instant, seconds: int, limit: Instant) -> Instant:
        """Do what `due_at` does, compiling as far as needed, up to `limit`."""
        _check(start, seconds)
        span = _FIRST_SPAN
        while self.hours.ever_open and start <= limit:
            until = min(start + span, limit + 1)
            table = self._cover(start, until)
            total = table.opened_by(start) + seconds
            first = bisect_right(table.ends, start)
            index = bisect_left(table.sums, total, first)
            if index < len(table.sums):
                due = total + table.shifts[index]
                if due <= limit:
                    return due
                break
            if until > limit:
                break
            span *= 4
        raise EngineError("never_open", start=start, seconds=seconds)

    def seconds_between(self, a: Instant, b: Instant) -> int:
        """Count open seconds in [a, b)."""
        if b <= a:
            return 0
        table = self._compiled
        if table.since <= a and b <= table.until:
            return table.opened_by(b) - table.opened_by(a)
        return sum(self._seconds_of(start, end) for start, end in _pieces(a, b))

    def _seconds_of(self, a: Instant, b: Instant) -> int:
        table = self._cover(a, b)
        return table.opened_by(b) - table.opened_by(a)

    def stretches(self, a: Instant, b: Instant) -> Iterator[Span]:
        """Yield the open (start, end) of [a, b), touching ones joined."""
        held: Span | None = None
        for piece in _pieces(a, b):
            for start, end in self._stretches_of(*piece):
                if held is not None and held[1] == start:
                    start = held[0]
                elif held is not None:
                    yield held
                held = (start, end)
        if held is not None:
            yield held

    def _stretches_of(self, a: Instant, b: Instant) -> Iterator[Span]:
        table = self._cover(a, b)
        first = bisect_right(table.ends, a)
        last = bisect_left(table.starts, b)
        for start, end in zip(table.starts[first:last], table.ends[first:last], strict=True):
            yield max(start, a), min(end, b)

    def _cover(self, a: Instant, b: Instant) -> _Compiled:
        """Return a compiled table that holds all of [a, b), growing the present one if near."""
        table = self._compiled
        if table.since <= a and b <= table.until:
            return table
        reach = max(b, table.until) - min(a, table.since)
        if table.since == table.until or reach > _MAX_SPAN:
            table = _Compiled(a, a, [], [])
        growth = min(max(table.until - table.since, _FIRST_SPAN), _MAX_GROWTH)
        since = min(a, table.since - growth) if a < table.since else table.since
        until = max(b, table.until + growth) if b > table.until else table.until
        left_starts, left_ends = self._compile(since, table.since)
        right_starts, right_ends = self._compile(table.until, until)
        starts = left_starts + table.starts + right_starts
        ends = left_ends + table.ends + right_ends
        self._compiled = table = _Compiled(since, until, starts, ends)
        return table

    def _compile(self, a: Instant, b: Instant) -> tuple[list[Instant], list[Instant]]:
        """Cut the opening hours of each local date out of [a, b), as that zone's clocks read."""
        starts: list[Instant] = []
        ends: list[Instant] = []
        for since, until, offset in offset_runs(self.zone, a, b):
            first, last = since + offset, until + offset
            days = self.hours.between(first // SECONDS_PER_DAY, (last - 1) // SECONDS_PER_DAY)
            for day, spans in days:
                midnight = day * SECONDS_PER_DAY
                for start, end in spans:
                    start = max(midnight + start, first)
                    end = min(midnight + end, last)
                    if start < end:
                        starts.append(start - offset)
                        ends.append(end - offset)
        return starts, ends


def _pieces(a: Instant, b: Instant) -> Iterator[Span]:
    """Cut [a, b) into pieces that a table can hold."""
    if a >= b:
        return
    _check(a, 0)
    _check(b, 0)
    for start in range(a, b, HORIZON_SECONDS):
        yield start, min(start + HORIZON_SECONDS, b)


def _check(at: Instant, seconds: int) -> None:
    if seconds < 0:
        raise EngineError("negative_duration", seconds=seconds)
    # Beyond these years no zone's rules mean anything, and dates run out of their type.
    if not FIRST_INSTANT <= at <= LAST_INSTANT + 2 * HORIZON_SECONDS:
        raise EngineError("bad_request", moment=at)
