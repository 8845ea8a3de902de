"""Look-alike vendors: same companies, same addresses, people of every role. Only canaries differ.

Every text carries `cn-<slug>-`, so that one vendor's text on another's page is found by looking.
A row's name is the canary and its name here: `alpha.lead.name == "cn-alpha-lead"`.
"""

import pickle
from dataclasses import dataclass
from datetime import UTC, date, datetime

from accounts.actions import (
    add_company,
    add_person,
    add_site,
    add_team,
    create_tenant,
    join_team,
)
from accounts.models import Company, Person, Site, Team, Tenant
from accounts.tenancy import tenant
from entitlements.actions import add_product, sign_contract
from entitlements.models import Contract, Product

SLUGS = ("alpha", "beta")
SIGNED_AT = datetime(2026, 1, 2, 9, tzinfo=UTC)
PASSWORD = "correct-horse-battery"
# The twins that this process has read, by the vendor's key; a test that commits has others.
_read: dict[int, bytes] = {}


@dataclass
class Twin:
    """One of the look-alikes. `contact` and `colleague` share a company, `stranger` has another.

    `caller` has neither address nor password, but a site of the company in New York.
    """

    tenant: Tenant
    canary: str
    company: Company
    other_company: Company
    site: Site
    contact: Person
    colleague: Person
    company_admin: Person
    stranger: Person
    caller: Person
    agent: Person
    agent_2: Person
    agent_3: Person
    lead: Person
    manager: Person
    dispatcher: Person
    account_manager: Person
    team: Team
    team_2: Team
    team_3: Team
    product: Product
    contract: Contract
    other_contract: Contract

    def person_of(self, role: str) -> Person:
        return getattr(self, role)


def standing_twin(slug: str) -> Twin:
    """Find the twin that stands in the database since the run began, or make it.

    Every test gets objects of its own, but they are read once: that took a test 20 ms.
    """
    vendor_id = Tenant.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if vendor_id is None:
        return raise_twin(slug)
    if vendor_id not in _read:
        vendor = Tenant.objects.get(pk=vendor_id)
        with tenant(vendor):
            _read[vendor_id] = pickle.dumps(_read_twin(vendor))
    return pickle.loads(_read[vendor_id])


def raise_twin(slug: str) -> Twin:
    """Make one, outside of any tenant."""
    canary = f"cn-{slug}-"
    vendor = create_tenant(
        slug=slug, name=f"{canary}vendor", time_zone="Europe/Paris", case_prefix="TW"
    )
    with tenant(vendor):
        _raise_desk(canary)
        _raise_customers(canary)
        _raise_contracts(canary)
        return _read_twin(vendor)


def _raise_desk(canary: str) -> None:
    for tier in (1, 2, 3):
        name = "agent" if tier == 1 else f"agent_{tier}"
        agent = _add(canary, name, "desk.test", role="agent", tier=tier)
        team = add_team(name=f"{canary}{name.replace('agent', 'team')}", tier=tier)
        join_team(team=team, person=agent)
    lead = _add(canary, "lead", "desk.test", role="lead", tier=1)
    join_team(team=Team.objects.get(tier=1), person=lead)
    for role in ("manager", "dispatcher", "account_manager"):
        _add(canary, role, "desk.test", role=role)


def _raise_customers(canary: str) -> None:
    company = add_company(
        name=f"{canary}company",
        time_zone="Europe/Berlin",
        country="DE",
        account_manager=Person.objects.get(role="account_manager"),
    )
    other_company = add_company(name=f"{canary}other_company")
    site = add_site(
        company=company, name=f"{canary}site", time_zone="America/New_York", country="US"
    )
    _add(canary, "contact", "acme.test", role="contact", company=company)
    _add(canary, "colleague", "acme.test", role="contact", company=company)
    _add(canary, "company_admin", "acme.test", role="company_admin", company=company)
    _add(canary, "stranger", "globex.test", role="contact", company=other_company)
    add_person(
        name=f"{canary}caller", role="contact", company=company, site=site, phone=f"{canary}1"
    )


def _raise_contracts(canary: str) -> None:
    product = add_product(code="product", name=f"{canary}product")
    for company in Company.objects.all():
        sign_contract(
            company=company,
            plan="standard",
            product=product,
            starts_on=date(2026, 1, 1),
            at=SIGNED_AT,
        )


def _add(canary: str, name: str, domain: str, **facts: object) -> Person:
    return add_person(name=f"{canary}{name}", email=f"{name}@{domain}", password=PASSWORD, **facts)


def _read_twin(vendor: Tenant) -> Twin:
    canary = f"cn-{vendor.slug}-"
    named = [
        *Company.objects.select_related("tenant", "account_manager"),
        *Site.objects.select_related("tenant", "company"),
        *Person.objects.select_related("tenant", "company__tenant", "site"),
        *Team.objects.select_related("tenant"),
        *Product.objects.select_related("tenant"),
    ]
    rows = {row.name.removeprefix(canary): row for row in named}
    contracts = {
        contract.company_id: contract
        for contract in Contract.objects.select_related("tenant", "company__tenant", "product")
    }
    return Twin(
        tenant=vendor,
        canary=canary,
        contract=contracts[rows["company"].pk],
        other_contract=contracts[rows["other_company"].pk],
        **rows,
    )
