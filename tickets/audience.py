"""Whom a case concerns on either side; only people who are still there."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from accounts import roles
from accounts.models import Person
from tickets.models import Case
from tickets.queries import OPEN


def desk_side(case: Case) -> list[int]:
    """List who at the desk answers for a case: its owner, else whom `team_side` lists."""
    return _first_of([Person.objects.filter(owned_cases=case)]) or team_side(case)


def team_side(case: Case) -> list[int]:
    """List who takes care of a case that nobody owns: its team, else the leads."""
    leads = Person.objects.filter(role=roles.LEAD)
    return _first_of([case.team.members.all(), leads] if case.team else [leads])


def answerable_for(case: Case) -> list[int]:
    """List the owner of a case and the leads of its team; all leads where its team has none."""
    leads = Person.objects.filter(role=roles.LEAD)
    own = leads.filter(teams=case.team_id) if case.team_id else leads.none()
    owners = _first_of([Person.objects.filter(owned_cases=case)])
    return list(dict.fromkeys((*owners, *_first_of([own, leads]))))


def customer_side(case: Case) -> list[int]:
    """List who hears for the customer: the contact, else the company's admins.

    With the contacts of the cases that were merged into it.
    """
    return customer_sides([case])[case.pk]


def readers_of(case: Case, *, through: bool) -> int:
    """Count who hears what is said on a case, at its customer's.

    `through`: also at those of the open cases that hang on it, as far as an answer goes on to them.
    """
    cases = [case]
    if through and case.is_incident:
        cases += Case.objects.filter(OPEN, incident=case)
    return len({person for people in customer_sides(cases).values() for person in people})


def customer_sides(cases: Sequence[Case]) -> dict[int, list[int]]:
    """List by case who hears for its customer, in three queries at most for any number of them."""
    ids = [case.pk for case in cases]
    concerned = Q(pk__in=ids) | Q(merged_into__in=ids)
    pairs = Case.objects.filter(concerned, contact__is_active=True).order_by("contact_id")
    found: dict[int, list[int]] = {key: [] for key in ids}
    for key, merged_into, contact in pairs.values_list("pk", "merged_into", "contact"):
        for place in found.keys() & {key, merged_into}:
            found[place] = list(dict.fromkeys((*found[place], contact)))
    without = {case.company_id for case in cases if not found[case.pk]}
    admins = _admins_of(without) if without else {}
    return {case.pk: found[case.pk] or admins.get(case.company_id, []) for case in cases}


def _admins_of(companies: Iterable[int]) -> dict[int, list[int]]:
    admins = Person.objects.filter(role=roles.COMPANY_ADMIN, company__in=companies, is_active=True)
    found: dict[int, list[int]] = {}
    for company, person in admins.order_by("pk").values_list("company", "pk"):
        found.setdefault(company, []).append(person)
    return found


def _first_of(groups: Iterable[QuerySet[Person]]) -> list[int]:
    """List the active people of the first group that has any."""
    for group in groups:
        found = list(group.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
        if found:
            return found
    return []
