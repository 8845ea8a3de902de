"""The terms of a contract: twelve months from its first day, again and again, until it ends.

Pure: dates of the customer's calendar, both ends of a term included.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

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
