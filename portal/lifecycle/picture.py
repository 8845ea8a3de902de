"""The line of time of a product's releases: where to draw what, in shares of its width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from entitlements.support_table import State, Supported

MOST_YEARS_MARKED = 5
# Further to the right there is no room for a year's figures.
LAST_MARK = 0.9
# How much of the future is shown at least, for what has no end yet.
AHEAD = timedelta(days=240)
BEHIND = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Bar:
    """The span of a release's support, as the geometry of an SVG; `is_open`: no end is known."""

    x: str
    width: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class YearMark:
    """The first day of a year."""

    year: int
    x: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """The picture of a product's releases; `bars` in the order of the table's rows."""

    bars: tuple[Bar, ...]
    years: tuple[YearMark, ...]
    today: str


def draw(rows: Sequence[Supported], on_date: date) -> TimeLine:
    """Lay releases out from the first one's day to the last known end, and to some time ahead."""
    first = min([on_date, *(row.release.released_on for row in rows)]) - BEHIND
    last = max([on_date, *(row.last_day for row in rows if row.last_day)]) + AHEAD
    scale = _Scale(first, last)
    return TimeLine(
        bars=tuple(_bar(row, scale) for row in rows),
        years=tuple(
            YearMark(year, scale.x(date(year, 1, 1)))
            for year in _years(first, last)
            if scale.share(date(year, 1, 1)) <= LAST_MARK
        ),
        today=scale.x(on_date),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def share(self, day: date) -> float:
        return (day - self.first).days / (self.last - self.first).days

    def x(self, day: date) -> str:
        return f"{100 * self.share(day):.2f}%"


def _bar(row: Supported, scale: _Scale) -> Bar:
    begins = row.release.released_on
    # Its last day is one of support, to its end.
    ends = scale.last if row.last_day is None else row.last_day + timedelta(days=1)
    width = max(0.0, scale.share(ends) - scale.share(begins))
    is_open = row.last_day is None and row.state != State.TO_COME
    return Bar(scale.x(begins), f"{100 * width:.2f}%", is_open)


def _years(first: date, last: date) -> range:
    """Choose the years to be marked: all, or every second, third ... where there are many."""
    step = 1 + (last.year - first.year - 1) // MOST_YEARS_MARKED
    return range(first.year + 1, last.year + 1, step)
