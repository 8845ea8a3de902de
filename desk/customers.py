"""What an account manager sees to: escalations, requests, deliveries, releases that end."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import Person
from entitlements.benefits import deliveries_owed
from entitlements.holdings import policy_at
from entitlements.models import BenefitItem, EntitlementRequest
from entitlements.queries import today_of
from entitlements.release_lists import EndingRelease, ending_soon
from entitlements.releases import OnRelease
from entitlements.request_words import request_text
from escalation.models import EscalationRequest
from escalation.requests import running_requests_of
from sla.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class OwedDelivery:
    """A delivery of a plan that is not done yet; days are counted by the customer's calendar."""

    item: BenefitItem
    name: str
    plan: str
    days_left: int

    @property
    def days_late(self) -> int:
        return -self.days_left


@dataclass(frozen=True, slots=True)
class EndingForCustomers:
    """A release whose support ends soon, and which of the companies are on it."""

    ending: EndingRelease
    rows: tuple[OnRelease, ...]


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """All that the page shows."""

    escalations: tuple[EscalationRequest, ...]
    requests: tuple[tuple[EntitlementRequest, str], ...]
    deliveries: tuple[OwedDelivery, ...]
    endings: tuple[EndingForCustomers, ...]


def customers_page(person: Person, at: datetime) -> CustomersPage:
    """Read what waits at the companies whose account manager a person is.

    As many statements for many companies as for one.
    """
    policy = policy_at(at)
    return CustomersPage(
        escalations=tuple(running_requests_of(person)),
        requests=tuple((one, request_text(one, policy)) for one in _waiting(person)),
        deliveries=tuple(_owed(item, policy, at) for item in _deliveries(person)),
        endings=tuple(_endings(person, at)),
    )


def _waiting(person: Person) -> QuerySet[EntitlementRequest]:
    waiting = EntitlementRequest.objects.filter(
        company__account_manager=person, state=EntitlementRequest.State.WAITING
    )
    return waiting.select_related("company", "asked_by", "asked_of").order_by("asked_at", "pk")


def _deliveries(person: Person) -> QuerySet[BenefitItem]:
    owed = deliveries_owed().filter(contract__company__account_manager=person)
    return owed.select_related("contract__company__tenant")


def _owed(item: BenefitItem, policy: Policy | None, at: datetime) -> OwedDelivery:
    benefits = policy.benefits if policy else ()
    plan = policy.plan(item.contract.plan) if policy else None
    due_on: date | None = item.due_on
    assert due_on is not None  # only deliveries are asked for
    return OwedDelivery(
        item=item,
        name=next((one.name for one in benefits if one.code == item.benefit), item.benefit),
        plan=plan.name if plan else item.contract.plan,
        days_left=(due_on - today_of(item.contract.company, at)).days,
    )


def _endings(person: Person, at: datetime) -> list[EndingForCustomers]:
    found = []
    for ending in ending_soon(at):
        rows = tuple(row for row in ending.rows if row.company.account_manager_id == person.pk)
        if rows:
            found.append(EndingForCustomers(ending, rows))
    return found
