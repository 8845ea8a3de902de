"""Look-alike vendors: same companies, same addresses, people of every role. Only canaries differ.

Every text carries `cn-<slug>-`, so that one vendor's text on another's page is found by looking.
"""

from dataclasses import dataclass
from datetime import date

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

PASSWORD = "correct-horse-battery"


@dataclass
class Twin:
    """One of the look-alikes. `contact` and `colleague` share a company, `stranger` has another."""

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


def raise_twin(slug: str) -> Twin:
    """Make one of them, outside of any tenant."""
    canary = f"cn-{slug}-"
    vendor = create_tenant(
        slug=slug, name=f"{canary}vendor", time_zone="Europe/Paris", case_prefix="TW"
    )
    with tenant(vendor):
        rows = {"tenant": vendor, "canary": canary}
        rows |= _desk(canary)
        rows |= _customers(canary, account_manager=rows["account_manager"])
        rows |= _teams(canary, rows)
        rows |= _contracts(canary, rows)
    return Twin(**rows)


def _desk(canary: str) -> dict[str, Person]:
    tiers = {"agent": 1, "agent_2": 2, "agent_3": 3, "lead": 1}
    others = dict.fromkeys(("manager", "dispatcher", "account_manager"))
    return {
        name: _person(
            canary, name, "desk.test", role=name.split("_")[0] if tier else name, tier=tier
        )
        for name, tier in (tiers | others).items()
    }


def _customers(canary: str, *, account_manager: Person) -> dict[str, object]:
    company = add_company(
        name=f"{canary}acme",
        time_zone="Europe/Berlin",
        country="DE",
        account_manager=account_manager,
    )
    other = add_company(name=f"{canary}globex")
    site = add_site(
        company=company, name=f"{canary}boston", time_zone="America/New_York", country="US"
    )
    roles = {"contact": "contact", "colleague": "contact", "company_admin": "company_admin"}
    people = {
        name: _person(canary, name, "acme.test", role=role, company=company)
        for name, role in roles.items()
    }
    stranger = _person(canary, "stranger", "globex.test", role="contact", company=other)
    caller = add_person(
        name=f"{canary}caller", role="contact", company=company, site=site, phone=f"{canary}1"
    )
    return {
        "company": company,
        "other_company": other,
        "site": site,
        **people,
        "stranger": stranger,
        "caller": caller,
    }


def _teams(canary: str, rows: dict) -> dict[str, Team]:
    members = {"team": "agent", "team_2": "agent_2", "team_3": "agent_3"}
    teams = {}
    for tier, (name, member) in enumerate(members.items(), start=1):
        teams[name] = add_team(name=f"{canary}{name}", tier=tier)
        join_team(team=teams[name], person=rows[member])
    join_team(team=teams["team"], person=rows["lead"])
    return teams


def _contracts(canary: str, rows: dict) -> dict[str, object]:
    product = add_product(code="mailer", name=f"{canary}mailer")
    contracts = {
        name: sign_contract(
            company=rows[company], plan="standard", product=product, starts_on=date(2026, 1, 1)
        )
        for name, company in (("contract", "company"), ("other_contract", "other_company"))
    }
    return {"product": product, **contracts}


def _person(canary: str, name: str, domain: str, **facts) -> Person:
    return add_person(name=f"{canary}{name}", email=f"{name}@{domain}", password=PASSWORD, **facts)
