"""Somebody stops working here, or comes back. Nobody is deleted: what they did stays theirs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.change_models import Change
from accounts.changes import keep_change
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

    Locks the person. Their sessions end with it. Raises NotAllowed, NotFound, LocksOneselfOut.
    """
    if not by.may("edit_people"):
        raise NotAllowed
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    if person == by:
        raise LocksOneselfOut
    if person.is_active == is_active:
        return person
    line = {"field": "is_active", "before": person.is_active, "after": is_active}
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    keep_change(
        act=Change.Act.CHANGED,
        model=Person._meta.label_lower,
        row=person.pk,
        named=person.name,
        by=by,
        at=at,
        lines=[line],
        why=why,
    )
    return person
