"""The gate: may a case be opened, and if not, for which reasons. The same on every channel.

`entitlements.gate_rules` has the rules; here is read what they need of a company, once for as many
cases as are weighed together. Writes nothing but, on request, the lock on a company's points.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person
from entitlements.gate_holdings import Ask, Holdings, is_for_channel
from entitlements.gate_rules import (
    CAN_BE_OVERRIDDEN,
    RESTS_ON_ORIGIN,
    Cost,
    contract_refusals,
    cost_of,
    edition_refusals,
    licence_findings,
    limit_refusals,
    points_refusals,
    product_refusals,
    release_findings,
)
from entitlements.ledger import Kind, Reason, enter_spend
from entitlements.models import Contract, GateOverride, PointsAccount, PointsEntry
from entitlements.prerequisites import PlanInForce
from entitlements.product_choice import products_to_choose
from entitlements.terms import Term, case_limit_period
from sla.engine.parts import Facts, Refusal
from sla.engine.policy import Policy

# Counts the cases of a plan under a contract in a span of the customer's days: cases are the
# business of a layer above.
CountCases = Callable[[str, Contract | None, Term], int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says: why not, what to say beside a yes, and what it costs."""

    refusals: tuple[Refusal, ...]
    notices: tuple[Refusal, ...]
    cost: Cost | None


def ask_gate(
    ask: Ask,
    *,
    holdings: Holdings,
    policy: Policy,
    facts: Facts,
    contract: Contract | None,
    plan: PlanInForce,
    count_cases: CountCases,
) -> Answer:
    """Answer whether a case can be opened with what a company has: every reason why not.

    `facts` are settled, `contract` and `plan` those that count. Overrides are not looked at: see
    `lift`.
    """
    licensed = _licence_findings(ask, holdings, policy)
    released = _release_findings(ask, holdings, policy, facts)
    cost = cost_of(policy, facts, lambda: holdings.lots(ask.at), ask.at)
    if cost is not None and ask.is_waived:
        cost = waived(cost)
    refusals = [
        *_contract_refusals(ask, holdings, policy, facts, contract),
        *_product_refusals(ask, holdings, policy),
        *edition_refusals(policy, facts),
        *licensed[0],
        *released[0],
        *_limit_refusals(ask, holdings, policy, facts, contract, count_cases),
        *points_refusals(policy, facts, ask.channel, cost),
    ]
    if ask.is_part:
        refusals = [one for one in refusals if one.code not in RESTS_ON_ORIGIN]
    notices = (*_lapsed(contract, plan), *licensed[1], *released[1])
    return Answer(tuple(refusals), notices, cost)


def lift(
    refusals: Sequence[Refusal], holdings: Holdings, ask: Ask
) -> tuple[tuple[Refusal, ...], GateOverride | None]:
    """Take away the refusals that an unused exception names; give those left and the exception.

    One exception is used for a case: the one that leaves the fewest refusals, of two alike the one
    that ends first. None where none of them takes anything away. One that was made for this very
    case is used in any event, so that it never serves another.
    """
    if ask.override is not None:
        return _left(refusals, ask.override), ask.override
    if not any(refusal.code in CAN_BE_OVERRIDDEN for refusal in refusals):
        return tuple(refusals), None
    beside = [
        (_left(refusals, override), override)
        for override in holdings.overrides(ask.contact, ask.at)
        if is_for_channel(override, ask.channel)
    ]
    left, override = min(beside, key=lambda pair: len(pair[0]), default=(tuple(refusals), None))
    return left, override if len(left) < len(refusals) else None


def waived(cost: Cost) -> Cost:
    """Let a cost go: nothing is taken."""
    return Cost(cost.points, cost.balance, is_waived=True)


def charge(
    cost: Cost,
    account: PointsAccount,
    *,
    case_number: int,
    by: Person,
    at: datetime,
) -> PointsEntry:
    """Take what a case costs from the lots that were reckoned with under the lock (SC-20).

    `account` is what was locked before `cost` was reckoned, so nothing has changed since. Two
    statements. The reason is the opening of this case, which happens once.
    """
    reason = Reason(Kind.SPEND, f"case-{case_number}-open", by, at, at, case_number)
    return enter_spend(account, reason, cost.taken)


def _left(refusals: Iterable[Refusal], override: GateOverride) -> tuple[Refusal, ...]:
    lifted = CAN_BE_OVERRIDDEN & set(override.codes.split(","))
    return tuple(refusal for refusal in refusals if refusal.code not in lifted)


def _contract_refusals(
    ask: Ask, holdings: Holdings, policy: Policy, facts: Facts, contract: Contract | None
) -> Iterable[Refusal]:
    is_plan_missing = bool(policy.plans) and facts.plan is None
    # The plan that everybody has covers what was not bought.
    if contract is not None or (policy.plans and not is_plan_missing):
        return ()
    covered = [
        contract.product.name
        for contract in holdings.contracts_on(ask.on_date)
        if contract.product is not None
    ]
    return contract_refusals(
        holdings.company.name,
        ask.product.name if ask.product else None,
        list(dict.fromkeys(sorted(covered))),
        is_plan_missing=is_plan_missing,
    )


def _product_refusals(ask: Ask, holdings: Holdings, policy: Policy) -> Iterable[Refusal]:
    products = products_to_choose(holdings, ask, policy)
    return product_refusals(holdings.company.name, [product.name for product in products])


def _licence_findings(
    ask: Ask, holdings: Holdings, policy: Policy
) -> tuple[list[Refusal], list[Refusal]]:
    if not policy.licence.required:
        return [], []
    if products_to_choose(holdings, ask, policy):
        # Any licence would do for a product that is not named.
        return [], []
    licence = holdings.licence(ask.product, ask.on_date, policy.licence.grace_days)
    product = ask.product or (licence.product if licence else None)
    return licence_findings(policy, licence, product.name if product else "", ask.on_date)


def _release_findings(
    ask: Ask, holdings: Holdings, policy: Policy, facts: Facts
) -> tuple[list[Refusal], list[Refusal]]:
    if ask.product is None:
        return [], []
    releases = holdings.releases(ask.product)
    rule = policy.release_rule(facts)
    return release_findings(policy, rule, ask.product.name, ask.release, releases, ask.on_date)


def _limit_refusals(
    ask: Ask,
    holdings: Holdings,
    policy: Policy,
    facts: Facts,
    contract: Contract | None,
    count_cases: CountCases,
) -> Iterable[Refusal]:
    plan = policy.plan(facts.plan)
    period = case_limit_period(contract, plan, ask.on_date) if plan else None
    if plan is None or period is None:
        return ()
    if holdings.locked:
        # The account's row is what two openings of one company meet at.
        holdings.lock()
    return limit_refusals(plan, period, count_cases(plan.code, contract, period))


def _lapsed(contract: Contract | None, plan: PlanInForce) -> Iterable[Refusal]:
    if contract is None or plan.lapsed is None:
        return ()
    params = {"subscription": plan.lapsed, "bought": contract.plan, "plan": plan.plan}
    return (Refusal("subscription_lapsed", params),)
