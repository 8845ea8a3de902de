"""Weighing a case before it is filed: what the policy refuses, and what it promises.

The portal shows the result beside each choice, `open_case` obeys it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import takewhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Person, Site
from accounts.queries import Whereabouts, whereabouts
from entitlements.gate import CountCases, ask_gate, lift, waived
from entitlements.gate_holdings import Ask, Holdings, edition_of
from entitlements.gate_rules import Cost
from entitlements.models import Contract, GateOverride, Product, Release
from entitlements.prerequisites import PlanInForce
from entitlements.product_choice import product_meant
from entitlements.terms import ONE_DAY, Term
from sla.engine.clock import Settled
from sla.engine.filing import admits, check_filing
from sla.engine.pageparts import Phone
from sla.engine.parts import LEVEL_AXES, Channel, Facts, Level, Refusal
from sla.engine.policy import Policy
from sla.explain import refusal_text
from sla.queries import Published, current_policy, promise_for
from tickets.gate_words import POINTS_SHORT, gate_sentence, kept_from
from tickets.judging import Judged, judge
from tickets.models import Case


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to file. Codes of the policy; None where nothing was chosen.

    `release`: of the product, as it is in use at the customer's. `keep_informed`: the contact wants
    to hear of the disposition (SC-14). `environment`, `affected`: columns of a case, "" where not
    said (MS-11). `workaround`: what is known of one; `takes_offer`: the level offered for it
    is accepted (MX-13). `is_security`: seen by those it concerns only (DD-06). `origin`: the case
    that this one is split off from or follows, with its `origin_kind`. `waived_by`: a manager lets
    it go without a charge. `override`: an exception that was made for this very case.
    """

    company: Company
    contact: Person
    channel: str
    site: Site | None = None
    product: Product | None = None
    case_type: str | None = None
    severity: str | None = None
    priority: str | None = None
    scheduled_for: datetime | None = None
    release: Release | None = None
    keep_informed: bool = False
    environment: str = ""
    affected: str = ""
    has_workaround: bool = False
    workaround: str = ""
    takes_offer: bool = False
    is_security: bool = False
    origin: Case | None = None
    origin_kind: str = ""
    waived_by: Person | None = None
    override: GateOverride | None = None

    @property
    def release_in_use(self) -> Release | None:
        """Give the release, unless it is one of another product than was chosen in the end."""
        if self.release is None or self.product is None:
            return None
        return self.release if self.release.product_id == self.product.pk else None

    @property
    def is_part(self) -> bool:
        """Tell whether it is split off a case that is open: what that one rests on is enough."""
        if self.origin is None or self.origin_kind != Case.Origin.SPLIT:
            return False
        return self.origin.is_open


@dataclass(frozen=True, slots=True)
class Weighed:
    """A wish under the policy in force: refusals, and the first response as it is promised.

    `wish` is completed by the only product that it can be about. `notices` are said beside a case
    that is taken. `cost`: None where it is free. `override`: the exception that takes `lifted`
    refusals away; opening the case uses it up.
    """

    wish: Wish
    published: Published
    facts: Facts
    where: Whereabouts
    contract: Contract | None
    refusals: tuple[Refusal, ...]
    settled: Settled | None
    call_owed: bool
    phones: tuple[Phone, ...]
    notices: tuple[Refusal, ...] = ()
    cost: Cost | None = None
    override: GateOverride | None = None
    lifted: tuple[Refusal, ...] = ()

    @property
    def level_notes(self) -> tuple[Level, ...]:
        return levels_of(self.published.policy, self.facts)


def weigh(wish: Wish, *, by: Person, at: datetime, occurred_at: datetime | None = None) -> Weighed:
    """Ask policy and gate what they refuse and promise. Writes nothing.

    `occurred_at` is when a call came in that is entered at `at`: by it go the policy, the promise,
    and all that has a day of the calendar; points and exceptions are those on hand at `at`.
    `settled` is None while a refusal leaves nothing to promise. Raises DomainError no_policy.
    """
    return weigh_many([wish], by=by, at=at, occurred_at=occurred_at)[0]


def weigh_many(
    wishes: Sequence[Wish],
    *,
    by: Person,
    at: datetime,
    occurred_at: datetime | None = None,
    published: Published | None = None,
) -> list[Weighed]:
    """Weigh wishes as `weigh` does; what they have in common is read once.

    `published` is the policy in effect when they occurred, where that is at hand.
    The statements grow with the products that are named, not with levels, types and channels.
    Raises DomainError no_policy.
    """
    moments = Moments(occurred_at or at, at)
    published = published or current_policy(moments.occurred_at)
    holdings: dict[int, Holdings] = {}
    for wish in wishes:
        holdings.setdefault(wish.company.pk, Holdings(wish.company))
    return [_weighed(wish, published, holdings[wish.company.pk], moments, by) for wish in wishes]


def weigh_to_open(
    wish: Wish, *, by: Person, at: datetime, occurred_at: datetime
) -> tuple[Weighed, Holdings]:
    """Weigh a wish that is opened in this transaction, and give what was reckoned with.

    As `weigh`, but what can be used up is locked before it is read: the company's points where the
    case costs any, and an exception that lets it through.
    """
    holdings = Holdings(wish.company, locked=True)
    moments = Moments(occurred_at, at)
    return _weighed(wish, current_policy(occurred_at), holdings, moments, by), holdings


def weigh_choices(
    wish: Wish, axis: str, *, by: Person, at: datetime, occurred_at: datetime | None = None
) -> list[tuple[Level, Weighed]]:
    """Weigh a wish as `weigh` does, once for every level of `axis` that its filer may choose."""
    offered = levels_offered(current_policy(occurred_at or at).policy, axis, by=by)
    choices: list[dict[str, Any]] = [{axis: level.code} for level in offered]
    wishes = [replace(wish, **choice) for choice in choices]
    weighed = weigh_many(wishes, by=by, at=at, occurred_at=occurred_at)
    return list(zip(offered, weighed, strict=True))


def levels_offered(policy: Policy, axis: str, *, by: Person) -> tuple[Level, ...]:
    """List the levels of an axis that `by` may choose; none where the policy has no such axis."""
    levels = policy.levels(axis) if axis in policy.axes else ()
    return tuple(level for level in levels if level.customer_may_set or not by.is_customer)


def channels_offered(weighed: Weighed) -> tuple[Channel, ...]:
    """List the channels that the plan and edition of a weighed wish may use."""
    facts = weighed.facts
    channels = weighed.published.policy.channels
    policy = weighed.published.policy
    return tuple(channel for channel in channels if admits(policy, channel.code, facts))


class Moments(NamedTuple):
    """When a call came in, and when its case is entered: the same but for calls logged later."""

    occurred_at: datetime
    at: datetime


def _weighed(
    wish: Wish, published: Published, holdings: Holdings, moments: Moments, by: Person
) -> Weighed:
    policy = published.policy
    where = whereabouts(person=wish.contact, company=wish.company, site=wish.site)
    wish, ask = _about(wish, holdings, where, moments)
    contract = holdings.contract_of(wish.product, ask.on_date)
    plan = holdings.plan_in_force(contract, policy, ask.on_date)
    edition = edition_of(holdings, contract, policy, ask)
    named = _plan(wish, policy, contract, plan)
    facts = policy.settle(facts_as_wished(wish, policy, where, contract, named, edition))
    answer = ask_gate(
        ask,
        holdings=holdings,
        policy=policy,
        facts=facts,
        contract=contract,
        plan=plan,
        count_cases=_counting(wish.company, where),
    )
    found = (
        *_own_refusals(wish, moments.occurred_at),
        *_policy_refusals(policy, replace(facts, channel=wish.channel), by),
        *(kept_from(by, one) for one in answer.refusals),
    )
    refusals, override = lift(found, holdings, ask)
    return Weighed(
        wish=wish,
        published=published,
        facts=facts,
        where=where,
        contract=contract,
        refusals=refusals,
        settled=None if refusals else _promised(policy, facts, wish, moments),
        call_owed=call_owed(policy, facts),
        phones=policy.phones_for(facts.region),
        notices=answer.notices,
        cost=_to_pay(answer.cost, refusals),
        override=override,
        lifted=tuple(refusal for refusal in found if refusal not in refusals),
    )


def _about(
    wish: Wish, holdings: Holdings, where: Whereabouts, moments: Moments
) -> tuple[Wish, Ask]:
    """Complete a wish by the only product that it can be about, and say what the gate is asked."""
    ask = Ask(
        contact=wish.contact,
        channel=wish.channel,
        product=wish.product,
        release=wish.release_in_use,
        on_date=where.date_at(moments.occurred_at),
        at=moments.at,
        is_waived=wish.waived_by is not None and wish.waived_by.may("waive_points"),
        is_part=wish.is_part,
        override=wish.override,
    )
    wish = replace(wish, product=product_meant(holdings, ask, wish.release))
    return wish, replace(ask, product=wish.product, release=wish.release_in_use)


def _plan(wish: Wish, policy: Policy, contract: Contract | None, plan: PlanInForce) -> str | None:
    """Name the plan that counts; a part of an open case keeps its plan after the contract."""
    if contract is None and wish.is_part and wish.origin is not None:
        kept = policy.plan(wish.origin.plan)
        return kept.code if kept else plan.plan
    return plan.plan


def _promised(policy: Policy, facts: Facts, wish: Wish, moments: Moments) -> Settled:
    return promise_for(policy, facts, moments.occurred_at, wish.scheduled_for)


def _to_pay(cost: Cost | None, refusals: Sequence[Refusal]) -> Cost | None:
    """Let go what there are not enough points for, where an exception takes that refusal away."""
    is_let_off = cost is not None and cost.missing
    if cost is None or not is_let_off or any(one.code == POINTS_SHORT for one in refusals):
        return cost
    return waived(cost)


def _counting(company: Company, where: Whereabouts) -> CountCases:
    zone = ZoneInfo(where.time_zone)

    def count(plan: str, contract: Contract | None, period: Term) -> int:
        since = datetime.combine(period.first, time.min, zone)
        until = datetime.combine(period.last + ONE_DAY, time.min, zone)
        cases = Case.objects.filter(
            company=company, plan=plan, opened_at__gte=since, opened_at__lt=until
        )
        if contract is not None and contract.product_id is not None:
            cases = cases.filter(Q(product_id=contract.product_id) | Q(product_id__isnull=True))
        return cases.count()

    return count


def call_owed(policy: Policy, facts: Facts) -> bool:
    """Tell whether the customer was told to call and has not (MX-07)."""
    return facts.channel != "phone" and any(
        level.call == "required" for level in levels_of(policy, facts)
    )


def levels_of(policy: Policy, facts: Facts) -> tuple[Level, ...]:
    """List the levels that the facts name, on every axis of the policy."""
    found = (policy.level(axis, getattr(facts, axis)) for axis in policy.axes)
    return tuple(level for level in found if level is not None)


def facts_as_wished(
    wish: Wish,
    policy: Policy,
    where: Whereabouts,
    contract: Contract | None,
    plan: str | None,
    edition: str | None,
) -> Facts:
    """Put together what the policy judges a wish by, under a plan and an edition."""
    return Facts(
        plan=plan if policy.plans else None,
        severity=_level(wish, policy, "severity"),
        priority=_level(wish, policy, "priority"),
        case_type=wish.case_type or _default(policy.case_types),
        channel=wish.channel,
        product=wish.product.code if wish.product else None,
        region=(contract.region_override if contract else "") or where.region or None,
        country=where.country or None,
        edition=edition,
        zone=where.time_zone if where.time_zone_source != "vendor" else None,
    )


def judged_level(wish: Wish, policy: Policy, axis: str) -> Judged:
    """Say which level of an axis was chosen or is preset, and which counts (MX-11, MX-13).

    One offer is shown and taken, that of the first axis that has one: none is taken unseen.
    """
    # The severity before the priority that it presets, however the policy lists its axes.
    earlier = takewhile(lambda one: one != axis, LEVEL_AXES)
    is_shown = all(judged_level(wish, policy, one).offer is None for one in earlier)
    return judge(
        policy,
        axis,
        _chosen_level(wish, policy, axis),
        environment=wish.environment,
        has_workaround=wish.has_workaround,
        takes_offer=wish.takes_offer and is_shown,
    )


def _level(wish: Wish, policy: Policy, axis: str) -> str | None:
    counts = judged_level(wish, policy, axis).counts
    return counts.code if counts else _chosen_level(wish, policy, axis)


def _chosen_level(wish: Wish, policy: Policy, axis: str) -> str | None:
    if axis not in policy.axes:
        return None
    preset = _preset_priority(wish, policy) if axis == "priority" else None
    return getattr(wish, axis) or preset or _default(policy.levels(axis))


def _preset_priority(wish: Wish, policy: Policy) -> str | None:
    """Find the priority that the severity presets (DD-09)."""
    if "severity" not in policy.axes:
        return None
    severity = judged_level(wish, policy, "severity").counts
    return severity.sets_priority if severity else None


def _default(choices: tuple) -> str | None:
    return next((choice.code for choice in choices if choice.default), None)


def _own_refusals(wish: Wish, at: datetime) -> tuple[Refusal, ...]:
    refusals = []
    if not (wish.contact.is_active and wish.contact.may_file):
        refusals.append(Refusal("contact_may_not_file", {"name": wish.contact.name}))
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
    "scheduled_in_past": _("The agreed time has passed already. Choose a later one."),
}


def refusal_sentence(refusal: Refusal, policy: Policy) -> str:
    """Say why a case cannot be filed so, or a notice beside one that can, and what to do about it.

    Days are the customer's own.
    """
    own = OWN_REFUSALS.get(refusal.code)
    if own:
        return str(own) % refusal.params
    return gate_sentence(refusal, policy) or refusal_text(refusal, policy)
