"""Two cases about one thing become one, and can be parted again for a while."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import must_be_open
from tickets.actions.lapsing import end_agreements, tell_lapsed
from tickets.actions.many import lock_cases
from tickets.audience import customer_side
from tickets.life_errors import (
    EscalationGoesOn,
    HasTies,
    IsMerged,
    NoMergeToUndo,
    OtherCompany,
    SameCase,
    SeenByOthers,
)
from tickets.models import Case, CaseEvent, CaseMerge, CaseQuestion
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.questions import end_questions
from tickets.ties import find_case
from tickets.timeline import Timeline, load_timelines, save_timelines
from tickets.wording import display_number

UNDO_FOR = timedelta(days=7)


@transaction.atomic
def merge_cases(*, case_id: int, into: int, by: Person, at: datetime) -> CaseMerge:
    """Fold a case into another of the same company, by its number; undoable for seven days.

    Its clocks end, it is closed without having been solved, and what was said on it can be read
    from the other, where it goes on: what the customer still writes is led there. Both have an
    entry, the customer is told. What cost points has cost them. A level that is asked for or
    offered is withdrawn; an escalation has to be ended before, as what is owed would be lost. Locks
    both, in the order of their keys. Raises NotAllowed, NoSuchCase, SameCase, OtherCompany,
    SeenByOthers, CaseIsNotOpen, IsMerged, HasTies, EscalationGoesOn.
    """
    if not by.may("merge_cases"):
        raise NotAllowed
    case, other = _both(case_id, find_case(into, by, field="into").pk, by)
    _check(case, other)
    own, goes_on = load_timelines([case, other])
    if _is_escalated(own):
        raise EscalationGoesOn(field="into")
    merge = CaseMerge.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        into=other,
        merged_by=by,
        merged_at=at,
        undo_until=at + UNDO_FOR,
        status_before=case.status,
    )
    ended = end_agreements(own, by=by, at=at)
    event = own.add("merged", by=by, at=at, payload={"into": other.number})
    goes_on.add("merged_here", by=by, at=at, payload={"case": case.number})
    case.status, case.merged_into = Case.Status.CLOSED, other
    case.closed_at = case.last_public_at = event.occurred_at
    save_timelines([own, goes_on])
    case.save(update_fields=["merged_into"])
    tell_lapsed(own, ended, by=by, at=at)
    notify("merged", customer_side(case), case=case, event=event, at=at)
    return merge


@transaction.atomic
def undo_merge(*, case_id: int, by: Person, at: datetime) -> Case:
    """Part a case again from the one it was merged into: as it was, and the desk owes a reply.

    A question that waited waits again, from now on, unless the customer wrote meanwhile: then it
    was answered. What was said stays where it was said. Locks both, in the order of their keys.
    Raises NotAllowed, NotFound, NoMergeToUndo.
    """
    if not by.may("merge_cases"):
        raise NotAllowed
    merge = standing_merge(case_id, at)
    if merge is None:
        raise NoMergeToUndo(days=UNDO_FOR.days)
    case, other = _both(case_id, merge.into_id, by)
    if case.merged_into_id is None:
        raise NoMergeToUndo(days=UNDO_FOR.days)
    own, goes_on = load_timelines([case, other])
    status = _status_again(merge, at)
    case.status, case.merged_into, case.closed_at = status, None, None
    # Before its entries are saved: a case that is merged is closed.
    case.save(update_fields=["merged_into", "status", "closed_at"])
    payload = {"from": other.number, "status": status}
    event = own.add("unmerged", by=by, at=at, payload=payload)
    goes_on.add("unmerged_here", by=by, at=at, payload={"case": case.number})
    if case.status == Case.Status.WAITING:
        own.add("question_asked", by=by, at=at, payload={"again": True})
    save_timelines([own, goes_on])
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    notify("unmerged", customer_side(case), case=case, event=event, at=at)
    return case


def standing_merge(case_id: int, at: datetime) -> CaseMerge | None:
    """Find the merge of a case that can still be undone; None where there is none."""
    found = CaseMerge.objects.filter(case=case_id, undone_at=None, undo_until__gt=at)
    return found.select_related("into").first()


def _status_again(merge: CaseMerge, at: datetime) -> str:
    """Give the status that a case has after its merge; ends what was answered meanwhile."""
    if merge.status_before != Case.Status.WAITING:
        return merge.status_before
    said = CaseEvent.objects.filter(case=merge.into_id, kind="customer_replied")
    answer = said.filter(occurred_at__gte=merge.merged_at).select_related("by").first()
    if answer is None:
        return merge.status_before
    end_questions(merge.case, CaseQuestion.State.ANSWERED, by=answer.by, at=at)
    return Case.Status.OPEN


def _is_escalated(timeline: Timeline) -> bool:
    """Tell whether an escalation that the customer asked for runs, answered or not."""
    asked = ("escalation_requested", "escalation_ended")
    kinds = [event.kind for event in timeline.events if event.kind in asked]
    return bool(kinds) and kinds[-1] == "escalation_requested"


def _both(case_id: int, other_id: int, by: Person) -> tuple[Case, Case]:
    if case_id == other_id:
        raise SameCase(field="into")
    lock_cases((case_id, other_id))
    return lock_case(case_id, by), lock_case(other_id, by)


def _check(case: Case, other: Case) -> None:
    if case.company_id != other.company_id:
        raise OtherCompany(field="into", number=display_number(other))
    if case.is_restricted != other.is_restricted:
        raise SeenByOthers(field="into")
    if case.merged_into_id is not None or other.merged_into_id is not None:
        raise IsMerged(field="into")
    must_be_open(case)
    must_be_open(other)
    hangs_on_it = case.is_incident or Case.objects.filter(merged_into=case).exists()
    if hangs_on_it:
        raise HasTies(field="into")
