"""What a customer reads of the company's points, and whom they can ask for more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts import roles
from accounts.models import Company, Person
from accounts.queries import desk_people, people_of_company
from entitlements.models import EntitlementRequest, MoneyRefund
from entitlements.request_words import request_text
from entitlements.statement import (
    LinkedRow,
    PointsShown,
    Row,
    Statement,
    linked_rows,
    points_shown,
    statement_page,
)
from portal.filing.draft import read_filing
from sla.engine.policy import Policy
from tickets.queries import visible_cases

REQUESTS_SHOWN = 10
REFUNDS_SHOWN = 10


@dataclass(frozen=True)
class AskedFor:
    """A request with the name of what was asked for."""

    request: EntitlementRequest
    what: str


@dataclass(frozen=True)
class ChannelPrice:
    """What a case costs that is filed this way; 0 = nothing. `cases` is how many are on hand."""

    name: str
    points: int
    cases: int


@dataclass(frozen=True)
class PointsPage:
    """All that the page of points shows."""

    points: PointsShown
    statement: Statement
    rows: tuple[LinkedRow, ...]
    prices: tuple[ChannelPrice, ...]
    requests: tuple[AskedFor, ...]
    refunds: tuple[MoneyRefund, ...]
    is_low: bool


def points_page(
    person: Person,
    policy: Policy,
    zone: str,
    at: datetime,
    *,
    year: int | None = None,
    before: int | None = None,
) -> PointsPage:
    """Read the points of a person's company, with links to the cases that the person may see."""
    company = person.company
    points = points_shown(company, policy, at)
    statement = statement_page(company, policy, zone, year=year, before=before)
    low = policy.notices.low_points
    return PointsPage(
        points=points,
        statement=statement,
        rows=linked_rows(statement.rows, _case_urls(statement.rows, person)),
        prices=tuple(channel_prices(person, at)),
        requests=tuple(requests_told(person, policy)),
        refunds=tuple(refunds_of(person)[:REFUNDS_SHOWN]),
        is_low=low is not None and points.balance <= low,
    )


def channel_prices(person: Person, at: datetime) -> list[ChannelPrice]:
    """List what a case costs by the ways that are open to a person's company, each name once.

    By its own plan and edition, as the form would price it (SC-02, SC-03, SC-22).
    """
    told: dict[str, ChannelPrice] = {}
    for cost in read_filing(by=person, answers={}, at=at).costs:
        cases = cost.balance // cost.points if cost.points else 0
        told[cost.channel.name] = ChannelPrice(cost.channel.name, cost.points, cases)
    return list(told.values())


def requests_told(person: Person, policy: Policy) -> list[AskedFor]:
    """List what a person asked for or was asked for lately; a company admin all of the company."""
    asked = EntitlementRequest.objects.filter(company=person.company)
    if person.role != roles.COMPANY_ADMIN:
        asked = asked.filter(Q(asked_by=person) | Q(asked_of=person))
    latest = asked.select_related("asked_by", "asked_of", "decided_by").order_by("-asked_at", "-pk")
    return [AskedFor(one, request_text(one, policy)) for one in latest[:REQUESTS_SHOWN]]


def refunds_of(person: Person) -> QuerySet[MoneyRefund]:
    """List the refunds in money of a person's company; those of cases that the person may see."""
    refunds = MoneyRefund.objects.filter(company=person.company)
    if person.role != roles.COMPANY_ADMIN:
        refunds = refunds.filter(case_number__in=visible_cases(person).values("number"))
    return refunds.order_by("-asked_at", "-pk")


def people_to_ask(person: Person) -> list[Person]:
    """List whom a customer can ask for points: own company admins, then those of the vendor.

    The vendor's are the company's account manager, without one its managers.
    """
    admins = people_of_company(person.company).filter(role=roles.COMPANY_ADMIN)
    return [*admins.exclude(pk=person.pk), *vendors_people(person.company)]


def people_who_except() -> list[Person]:
    """List whom a customer can ask for an exception: those of the vendor who decide about it."""
    return list(desk_people().filter(role__in=roles.ACTS["decide_entitlement"]))


def vendors_people(company: Company) -> list[Person]:
    """List who sells to a company: its account manager, without one the managers."""
    manager = company.account_manager
    if manager is not None and manager.is_active:
        return [manager]
    return list(desk_people().filter(role=roles.MANAGER))


def waiting_request(person: Person) -> EntitlementRequest | None:
    """Find the request for points of a person that waits for an answer."""
    asked = EntitlementRequest.objects.filter(
        asked_by=person,
        kind=EntitlementRequest.Kind.PACK,
        state=EntitlementRequest.State.WAITING,
    )
    return asked.select_related("asked_of").first()


def _case_urls(rows: Sequence[Row], person: Person) -> Callable[[int], str]:
    named = {row.entry.case_number for row in rows if row.entry.case_number is not None}
    seen: set[int] = set()
    if named:
        visible = visible_cases(person).filter(number__in=named)
        seen = set(visible.values_list("number", flat=True))
    return lambda number: reverse("portal:case", args=[number]) if number in seen else ""
