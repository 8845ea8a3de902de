"""The terms of a contract: twelve months from its first day, again and again, until it ends.

Pure: dates of the customer's calendar, both ends of a term included.
"""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from sla.engine.parts import Plan

ONE_DAY = timedelta(days=1)


class Runs(Protocol):
    """What has a first day and perhaps a last one: a contract, a line of it."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Term:
    """One term, from its `first` to its `last` day, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Count its days."""
        return (self.last - self.first).days + 1


def term_of(contract: Runs, on_date: date) -> Term | None:
    """Find the term of a contract that a day lies in; None when the contract does not run then."""
    return term_at(contract.starts_on, contract.ends_on, on_date)


def term_at(starts_on: date, ends_on: date | None, on_date: date) -> Term | None:
    """Find the term that `on_date` lies in: twelve months each, the last cut off by `ends_on`.

    Counted from the first day, not from the term before: what starts on 29 February has its
    anniversary on 28 February in other years, and on the 29th in the next leap year. None outside.
    """
    if on_date < starts_on or (ends_on is not None and on_date > ends_on):
        return None
    years = on_date.year - starts_on.year
    if anniversary(starts_on, years) > on_date:
        years -= 1
    last = anniversary(starts_on, years + 1) - ONE_DAY
    return Term(anniversary(starts_on, years), last if ends_on is None else min(last, ends_on))


def anniversary(first: date, years: int) -> date:
    """Find the day so many years after `first`; 28 February where there is no 29th."""
    year = first.year + years
    if (first.month, first.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return first.replace(year=year)


def case_limit_period(contract: Runs | None, plan: Plan, on_date: date) -> Term | None:
    """Find the days on which a plan's limit of cases counts them; None = no limit (DD-16).

    The term of the contract, or the month of the calendar. What is not bought has no term of its
    own: the year of the calendar takes its place.
    """
    if plan.case_limit is None:
        return None
    if plan.case_limit_per == "month":
        first = on_date.replace(day=1)
        return Term(first, months_after(first, 1) - ONE_DAY)
    term = term_of(contract, on_date) if contract else None
    return term or Term(on_date.replace(month=1, day=1), on_date.replace(month=12, day=31))


def due_dates(first: date, number: int) -> list[date]:
    """Spread so many deliveries evenly over the twelve months from `first` (SP-19).

    Each is due on the last day of its share; a share is whole months where twelve can be divided
    so, else days.
    """
    if 12 % number == 0:
        return [months_after(first, place * 12 // number) - ONE_DAY for place in _places(number)]
    days = (anniversary(first, 1) - first).days
    return [first + timedelta(days=days * place // number) - ONE_DAY for place in _places(number)]


def months_after(first: date, months: int) -> date:
    """Find the same day so many months later; the last of the month where there is none."""
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _places(number: int) -> range:
    return range(1, number + 1)
