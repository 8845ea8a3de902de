"""Whom a case concerns on either side; only people who are still there."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts import roles
from accounts.models import Person
from tickets.models import Case


def desk_side(case: Case) -> list[int]:
    """List who at the desk answers for a case: its owner, else whom `team_side` lists."""
    return _first_of([Person.objects.filter(owned_cases=case)]) or team_side(case)


def team_side(case: Case) -> list[int]:
    """List who takes care of a case that nobody owns: its team, else the leads."""
    leads = Person.objects.filter(role=roles.LEAD)
    return _first_of([case.team.members.all(), leads] if case.team else [leads])


def customer_side(case: Case) -> list[int]:
    """List who hears for the customer: the contact, else the company's admins."""
    admins = Person.objects.filter(role=roles.COMPANY_ADMIN, company_id=case.company_id)
    return _first_of([Person.objects.filter(contact_cases=case), admins])


def _first_of(groups: Iterable[QuerySet[Person]]) -> list[int]:
    """List the active people of the first group that has any."""
    for group in groups:
        found = list(group.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
        if found:
            return found
    return []
