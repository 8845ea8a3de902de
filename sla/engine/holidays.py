"""Holidays as rules of the year: "4 July", "fourth Thursday of November"."""

import calendar as months
from dataclasses import dataclass, replace
from datetime import date, timedelta

_SHIFT_TO_WEEKDAY = {5: timedelta(days=-1), 6: timedelta(days=1)}
OBSERVED_RULES = ("actual", "nearest_weekday", "both")


@dataclass(frozen=True, slots=True)
class Holiday:
    """One yearly holiday: a fixed `day`, or the `nth` `weekday` (0 = Monday; nth -1 = last).

    `from_year` and `to_year` bound the years of the holiday itself, both included. A day that a
    year does not have (29 February, a fifth Monday) is left out that year.
    """

    name: str
    month: int
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    from_year: int | None = None
    to_year: int | None = None

    def __post_init__(self) -> None:
        fixed = self.day is not None
        floating = self.weekday is not None and self.nth is not None
        if fixed == floating or (fixed and (self.weekday, self.nth) != (None, None)):
            raise ValueError(f"{self.name}: give a day, or a weekday and its number")
        if not 1 <= self.month <= 12:
            raise ValueError(f"{self.name}: no such month")
        if fixed and not 1 <= (self.day or 0) <= 31:
            raise ValueError(f"{self.name}: no such day")
        if floating and (self.weekday not in range(7) or self.nth not in (-1, 1, 2, 3, 4, 5)):
            raise ValueError(f"{self.name}: no such weekday of a month")


@dataclass(frozen=True, slots=True)
class HolidaySet:
    """The holidays of a calendar. Each closes a whole local date.

    `observed`: "actual" | "nearest_weekday" (Saturday -> Friday, Sunday -> Monday) | "both".
    `dates` are further dates of one's own with their names; they are never moved.
    """

    days: tuple[Holiday, ...] = ()
    observed: str = "nearest_weekday"
    dates: tuple[tuple[date, str], ...] = ()

    def __post_init__(self) -> None:
        if self.observed not in OBSERVED_RULES:
            raise ValueError(f"observed: {self.observed}")

    @property
    def nameless(self) -> "HolidaySet":
        """Give the same dates, with no names."""
        days = tuple(replace(day, name="") for day in self.days)
        return HolidaySet(days, self.observed, tuple((on, "") for on, _name in self.dates))


def holidays_of_year(holidays: HolidaySet, year: int) -> dict[date, tuple[str, ...]]:
    """Name the closed dates that lie in `year`, in order of their date.

    The next year's New Year may be observed on 31 December, so neighbouring years are looked at.
    """
    named: dict[date, list[str]] = {}
    for holiday in holidays.days:
        for of_year in (year - 1, year, year + 1):
            for on in _observed_dates(holiday, of_year, holidays.observed):
                _add(named, on, holiday.name)
    for on, name in holidays.dates:
        _add(named, on, name)
    return {on: tuple(named[on]) for on in sorted(named) if on.year == year}


def _add(named: dict[date, list[str]], on: date, name: str) -> None:
    names = named.setdefault(on, [])
    if name not in names:
        names.append(name)


def _observed_dates(holiday: Holiday, year: int, observed: str) -> list[date]:
    actual = _actual_date(holiday, year)
    if actual is None:
        return []
    moved = actual + _SHIFT_TO_WEEKDAY.get(actual.weekday(), timedelta())
    return {"actual": [actual], "nearest_weekday": [moved], "both": [actual, moved]}[observed]


def _actual_date(holiday: Holiday, year: int) -> date | None:
    if holiday.from_year is not None and year < holiday.from_year:
        return None
    if holiday.to_year is not None and year > holiday.to_year:
        return None
    first_weekday, length = months.monthrange(year, holiday.month)
    day = holiday.day or _day_of_nth(holiday, first_weekday, length)
    return date(year, holiday.month, day) if 1 <= day <= length else None


def _day_of_nth(holiday: Holiday, first_weekday: int, length: int) -> int:
    assert holiday.weekday is not None and holiday.nth is not None
    first = 1 + (holiday.weekday - first_weekday) % 7
    if holiday.nth == -1:
        return first + (length - first) // 7 * 7
    return first + (holiday.nth - 1) * 7
