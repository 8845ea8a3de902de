"""A problem that can be divided: the desk proposes a case of its own, the customer agrees (SC-13).

What the new case costs is shown before; it is charged in the transaction that opens it, by the
same gate as any other case, to whoever agrees. The words stay those of who proposed it. A manager
may waive the cost, and then nobody has to be asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from sla.engine.parts import Refusal
from tickets.actions.conversation import must_be_open, write_note
from tickets.actions.opening import open_case
from tickets.agreement_errors import NoSplitWaits, SplitCostsMore, SplitWaits
from tickets.audience import customer_side, desk_side
from tickets.errors import CaseIsClosed, FilingRefused, NothingSaid, SubjectMissing
from tickets.filing import Weighed, Wish, refusal_sentence, weigh
from tickets.models import Case, CaseEvent, SplitProposal
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines

# The customer agrees on the portal: that is how the new case comes in, and what decides its price.
CHANNEL = "portal"
State = SplitProposal.State


@transaction.atomic
def propose_split(
    *, case_id: int, subject: str, body: str, by: Person, at: datetime
) -> SplitProposal:
    """Propose to the customer to make a case of its own of a part of this one (SC-13).

    They see these words and what it costs. Moves no clock. Locks the case. Raises NotAllowed,
    SubjectMissing, NothingSaid, CaseIsNotOpen, SplitWaits.
    """
    if not by.may("propose_split"):
        raise NotAllowed
    if not subject.strip():
        raise SubjectMissing(field="subject")
    if not body.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    must_be_open(case)
    if waiting_split(case) is not None:
        raise SplitWaits
    timeline = load_timeline(case)
    proposal = SplitProposal.objects.create(
        tenant_id=current_tenant_id(),
        case=case,
        proposed_by=by,
        proposed_at=at,
        subject=subject.strip(),
        body=body.strip(),
        points=points_of(weigh_split(case, timeline, by=by, at=at)),
    )
    payload = {"split": proposal.pk, "points": proposal.points}
    _tell(timeline, "split_proposed", payload, customer_side(case), by=by, at=at)
    return proposal


@transaction.atomic
def accept_split(
    *, case_id: int, proposal_id: int, points_shown: int, by: Person, at: datetime
) -> Case:
    """Agree to a proposal: the new case opens and is charged at once (SC-13); gives the new case.

    Who agrees files a case and pays for it, so they have to be somebody who may. `points_shown` is
    the cost that was read: nothing dearer is opened. Locks the case, then what `open_case` locks.
    Raises NotAllowed, NoSplitWaits, CaseIsClosed, SplitCostsMore, FilingRefused.
    """
    if not by.may("file_case"):
        raise NotAllowed
    case = lock_case(case_id, by)
    proposal = _to_open(case, proposal_id)
    timeline = load_timeline(case)
    refusal = filing_refusal(by)
    if refusal is not None:
        policy = timeline.state().policy
        raise FilingRefused([refusal_sentence(refusal, policy)], [refusal.code])
    cost = points_of(weigh_split(case, timeline, by=proposal.proposed_by, at=at))
    if cost > points_shown:
        raise SplitCostsMore(points=cost)
    new = _open(timeline, proposal, by=by, at=at)
    _decide(proposal, State.ACCEPTED, new, by=by, at=at)
    payload = {"split": proposal.pk, "case": new.number}
    _tell(timeline, "case_split", payload, desk_side(case), by=by, at=at)
    return new


@transaction.atomic
def waive_split(*, case_id: int, proposal_id: int, reason: str, by: Person, at: datetime) -> Case:
    """Open the proposed case without a charge: nobody has to agree to it then (SC-13).

    Locks the case, then what `open_case` locks. Raises NotAllowed, NothingSaid, NoSplitWaits,
    CaseIsClosed, FilingRefused for what is not about points.
    """
    if not by.may("waive_points"):
        raise NotAllowed
    if not reason.strip():
        raise NothingSaid(field="reason")
    case = lock_case(case_id, by)
    proposal = _to_open(case, proposal_id)
    timeline = load_timeline(case)
    new = _open(timeline, proposal, by=by, at=at, waived_by=by)
    proposal.waived_by = by
    _decide(proposal, State.ACCEPTED, new, by=by, at=at)
    payload = {"split": proposal.pk, "case": new.number, "waived": True}
    event = _tell(timeline, "case_split", payload, (), by=by, at=at)
    write_note(case, event, reason, by=by)
    return new


@transaction.atomic
def decline_split(*, case_id: int, proposal_id: int, by: Person, at: datetime) -> SplitProposal:
    """Say no to a proposal: all stays on the case as it is (SC-13). Locks the case.

    Raises NotAllowed, NoSplitWaits.
    """
    if not by.may("reply_as_customer"):
        raise NotAllowed
    return _end(case_id, proposal_id, State.DECLINED, "split_declined", by=by, at=at)


@transaction.atomic
def withdraw_split(*, case_id: int, proposal_id: int, by: Person, at: datetime) -> SplitProposal:
    """Take back a proposal that waits. Locks the case. Raises NotAllowed, NoSplitWaits."""
    if not by.may("propose_split"):
        raise NotAllowed
    return _end(case_id, proposal_id, State.WITHDRAWN, "split_withdrawn", by=by, at=at)


def waiting_split(case: Case) -> SplitProposal | None:
    """Find the proposal that waits on a case; None where none does."""
    return case.split_proposals.filter(state=State.WAITING).select_related("proposed_by").first()


def weigh_split(case: Case, timeline: Timeline, *, by: Person, at: datetime) -> Weighed:
    """Weigh the case that would be split off: of the same facts, by the portal. Writes nothing."""
    return weigh(_wish(case, timeline), by=by, at=at)


def filing_refusal(reader: Person) -> Refusal | None:
    """Tell why a customer may not agree to a case of its own: who agrees files it, and pays."""
    return None if reader.may_file else Refusal("contact_may_not_file", {"name": reader.name})


def points_of(weighed: Weighed) -> int:
    """Count the points that a weighed case would cost."""
    return weighed.cost.charged if weighed.cost else 0


def _wish(case: Case, timeline: Timeline) -> Wish:
    policy = timeline.state().policy
    channel = CHANNEL if policy.channel(CHANNEL) else case.channel
    return Wish(
        company=case.company,
        contact=case.contact,
        channel=channel,
        site=case.site,
        product=case.product,
        release=case.release,
        case_type=case.case_type or None,
        severity=case.severity or None,
        priority=case.priority or None,
        environment=case.environment,
        affected=case.affected,
        # A part of what few may see is seen by few (DD-06).
        is_security=case.is_restricted,
        origin=case,
        origin_kind=Case.Origin.SPLIT,
    )


def _open(
    timeline: Timeline,
    proposal: SplitProposal,
    *,
    by: Person,
    at: datetime,
    waived_by: Person | None = None,
) -> Case:
    return open_case(
        wish=replace(_wish(timeline.case, timeline), waived_by=waived_by),
        subject=proposal.subject,
        body=proposal.body,
        availability=timeline.case.availability,
        by=by,
        at=at,
        written_by=proposal.proposed_by,
    )


def _to_open(case: Case, proposal_id: int) -> SplitProposal:
    found = _waiting(case, proposal_id)
    if case.status == Case.Status.CLOSED:
        raise CaseIsClosed
    return found


def _waiting(case: Case, proposal_id: int) -> SplitProposal:
    # The case is locked: whoever decides second finds it decided.
    found = waiting_split(case)
    if found is None or found.pk != proposal_id:
        raise NoSplitWaits
    return found


def _decide(
    proposal: SplitProposal, state: str, new: Case | None, *, by: Person, at: datetime
) -> None:
    proposal.state, proposal.new_case = state, new
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()


def _end(
    case_id: int, proposal_id: int, state: str, kind: str, *, by: Person, at: datetime
) -> SplitProposal:
    case = lock_case(case_id, by)
    proposal = _waiting(case, proposal_id)
    _decide(proposal, state, None, by=by, at=at)
    people = desk_side(case) if by.is_customer else customer_side(case)
    _tell(load_timeline(case), kind, {"split": proposal.pk}, people, by=by, at=at)
    return proposal


def _tell(
    timeline: Timeline,
    kind: str,
    payload: Mapping[str, Any],
    people: list[int] | tuple[()],
    *,
    by: Person,
    at: datetime,
) -> CaseEvent:
    case = timeline.case
    event = timeline.add(kind, by=by, at=at, payload=payload)
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    notify(kind, people, case=case, event=event, at=at)
    return event
