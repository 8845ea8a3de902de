"""Who may see which people, and where in the world a customer is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

from accounts import roles
from accounts.errors import NotFound
from accounts.models import Company, Person, Site, Team, Tenant

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Whereabouts:
    """Where a case comes from; frozen on the case when it is opened.

    `time_zone_source` is site, contact, company or vendor. "vendor" means that nothing about the
    customer was known: show it as a warning.
    """

    time_zone: str
    time_zone_source: str
    country: str
    region: str

    @property
    def falls_through(self) -> bool:
        return self.time_zone_source == "vendor"

    def date_at(self, at: datetime) -> date:
        """Read the customer's own calendar: what was bought from a day to a day goes by it."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


def whereabouts(
    *, company: Company, person: Person | None = None, site: Site | None = None
) -> Whereabouts:
    """Find the customer's zone, country and region (MX-08, SC-06, DD-25).

    Zone: site, contact, company, else the vendor's. Country and region: site, else company. The
    site is the person's own unless another is given.
    """
    site = site or (person.site if person else None)
    chain = [
        ("site", site.time_zone if site else ""),
        ("contact", person.time_zone if person else ""),
        ("company", company.time_zone),
        ("vendor", company.tenant.time_zone),
    ]
    source, time_zone = next((source, zone) for source, zone in chain if zone)
    return Whereabouts(
        time_zone=time_zone,
        time_zone_source=source,
        country=(site.country if site else "") or company.country,
        region=(site.region if site else "") or company.region,
    )


def vendors() -> QuerySet[Tenant]:
    """List the vendors, without the operators' tenant, by name, however it is capitalised."""
    return Tenant.objects.filter(is_operators=False).order_by(Lower("name"), "id")


def operators_tenant() -> Tenant:
    """Find the reserved tenant of the platform's operators."""
    return Tenant.objects.get(is_operators=True)


def visible_people(by: Person) -> QuerySet[Person]:
    """List whom `by` may see: the desk all, a company admin the company, a contact oneself."""
    people = Person.objects.select_related("company", "site").order_by("name", "id")
    if not by.is_customer:
        return people
    if by.role == roles.COMPANY_ADMIN:
        return people.filter(company__people=by)
    return people.filter(pk=by.pk)


def access_person(by: Person, person_id: int) -> Person:
    """Find a person whom `by` may see. Raises NotFound."""
    return _one(visible_people(by).filter(pk=person_id))


def visible_companies(by: Person) -> QuerySet[Company]:
    """List the companies that `by` may see: the desk all of them, a customer the own one."""
    companies = Company.objects.order_by("name", "id")
    return companies.filter(people=by) if by.is_customer else companies


def access_company(by: Person, company_id: int) -> Company:
    """Find a company that `by` may see. Raises NotFound."""
    return _one(visible_companies(by).filter(pk=company_id))


def people_of_company(company: Company) -> QuerySet[Person]:
    """List a company's active people by name, with their sites."""
    return company.people.filter(is_active=True).select_related("site").order_by("name", "id")


def desk_people() -> QuerySet[Person]:
    """List the active people of the desk by name: agents, leads and those beside them."""
    return Person.objects.filter(role__in=roles.DESK, is_active=True).order_by("name", "id")


def holders_of_roles() -> dict[str, list[str]]:
    """Name the active leads, managers and dispatchers, by name; a role that nobody holds is empty.

    Other roles of an escalation depend on the case.
    """
    holders: dict[str, list[str]] = {roles.LEAD: [], roles.MANAGER: [], roles.DISPATCHER: []}
    people = Person.objects.filter(role__in=holders, is_active=True).order_by("name", "id")
    for role, name in people.values_list("role", "name"):
        holders[role].append(name)
    return holders


def teams_of_tiers() -> QuerySet[Team]:
    """List the teams that a case can be handed to, from Level 1 up."""
    return Team.objects.filter(tier__isnull=False).order_by("tier", "name", "id")


def first_team_of(tier: int) -> Team | None:
    """Find the team that takes the cases of a tier; the first by name where there are several."""
    return Team.objects.filter(tier=tier).order_by("name", "id").first()


def _one(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise NotFound
    return found
