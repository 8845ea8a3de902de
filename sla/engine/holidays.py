"""Holidays as rules of the year: "4 July", "fourth Thursday of November"."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Holiday:
    """One yearly holiday: a fixed `day`, or the `nth` `weekday` (0 = Monday; nth -1 = last).

    `from_year` and `to_year` bound the years of the holiday itself, both included.
    """

    name: str
    month: int
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    from_year: int | None = None
    to_year: int | None = None


@dataclass(frozen=True, slots=True)
class HolidaySet:
    """The holidays of a calendar. Each closes a whole local date.

    `observed`: "actual" | "nearest_weekday" (Saturday -> Friday, Sunday -> Monday) | "both".
    `dates` are further dates of one's own with their names; they are never moved.
    """

    days: tuple[Holiday, ...] = ()
    observed: str = "nearest_weekday"
    dates: tuple[tuple[date, str], ...] = ()
