"""Giving a case another subject: what it turned out to be about."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import must_be_open
from tickets.errors import NothingChanges, SubjectMissing
from tickets.models import Case, SubjectChange
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines


@transaction.atomic
def rename_case(*, case_id: int, subject: str, by: Person, at: datetime) -> Case:
    """Change the subject of an open case; both sides read the old and the new one.

    Nobody is told by mail, and no clock moves. Locks the case. Raises NotAllowed, SubjectMissing,
    CaseIsNotOpen, NothingChanges.
    """
    if not by.may("triage"):
        raise NotAllowed
    wanted = " ".join(subject.split())
    if not wanted:
        raise SubjectMissing(field="subject")
    case = lock_case(case_id, by)
    must_be_open(case)
    if wanted == case.subject:
        raise NothingChanges
    timeline = load_timeline(case)
    event = timeline.add("subject_changed", by=by, at=at)
    save_timelines([timeline])
    # Not in the entry, which nobody can change: a subject may name somebody who is erased one day.
    SubjectChange.objects.create(
        tenant_id=case.tenant_id, case=case, event=event, before=case.subject, after=wanted
    )
    case.subject = wanted
    case.save(update_fields=["subject"])
    return case
