"""A company's own people and places, as its admin sees them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts import roles
from accounts.countries import country_names
from accounts.models import Company, Invitation, Person, Site
from entitlements.inviting import may_be_invited
from portal.reading import FILTERS, Row, rows_of
from tickets.models import Case

MOST_CASES = 50


@dataclass(frozen=True)
class Colleague:
    """One of the people; `state`: active | invited | not_invited | gone.

    Not invited is who has an address and no password, and was added by the vendor; who has no
    address at all is active, for they may be heard on the phone. `open_cases` are those that they
    reported.
    """

    person: Person
    state: str
    invited_at: datetime | None
    invited_by: str
    open_cases: int

    @property
    def is_admin(self) -> bool:
        return self.person.role == roles.COMPANY_ADMIN


def colleagues_of(company: Company) -> list[Colleague]:
    """List all people of a company, those who are let in first, by name; one statement."""
    people = _with_more(company.people.filter(role__in=roles.CUSTOMERS))
    return [_colleague(person) for person in people.order_by("-is_active", "name", "pk")]


def colleague_of(company: Company, person_id: int) -> Colleague | None:
    """Find one of a company's people."""
    people = company.people.filter(role__in=roles.CUSTOMERS, pk=person_id)
    person = _with_more(people).first()
    return _colleague(person) if person else None


def cases_left_by(person: Person, at: datetime) -> list[Row]:
    """List the open cases that a person has reported, what is due next first."""
    cases = Case.objects.filter(contact=person, status__in=FILTERS["open"])
    shown = cases.select_related("contact", "product").order_by("next_due_at", "number")
    return rows_of(list(shown[:MOST_CASES]), at)


def sites_of(company: Company) -> list[Site]:
    """List the sites of a company by name.

    Each has the number of its people as `people_there`, and the name of its country, else of the
    company's, as `country_name`.
    """
    there = Count("people", filter=Q(people__is_active=True))
    sites = Site.objects.filter(company=company).annotate(people_there=there)
    names = dict(country_names())
    found = list(sites.order_by("name", "pk"))
    for site in found:
        site.country_name = names.get(site.country or company.country, "")
    return found


def country_of(company: Company) -> str:
    """Name the country of a company; "" where none is entered."""
    return dict(country_names()).get(company.country, "")


def _with_more(people: QuerySet[Person]) -> QuerySet[Person]:
    sent = Invitation.objects.filter(person=OuterRef("pk"), taken_back_at=None).order_by("-pk")
    open_ones = Q(contact_cases__status__in=FILTERS["open"])
    return people.select_related("site").annotate(
        sent_at=Subquery(sent.values("invited_at")[:1]),
        sent_by=Subquery(sent.values("invited_by__name")[:1]),
        open_cases=Count("contact_cases", filter=open_ones),
    )


def _colleague(person: Person) -> Colleague:
    return Colleague(
        person=person,
        state=_state(person),
        invited_at=person.sent_at,
        invited_by=person.sent_by or "",
        open_cases=person.open_cases,
    )


def _state(person: Person) -> str:
    if not person.is_active:
        return "gone"
    if not may_be_invited(person):
        return "active"
    return "invited" if person.sent_at else "not_invited"
