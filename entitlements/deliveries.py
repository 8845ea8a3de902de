"""Deliveries that a plan owes in each term, and seats that are used up: planned, done, taken back.

`plan_deliveries` is a daily task: a new term, another plan or other days of a contract change what
is still to come. What was due already or is done stays.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.benefit_models import BenefitItem
from entitlements.benefits import benefits_of, items_of_terms
from entitlements.models import Contract, DailyRun
from entitlements.prerequisites import lines_of_companies, plan_among
from entitlements.queries import running_contracts, today_of
from entitlements.terms import ONE_DAY, Term, due_dates, term_of
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy

# The daily task that plans.
PLANNING = "deliveries"

# A benefit of a contract, and its dates by their number in the term.
Wanted = dict[tuple[int, str], dict[int, date]]
Present = dict[tuple[int, str], dict[int, BenefitItem]]


class NoSeatsLeft(DomainError):
    code = "no_seats_left"
    message = _("Only %(left)d of %(number)d are left in this term.")


@dataclass(slots=True)
class _Plan:
    """What has to be written so that a plan of deliveries is as it should be."""

    new: list[BenefitItem] = field(default_factory=list)
    moved: list[BenefitItem] = field(default_factory=list)
    dropped: list[BenefitItem] = field(default_factory=list)


def plan_all_deliveries(at: datetime) -> None:
    """Plan the deliveries of the terms that all companies are in. Daily; statements constant.

    A term that has begun since this was done last is planned as on its first day: what fell due
    while nobody did the daily work is owed all the same.
    """
    try:
        policy = current_policy(at).policy
    except NoPolicy:
        return
    running = running_contracts(at)
    for begun in _begun_meanwhile(running):
        plan_deliveries(begun, policy)
    plan_deliveries(running, policy)


def _begun_meanwhile(running: Iterable[tuple[Contract, date]]) -> list[list[tuple[Contract, date]]]:
    """List contracts with first days of terms that nobody has planned, a contract once in a list.

    A term of which something is written down was planned when the contract was.
    """
    last = DailyRun.objects.filter(name=PLANNING, failed_at__isnull=True).first()
    if last is None:
        return []
    missed: dict[int, list[tuple[Contract, date]]] = {}
    for contract, on_date in running:
        since = today_of(contract.company, last.ran_at)
        for place, first in enumerate(_firsts(contract, since, on_date)):
            missed.setdefault(place, []).append((contract, first))
    return [_unplanned(pairs) for pairs in missed.values()]


def _firsts(contract: Contract, since: date, on_date: date) -> Iterator[date]:
    """Give the first days of a contract's terms after `since` and up to `on_date`, last first."""
    term = term_of(contract, on_date)
    while term is not None and term.first > since:
        yield term.first
        term = term_of(contract, term.first - ONE_DAY)


def _unplanned(pairs: Iterable[tuple[Contract, date]]) -> list[tuple[Contract, date]]:
    pairs = list(pairs)
    planned = set(
        BenefitItem.objects.filter(
            contract__in=[contract.pk for contract, _first in pairs], number__isnull=False
        ).values_list("contract", "term_starts_on")
    )
    return [(contract, first) for contract, first in pairs if (contract.pk, first) not in planned]


@transaction.atomic
def plan_deliveries(contracts: Iterable[tuple[Contract, date]], policy: Policy) -> None:
    """Have what is owed in the terms of contracts, each with its company's date, written down.

    Each benefit of kind "deliveries" is spread over twelve months. What would be due after the end
    of a shorter term is not owed, nor what would have been due before the contract was written down
    or got its plan. Idempotent. Statements do not grow with the contracts.
    """
    codes = {benefit.code for benefit in policy.benefits if benefit.kind == "deliveries"}
    dated = {
        contract.pk: (contract, on_date, term)
        for contract, on_date in contracts
        if codes and (term := term_of(contract, on_date))
    }
    wanted = _wanted(dated.values(), policy)
    present = _present({key: term for key, (_one, _day, term) in dated.items()}, codes)
    planned = _Plan()
    for key in wanted.keys() | present.keys():
        on_date, term = dated[key[0]][1:]
        _compare(planned, key, wanted.get(key, {}), present.get(key, {}), on_date, term)
    BenefitItem.objects.bulk_create(planned.new, ignore_conflicts=True)
    BenefitItem.objects.bulk_update(planned.moved, ["due_on"])
    BenefitItem.objects.filter(pk__in=[item.pk for item in planned.dropped]).delete()


def _wanted(dated: Iterable[tuple[Contract, date, Term]], policy: Policy) -> Wanted:
    dated = list(dated)
    lines: dict[int, list] = {contract.company_id: [] for contract, _day, _term in dated}
    for line in lines_of_companies(lines) if any(plan.requires for plan in policy.plans) else ():
        lines[line.contract.company_id].append(line)
    wanted: Wanted = {}
    for contract, on_date, term in dated:
        plan = plan_among(contract, policy, on_date, lines[contract.company_id]).plan
        for benefit in policy.benefits:
            number = benefit.number(plan) if benefit.kind == "deliveries" else 0
            days = enumerate(due_dates(term.first, number) if number else (), start=1)
            due = {place: day for place, day in days if on_date <= day <= term.last}
            if due:
                wanted[contract.pk, benefit.code] = due
    return wanted


def _present(terms: Mapping[int, Term], codes: Container[str]) -> Present:
    """Group the deliveries that are written down of these terms."""
    present: Present = {}
    for item in items_of_terms(terms):
        if item.number is None or item.benefit not in codes:
            continue
        if item.term_starts_on == terms[item.contract_id].first:
            present.setdefault((item.contract_id, item.benefit), {})[item.number] = item
    return present


def _compare(
    planned: _Plan,
    key: tuple[int, str],
    wanted: Mapping[int, date],
    present: Mapping[int, BenefitItem],
    on_date: date,
    term: Term,
) -> None:
    contract_id, benefit = key
    planned.new += [
        BenefitItem(
            tenant_id=current_tenant_id(),
            contract_id=contract_id,
            benefit=benefit,
            term_starts_on=term.first,
            number=number,
            due_on=due_on,
        )
        for number, due_on in wanted.items()
        if number not in present
    ]
    for number, item in present.items():
        is_settled = item.done_on is not None or item.due_on is None or item.due_on < on_date
        if is_settled or wanted.get(number) == item.due_on:
            continue
        if number in wanted:
            item.due_on = wanted[number]
            planned.moved.append(item)
        else:
            planned.dropped.append(item)


@transaction.atomic
def mark_delivered(*, item_id: int, note: str = "", by: Person, at: datetime) -> BenefitItem:
    """Write down that a delivery was made, today by the customer's calendar.

    Locks it; a second time changes nothing. Raises NotAllowed or NotFound.
    """
    item = _delivery(item_id, by)
    if item.done_on is None:
        item.done_on = today_of(item.contract.company, at)
        item.done_by = by
        item.note = note.strip()
        item.save(update_fields=["done_on", "done_by", "note"])
    return item


@transaction.atomic
def mark_not_delivered(*, item_id: int, by: Person) -> BenefitItem:
    """Take back that a delivery was made. Locks it. Raises NotAllowed or NotFound."""
    item = _delivery(item_id, by)
    item.done_on = None
    item.done_by = None
    item.note = ""
    item.save(update_fields=["done_on", "done_by", "note"])
    return item


@transaction.atomic
def use_seats(
    *, contract: Contract, benefit: str, quantity: int, note: str, by: Person, at: datetime
) -> BenefitItem:
    """Use up seats of the term that the customer is in, such as places in training (SP-18).

    Locks the contract, so that two cannot have the last one. Raises NotAllowed, Invalid, NotFound
    (the plan in force has no such seats), NoSeatsLeft, NoPolicy.
    """
    _check_may(by)
    if quantity < 1:
        raise Invalid(_("Use at least one."), field="quantity")
    locked = Contract.objects.select_for_update(of=("self",), no_key=True)
    contract = locked.select_related("company__tenant").get(pk=contract.pk)
    on_date = today_of(contract.company, at)
    figures = benefits_of(contract, current_policy(at).policy, on_date)
    seats = next((one for one in figures if one.benefit.code == benefit), None)
    if seats is None or seats.benefit.kind != "seats" or seats.term is None:
        raise NotFound
    if quantity > seats.left:
        raise NoSeatsLeft(field="quantity", left=seats.left, number=seats.number)
    return BenefitItem.objects.create(
        tenant_id=current_tenant_id(),
        contract=contract,
        benefit=benefit,
        term_starts_on=seats.term.first,
        quantity=quantity,
        done_on=on_date,
        done_by=by,
        note=note.strip(),
    )


@transaction.atomic
def give_seats_back(*, item_id: int, by: Person) -> BenefitItem:
    """Delete a use of seats that did not take place. Raises NotAllowed or NotFound."""
    _check_may(by)
    item = BenefitItem.objects.filter(pk=item_id, due_on__isnull=True).first()
    if item is None:
        raise NotFound
    item.delete()
    return item


def _delivery(item_id: int, by: Person) -> BenefitItem:
    _check_may(by)
    locked = BenefitItem.objects.select_for_update(of=("self",), no_key=True)
    deliveries = locked.select_related("contract__company__tenant")
    item = deliveries.filter(pk=item_id, due_on__isnull=False).first()
    if item is None:
        raise NotFound
    return item


def _check_may(by: Person) -> None:
    if not by.may("edit_contracts"):
        raise NotAllowed
