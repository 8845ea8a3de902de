"""What hours a local date has, and what decided them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sla.engine.daytimes import after_midnight, before_midnight, joined
from sla.engine.holidays import HolidaySet, holidays_of_year
from sla.engine.walltime import Span, date_of, day_of, weekday_of

Spans = tuple[Span, ...]
DatedSpans = tuple[date, Spans, str]


@dataclass(frozen=True, slots=True)
class SpecialDate:
    """A date whose hours are not simply those of its weekday.

    `decided_by` is exception, holiday, or weekly (weekly hours with a late end of the day before).
    """

    hours: Spans
    decided_by: str
    names: tuple[str, ...] = ()


class LocalHours:
    """The hours of every local date: weekly pattern, holidays over it, exceptions over both.

    Read-only but for a memo of the years looked at.
    """

    def __init__(
        self,
        weekly: Sequence[Spans],
        exceptions: Sequence[DatedSpans] = (),
        holidays: HolidaySet | None = None,
    ) -> None:
        self._weekly = tuple(weekly)
        self._holidays = holidays
        self._exceptions: dict[int, dict[int, tuple[Spans, str]]] = defaultdict(dict)
        for on, spans, name in exceptions:
            self._exceptions[on.year][day_of(on)] = (spans, name)
        self._years: dict[int, dict[int, SpecialDate]] = {}
        self.ever_open = any(self._weekly) or any(spans for _, spans, _ in exceptions)

    def usual(self, day: int) -> Spans:
        """Give the weekly pattern's hours for a day."""
        return self._weekly[weekday_of(day)]

    def special(self, day: int) -> SpecialDate | None:
        """Give what overrides the weekly pattern on a day, if anything does."""
        return self._year(date_of(day).year).get(day)

    def on(self, day: int) -> Spans:
        """Give the opening hours of a day."""
        special = self.special(day)
        return self.usual(day) if special is None else special.hours

    def between(self, first: int, last: int) -> Iterator[tuple[int, Spans]]:
        """Yield (day, hours) for the days from `first` to `last`, both included."""
        for year in range(date_of(first).year, date_of(last).year + 1):
            specials = self._year(year)
            start = max(first, day_of(date(year, 1, 1)))
            stop = min(last + 1, day_of(date(year + 1, 1, 1)))
            for day in range(start, stop):
                special = specials.get(day)
                yield day, self._weekly[(day + 3) % 7] if special is None else special.hours

    def _year(self, year: int) -> dict[int, SpecialDate]:
        specials = self._years.get(year)
        if specials is None:
            specials = self._years[year] = self._specials_of(year)
        return specials

    def _specials_of(self, year: int) -> dict[int, SpecialDate]:
        specials = {}
        if self._holidays is not None:
            for on, names in holidays_of_year(self._holidays, year).items():
                specials[day_of(on)] = SpecialDate((), "holiday", names)
        for day, (spans, name) in self._exceptions.get(year, {}).items():
            names = (name,) if name else ()
            specials[day] = SpecialDate(joined(before_midnight(spans)), "exception", names)
        for day, late in self._late_ends(year):
            before = specials.get(day, SpecialDate(self.usual(day), "weekly"))
            # A closed date removes its own part of a shift over midnight.
            if before.hours or before.decided_by == "weekly":
                hours = joined([*before.hours, *late])
                specials[day] = SpecialDate(hours, before.decided_by, before.names)
        return specials

    def _late_ends(self, year: int) -> Iterator[tuple[int, list[Span]]]:
        """Yield the days of `year` into which an exception's hours reach from the day before."""
        for of_year in (year - 1, year):
            for day, (spans, _) in self._exceptions.get(of_year, {}).items():
                late = after_midnight(spans)
                if late and date_of(day + 1).year == year:
                    yield day + 1, late
