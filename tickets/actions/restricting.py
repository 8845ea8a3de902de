"""Restricting who may see a case: a security matter concerns few (DD-06)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import write_note
from tickets.actions.many import lock_cases
from tickets.errors import NothingChanges
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines


@transaction.atomic
def restrict_case(
    *, case_id: int, is_restricted: bool, reason: str, by: Person, at: datetime
) -> Case:
    """Let only those it concerns see a case, or everybody at the desk again (DD-06).

    Who that is: see `tickets.queries.visible_cases`. The customer's side sees what it saw. What is
    merged with it is one matter with it, and goes along. The reason stays at the desk. Locks them
    all, in the order of their keys. Raises NotAllowed, NothingChanges.
    """
    if not by.may("restrict_case"):
        raise NotAllowed
    lock_group(case_id)
    case = lock_case(case_id, by)
    if case.is_restricted == is_restricted:
        raise NothingChanges
    event = _restrict(case, is_restricted, by=by, at=at)
    restrict_merged(case, by=by, at=at)
    write_note(case, event, reason, by=by)
    return case


def lock_group(case_id: int) -> None:
    """Lock a case and all that is merged with it, in the order of their keys."""
    lock_cases(_group(case_id).values_list("pk", flat=True))


def restrict_merged(case: Case, *, by: Person, at: datetime) -> None:
    """Let what is merged with a case be seen by whom sees that one; the group is locked."""
    for other in _group(case.pk).exclude(is_restricted=case.is_restricted).exclude(pk=case.pk):
        _restrict(other, case.is_restricted, by=by, at=at)


def _group(case_id: int) -> QuerySet[Case]:
    into = Case.objects.filter(pk=case_id, merged_into__isnull=False).values("merged_into")
    root = Q(pk=case_id) | Q(pk__in=into)
    return Case.objects.filter(root | Q(merged_into=case_id) | Q(merged_into__in=into))


def _restrict(case: Case, is_restricted: bool, *, by: Person, at: datetime) -> CaseEvent:
    timeline = load_timeline(case)
    kind = "restricted" if is_restricted else "unrestricted"
    event = timeline.add(kind, by=by, at=at, audience=CaseEvent.Audience.DESK)
    save_timelines([timeline])
    case.is_restricted = is_restricted
    case.save(update_fields=["is_restricted"])
    return event
