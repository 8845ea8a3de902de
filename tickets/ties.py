"""What ties cases together, as a person may see it: links, merges, incidents."""

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Person
from tickets.life_errors import NoSuchCase
from tickets.models import Case, CaseLink, Message
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
    """List the cases that were merged into one, by their numbers, for its customer.

    All that was said on any of them is part of the case, whoever filed them.
    """
    found = Case.objects.filter(merged_into=case).select_related("contact")
    return list(found.order_by("number"))


def merged_in_sight(case: Case, reader: Person) -> tuple[list[Case], int]:
    """List the merged cases that somebody of the desk may see, and count the others (DD-06)."""
    in_sight = Exists(visible_cases(reader).filter(pk=OuterRef("pk")))
    found = Case.objects.filter(merged_into=case).select_related("contact").order_by("number")
    cases = list(found.annotate(is_in_sight=in_sight))
    seen: list[Case] = [one for one in cases if one.is_in_sight]
    return seen, len(cases) - len(seen)


def put_words_to(cases: Sequence[Case]) -> None:
    """Give each case what was said on it as `said`, in one statement for all."""
    if not cases:
        return
    said: dict[int, list[Message]] = {case.pk: [] for case in cases}
    found = Message.objects.filter(case__in=said)
    for message in found.select_related("author").order_by("pk"):
        said[message.case_id].append(message)
    for case in cases:
        case.__dict__["said"] = said[case.pk]


def children_of(case: Case, reader: Person) -> list[Case]:
    """List the cases that hang on an incident, of those that the reader may see, open ones first.

    A restricted case (DD-06) is no secret less for having the same cause as others.
    """
    found = visible_cases(reader).filter(incident=case).select_related("company", "tenant")
    return sorted(found, key=lambda child: (not child.is_open, child.number))


def open_incidents(by: Person) -> list[Case]:
    """List the incidents that are open, the newest first."""
    return list(visible_cases(by).filter(OPEN, is_incident=True).order_by("-number"))


def commonality(cases: Q) -> tuple[int, int]:
    """Count open cases, and the companies that have them."""
    found = Case.objects.filter(OPEN & cases)
    counts = found.aggregate(cases=Count("pk"), companies=Count("company", distinct=True))
    return counts["cases"], counts["companies"]
