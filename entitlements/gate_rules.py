"""What keeps a case from being opened, rule by rule. Pure: what a company has goes in, codes out.

Days are the customer's own. Refusals carry figures, days and names for sentences; a notice is a
refusal that does not refuse: the case is taken, and it is said.

Codes: no_contract (company), product_needed (company, products), product_outside_contract (company,
product, products) | edition_not_open (plan, edition, editions) | licence_missing (product;
starts_on where it has not begun), licence_unverified (product, number), licence_expired (product,
number, ended_on) | release_needed (product), release_unsupported (product, release, ended_on,
newest) | case_limit_reached (limit, used, next_on) | points_short (points, balance, missing,
channel, cheaper, cheaper_channels, cheaper_points,
phones). Notices: support_ends_soon (product, release,
ends_on, newest), licence_in_grace (product, number, ended_on, until), licence_ends_soon (product,
number, ends_on), subscription_lapsed (subscription, bought, plan).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from entitlements.licensing import (
    EXPIRED,
    IN_GRACE,
    MISSING,
    NOT_BEGUN,
    UNVERIFIED,
    Licensed,
    standing_of,
)
from entitlements.points import Lot, ShortOf, take
from entitlements.support_end import Versioned, last_supported_day, newest_supported
from entitlements.terms import Term
from sla.engine.filing import admits
from sla.engine.offer import ReleaseRule
from sla.engine.parts import Channel, Facts, Plan, Refusal
from sla.engine.policy import Policy

ONE_DAY = timedelta(days=1)

# What a manager may let through (DD-33, SC-19); the other refusals are faults of the filing itself.
CAN_BE_OVERRIDDEN = frozenset(
    {
        "no_contract",
        "product_outside_contract",
        "edition_not_open",
        "channel_not_entitled",
        "licence_missing",
        "licence_unverified",
        "licence_expired",
        "release_needed",
        "release_unsupported",
        "case_limit_reached",
        "points_short",
    }
)


# What a part of an open case is not asked again: it was accepted with the whole (DD-32).
RESTS_ON_ORIGIN = frozenset(
    {
        "no_contract",
        "product_needed",
        "product_outside_contract",
        "edition_not_open",
        "licence_missing",
        "licence_unverified",
        "licence_expired",
        "release_needed",
        "release_unsupported",
        "case_limit_reached",
    }
)


class NamedLicence(Licensed, Protocol):
    """A licence with the number that it is known by."""

    number: str


class NamedVersion(Versioned, Protocol):
    """A release with the name that it is known by."""

    version: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What opening a case takes, in points.

    `lots`: the points of each lot as they would be spent, with the lot's end; none when there are
    not enough. `taken` is the same as (lot's id, points). `is_waived`: a manager lets it go free.
    """

    points: int
    balance: int
    lots: tuple[tuple[int, datetime | None], ...] = ()
    taken: tuple[tuple[int, int], ...] = ()
    is_waived: bool = False

    @property
    def missing(self) -> int:
        """Count the points that would have to be bought first."""
        return 0 if self.is_waived else max(self.points - self.balance, 0)

    @property
    def charged(self) -> int:
        """Count the points that opening takes away."""
        return 0 if self.is_waived else self.points

    @property
    def after(self) -> int:
        """Count what is left afterwards; negative when there are not enough."""
        return self.balance - self.charged


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What the same case would cost by a channel, and how many points are missing for it."""

    channel: Channel
    points: int
    balance: int
    missing: int


def cost_of(
    policy: Policy, facts: Facts, lots: Callable[[], Sequence[Lot]], at: datetime
) -> Cost | None:
    """Reckon what a case costs and from which lots it would be paid; None when it is free (SC-03).

    `lots` are read only when something is to be paid; all are usable at `at`.
    """
    price = policy.price(facts)
    if price is None or not price.points:
        return None
    usable = lots()
    balance = sum(lot.remaining for lot in usable)
    try:
        taken = take(usable, price.points, at)
    except ShortOf:
        return Cost(price.points, balance)
    ends = {lot.id: lot.expires_at for lot in usable}
    parts = tuple((points, ends[lot_id]) for lot_id, points in taken)
    return Cost(price.points, balance, parts, taken)


def channel_costs(policy: Policy, facts: Facts, balance: int) -> list[ChannelCost]:
    """Price every channel that a plan and an edition may use, in the order of the policy."""
    return [
        ChannelCost(channel, points, balance, max(points - balance, 0))
        for channel in policy.channels
        if admits(policy, channel.code, facts)
        for points in (price_by(policy, facts, channel.code),)
    ]


def price_by(policy: Policy, facts: Facts, channel: str) -> int:
    """Price a case as if it came by a channel, in points."""
    price = policy.price(replace(facts, channel=channel))
    return price.points if price else 0


def contract_refusals(
    company: str, product: str | None, covered: Sequence[str], *, is_plan_missing: bool
) -> Iterator[Refusal]:
    """Say why no contract counts: none runs, or those that run are for other products.

    `covered` are the products of the contracts that run. `is_plan_missing`: without a contract
    there is no support at all; else a company with contracts has it for their products.
    """
    if not covered:
        if is_plan_missing:
            yield Refusal("no_contract", {"company": company})
    elif product is not None:
        params = {"company": company, "product": product, "products": tuple(covered)}
        yield Refusal("product_outside_contract", params)


def product_refusals(company: str, products: Sequence[str]) -> Iterator[Refusal]:
    """Ask which of some products it is about, where the answer depends on that."""
    if products:
        yield Refusal("product_needed", {"company": company, "products": tuple(products)})


def edition_refusals(policy: Policy, facts: Facts) -> Iterator[Refusal]:
    """Refuse a plan that is not open to the edition (SP-04); one that is not known may have it."""
    plan = policy.plan(facts.plan)
    if plan is None or plan.editions is None or facts.edition is None:
        return
    if facts.edition not in plan.editions:
        params = {"plan": plan.code, "edition": facts.edition, "editions": plan.editions}
        yield Refusal("edition_not_open", params)


def licence_findings(
    policy: Policy, licence: NamedLicence | None, product: str, on_date: date
) -> tuple[list[Refusal], list[Refusal]]:
    """Give refusals and notices of the licence that counts (DD-33)."""
    if not policy.licence.required:
        return [], []
    standing = standing_of(licence, on_date, policy.licence.grace_days)
    if licence is None or standing.code == MISSING:
        return [Refusal("licence_missing", {"product": product})], []
    named: dict[str, object] = {"product": product, "number": licence.number}
    if standing.code == NOT_BEGUN:
        return [Refusal("licence_missing", named | {"starts_on": licence.valid_from})], []
    if standing.code == UNVERIFIED:
        return [Refusal("licence_unverified", named)], []
    ended_on = licence.valid_until
    if standing.code == EXPIRED:
        return [Refusal("licence_expired", named | {"ended_on": ended_on})], []
    if standing.code == IN_GRACE:
        figures: dict[str, object] = {"ended_on": ended_on, "until": standing.grace_until}
        return [], [Refusal("licence_in_grace", named | figures)]
    if is_soon(ended_on, on_date, policy.notices.licence_days):
        return [], [Refusal("licence_ends_soon", named | {"ends_on": ended_on})]
    return [], []


def release_findings(
    policy: Policy,
    rule: ReleaseRule | None,
    product: str,
    release: NamedVersion | None,
    releases: Sequence[NamedVersion],
    on_date: date,
) -> tuple[list[Refusal], list[Refusal]]:
    """Give refusals and notices of the release in use (DD-32, SC-17, SP-02).

    Which one it is has to be said only where some that are out are not supported any more.
    """
    if release is None:
        ended = (
            one for one in releases if _is_over(last_supported_day(one, releases, rule), on_date)
        )
        return [Refusal("release_needed", {"product": product}) for _one in list(ended)[:1]], []
    last = last_supported_day(release, releases, rule)
    if last is None:
        return [], []
    newest = newest_supported(releases, rule, on_date)
    named: dict[str, object] = {
        "product": product,
        "release": release.version,
        "newest": newest.version if newest and newest != release else None,
    }
    if on_date > last:
        return [Refusal("release_unsupported", named | {"ended_on": last})], []
    if is_soon(last, on_date, policy.notices.support_end_days):
        return [], [Refusal("support_ends_soon", named | {"ends_on": last})]
    return [], []


def limit_refusals(plan: Plan, period: Term, used: int) -> Iterator[Refusal]:
    """Refuse what goes beyond the number of cases that a plan has in a term or month (DD-16)."""
    if plan.case_limit is not None and used >= plan.case_limit:
        params = {"limit": plan.case_limit, "used": used, "next_on": period.last + ONE_DAY}
        yield Refusal("case_limit_reached", params)


def points_refusals(
    policy: Policy, facts: Facts, channel: str, cost: Cost | None
) -> Iterator[Refusal]:
    """Refuse what there are not enough points for, and name what there are enough for (SC-19).

    `channel` is the one that was chosen, `facts` have the one that it counts as.
    """
    if cost is None or not cost.missing:
        return
    prices = channel_costs(policy, facts, cost.balance)
    within = [one for one in prices if one.points < cost.points and not one.missing]
    least = min((one.points for one in within), default=None)
    cheaper = tuple(one.channel.code for one in within if one.points == least)
    figures: dict[str, object] = {
        "points": cost.points,
        "balance": cost.balance,
        "missing": cost.missing,
    }
    others: dict[str, object] = {
        "channel": channel,
        "cheaper": cheaper[0] if cheaper else None,
        "cheaper_channels": cheaper,
        "cheaper_points": least,
        "phones": tuple(phone.number for phone in policy.phones_for(facts.region)),
    }
    yield Refusal("points_short", figures | others)


def is_soon(last: date | None, on_date: date, days: Iterable[int]) -> bool:
    """Tell whether a last day is as near as the earliest notice of it; itself is always so."""
    return last is not None and 0 <= (last - on_date).days <= max(days, default=0)


def _is_over(last: date | None, on_date: date) -> bool:
    return last is not None and on_date > last
