"""Telling people before something ends, or is due: contracts, subscriptions, deliveries (MX-01).

On how many days before, the policy says. Each of its numbers is told once: whoever comes late is
told the nearest only. Dates are those of the customer's calendar.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts import roles
from accounts.models import Company, Person
from entitlements.benefits import deliveries_owed
from entitlements.models import Contract, ContractLine
from entitlements.prerequisites import lines_of_companies, plan_among, runs_on
from entitlements.queries import running_contracts, today_of
from entitlements.terms import ONE_DAY, term_of
from outbox.actions import Queued, queue_messages
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy

CONTRACT_ENDS = "contract_ends"
SUBSCRIPTION_ENDS = "subscription_ends"
SUBSCRIPTION_LAPSED = "subscription_lapsed"
DELIVERY_DUE = "delivery_due"


@dataclass(frozen=True)
class Sold:
    """All that the companies of running contracts have bought, read at once."""

    running: list[tuple[Contract, date]]
    contracts: dict[int, list[Contract]]
    lines: dict[int, list[ContractLine]]


def tell_of_ends(at: datetime) -> None:
    """Queue the notices of contracts and subscriptions that end, or have lapsed. Daily."""
    policy = _policy(at)
    if policy is None:
        return
    sold = _read_sold(at)
    _queue_contract_ends(sold, policy, at)
    _queue_subscription_ends(sold, policy, at)
    _queue_lapses(sold, policy, at)


def tell_of_deliveries(at: datetime) -> None:
    """Queue the reminders of deliveries that are due: to the account manager, else to the managers.

    Daily (SP-19).
    """
    policy = _policy(at)
    if policy is None or not policy.notices.delivery_days:
        return
    managers = list(desk_of(roles.MANAGER))
    messages = []
    for item in deliveries_owed().select_related("contract__company__tenant"):
        company = item.contract.company
        days = nearest(policy.notices.delivery_days, item.due_on, today_of(company, at))
        told = account_managers(company, managers) if days is not None else ()
        messages += [
            Queued(
                kind=DELIVERY_DUE,
                recipient_id=person.pk,
                refs={"item": item.pk, "due": item.due_on.isoformat()},
                dedupe_key=f"{DELIVERY_DUE}:{item.pk}:{item.due_on}:{days}:{person.pk}",
            )
            for person in told
        ]
    queue_messages(messages=messages, at=at)


def nearest(days: Sequence[int], ends_on: date | None, on_date: date) -> int | None:
    """Choose the number of days before `ends_on` that counts on a day; None where none does yet.

    The smallest that has been reached; None as well once it is over.
    """
    if ends_on is None or ends_on < on_date:
        return None
    return min((number for number in days if (ends_on - on_date).days <= number), default=None)


def is_followed(contract: Contract, others: Iterable[Contract]) -> bool:
    """Tell whether another contract of the company goes on where this one ends, for the same."""
    if contract.ends_on is None:
        return False
    after = contract.ends_on + ONE_DAY
    return any(
        other.pk != contract.pk
        and other.product_id in (None, contract.product_id)
        and other.starts_on <= after
        and (other.ends_on is None or other.ends_on >= after)
        for other in others
    )


def ends_before_its_contract(line: ContractLine, others: Iterable[ContractLine]) -> bool:
    """Tell whether a line ends by itself, and no other line of the company goes on with the same.

    One that ends with its contract is part of what is told of that.
    """
    if line.ends_on is None or line.ends_on == line.contract.ends_on:
        return False
    after = line.ends_on + ONE_DAY
    return not any(
        other.subscription == line.subscription and runs_on(other, after) for other in others
    )


def renewal_people(contract: Contract, admins: Iterable[Person]) -> list[Person]:
    """Choose who hears of an end: the renewal contact, else the company's admins (MX-01)."""
    chosen = contract.renewal_contact
    if chosen is not None and chosen.is_active and chosen.email:
        return [chosen]
    return list(admins)


def company_admins(company_ids: Iterable[int]) -> QuerySet[Person]:
    """List the active admins of some companies who can be written to, by name."""
    people = Person.objects.filter(
        company_id__in=company_ids, role=roles.COMPANY_ADMIN, is_active=True
    )
    return people.exclude(email="").order_by("name", "id")


def desk_of(role: str) -> QuerySet[Person]:
    """List the active people of a role of the desk who can be written to, by name."""
    return Person.objects.filter(role=role, is_active=True).exclude(email="").order_by("name", "id")


def account_managers(company: Company, managers: Iterable[Person]) -> list[Person]:
    """Choose who looks after a company: its account manager, else all managers."""
    own = company.account_manager
    return [own] if own is not None and own.is_active and own.email else list(managers)


def _queue_contract_ends(sold: Sold, policy: Policy, at: datetime) -> None:
    ending = (
        (contract, nearest(policy.notices.contract_days, contract.ends_on, on_date))
        for contract, on_date in sold.running
        if not is_followed(contract, sold.contracts[contract.company_id])
    )
    due = [(contract, days) for contract, days in ending if days is not None]
    _queue(CONTRACT_ENDS, due, at, lambda one: (one, {"contract": one.pk}, one.ends_on))


def _queue_subscription_ends(sold: Sold, policy: Policy, at: datetime) -> None:
    due = [
        (line, days)
        for contract, on_date in sold.running
        for line in sold.lines[contract.company_id]
        if line.contract_id == contract.pk
        and runs_on(line, on_date)
        and ends_before_its_contract(line, sold.lines[contract.company_id])
        and (days := nearest(policy.notices.contract_days, line.ends_on, on_date)) is not None
    ]
    contracts = {contract.pk: contract for contract, _on_date in sold.running}
    _queue(
        SUBSCRIPTION_ENDS,
        due,
        at,
        lambda one: (contracts[one.contract_id], {"line": one.pk}, one.ends_on),
    )


def _queue_lapses(sold: Sold, policy: Policy, at: datetime) -> None:
    """Queue, once a term, that a plan lacks the subscription that it needs (SP-12)."""
    due = []
    for contract, on_date in sold.running:
        in_force = plan_among(contract, policy, on_date, sold.lines[contract.company_id])
        if in_force.lapsed is not None:
            due.append((contract, in_force.lapsed))
    firsts = {contract.pk: term_of(contract, day).first for contract, day in sold.running}
    _queue(SUBSCRIPTION_LAPSED, due, at, lambda one: (one, {"contract": one.pk}, firsts[one.pk]))


def _queue(
    kind: str,
    due: Sequence[tuple],
    at: datetime,
    about: Callable[..., tuple[Contract, dict[str, int | str], date]],
) -> None:
    """Queue a notice for each of `due`: what ends, and how many days before, or what is missing."""
    told = [(*about(one), how) for one, how in due]
    admins = defaultdict(list)
    for person in company_admins({contract.company_id for contract, *_rest in told}):
        admins[person.company_id].append(person)
    messages = (
        message
        for contract, refs, day, how in told
        for message in _messages(kind, contract, refs, day, how, admins[contract.company_id])
    )
    queue_messages(messages=list(messages), at=at)


def _messages(
    kind: str,
    contract: Contract,
    refs: dict[str, int | str],
    day: date,
    how: int | str,
    admins: list[Person],
) -> Iterator[Queued]:
    about = ":".join(str(key) for key in refs.values())
    for person in renewal_people(contract, admins):
        yield Queued(
            kind=kind,
            recipient_id=person.pk,
            refs={**refs, "day": day.isoformat()},
            dedupe_key=f"{kind}:{about}:{day}:{how}:{person.pk}",
        )


def _read_sold(at: datetime) -> Sold:
    running = running_contracts(at)
    companies = {contract.company_id for contract, _on_date in running}
    contracts: dict[int, list[Contract]] = {company_id: [] for company_id in companies}
    for contract in Contract.objects.filter(company_id__in=companies).order_by("id"):
        contracts[contract.company_id].append(contract)
    lines: dict[int, list[ContractLine]] = {company_id: [] for company_id in companies}
    for line in lines_of_companies(companies):
        lines[line.contract.company_id].append(line)
    return Sold(running, contracts, lines)


def _policy(at: datetime) -> Policy | None:
    try:
        return current_policy(at).policy
    except NoPolicy:
        return None
