"""Which plan counts: the one bought, the default one, or what is left when a subscription lapses.

A plan may need subscriptions (SP-12). It is sold with them only; when one ends while the contract
runs, the policy says whether the plan is kept to the end of its term or another one counts at once.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.formats import date_format

from entitlements.lines import SubscriptionNeeded
from entitlements.models import Contract, ContractLine
from entitlements.terms import term_of
from sla.engine.parts import Plan
from sla.engine.policy import Policy


class PlanInForce(NamedTuple):
    """The code of the plan that counts, and of the subscription that is missing for the one bought.

    `plan` is None where a company has bought none and the policy gives none to everybody.
    """

    plan: str | None
    lapsed: str | None = None


def default_plan(policy: Policy) -> str | None:
    """Name the plan that everybody has who bought no other (SP-05); None where there is none."""
    return next((plan.code for plan in policy.plans if plan.default), None)


def plan_in_force(contract: Contract | None, policy: Policy, on_date: date) -> PlanInForce:
    """Find the plan that counts under a contract, or without one, on a day (SP-05, SP-12).

    At most one statement, none where the plan needs nothing.
    """
    plan = policy.plan(contract.plan) if contract else None
    if contract is None or plan is None or not plan.requires:
        return plan_among(contract, policy, on_date, ())
    return plan_among(contract, policy, on_date, lines_of_companies([contract.company_id]))


def plan_among(
    contract: Contract | None, policy: Policy, on_date: date, lines: Iterable[ContractLine]
) -> PlanInForce:
    """Do what `plan_in_force` does with all lines of the company at hand, without a statement.

    Kept is a plan to the end of the term that began with the subscription, and of the first term,
    for which it was signed. A later term does not begin without it.
    """
    bought = (contract.plan if contract else "") or default_plan(policy)
    plan = policy.plan(bought)
    if contract is None or plan is None:
        return PlanInForce(bought)
    lines = tuple(lines)
    missing = missing_for(plan, on_date, lines)
    if missing is None:
        return PlanInForce(bought)
    if plan.on_lapse == "keep" and _began_with_it(contract, plan, on_date, lines):
        return PlanInForce(bought, missing)
    # A vendor that names no other plan leaves the one that was bought.
    return PlanInForce(plan.lapses_to or default_plan(policy) or bought, missing)


def missing_for(plan: Plan, on_date: date, lines: Iterable[ContractLine]) -> str | None:
    """Name the first subscription that a plan needs and no line has on a day; None if none."""
    running = {line.subscription for line in lines if runs_on(line, on_date)}
    return next((code for code in plan.requires if code not in running), None)


def runs_on(line: ContractLine, on_date: date) -> bool:
    """Tell whether a line runs on a day, as its contract must as well."""
    return all(
        one.starts_on <= on_date and (one.ends_on is None or on_date <= one.ends_on)
        for one in (line, line.contract)
    )


def lines_of_companies(company_ids: Iterable[int]) -> QuerySet[ContractLine]:
    """List all lines of some companies, also of the past, with their contracts."""
    lines = ContractLine.objects.filter(contract__company_id__in=company_ids)
    return lines.select_related("contract").order_by("id")


def check_prerequisites(contract: Contract, policy: Policy, on_date: date) -> None:
    """Refuse a plan whose subscriptions the company does not have on a day (SP-12).

    Raises SubscriptionNeeded, which names the first that is missing.
    """
    plan = policy.plan(contract.plan)
    if plan is None or not plan.requires:
        return
    lines = lines_of_companies([contract.company_id])
    missing = missing_for(plan, on_date, lines)
    if missing is None:
        return
    sold = policy.subscription(missing)
    raise SubscriptionNeeded(
        field="plan",
        plan=plan.name,
        subscription=sold.name if sold else missing,
        day=date_format(on_date, "j M Y"),
    )


def _began_with_it(
    contract: Contract, plan: Plan, on_date: date, lines: tuple[ContractLine, ...]
) -> bool:
    term = term_of(contract, on_date)
    if term is None or term.first == contract.starts_on:
        return True
    return missing_for(plan, term.first, lines) is None
