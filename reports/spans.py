"""Spans of days that a report looks at, on the vendor's calendar, and of which company."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

Rows = TypeVar("Rows", bound=QuerySet)

ONE_DAY = timedelta(days=1)
# Beyond that nobody compares days, and a mistyped year costs the desk nothing.
MOST_DAYS = 5 * 366
OWN = "own"
USUAL = "this_month"
CHOICES = {
    "this_week": _("This week"),
    "last_week": _("Last week"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_quarter": _("This quarter"),
    "last_quarter": _("Last quarter"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
    OWN: _("From … to …"),
}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class OfCompany:
    """The one company that a report is about, as an address names it."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first_on` to `last_on`, both included, on the calendar of `zone` (an IANA name).

    `choice` is a key of CHOICES. With a `company` it is of the cases of that company only.
    """

    first_on: date
    last_on: date
    zone: str
    choice: str = OWN
    company: OfCompany | None = None

    @property
    def company_id(self) -> int:
        """Give the company for a statement; 0 is all of them."""
        return self.company.pk if self.company else 0

    @property
    def since(self) -> datetime:
        """Give the first instant, in UTC."""
        return midnight(self.first_on, self.zone)

    @property
    def until(self) -> datetime:
        """Give the instant after the last, in UTC."""
        return midnight(self.last_on + ONE_DAY, self.zone)

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    def is_over(self, at: datetime) -> bool:
        return self.until <= at

    @property
    def address(self) -> dict[str, str]:
        """Give what of it stands in an address."""
        of_company = {"company": self.company.name} if self.company else {}
        if self.choice != OWN:
            return {"span": self.choice, **of_company}
        return {"span": OWN, "from": str(self.first_on), "to": str(self.last_on), **of_company}


def midnight(day: date, zone: str) -> datetime:
    """Find the instant at which a day begins in `zone`, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def span_named(choice: str, at: datetime, zone: str) -> Span:
    """Find the days of a span by its name, as of `at` in `zone`. Raises ValueError."""
    which, _line, unit = choice.partition("_")
    today = at.astimezone(ZoneInfo(zone)).date()
    if choice == OWN or choice not in CHOICES:
        raise ValueError(f"no such span: {choice!r}")
    first = _beginning(unit, today)
    if which == "last":
        first = _beginning(unit, first - ONE_DAY)
    return Span(first, _beginning_after(unit, first) - ONE_DAY, zone, choice)


def month_of(first_on: date, zone: str) -> Span:
    """Give the month that begins with a day."""
    return Span(first_on, _beginning_after("month", first_on) - ONE_DAY, zone)


def _beginning(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _beginning_after(unit: str, first: date) -> date:
    if unit == "week":
        return first + timedelta(days=7)
    months = first.month - 1 + MONTHS[unit]
    return date(first.year + months // 12, months % 12 + 1, 1)


def days_of(span: Span) -> list[date]:
    return [span.first_on + timedelta(days=number) for number in range(span.days)]


def of_company(rows: Rows, span: Span, company: str) -> Rows:
    """Narrow rows to the company of a span, if it has one; `company` leads from a row to it."""
    return rows.filter(**{company: span.company_id}) if span.company else rows
