"""What a company admin decides about the company's own people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.actions import check_person
from accounts.changes import keep_person_change
from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.models import Person, Site

ACT = "invite_colleague"


class NotOnYourself(DomainError):
    code = "not_on_yourself"
    message = _("This is about yourself: ask another admin of your company, or the vendor.")


class HasSignedIn(DomainError):
    code = "has_signed_in"
    message = _("%(name)s has a password already: there is no invitation to take back.")


@dataclass(frozen=True)
class Rights:
    """What a colleague is to their company, and what they may do for it."""

    role: str = roles.CONTACT
    sees_company: bool = False
    may_file: bool = True
    sees_points: bool = True
    site: Site | None = None

    def facts(self) -> dict[str, Any]:
        """Give the rights as they stand on a person; an admin sees everything anyway."""
        is_admin = self.role == roles.COMPANY_ADMIN
        return {
            "role": self.role,
            "sees_company": self.sees_company and not is_admin,
            "may_file": self.may_file,
            "sees_points": self.sees_points or is_admin,
            "site": self.site,
        }


def rights_of(person: Person) -> Rights:
    """Read a customer's rights."""
    return Rights(
        role=person.role,
        sees_company=person.sees_company,
        may_file=person.may_file,
        sees_points=person.sees_points,
        site=person.site,
    )


@transaction.atomic
def change_colleague(*, person_id: int, rights: Rights, by: Person, at: datetime) -> Person:
    """Give a colleague other rights. Locks both people; another role ends their sessions.

    Nobody gives themselves another role, so that a company always keeps an admin. Raises
    NotAllowed, NotFound, NotOnYourself, Invalid, RoleDoesNotFit.
    """
    person = lock_colleague(person_id, by)
    if rights.role not in roles.CUSTOMERS:
        raise Invalid(field="role")
    if person.pk == by.pk and rights.role != person.role:
        raise NotOnYourself(field="role")
    before = rights_of(person).facts()
    changed = [name for name, value in rights.facts().items() if value != before[name]]
    for name in changed:
        setattr(person, name, rights.facts()[name])
    check_person(person)
    if changed:
        person.save(update_fields=changed)
        keep_person_change(person, {name: before[name] for name in changed}, by=by, at=at)
    return person


@transaction.atomic
def deactivate_colleague(*, person_id: int, by: Person, at: datetime) -> Person:
    """Let a colleague in no more; their cases stay, and the company's admins hear of them.

    Locks both people. Harmless to repeat. Raises NotAllowed, NotFound, NotOnYourself.
    """
    return _set_active(person_id, False, by=by, at=at)


@transaction.atomic
def activate_colleague(*, person_id: int, by: Person, at: datetime) -> Person:
    """Let a colleague in again, with the rights they had. As `deactivate_colleague`."""
    return _set_active(person_id, True, by=by, at=at)


@transaction.atomic
def take_back_invitation(*, person_id: int, by: Person, at: datetime) -> Person:
    """Call off an invitation: its link is dead and the colleague is let in no more.

    Locks both people. Raises NotAllowed, NotFound, NotOnYourself, HasSignedIn.
    """
    person = lock_colleague(person_id, by)
    if person.has_usable_password():
        raise HasSignedIn(name=person.name)
    # Another unusable password: the links that were made for the one before are good no more.
    person.set_unusable_password()
    person.save(update_fields=["password"])
    person.invitations.filter(taken_back_at=None).update(taken_back_at=at)
    return _set_active(person_id, False, by=by, at=at)


def lock_colleague(person_id: int, by: Person) -> Person:
    """Lock a person of the admin's company, with the admin: neither is changed by another here.

    Raises NotAllowed for who is no admin (any more), NotFound for none and not theirs alike.
    """
    if by.company_id is None:
        raise NotAllowed
    company = Person.objects.filter(company_id=by.company_id, role__in=roles.CUSTOMERS)
    rows = company.filter(pk__in={person_id, by.pk}).order_by("pk")
    locked = {one.pk: one for one in rows.select_for_update(of=("self",), no_key=True)}
    admin = locked.get(by.pk)
    if admin is None or not admin.may(ACT):
        raise NotAllowed
    if person_id not in locked:
        raise NotFound
    return locked[person_id]


def _set_active(person_id: int, is_active: bool, *, by: Person, at: datetime) -> Person:
    person = lock_colleague(person_id, by)
    if person.pk == by.pk:
        raise NotOnYourself
    if person.is_active != is_active:
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        keep_person_change(person, {"is_active": not is_active}, by=by, at=at)
    return person
