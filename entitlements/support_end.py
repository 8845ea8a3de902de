"""Until when a release is supported. Pure: releases and a rule in, days of the calendar out.

What the vendor says of a release goes before the policy's rule (DD-32): a day, the last day of a
month, or that its end is not determined yet. Days are the customer's own, both ends included.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from sla.engine.offer import ReleaseRule

BY_RULE, TO_BE_DETERMINED, MONTH, DAY = "by_rule", "tbd", "month", "day"
ONE_DAY = timedelta(days=1)


class Versioned(Protocol):
    """A release of a product; the text order of `version_key` is the order of versions."""

    version_key: str
    major: int
    released_on: date
    support_end: str
    support_ends_on: date | None


Dated = TypeVar("Dated", bound=Versioned)


def last_supported_day(
    release: Versioned, releases: Iterable[Versioned], rule: ReleaseRule | None
) -> date | None:
    """Find the last day on which cases are taken for a release; None where no end is known.

    `releases` are all of its product, those with a day to come as well: whoever knows the day of
    the next release knows the end of this one. `rule` is the policy's for the facts of the case
    (SC-17, SP-02, DD-32), None = all releases are supported. A day that is said wins over it.
    """
    if release.support_end == TO_BE_DETERMINED:
        return None
    if release.support_end == BY_RULE:
        return _end_by_rule(release, releases, rule) if rule else None
    assert release.support_ends_on is not None
    return _stretched(release.support_ends_on, release.support_end)


def is_supported(
    release: Versioned, releases: Iterable[Versioned], rule: ReleaseRule | None, on_date: date
) -> bool:
    """Tell whether new cases are taken for a release on a day."""
    last = last_supported_day(release, releases, rule)
    return last is None or on_date <= last


def newest_release(releases: Iterable[Dated], on_date: date) -> Dated | None:
    """Find the highest version that is out on a day; None when none is."""
    out = (release for release in releases if release.released_on <= on_date)
    return max(out, key=lambda release: release.version_key, default=None)


def newest_supported(
    releases: Iterable[Dated], rule: ReleaseRule | None, on_date: date
) -> Dated | None:
    """Find what to upgrade to: the highest version that is out and supported on a day."""
    known = list(releases)
    return newest_release(
        [release for release in known if is_supported(release, known, rule, on_date)], on_date
    )


def _end_by_rule(
    release: Versioned, releases: Iterable[Versioned], rule: ReleaseRule
) -> date | None:
    """Find the day before the one whose coming pushes a release out: the (back + 1)-th after it."""
    coming = sorted(_steps_after(release, releases, rule.unit))
    return coming[rule.back] - ONE_DAY if len(coming) > rule.back else None


def _steps_after(release: Versioned, releases: Iterable[Versioned], unit: str) -> list[date]:
    """List when each higher release came, or each higher major with the first of its releases."""
    if unit == "release":
        return [one.released_on for one in releases if one.version_key > release.version_key]
    first: dict[int, date] = {}
    for one in releases:
        if one.major > release.major:
            first[one.major] = min(one.released_on, first.get(one.major, one.released_on))
    return list(first.values())


def _stretched(day: date, precision: str) -> date:
    """Read a month as its last day."""
    if precision != MONTH:
        return day
    return day.replace(day=monthrange(day.year, day.month)[1])
