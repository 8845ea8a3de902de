"""The releases of a product with the end of support of each, for customers and for the vendor.

The days are reckoned by `entitlements.support_end`; here stands who says so, and what follows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from entitlements.holdings import Holding
from entitlements.models import Product, Release
from entitlements.releases import releases_of
from entitlements.support_end import last_supported_day, newest_release, newest_supported
from sla.engine.offer import ReleaseRule
from sla.engine.parts import Facts
from sla.engine.policy import Policy

# How many days ahead an end is soon, where the policy warns of none.
SOON_DAYS = 90


class State(StrEnum):
    """How a release stands on a day."""

    TO_COME = "to_come"
    SUPPORTED = "supported"
    TO_BE_DETERMINED = "to_be_determined"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"


class SaidBy(StrEnum):
    """What an end goes by: the vendor's date, its word that none is set, or the policy's rule."""

    DAY = "day"
    MONTH = "month"
    TO_BE_DETERMINED = "tbd"
    RULE = "rule"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Supported:
    """A release on a day: its last supported day (None = no end is known), and who says so."""

    release: Release
    last_day: date | None
    state: State
    said_by: SaidBy
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class SupportTable:
    """A product's releases, the newest first; `upgrade` is what to go to from one that ends."""

    product: Product
    rows: tuple[Supported, ...]
    rule: ReleaseRule | None
    newest: Release | None
    upgrade: Release | None

    def row_of(self, release: Release) -> Supported | None:
        """Find the row of a release."""
        return next((row for row in self.rows if row.release.pk == release.pk), None)


def support_of(
    product: Product, policy: Policy | None, facts: Facts, on_date: date
) -> SupportTable:
    """Work out until when each release of a product is supported (SC-17, SP-02, DD-32).

    `facts` choose the policy's rule, which an explicit date of a release goes before. One
    statement.
    """
    releases = list(releases_of(product))
    return table_of(product, releases, policy, facts, on_date)


def table_of(
    product: Product,
    releases: Sequence[Release],
    policy: Policy | None,
    facts: Facts,
    on_date: date,
) -> SupportTable:
    """Do what `support_of` does with the product's releases at hand, the newest first."""
    rule = policy.release_rule(facts) if policy else None
    soon = max(policy.notices.support_end_days, default=SOON_DAYS) if policy else SOON_DAYS
    return SupportTable(
        product=product,
        rows=tuple(_row(release, releases, rule, on_date, soon) for release in releases),
        rule=rule,
        newest=newest_release(releases, on_date),
        upgrade=newest_supported(releases, rule, on_date),
    )


def support_for(holding: Holding, product: Product) -> SupportTable:
    """Work out a product's table as it holds for a company: by its plan, edition and day."""
    return support_of(product, holding.policy, holding.facts_for(product), holding.on_date)


def ending(rows: Iterable[Supported]) -> list[Supported]:
    """Choose the releases whose support ends soon, the soonest first."""
    soon = [row for row in rows if row.state == State.ENDS_SOON]
    return sorted(soon, key=lambda row: (row.last_day, row.release.pk))


def _row(
    release: Release,
    releases: Sequence[Release],
    rule: ReleaseRule | None,
    on_date: date,
    soon: int,
) -> Supported:
    last = last_supported_day(release, releases, rule)
    left = None if last is None else (last - on_date).days
    return Supported(
        release=release,
        last_day=last,
        state=_state(release, left, on_date, soon),
        said_by=_said_by(release, rule),
        days_left=left,
    )


def _state(release: Release, left: int | None, on_date: date, soon: int) -> State:
    if release.released_on > on_date:
        return State.TO_COME
    if left is None:
        is_open = release.support_end == Release.End.TO_BE_DETERMINED
        return State.TO_BE_DETERMINED if is_open else State.SUPPORTED
    if left < 0:
        return State.ENDED
    return State.ENDS_SOON if left <= soon else State.SUPPORTED


def _said_by(release: Release, rule: ReleaseRule | None) -> SaidBy:
    if release.support_end != Release.End.BY_RULE:
        return SaidBy(release.support_end)
    return SaidBy.RULE if rule else SaidBy.NOTHING
