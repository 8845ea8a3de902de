"""Companies and their people, as managers enter and change them where there is no form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts import roles
from accounts.actions import add_company, add_person, check_account_manager, check_person
from accounts.change_models import Change
from accounts.changes import keep_change, kept_value
from accounts.constraints import refused_as
from accounts.errors import EmailTaken, Invalid, NameTaken, NotAllowed, NotFound
from accounts.models import Company, Person
from accounts.zones import check_time_zone

ACT = "edit_people"


@transaction.atomic
def enter_company(*, by: Person, at: datetime, **facts: Any) -> Company:
    """Add a company with what `add_company` takes. Raises NotAllowed, and what that raises."""
    _check_may(by)
    company = add_company(**facts)
    _keep(Change.Act.ADDED, company, [], by=by, at=at)
    return company


@transaction.atomic
def change_company(
    *, company_id: int, wanted: Mapping[str, Any], by: Person, at: datetime
) -> Company:
    """Change a company: name, account_manager, time_zone, country, region. Locks it.

    What is open keeps the zone it was opened with. Raises NotAllowed, NotFound, NameTaken,
    UnknownTimeZone, RoleDoesNotFit.
    """
    _check_may(by)
    company = _locked(Company, company_id)
    lines = _set(company, wanted)
    check_time_zone(company.time_zone)
    check_account_manager(company.account_manager)
    if lines:
        taken = NameTaken(field="name", name=company.name)
        with refused_as(company_name_once_per_tenant=taken):
            company.save(update_fields=[line["field"] for line in lines])
        _keep(Change.Act.CHANGED, company, lines, by=by, at=at)
    return company


@transaction.atomic
def enter_contact(*, by: Person, at: datetime, role: str, **facts: Any) -> Person:
    """Add somebody of a company, who signs in once they have chosen a password by mail.

    With what `add_person` takes. Raises NotAllowed, Invalid, and what that raises.
    """
    _check_may(by)
    _check_role(role)
    person = add_person(role=role, **facts)
    _keep(Change.Act.ADDED, person, [], by=by, at=at)
    return person


@transaction.atomic
def change_contact(
    *, person_id: int, wanted: Mapping[str, Any], by: Person, at: datetime
) -> Person:
    """Change somebody of a company; another role ends their sessions. Locks the person.

    Raises NotAllowed, NotFound (also for people of the desk), Invalid, EmailTaken,
    RoleDoesNotFit, UnknownTimeZone.
    """
    _check_may(by)
    person = _locked(Person, person_id)
    if not person.is_customer:
        raise NotFound
    _check_role(wanted.get("role", person.role))
    lines = _set(person, wanted)
    check_person(person)
    if lines:
        with refused_as(email_once_per_tenant=EmailTaken(field="email", email=person.email)):
            person.save(update_fields=[line["field"] for line in lines])
        _keep(Change.Act.CHANGED, person, lines, by=by, at=at)
    return person


def _check_may(by: Person) -> None:
    if not by.may(ACT):
        raise NotAllowed


def _check_role(role: str) -> None:
    if role not in roles.CUSTOMERS:
        raise Invalid(field="role")


def _locked(model: type[Any], key: int) -> Any:
    found = model.objects.filter(pk=key).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotFound
    return found


def _set(row: Model, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Set the fields of a row, unsaved, and list what that changes."""
    lines = []
    for name, value in wanted.items():
        before = getattr(row, name)
        if value != before:
            setattr(row, name, value)
            kept = {"before": kept_value(before), "after": kept_value(value)}
            lines.append({"field": name, **kept})
    return lines


def _keep(act: str, row: Company | Person, lines: list, *, by: Person, at: datetime) -> None:
    label = row._meta.label_lower
    keep_change(act=act, model=label, row=row.pk, named=row.name, by=by, at=at, lines=lines)
