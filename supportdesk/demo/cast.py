"""The demo's people: who works at each vendor, and who its customers are.

The same addresses at every vendor, on purpose: a person belongs to one vendor only.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.actions import add_company, add_person, add_site, add_team, join_team
from accounts.models import Company, Person
from entitlements.actions import add_product, sign_contract
from entitlements.lines import LineWish
from entitlements.models import Product, Release
from supportdesk.demo.teams import arrange

SINCE = date(2020, 1, 1)


@dataclass(frozen=True)
class CompanyPlan:
    """A company of the demo, with its first contact; `site` is a second office in its own zone."""

    name: str
    contact: str
    zone: str
    country: str
    plan: str = ""
    edition: str = ""
    lines: tuple[LineWish, ...] = ()
    site: tuple[str, str, str] | None = None
    # None: since SINCE.
    signed_days_ago: int | None = None


@dataclass(frozen=True)
class VendorPlan:
    """A vendor of the demo.

    `desk` names two agents of Level 1, one of 2, one of 3, lead, manager, dispatcher, sales,
    second manager.
    """

    slug: str
    products: tuple[tuple[str, str], ...]
    desk: tuple[str, ...]
    desk_zone: str
    companies: tuple[CompanyPlan, ...]


VENDORS = (
    VendorPlan(
        slug="metalogix",
        products=(("content-matrix", "Content Matrix"),),
        desk=(
            "Ana Ruiz",
            "Ben Ward",
            "Carla Simms",
            "Dev Patel",
            "Erin Cole",
            "Frank Moss",
            "Gina Lake",
            "Hugo Stein",
            "Iris Vance",
        ),
        desk_zone="America/New_York",
        companies=(
            CompanyPlan(
                "Harbor Freightways", "Sam Carter", "America/New_York", "US", plan="standard"
            ),
            CompanyPlan(
                "Bergmann Maschinenbau", "Jule Bergmann", "Europe/Berlin", "DE", plan="premium"
            ),
            CompanyPlan(
                "Ardent Legal",
                "Owen Price",
                "Europe/London",
                "GB",
                plan="premium",
                site=("Ardent Legal, Boston", "America/New_York", "US"),
            ),
        ),
    ),
    VendorPlan(
        slug="scalix",
        products=(("server", "Scalix Server"),),
        desk=(
            "Ida Holm",
            "Jon Vega",
            "Kim Tran",
            "Lars Oberg",
            "Mona Diaz",
            "Nils Berg",
            "Olga Petri",
            "Paul Renner",
            "Rita Falk",
        ),
        desk_zone="America/Los_Angeles",
        companies=(
            CompanyPlan(
                "Tamarind Press",
                "Priya Nair",
                "Asia/Kolkata",
                "IN",
                plan="basic",
                edition="enterprise",
            ),
            CompanyPlan(
                "Kowhai Orchards",
                "Mere Ngata",
                "Pacific/Auckland",
                "NZ",
                plan="basic",
                edition="community",
            ),
            CompanyPlan(
                "Lindqvist Rederi",
                "Elsa Lindqvist",
                "Europe/Stockholm",
                "SE",
                plan="platinum",
                edition="enterprise",
                lines=(LineWish("software_subscription", users=120),),
                signed_days_ago=300,
            ),
        ),
    ),
    VendorPlan(
        slug="msp",
        products=(("hosting", "Managed hosting"),),
        desk=(
            "Quinn Adair",
            "Rosa Blum",
            "Stig Dahl",
            "Tess Mori",
            "Umar Khan",
            "Vera Novak",
            "Will Eames",
            "Xenia Roth",
            "Yuri Lind",
        ),
        desk_zone="America/New_York",
        companies=(
            CompanyPlan("Citywide Clinics", "Nora Bell", "America/New_York", "US"),
            CompanyPlan("Delgado Foods", "Luis Delgado", "America/Chicago", "US"),
            CompanyPlan("Fjord Shipping", "Kari Moe", "Europe/Oslo", "NO"),
        ),
    ),
    VendorPlan(
        slug="datadynamics",
        products=(("storagex", "StorageX"),),
        desk=(
            "Yara Haddad",
            "Zack Orr",
            "Alma Reyes",
            "Bo Larsen",
            "Cleo Marsh",
            "Dana Fox",
            "Eli Stone",
            "Faye Dunn",
            "Gil Navarro",
        ),
        desk_zone="America/Chicago",
        companies=(
            CompanyPlan("Lonestar Energy", "Rick Tully", "America/Chicago", "US"),
            CompanyPlan("Union Mutual", "Grace Yoon", "America/New_York", "US"),
            CompanyPlan("Saguaro Health", "Ines Luna", "America/Phoenix", "US"),
        ),
    ),
)


@dataclass(frozen=True)
class Cast:
    """The people of one vendor, once they are there."""

    agents: tuple[Person, Person, Person, Person]
    lead: Person
    dispatcher: Person
    companies: tuple[Company, ...]
    contacts: tuple[Person, ...]
    product: Product
    # The release that a company uses, by the company's key.
    releases: dict[int, Release] = field(default_factory=dict)


def hire(vendor: VendorPlan, now: datetime) -> Cast:
    """Add everybody of a vendor, in the tenant that is entered."""
    agents, lead, dispatcher, account_manager = _desk(vendor)
    products = [add_product(code=code, name=name) for code, name in vendor.products]
    companies, contacts = [], []
    for number, plan in enumerate(vendor.companies, start=1):
        company, contact = _company(plan, number, account_manager, now)
        companies.append(company)
        contacts.append(contact)
    give_everybody_the_password()
    arrange(agents, lead, products[0], now)
    return Cast(
        agents=agents,
        lead=lead,
        dispatcher=dispatcher,
        companies=tuple(companies),
        contacts=tuple(contacts),
        product=products[0],
    )


def _desk(vendor: VendorPlan) -> tuple[tuple[Person, ...], Person, Person, Person]:
    names = vendor.desk
    tiers = (1, 1, 2, 3)
    agents = tuple(
        _person(name, f"agent{number}", role="agent", tier=tier, time_zone=vendor.desk_zone)
        for number, (name, tier) in enumerate(zip(names, tiers, strict=False), start=1)
    )
    lead = _person(names[4], "lead", role="lead", tier=2, time_zone=vendor.desk_zone)
    _person(names[5], "manager", role="manager", time_zone=vendor.desk_zone)
    # Who approves what the first one asks to publish.
    _person(names[8], "manager2", role="manager", time_zone=vendor.desk_zone)
    dispatcher = _person(names[6], "dispatcher", role="dispatcher", time_zone=vendor.desk_zone)
    sales = _person(names[7], "sales", role="account_manager", time_zone=vendor.desk_zone)
    teams = (("Level 1 support", 1, agents[:2]), ("Level 2 support", 2, (agents[2], lead)))
    for name, tier, members in (*teams, ("Level 3 engineering", 3, (agents[3],))):
        team = add_team(name=name, tier=tier)
        for member in members:
            join_team(team=team, person=member)
    return agents, lead, dispatcher, sales


def _company(
    plan: CompanyPlan, number: int, sales: Person, now: datetime
) -> tuple[Company, Person]:
    company = add_company(
        name=plan.name, time_zone=plan.zone, country=plan.country, account_manager=sales
    )
    site = None
    if plan.site:
        name, zone, country = plan.site
        site = add_site(company=company, name=name, time_zone=zone, country=country)
    signed_at = now - timedelta(days=plan.signed_days_ago or 0)
    sign_contract(
        company=company,
        plan=plan.plan,
        edition=plan.edition,
        starts_on=signed_at.date() if plan.signed_days_ago else SINCE,
        lines=plan.lines,
        at=signed_at,
    )
    suffix = "" if number == 1 else str(number)
    contact = _person(
        plan.contact, f"customer{suffix}", role="contact", company=company, phone=f"555-010{number}"
    )
    _person(f"{plan.name} admin", f"admin{suffix}", role="company_admin", company=company)
    _person(
        f"{plan.name} helpdesk", f"colleague{suffix}", role="contact", company=company, site=site
    )
    return company, contact


def _person(name: str, local_part: str, **facts: object) -> Person:
    return add_person(name=name, email=f"{local_part}@demo.example", **facts)


def give_everybody_the_password() -> None:
    """Set the demo's password, hashed once: hashing is slow on purpose."""
    Person.objects.update(password=make_password(settings.DEMO_PASSWORD))
