"""Points that a plan includes for each term of its contract (SP-14): at signing, and daily."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from accounts.queries import whereabouts
from entitlements.expiry import points_end
from entitlements.ledger import add_points
from entitlements.models import Contract, ContractLine, PointsEntry, PointsLot
from entitlements.prerequisites import lines_of_companies, plan_among
from entitlements.queries import running_contracts
from entitlements.terms import Term, term_of
from sla.engine.policy import Policy
from sla.engine.span import end_of_date
from sla.errors import NoPolicy
from sla.queries import current_policy


def reason_of(contract: Contract, term: Term) -> str:
    """Name the reason for the points of a term: they are given once for it."""
    return f"included-{contract.pk}-{term.first.isoformat()}"


def give_all_included(at: datetime) -> None:
    """Give the points of all terms that have begun and have none yet. Daily.

    The statements grow with the terms that get points, not with those that have them.
    """
    try:
        policy = current_policy(at).policy
    except NoPolicy:
        return
    if any(plan.included_points for plan in policy.plans):
        # Accounts are locked company by company, as they are when lots expire.
        running = sorted(running_contracts(at), key=lambda one: one[0].company_id)
        give_included(running, policy, at)


def give_included(
    contracts: Iterable[tuple[Contract, date]], policy: Policy, at: datetime
) -> list[PointsLot]:
    """Give the points of the terms that contracts are in, each with its company's date.

    By the plan in force, once for each contract and term: what was given under another plan is
    left as it is. Locks the points of each company that gets some.
    """
    contracts = [(one, day) for one, day in contracts if term_of(one, day) is not None]
    due = _due(contracts, policy)
    known = set(
        PointsEntry.objects.filter(
            reason_key__in=[reason_of(contract, term) for contract, term, _points in due]
        ).values_list("reason_key", flat=True)
    )
    return [
        _give(contract, term, points, policy, at)
        for contract, term, points in due
        if reason_of(contract, term) not in known
    ]


def included_end(contract: Contract, term: Term, policy: Policy, at: datetime) -> datetime | None:
    """Find when the points of a term end: with it, or like bought ones (SP-14).

    In the customer's zone; None = never.
    """
    zone = whereabouts(company=contract.company).time_zone
    if policy.points.included == "life":
        return points_end(policy, at, zone)
    return datetime.fromtimestamp(end_of_date(term.last, zone), UTC)


def _due(
    contracts: list[tuple[Contract, date]], policy: Policy
) -> list[tuple[Contract, Term, int]]:
    lines: dict[int, list[ContractLine]] = {one.company_id: [] for one, _day in contracts}
    for line in lines_of_companies(lines) if any(plan.requires for plan in policy.plans) else ():
        lines[line.contract.company_id].append(line)
    due = []
    for contract, on_date in contracts:
        code = plan_among(contract, policy, on_date, lines[contract.company_id]).plan
        plan, term = policy.plan(code), term_of(contract, on_date)
        if plan is not None and plan.included_points and term is not None:
            due.append((contract, term, plan.included_points))
    return due


def _give(contract: Contract, term: Term, points: int, policy: Policy, at: datetime) -> PointsLot:
    return add_points(
        company=contract.company,
        points=points,
        source=PointsLot.Source.INCLUDED,
        reason_key=reason_of(contract, term),
        by=None,
        at=at,
        expires_at=included_end(contract, term, policy, at),
        contract=contract,
    )
