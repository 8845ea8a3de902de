"""Points that a plan includes for each term of its contract (SP-14): at signing, and daily.

A term is named by its contract and its first day, which stays once something was given by it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.queries import whereabouts
from entitlements.expiry import points_end
from entitlements.ledger import (
    Leg,
    Posting,
    Reason,
    add_points,
    legs_of,
    lock_points,
    open_lot,
    write_entries,
)
from entitlements.models import (
    Contract,
    ContractLine,
    PointsAccount,
    PointsEntry,
    PointsLine,
    PointsLot,
)
from entitlements.prerequisites import lines_of_companies, plan_among
from entitlements.queries import running_contracts
from entitlements.terms import Term, term_at, term_of
from sla.engine.policy import Policy
from sla.engine.span import end_of_date
from sla.errors import NoPolicy
from sla.queries import current_policy

# The accounts that one round of daily work locks until its end; the next one does the others.
COMPANIES_A_ROUND = 500
A_DAY = timedelta(days=1)
# A reason is "included-<contract>-<year>-<month>-<day>", and "-<more>" after the first of a term.
PARTS_OF_REASON = 5

Due = tuple[Contract, Term, int]


def reason_of(contract: Contract, term: Term) -> str:
    """Name the reason for the first points of a term; that of all others begins with it."""
    return f"included-{contract.pk}-{term.first.isoformat()}"


def give_all_included(at: datetime) -> None:
    """Give what the terms of all companies are short of: those that began, and better plans. Daily.

    The statements grow with the terms that get points, not with those that have them.
    """
    try:
        policy = current_policy(at).policy
    except NoPolicy:
        return
    if any(plan.included_points for plan in policy.plans):
        # Accounts are locked company by company, as they are when lots expire.
        running = sorted(running_contracts(at), key=lambda one: one[0].company_id)
        give_included(running, policy, at, most_companies=COMPANIES_A_ROUND)


def give_included(
    contracts: Iterable[tuple[Contract, date]],
    policy: Policy,
    at: datetime,
    *,
    most_companies: int | None = None,
) -> list[PointsLot]:
    """Give what the terms that contracts are in are short of, each with its company's date.

    What the plan in force includes, less what was given for the term so far (SP-12, SP-14): a
    better plan, or one that its subscription brings back, adds the difference. Nothing is taken
    back. Locks the points of each company that gets some, of `most_companies` where it is said.
    """
    contracts = [(one, day) for one, day in contracts if term_of(one, day) is not None]
    due = _due(contracts, policy)
    given = _given({contract.company_id for contract, _term, _points in due})
    short = [one for one in due if given[reason_of(one[0], one[1])] < one[2]]
    turn = set(
        list(dict.fromkeys(one.company_id for one, _term, _points in short))[:most_companies]
    )
    lots = [_top_up(one, policy, at) for one in short if one[0].company_id in turn]
    return [lot for lot in lots if lot is not None]


@transaction.atomic
def follow_end(contract: Contract, before: Contract, policy: Policy, at: datetime) -> None:
    """Let what is left of included points end with the term, when the contract's end moved (SP-14).

    One entry for each term moves it to a lot with the new end; what is over by then expires.
    Points that do not end with the term stay (they live like bought ones). `before` is the contract
    as it was. Locks the company's points.
    """
    if policy.points.included == "life" or contract.ends_on == before.ends_on:
        return
    account = lock_points(contract.company)
    for first, lots in _left_by_term(contract).items():
        old, new = _end_of(before, first), _end_of(contract, first)
        # The end of a day is another moment when the company has moved to another zone.
        ended = [one for one in lots if one.expires_at and abs(one.expires_at - old) < A_DAY]
        moving = [one for one in ended if one.expires_at != new]
        ends = [one.expires_at for one in moving if one.expires_at]
        if ends and (new > at or min(ends) > at):
            _move(account, contract, first, moving, new, at)


def included_end(contract: Contract, term: Term, policy: Policy, at: datetime) -> datetime | None:
    """Find when the points of a term end: with it, or like bought ones (SP-14).

    In the customer's zone; None = never.
    """
    zone = whereabouts(company=contract.company).time_zone
    if policy.points.included == "life":
        return points_end(policy, at, zone)
    return datetime.fromtimestamp(end_of_date(term.last, zone), UTC)


def _due(contracts: list[tuple[Contract, date]], policy: Policy) -> list[Due]:
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


def _given(company_ids: Iterable[int]) -> Counter[str]:
    """Sum what was given for terms, by the reason of their first points. Moves count nothing."""
    entries = PointsEntry.objects.filter(
        kind=PointsEntry.Kind.INCLUDED, company_id__in=set(company_ids)
    )
    given: Counter[str] = Counter()
    for key, points in entries.values_list("reason_key", "points"):
        given["-".join(key.split("-")[:PARTS_OF_REASON])] += points
    return given


@transaction.atomic
def _top_up(due: Due, policy: Policy, at: datetime) -> PointsLot | None:
    """Give what a term is still short of once the account is locked; None when that is nothing."""
    contract, term, points = due
    account = lock_points(contract.company)
    reason = reason_of(contract, term)
    given = _given([contract.company_id])
    if given[reason] >= points:
        return None
    return add_points(
        company=contract.company,
        points=points - given[reason],
        source=PointsLot.Source.INCLUDED,
        reason_key=f"{reason}-{account.last_seq + 1}" if reason in given else reason,
        by=None,
        at=at,
        expires_at=included_end(contract, term, policy, at),
        contract=contract,
    )


def _end_of(contract: Contract, first: date) -> datetime:
    """Find when the term that begins with `first` is over, or the contract before it."""
    term = term_at(contract.starts_on, None, first)
    assert term is not None
    last = term.last if contract.ends_on is None else min(term.last, contract.ends_on)
    zone = whereabouts(company=contract.company).time_zone
    return datetime.fromtimestamp(end_of_date(last, zone), UTC)


def _left_by_term(contract: Contract) -> dict[date, list[PointsLot]]:
    """Group the lots that still have points of a contract by the first day of their term."""
    lines = PointsLine.objects.filter(lot=OuterRef("pk")).order_by("pk")
    lots = PointsLot.objects.filter(
        contract=contract, source=PointsLot.Source.INCLUDED, remaining__gt=0
    )
    opened = lots.annotate(reason=Subquery(lines.values("entry__reason_key")[:1]))
    by_term: dict[date, list[PointsLot]] = {}
    for lot in opened.order_by("pk"):
        first = date.fromisoformat("-".join(lot.reason.split("-")[2:PARTS_OF_REASON]))
        by_term.setdefault(first, []).append(lot)
    return by_term


def _move(
    account: PointsAccount,
    contract: Contract,
    first: date,
    lots: Sequence[PointsLot],
    ends: datetime,
    at: datetime,
) -> None:
    """Move what is left in lots to one that ends at `ends`; enter it as expired where that is over.

    The new lot has been open since the oldest of them was.
    """
    taken, left = [(lot.pk, -lot.remaining) for lot in lots], sum(lot.remaining for lot in lots)
    kind, legs = PointsEntry.Kind.EXPIRY, legs_of(taken, PointsLine.Account.EXPIRED)
    if ends > at:
        opened_at = min(lot.opened_at for lot in lots)
        fresh = open_lot(
            contract.company,
            left,
            PointsLot.Source.INCLUDED,
            at=opened_at,
            expires_at=ends,
            contract=contract,
        )
        kind = PointsEntry.Kind.INCLUDED
        legs = [Leg(PointsLine.Account.LOT, *one) for one in (*taken, (fresh.pk, left))]
    key = f"included-{contract.pk}-{first.isoformat()}-end-{account.last_seq + 1}"
    write_entries(account, [Posting(Reason(kind, key, None, at, at), legs)])
