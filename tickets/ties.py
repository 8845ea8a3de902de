"""What ties cases together, as a person may see it: links, merges, incidents."""

from django.db.models import Count, Q

from accounts.models import Person
from tickets.life_errors import NoSuchCase
from tickets.models import Case, CaseLink
from tickets.queries import OPEN, visible_cases


def find_case(number: int, by: Person, *, field: str = "case") -> Case:
    """Find a case by its number among those that somebody may see. Raises NoSuchCase."""
    found = visible_cases(by).filter(number=number).first()
    if found is None:
        raise NoSuchCase(field=field, number=number)
    return found


def linked_cases(case: Case, reader: Person) -> list[Case]:
    """List the cases linked with one, of those that the reader may see, by their numbers.

    A customer never sees that another company's case is linked.
    """
    links = CaseLink.objects.filter(Q(case=case) | Q(other=case))
    ids = {key for pair in links.values_list("case", "other") for key in pair} - {case.pk}
    if not ids:
        return []
    return list(
        visible_cases(reader).filter(pk__in=ids).select_related("company").order_by("number")
    )


def merged_cases(case: Case) -> list[Case]:
    """List the cases that were merged into one, whoever filed them, by their numbers."""
    return list(Case.objects.filter(merged_into=case).select_related("contact").order_by("number"))


def children_of(case: Case) -> list[Case]:
    """List the cases that hang on an incident, open ones first."""
    found = Case.objects.filter(incident=case).select_related("company", "tenant")
    return sorted(found, key=lambda child: (not child.is_open, child.number))


def open_incidents(by: Person) -> list[Case]:
    """List the incidents that are open, the newest first."""
    return list(visible_cases(by).filter(OPEN, is_incident=True).order_by("-number"))


def commonality(cases: Q) -> tuple[int, int]:
    """Count open cases, and the companies that have them."""
    found = Case.objects.filter(OPEN & cases)
    counts = found.aggregate(cases=Count("pk"), companies=Count("company", distinct=True))
    return counts["cases"], counts["companies"]
