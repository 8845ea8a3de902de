"""Finding who calls, and what they may be calling about."""

import re
from collections.abc import Iterable

from django.db.models import CharField, F, Func, Prefetch, Q, Value

from accounts.models import Company, Person
from accounts.queries import visible_companies, visible_people
from tickets.models import Case
from tickets.queries import OPEN, visible_cases

MOST_FOUND = 20
# More open cases of a company than these are found by the search.
MOST_FILED = 8
# Fewer digits than these are in too many numbers.
FEWEST_DIGITS = 4


def find_companies(by: Person, text: str) -> list[Company]:
    """Find companies by their name, or a contact's name, address or phone number however written.

    Each has `callers`: its active people of whom the text is true, or all; and `filed`, its open
    cases, for the call may be about one of them (MX-07).
    """
    if not text.strip():
        return []
    matching = _of_person(text.strip())
    people = visible_people(by).filter(is_active=True, company__isnull=False)
    people = people.annotate(digits=_digits("phone"))
    found = visible_companies(by).filter(
        Q(name__icontains=text.strip()) | Q(pk__in=people.filter(matching).values("company_id"))
    )
    everybody = Prefetch("people", people, to_attr="everybody")
    companies = list(found.prefetch_related(everybody)[:MOST_FOUND])
    meant = set(people.filter(matching).values_list("pk", flat=True))
    filed = open_cases_of(by, companies)
    for company in companies:
        company.filed = filed.get(company.pk, [])
        named = [person for person in company.everybody if person.pk in meant]
        is_meant = text.strip().casefold() in company.name.casefold()
        company.callers = company.everybody if is_meant or not named else named
    return companies


def open_cases_of(by: Person, companies: Iterable[Company]) -> dict[int, list[Case]]:
    """List the open cases of companies by company, the newest first and where a call is owed."""
    found = visible_cases(by).filter(OPEN, company__in=list(companies)).select_related("contact")
    cases: dict[int, list[Case]] = {}
    for case in found.order_by("-call_owed", "-number"):
        cases.setdefault(case.company_id, []).append(case)
    return {company: rows[:MOST_FILED] for company, rows in cases.items()}


def _of_person(text: str) -> Q:
    digits = re.sub(r"\D", "", text)
    by_phone = Q(digits__contains=digits) if len(digits) >= FEWEST_DIGITS else Q()
    return Q(name__icontains=text) | Q(email__icontains=text) | by_phone


def _digits(field: str) -> Func:
    return Func(
        F(field),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=CharField(),
    )
