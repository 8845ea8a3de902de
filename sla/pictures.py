"""Pictures of opening hours: where to draw what. Lengths are in units of the picture's view box."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import MONTHS_3
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sla.engine.calendar import SECONDS_PER_DAY, SECONDS_PER_HOUR, WEEKDAYS, Calendar
from sla.engine.localhours import Spans
from sla.engine.outlook import Outlook, outlook
from sla.explain import wall_time_text
from sla.words import weekday_name

HOUR_WIDTH = 20
ROW_HEIGHT = 28
DAY_SIZE = 20


@dataclass(frozen=True, slots=True)
class Window:
    """An opening as a box: from `x`, `width` wide; `text` is its hours in words."""

    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One weekday of the picture of a week."""

    name: str
    y: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class DayCell:
    """One date of the picture of a year; `text` names it and what is special about it."""

    on: date
    x: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the picture of a year."""

    name: str
    y: int
    days: tuple[DayCell, ...]


def week_rows(calendar: Calendar) -> tuple[WeekRow, ...]:
    """Draw the weekly hours: seven rows, Monday first, an hour being HOUR_WIDTH wide."""
    return tuple(
        WeekRow(weekday_name(day), number * ROW_HEIGHT, tuple(_windows(spans)))
        for number, (day, spans) in enumerate(zip(WEEKDAYS, calendar.weekly, strict=True))
    )


def hour_marks(every: int = 3) -> list[tuple[int, str]]:
    """List where the hours of the day stand, and their names."""
    return [(hour * HOUR_WIDTH, f"{hour:02}") for hour in range(0, 25, every)]


def days_of_month() -> list[tuple[int, int]]:
    """List where some days of the month stand, and their numbers."""
    return [((day - 1) * DAY_SIZE + DAY_SIZE // 2, day) for day in (1, 5, 10, 15, 20, 25, 30)]


def months_ahead(calendar: Calendar, today: date) -> tuple[MonthRow, ...]:
    """Draw the twelve months from the one that `today` lies in: a row each, a cell a day."""
    first = today.replace(day=1)
    last = first.replace(year=first.year + 1) - timedelta(days=1)
    rows: dict[tuple[int, int], list[Outlook]] = {}
    for day in outlook(calendar, first, last):
        rows.setdefault((day.on.year, day.on.month), []).append(day)
    return tuple(
        MonthRow(
            f"{MONTHS_3[month].capitalize()} {year}", number * DAY_SIZE, tuple(map(_cell, days))
        )
        for number, ((year, month), days) in enumerate(rows.items())
    )


def special_dates(calendar: Calendar, today: date) -> list[tuple[Outlook, str]]:
    """List the dates of the next twelve months whose hours are not those of their weekday.

    Each comes with its hours in words.
    """
    days = outlook(calendar, today, _a_year_after(today))
    return [(day, hours_of_day(day.hours)) for day in days if day.kind in ("holiday", "exception")]


def hours_of_day(hours: Spans) -> str:
    """Say the hours of one date: "09:00-12:00, 13:00-17:00", or that there are none."""
    return ", ".join(_hours_text(span) for span in hours) or _("closed")


def _windows(spans: Spans) -> Iterator[Window]:
    for start, end in spans:
        width = (end - start) * HOUR_WIDTH / SECONDS_PER_HOUR
        yield Window(start * HOUR_WIDTH / SECONDS_PER_HOUR, width, _hours_text((start, end)))


def _hours_text(span: Sequence[int]) -> str:
    start, end = span
    return f"{wall_time_text(start)}-{wall_time_text(min(end, SECONDS_PER_DAY))}"


def _cell(day: Outlook) -> DayCell:
    told = [date_format(day.on, "D j M Y"), hours_of_day(day.hours)]
    text = ": ".join(told) + (f" ({', '.join(day.names)})" if day.names else "")
    return DayCell(day.on, (day.on.day - 1) * DAY_SIZE, day.kind, text)


def _a_year_after(today: date) -> date:
    # 29 February has no namesake next year.
    return (
        today.replace(year=today.year + 1, day=min(today.day, 28))
        if today.month == 2
        else (today.replace(year=today.year + 1))
    )
