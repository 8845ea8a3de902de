"""Somebody stops working here, or comes back. Nobody is deleted: what they did stays theirs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.changes import keep_person_change
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person


class LocksOneselfOut(DomainError):
    code = "locks_oneself_out"
    message = _("You would lock yourself out: let another manager do it.")


@transaction.atomic
def set_active(
    *, person_id: int, is_active: bool, by: Person, at: datetime, why: str = ""
) -> Person:
    """Let somebody sign in and be given work, or no longer; nothing is done if it is so already.

    Locks both people, so that no two managers make each other inactive. Their sessions end with it.
    Raises NotAllowed, NotFound, LocksOneselfOut.
    """
    person = _locked(person_id, by)
    if person == by:
        raise LocksOneselfOut
    if person.is_active == is_active:
        return person
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    keep_person_change(person, {"is_active": not is_active}, by=by, at=at, why=why)
    return person


def _locked(person_id: int, by: Person) -> Person:
    people = Person.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    locked = {one.pk: one for one in people.filter(pk__in={person_id, by.pk})}
    if by.pk not in locked or not locked[by.pk].may("edit_people"):
        raise NotAllowed
    if person_id not in locked:
        raise NotFound
    return locked[person_id]
