"""Writing what was planned for one row of an import: by the actions of the apps below, silently."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from accounts import roles
from accounts.actions import add_company, add_person, add_site
from accounts.constraints import refused_as
from accounts.domains import add_domain, domain_of, is_free_mail
from accounts.errors import DomainError, NameTaken
from accounts.models import Company, Person, Site
from accounts.queries import whereabouts
from accounts.tenancy import current_tenant_id
from entitlements.actions import add_product, change_contract, write_contract
from entitlements.expiry import points_end
from entitlements.models import Contract, Product
from entitlements.moved_in import bring_points
from sla.engine.span import end_of_date
from tickets.actions.importing import CUSTOMER, REPLY, PastCase, PastEntry, import_case
from tickets.models import Case
from tickets.teamwork_models import CaseTag, Tag
from transfer.columns import CASE, COMPANY, CONTRACT, PERSON, PRODUCT, SITE
from transfer.files import attach
from transfer.lookup import Found
from transfer.planning import Planned, Planning, Verdict
from transfer.reading_cases import SAID

Writer = Callable[[Planning, Planned], models.Model]
# What is brought up to date when a row has changed at its source; the rest is this desk's by now.
UPDATED = {
    PRODUCT: ("name",),
    COMPANY: ("name", "time_zone", "country", "region"),
    SITE: ("name", "time_zone", "country", "region"),
    PERSON: ("name", "phone", "language", "time_zone"),
}


def write(planning: Planning, planned: Planned) -> models.Model:
    """Write one row that is new, or has changed at its source. Raises DomainError."""
    if planned.verdict == Verdict.CHANGED:
        return _update(planning, planned)
    if planned.row is not None:
        return planned.row
    return _WRITERS[planned.line.kind](planning, planned)


def _update(planning: Planning, planned: Planned) -> models.Model:
    row, values = planned.row, planned.values
    if planned.line.kind == CONTRACT:
        row.ends_on, row.reseller = values["ends_on"], values["reseller"]
        change_contract(contract=row, at=planning.at)
        return row
    changed = [name for name in UPDATED[planned.line.kind] if values[name]]
    for name in changed:
        setattr(row, name, values[name])
    taken = NameTaken(field="name", name=values["name"])
    with refused_as(company_name_once_per_tenant=taken, site_name_once_per_company=taken):
        row.save(update_fields=changed)
    return row


def _row(found: Found | None) -> Any:
    return found.row if found else None


def _product(planning: Planning, planned: Planned) -> Product:
    return add_product(code=planned.values["code"], name=planned.values["name"])


def _company(planning: Planning, planned: Planned) -> Company:
    values = planned.values
    company = add_company(
        name=values["name"],
        time_zone=values["time_zone"],
        country=values["country"],
        region=values["region"],
        account_manager=values["account_manager"],
    )
    for domain in values["domains"]:
        _try_domain(company, domain)
    return company


def _try_domain(company: Company, domain: str) -> None:
    """Give a company its domain, unless it is another one's: the row is worth more than it."""
    try:
        add_domain(company=company, domain=domain)
    except DomainError:
        return


def _site(planning: Planning, planned: Planned) -> Site:
    values = planned.values
    return add_site(
        company=_row(values["company"]),
        name=values["name"],
        time_zone=values["time_zone"],
        country=values["country"],
        region=values["region"],
    )


def _person(planning: Planning, planned: Planned) -> Person:
    """Add somebody without a password. Who is of the desk comes in shut out, until let in."""
    values = planned.values
    is_desk = values["role"] in roles.DESK
    person = add_person(
        name=values["name"],
        email=values["email"],
        role=values["role"],
        tier=1 if values["role"] == roles.AGENT else None,
        company=None if is_desk else _row(values["company"]) or company_of_ones_own(values),
        site=None if is_desk else _row(values["site"]),
        phone=values["phone"],
        language=values["language"],
        time_zone=values["time_zone"],
        may_file=values["may_file"],
        sees_company=values["sees_company"],
    )
    if is_desk or not values["is_active"]:
        person.is_active = False
        person.save(update_fields=["is_active"])
    return person


def company_of_ones_own(values: dict[str, Any]) -> Company:
    """Find or make the company of somebody who names none: by their mail domain, or by their name.

    Those of a domain that gives addresses to everybody are no company.
    """
    domain = domain_of(values["email"])
    is_shared = not domain or is_free_mail(domain)
    named = values["name"] if is_shared else domain
    company = Company.objects.select_related("tenant").filter(name=named).first()
    return company or add_company(name=named)


def _contract(planning: Planning, planned: Planned) -> Contract:
    """Sign as `sign_contract` does, with the points that are left of it.

    Where nothing is said of them, what the plan includes comes with the daily work, as always.
    """
    values = planned.values
    contract = Contract(
        tenant_id=current_tenant_id(),
        company=_row(values["company"]),
        plan=values["plan"],
        product=_row(values["product"]),
        edition=values["edition"],
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        region_override=values["region"],
        reseller=values["reseller"],
    )
    write_contract(contract)
    if values["points"] is not None and planning.published is not None:
        _bring_points(planning, contract, values)
    return contract


def _bring_points(planning: Planning, contract: Contract, values: dict[str, Any]) -> None:
    assert planning.published is not None
    policy, ends_on = planning.published.policy, values["points_end_on"]
    zone = whereabouts(company=contract.company).time_zone
    ends_at = points_end(policy, planning.at, zone)
    if ends_on is not None:
        ends_at = datetime.fromtimestamp(end_of_date(ends_on, zone), UTC)
    bring_points(
        contract=contract,
        points=values["points"],
        expires_at=ends_at,
        source=planning.run.source,
        policy=policy,
        by=planning.run.confirmed_by or planning.run.made_by,
        at=planning.at,
    )


def _case(planning: Planning, planned: Planned) -> Case:
    values = planned.values
    contact = _contact(planning, _row(values["contact"]))
    assert contact.company is not None
    past = PastCase(
        company=contact.company,
        contact=contact,
        subject=values["subject"],
        status=values["status"],
        opened_at=values["opened_at"],
        ended_at=values["ended_at"],
        entries=[_entry(contact, one) for one in values["entries"]],
        number=values["number"],
        key=uuid_of(values["nature"]),
        reference=values["reference"],
        product=_row(values["product"]),
        severity=values["severity"],
        priority=values["priority"],
        case_type=values["type"],
        channel=values["channel"],
        owner=_row(values["owner"]),
    )
    taken = import_case(past, at=planning.at, importer=planning.run.made_by)
    _tag(taken.case, values["tags"])
    for entry, event in taken.entries:
        author = entry.author or planning.run.made_by
        for name in entry.files:
            folder = planning.run.folder
            attach(event, name, bundle=planning.bundle, folder=folder, by=author, at=entry.at)
    return taken.case


def uuid_of(named: str) -> uuid.UUID | None:
    """Give the id that a case had in another desk of this product; None for any other id."""
    try:
        return uuid.UUID(named)
    except ValueError:
        return None


def _entry(contact: Person, values: dict[str, Any]) -> PastEntry:
    author, kind = _row(values["author"]), values["kind"]
    if kind == SAID:
        kind = CUSTOMER if author is None or author.is_customer else REPLY
    if author is None and kind == CUSTOMER:
        author = contact
    body = values["body"] or (", ".join(values["files"]) if values["files"] else "")
    return PastEntry(kind, values["at"], body, author, tuple(values["files"]))


def _contact(planning: Planning, person: Person) -> Person:
    """Give the contact of a case; for somebody of the desk one of the vendor's own house."""
    if person.is_customer:
        return person
    house = _house(planning)
    own: QuerySet[Person] = house.people.filter(name=person.name, email="")
    return own.first() or add_person(name=person.name, role=roles.CONTACT, company=house)


def _house(planning: Planning) -> Company:
    named = planning.vendor.name
    company = Company.objects.select_related("tenant").filter(name=named).first()
    return company or add_company(name=named)


def _tag(case: Case, names: list[str]) -> None:
    for name in names:
        tag, _made = Tag.objects.get_or_create(tenant_id=case.tenant_id, name=name)
        CaseTag.objects.create(tenant_id=case.tenant_id, case=case, tag=tag)


_WRITERS: dict[str, Writer] = {
    PRODUCT: _product,
    COMPANY: _company,
    SITE: _site,
    PERSON: _person,
    CONTRACT: _contract,
    CASE: _case,
}
