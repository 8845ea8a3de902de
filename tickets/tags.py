"""The tags of cases: what there is. Changing them: `tickets.actions.tagging`."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from tickets.models import Case
from tickets.teamwork_models import CaseTag, Tag

TAG_LENGTH = 40
TAGS_A_CASE = 20


def all_tags() -> QuerySet[Tag]:
    """List the tags of the desk by name."""
    return Tag.objects.order_by("name")


def counted_tags() -> QuerySet[Tag]:
    """List the tags of the desk by name, each with `cases`, the number of cases that have it."""
    return all_tags().annotate(cases=Count("case_tags"))


def tags_of(case: Case) -> list[Tag]:
    """List the tags of a case by name."""
    return list(Tag.objects.filter(case_tags__case=case).order_by("name"))


def tags_on_cases(case_ids: Iterable[int]) -> dict[int, list[str]]:
    """Map cases to the names of their tags, in one statement; cases without are left out."""
    rows = CaseTag.objects.filter(case__in=list(case_ids)).order_by("case", "tag__name")
    found: dict[int, list[str]] = {}
    for case_id, name in rows.values_list("case_id", "tag__name"):
        found.setdefault(case_id, []).append(name)
    return found


def tag_name(text: str) -> str:
    """Write a tag as all are written: lower case, single spaces, without a leading #."""
    return " ".join(text.casefold().replace(",", " ").split()).removeprefix("#").strip()
