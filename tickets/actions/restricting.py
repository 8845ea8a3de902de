"""Restricting who may see a case: a security matter concerns few (DD-06)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import write_note
from tickets.errors import NothingChanges
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines


@transaction.atomic
def restrict_case(
    *, case_id: int, is_restricted: bool, reason: str, by: Person, at: datetime
) -> Case:
    """Let only those it concerns see a case, or everybody at the desk again (DD-06).

    Who that is: see `tickets.queries.visible_cases`. The customer's side sees what it saw. The
    reason stays at the desk. Locks the case. Raises NotAllowed, NothingChanges.
    """
    if not by.may("restrict_case"):
        raise NotAllowed
    case = lock_case(case_id, by)
    if case.is_restricted == is_restricted:
        raise NothingChanges
    timeline = load_timeline(case)
    kind = "restricted" if is_restricted else "unrestricted"
    event = timeline.add(kind, by=by, at=at, audience=CaseEvent.Audience.DESK)
    save_timelines([timeline])
    case.is_restricted = is_restricted
    case.save(update_fields=["is_restricted"])
    write_note(case, event, reason, by=by)
    return case
