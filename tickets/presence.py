"""Who of the desk looks at a case, or writes an answer to it, right now. Real time throughout."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.models import Case
from tickets.teamwork_models import Presence

STALE = timedelta(seconds=45)
# Nobody is anywhere so long without a word; their rows are thrown away.
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True)
class Present:
    """Somebody who is there."""

    name: str
    is_writing: bool


def note_presence(*, case: Case, by: Person, is_writing: bool) -> None:
    """Note that somebody looks at a case, or writes."""
    here = Presence(
        tenant_id=current_tenant_id(), case=case, person=by, is_writing=is_writing, seen_at=Now()
    )
    Presence.objects.bulk_create(
        [here],
        update_conflicts=True,
        unique_fields=["tenant", "case", "person"],
        update_fields=["is_writing", "seen_at"],
    )
    Presence.objects.filter(person=by, seen_at__lt=Now() - FORGOTTEN).delete()


def note_leaving(*, case: Case, by: Person) -> None:
    """Note that somebody has left a case."""
    Presence.objects.filter(case=case, person=by).delete()


def present_on_cases(case_ids: Iterable[int], *, besides: Person) -> dict[int, list[Present]]:
    """Map cases to who else is on them, in one statement; cases without anybody are left out."""
    found: dict[int, list[Present]] = {}
    for case_id, name, is_writing in _rows(besides).filter(case__in=list(case_ids)):
        found.setdefault(case_id, []).append(Present(name, is_writing))
    return found


def _rows(besides: Person) -> QuerySet:
    recent = Presence.objects.filter(seen_at__gt=Now() - STALE, person__is_active=True)
    rows = recent.exclude(person=besides).order_by("case", "-is_writing", "person__name")
    return rows.values_list("case_id", "person__name", "is_writing")
