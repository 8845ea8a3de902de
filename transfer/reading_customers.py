"""How rows of products, companies, sites and people are read."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts import roles
from accounts.country_words import COUNTRIES
from accounts.domains import check_domain, company_of_domain, domain_of
from accounts.errors import DomainError
from accounts.models import Person
from accounts.zones import is_time_zone
from transfer.cells import Cells
from transfer.columns import COMPANY, PERSON, PRODUCT, SITE
from transfer.lookup import Found
from transfer.models import ImportLine
from transfer.planning import Planning, Values, reads

_ROLES = roles.CUSTOMERS | roles.DESK
_LANGUAGES = {code for code, _name in settings.LANGUAGES}


@reads(PRODUCT)
def read_product(planning: Planning, cells: Cells, line: ImportLine) -> Values:
    code = cells.text("code")
    return {"nature": code, "code": code, "name": cells.text("name")}


@reads(COMPANY)
def read_company(planning: Planning, cells: Cells, line: ImportLine) -> Values:
    name = " ".join(cells.text("name").split())
    return (
        {"nature": name, "name": name, "domains": _domains(cells)}
        | _place(cells)
        | {"account_manager": _manager(planning, cells)}
    )


@reads(SITE)
def read_site(planning: Planning, cells: Cells, line: ImportLine) -> Values:
    named = " ".join(cells.text("name").split())
    return {"name": named, "company": _needed_company(planning, cells)} | _place(cells)


@reads(PERSON)
def read_person(planning: Planning, cells: Cells, line: ImportLine) -> Values:
    """Whoever has no company belongs to that of their mail domain, else to one of their own."""
    email, role = _email(cells), _role(cells)
    company = _company_of(planning, cells, email) if role in roles.CUSTOMERS else None
    is_desk = role in roles.DESK
    return {
        "nature": email,
        "name": " ".join(cells.text("name").split()),
        "email": email,
        "role": role,
        "company": company,
        "site": _site(planning, cells, company),
        "phone": cells.text("phone"),
        "language": _language(cells),
        "time_zone": _zone(cells),
        "may_file": cells.truth("may_file", True),
        "sees_company": cells.truth("sees_company", False) and not is_desk,
        "is_active": cells.truth("is_active", True),
    }


def _needed_company(planning: Planning, cells: Cells) -> Found | None:
    named = cells.text("company")
    found = planning.lookup.find(COMPANY, named) if named else None
    if named and found is None:
        cells.fault("no_company", "company", value=named[:60])
    return found


def _company_of(planning: Planning, cells: Cells, email: str) -> Found | None:
    if cells.text("company"):
        return _needed_company(planning, cells)
    domain = domain_of(email)
    known = company_of_domain(domain) if domain else None
    if known is None:
        cells.warn("company_made", "company")
    return Found(known) if known is not None else None


def _site(planning: Planning, cells: Cells, company: Found | None) -> Found | None:
    named = cells.text("site")
    if not named:
        return None
    found = planning.lookup.find(SITE, named)
    is_theirs = found is not None and (
        found.row is None
        or company is None
        or company.row is None
        or found.row.company_id == company.row.pk
    )
    if not is_theirs:
        cells.warn("no_site", "site", value=named[:60])
        return None
    return found


def _place(cells: Cells) -> Values:
    country = cells.text("country").upper()
    if country and country not in COUNTRIES:
        cells.fault("unknown_country", "country", value=country[:40])
    return {"time_zone": _zone(cells), "country": country, "region": cells.text("region")}


def _zone(cells: Cells) -> str:
    zone = cells.text("time_zone")
    if zone and not is_time_zone(zone):
        cells.fault("unknown_zone", "time_zone", value=zone[:60])
    return zone


def _domains(cells: Cells) -> list[str]:
    found = []
    for domain in cells.several("domains"):
        try:
            found.append(check_domain(domain))
        except DomainError:
            cells.warn("no_domain", "domains", value=domain[:60])
    return found


def _manager(planning: Planning, cells: Cells) -> Person | None:
    named = cells.text("account_manager")
    if not named:
        return None
    person = planning.lookup.by_nature(PERSON, named)
    if person is None or person.role not in (roles.ACCOUNT_MANAGER, roles.MANAGER):
        cells.warn("unknown_manager", "account_manager", value=named[:60])
        return None
    return person


def _email(cells: Cells) -> str:
    email = cells.text("email")
    try:
        if email:
            validate_email(email)
    except ValidationError:
        cells.fault("no_address", "email", value=email[:60])
    return email


def _role(cells: Cells) -> str:
    role = cells.text("role").lower().replace(" ", "_") or roles.CONTACT
    if role not in _ROLES:
        cells.fault("unknown_role", "role", value=role[:40])
        return roles.CONTACT
    return role


def _language(cells: Cells) -> str:
    said = cells.text("language").lower()
    found = said if said in _LANGUAGES else said[:2]
    if said and found not in _LANGUAGES:
        cells.warn("unknown_language", "language", value=said[:20])
    return found if found in _LANGUAGES else settings.LANGUAGE_CODE
