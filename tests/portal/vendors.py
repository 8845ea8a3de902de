"""The four vendors with their published policies, and one customer each."""

from dataclasses import dataclass
from datetime import date

from accounts.actions import add_company, add_person, add_team, join_team
from accounts.models import Company, Person, Tenant
from accounts.tenancy import desk_now, tenant
from entitlements.actions import add_product, sign_contract
from tests.entitled import entitle
from tests.packs import open_with_pack

PASSWORD = "correct-horse-battery"
PLANS = {"metalogix": "standard", "scalix": "basic", "msp": None, "datadynamics": None}


@dataclass
class Vendor:
    tenant: Tenant
    company: Company
    contact: Person
    colleague: Person
    admin: Person
    agent: Person


def open_vendor(slug: str, *, entitled: bool = True) -> Vendor:
    """Publish a pack, and let one company in New York buy a plan of it.

    `entitled`: with the points and licences that the pack asks for.
    """
    vendor = open_with_pack(slug)
    with tenant(vendor):
        company = add_company(name="Acme", time_zone="America/New_York", country="US")
        product = add_product(code="archive", name="Archive Manager")
        if PLANS[slug]:
            sign_contract(
                company=company,
                plan=PLANS[slug],
                product=product,
                starts_on=date(2026, 1, 1),
                at=desk_now(),
            )
        if entitled:
            entitle(company)
        team = add_team(name="First line", tier=1)
        agent = add_person(name="Ana Agent", role="agent", tier=1, email="ana@desk.test")
        join_team(team=team, person=agent)
        people = {
            name: add_person(name=name, role=role, email=f"{name}@acme.test", company=company)
            for name, role in (
                ("carla", "contact"),
                ("colin", "contact"),
                ("adele", "company_admin"),
            )
        }
    return Vendor(vendor, company, people["carla"], people["colin"], people["adele"], agent)
