"""Weighing a case before it is filed: what the policy refuses, and what it promises.

The portal shows the result beside each choice, `open_case` obeys it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Person, Site
from accounts.queries import Whereabouts, whereabouts
from entitlements.models import Contract, Product
from entitlements.queries import contract_of
from sla.engine.clock import Settled
from sla.engine.filing import check_filing
from sla.engine.parts import Channel, Facts, Level, Phone, Refusal
from sla.engine.policy import Policy
from sla.explain import refusal_text
from sla.queries import Published, current_policy, promise_for

# Company, product and the customer's date.
Bought = tuple[int, int | None, date]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to file. Codes of the policy; None where nothing was chosen."""

    company: Company
    contact: Person
    channel: str
    site: Site | None = None
    product: Product | None = None
    case_type: str | None = None
    severity: str | None = None
    priority: str | None = None
    scheduled_for: datetime | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A wish under the policy in force: refusals, and the first response as it is promised."""

    published: Published
    facts: Facts
    where: Whereabouts
    contract: Contract | None
    refusals: tuple[Refusal, ...]
    settled: Settled | None
    call_owed: bool
    phones: tuple[Phone, ...]

    @property
    def level_notes(self) -> tuple[Level, ...]:
        return levels_of(self.published.policy, self.facts)


def weigh(wish: Wish, *, by: Person, at: datetime) -> Weighed:
    """Ask the policy in force at `at` what it refuses and promises. Writes nothing.

    `settled` is None while a refusal leaves nothing to promise. Raises DomainError no_policy.
    """
    return weigh_many([wish], by=by, at=at)[0]


def weigh_many(wishes: Sequence[Wish], *, by: Person, at: datetime) -> list[Weighed]:
    """Weigh wishes as `weigh` does; what they have in common is read once.

    The statements grow with the products that are named, not with levels, types and channels.
    Raises DomainError no_policy.
    """
    published = current_policy(at)
    contracts: dict[Bought, Contract | None] = {}
    weighed = []
    for wish in wishes:
        where = whereabouts(person=wish.contact, company=wish.company, site=wish.site)
        if (key := _bought_by(wish, where.date_at(at))) not in contracts:
            contracts[key] = contract_of(wish.company, wish.product, where.date_at(at))
        weighed.append(_weighed(wish, published, where, contracts[key], by=by, at=at))
    return weighed


def weigh_choices(
    wish: Wish, axis: str, *, by: Person, at: datetime
) -> list[tuple[Level, Weighed]]:
    """Weigh a wish once for every level of `axis` that its filer may choose."""
    offered = levels_offered(current_policy(at).policy, axis, by=by)
    choices: list[dict[str, Any]] = [{axis: level.code} for level in offered]
    weighed = weigh_many([replace(wish, **choice) for choice in choices], by=by, at=at)
    return list(zip(offered, weighed, strict=True))


def levels_offered(policy: Policy, axis: str, *, by: Person) -> tuple[Level, ...]:
    """List the levels of an axis that `by` may choose; none where the policy has no such axis."""
    levels = policy.levels(axis) if axis in policy.axes else ()
    return tuple(level for level in levels if level.customer_may_set or not by.is_customer)


def channels_offered(weighed: Weighed) -> tuple[Channel, ...]:
    """List the channels that the plan and edition of a weighed wish may use."""
    facts = weighed.facts
    channels = weighed.published.policy.channels
    return tuple(channel for channel in channels if channel.admits(facts.plan, facts.edition))


def _bought_by(wish: Wish, on_date: date) -> Bought:
    return wish.company.pk, wish.product.pk if wish.product else None, on_date


def _weighed(
    wish: Wish,
    published: Published,
    where: Whereabouts,
    contract: Contract | None,
    *,
    by: Person,
    at: datetime,
) -> Weighed:
    policy = published.policy
    facts = policy.settle(_facts(wish, policy, where, contract))
    refusals = (
        *_own_refusals(wish, policy, facts, at),
        *_policy_refusals(policy, facts, by),
    )
    settled = None if refusals else promise_for(policy, facts, at, wish.scheduled_for)
    return Weighed(
        published=published,
        facts=facts,
        where=where,
        contract=contract,
        refusals=refusals,
        settled=settled,
        call_owed=call_owed(policy, facts),
        phones=policy.phones_for(facts.region),
    )


def call_owed(policy: Policy, facts: Facts) -> bool:
    """Tell whether the customer was told to call and has not (MX-07)."""
    return facts.channel != "phone" and any(
        level.call == "required" for level in levels_of(policy, facts)
    )


def levels_of(policy: Policy, facts: Facts) -> tuple[Level, ...]:
    """List the levels that the facts name, on every axis of the policy."""
    found = (policy.level(axis, getattr(facts, axis)) for axis in policy.axes)
    return tuple(level for level in found if level is not None)


def _facts(wish: Wish, policy: Policy, where: Whereabouts, contract: Contract | None) -> Facts:
    plan = (contract.plan if contract else "") or _default(policy.plans)
    return Facts(
        plan=plan if policy.plans else None,
        severity=_level(wish, policy, "severity"),
        priority=_level(wish, policy, "priority"),
        case_type=wish.case_type or _default(policy.case_types),
        channel=wish.channel,
        product=wish.product.code if wish.product else None,
        region=(contract.region_override if contract else "") or where.region or None,
        country=where.country or None,
        edition=(contract.edition if contract else "") or None,
        zone=where.time_zone if where.time_zone_source != "vendor" else None,
    )


def _level(wish: Wish, policy: Policy, axis: str) -> str | None:
    if axis not in policy.axes:
        return None
    return getattr(wish, axis) or _default(policy.levels(axis))


def _default(choices: tuple) -> str | None:
    return next((choice.code for choice in choices if choice.default), None)


def _own_refusals(wish: Wish, policy: Policy, facts: Facts, at: datetime) -> tuple[Refusal, ...]:
    refusals = []
    if not (wish.contact.is_active and wish.contact.may_file):
        refusals.append(Refusal("contact_may_not_file", {"name": wish.contact.name}))
    if policy.plans and facts.plan is None:
        refusals.append(Refusal("no_contract", {"company": wish.company.name}))
    if wish.scheduled_for and wish.scheduled_for < at:
        refusals.append(Refusal("scheduled_in_past", {}))
    return tuple(refusals)


def _policy_refusals(policy: Policy, facts: Facts, by: Person) -> Iterator[Refusal]:
    for refusal in check_filing(policy, facts, by_customer=by.is_customer):
        # A customer chooses no plan: without one it is the contract that is missing.
        if refusal.code != "plan_needed":
            yield refusal


OWN_REFUSALS = {
    "contact_may_not_file": _(
        "%(name)s may not file cases. A company admin or your vendor can allow it."
    ),
    "no_contract": _(
        "%(company)s has no running contract for this. Ask your account manager or the sales "
        "team for one."
    ),
    "scheduled_in_past": _("The agreed time has passed already. Choose a later one."),
}


def refusal_sentence(refusal: Refusal, policy: Policy) -> str:
    """Say why a case cannot be filed so, and what to do about it."""
    own = OWN_REFUSALS.get(refusal.code)
    return str(own) % refusal.params if own else refusal_text(refusal, policy)
