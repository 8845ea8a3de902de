"""Solving, closing and reopening a case."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from sla.engine.clock import Event
from tickets.actions.conversation import say, say_entry, write_message
from tickets.actions.lapsing import end_agreements, end_with_case, tell_lapsed
from tickets.actions.many import lock_with_children, write_on_each
from tickets.agreement_errors import CaseWasDeclined, SameProblemNeeded
from tickets.audience import customer_side, desk_side
from tickets.errors import CaseIsClosed, CaseIsNotOpen, CaseIsNotSolved, CaseIsOpen, NothingSaid
from tickets.life_errors import IsMerged, NoReopeningWaits
from tickets.models import Case, Message, ReopenRequest
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.questions import take_back
from tickets.reopening import check_window, waiting_reopening
from tickets.timeline import Timeline, load_timeline, load_timelines, save_timelines


@transaction.atomic
def resolve_case(
    *,
    case_id: int,
    by: Person,
    solution: str,
    at: datetime,
    with_children: bool = False,
    occurred_at: datetime | None = None,
) -> Case:
    """Give the customer a solution; every clock ends. Locks the case.

    `with_children` solves the open cases that hang on an incident by the same words, each customer
    is told. `occurred_at` is when the button was pressed, for a solution that was held back. Raises
    NotAllowed, NothingSaid, CaseIsNotOpen, BeforeLastEntry.
    """
    if not by.may("resolve"):
        raise NotAllowed
    if not solution.strip():
        raise NothingSaid(field="body")
    children = lock_with_children(case_id) if with_children else []
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    take_back([case, *children], by=by, at=at)
    case.status = Case.Status.RESOLVED
    kind = Message.Kind.SOLUTION
    timeline = load_timeline(case)
    say(timeline, "resolved", kind, by=by, body=solution, at=at, occurred_at=occurred_at)
    if end_with_case(timeline, by=by, at=at):
        save_timelines([timeline])
    if children:
        write_on_each(
            children,
            "resolved",
            by=by,
            at=at,
            payload={"incident": case.number},
            message_kind=kind,
            body=solution,
            change=_solved,
            occurred_at=occurred_at,
        )
        over = [one for one in load_timelines(children) if end_with_case(one, by=by, at=at)]
        save_timelines(over)
    return case


def _solved(case: Case) -> None:
    case.status = Case.Status.RESOLVED


@transaction.atomic
def close_case(*, case_id: int, by: Person, at: datetime, body: str = "") -> Case:
    """Close a case: the desk only a solved one, the customer any of theirs. Locks the case.

    `body` are parting words of the customer's: they belong to the closing and ask for nothing. A
    proposal that waits and permissions that run end with it. Who wants to hear of the disposition
    is told when the desk closes (SC-14). The first closure is kept: windows count from it (SC-18).
    Raises NotAllowed, CaseIsClosed, CaseIsNotSolved.
    """
    if not (by.may("reply_as_customer") or by.may("resolve")):
        raise NotAllowed
    case = lock_case(case_id, by)
    if case.status == Case.Status.CLOSED:
        raise CaseIsClosed
    if not by.is_customer and case.status != Case.Status.RESOLVED:
        raise CaseIsNotSolved
    timeline = load_timeline(case)
    take_back([case], by=by, at=at)
    case.status = Case.Status.CLOSED
    ended = end_agreements(timeline, by=by, at=at)
    event = timeline.add("closed", by=by, at=at)
    save_timelines([timeline])
    tell_lapsed(timeline, ended, by=by, at=at)
    if by.is_customer:
        write_message(case, event, Message.Kind.CUSTOMER, body, by=by)
        notify("closed", desk_side(case), case=case, event=event, at=at)
    elif case.keep_informed:
        notify("closed", customer_side(case), case=case, event=event, at=at)
    return case


@transaction.atomic
def reopen_case(
    *, case_id: int, by: Person, body: str, at: datetime, same_problem: bool = False
) -> Case:
    """Open a solved or closed case again; the desk owes a reply. Locks the case.

    `same_problem`: the customer confirms that it is exactly the problem as first reported, which a
    closed case takes (SC-18). Where the policy wants somebody of the desk to say so too, the case
    stays closed and the wish waits with its words (`decide_reopening`). What was declined only the
    desk opens again, and nobody once what it cost has come back (SC-15); one that was merged goes
    on elsewhere. Raises NotAllowed, NothingSaid, CaseIsOpen, CaseWasDeclined, IsMerged,
    ReopenWindowOver, SameProblemNeeded.
    """
    if not (by.may("reply_as_customer") or by.may("resolve")):
        raise NotAllowed
    if not body.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    timeline = _reopenable(case, by)
    policy = timeline.state().policy
    check_window(case, policy, at)
    confirmed = by.is_customer and case.status == Case.Status.CLOSED
    if confirmed and not same_problem:
        raise SameProblemNeeded(field="same_problem")
    if confirmed and policy.reopen.approval:
        return _ask_to_reopen(timeline, body, by=by, at=at)
    return _reopen(timeline, body, {"same_problem": True} if confirmed else {}, by=by, at=at)


@transaction.atomic
def decide_reopening(
    *, case_id: int, approve: bool, by: Person, body: str = "", at: datetime
) -> Case:
    """Say whether a wish to reopen is about the same problem (SC-18). Locks the case.

    Approved, the case is open again and nothing is charged, however late the desk decides. If it is
    another problem the customer reads why (`body`), and can open a new case about this one with
    the words they wrote and its cost before them. Raises NotAllowed, NothingSaid (a no has its
    reason), NoReopeningWaits.
    """
    if not by.may("resolve"):
        raise NotAllowed
    if not approve and not body.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    request = waiting_reopening(case)
    if request is None:
        raise NoReopeningWaits
    timeline = load_timeline(case)
    if approve:
        payload = {"same_problem": True, "asked_seq": request.event.seq}
        return _reopen(timeline, body, payload, by=by, at=at)
    _settle(case, ReopenRequest.State.DECLINED, by=by, at=at)
    return say(timeline, "reopen_declined", Message.Kind.REPLY, by=by, body=body, at=at)


def came_back_declined(events: Iterable[Event]) -> bool:
    """Tell whether what a case had cost came back when it was last declined (SC-15)."""
    points = [event.payload.get("points", 0) for event in events if event.kind == "declined"]
    return bool(points) and points[-1] > 0


def _reopenable(case: Case, by: Person) -> Timeline:
    if case.is_open:
        raise CaseIsOpen
    if case.merged_into_id is not None:
        raise IsMerged
    timeline = load_timeline(case)
    if case.declined and (by.is_customer or came_back_declined(timeline.events)):
        raise CaseWasDeclined
    return timeline


def _ask_to_reopen(timeline: Timeline, body: str, *, by: Person, at: datetime) -> Case:
    """Keep the words of the customer and the wish; what is added while one waits joins it."""
    case = timeline.case
    event = say_entry(timeline, "reopen_asked", Message.Kind.CUSTOMER, by=by, body=body, at=at)
    if waiting_reopening(case) is None:
        ReopenRequest.objects.create(
            tenant_id=case.tenant_id,
            case=case,
            event=event,
            asked_by=by,
            asked_at=event.occurred_at,
        )
    return case


def _settle(case: Case, state: str, *, by: Person, at: datetime) -> None:
    waiting = case.reopen_requests.filter(state=ReopenRequest.State.WAITING)
    waiting.update(state=state, decided_by=by, decided_at=at)


def _reopen(
    timeline: Timeline, body: str, payload: dict[str, Any], *, by: Person, at: datetime
) -> Case:
    case = timeline.case
    case.status = Case.Status.OPEN
    if case.declined:
        case.declined = ""
        case.save(update_fields=["declined"])
    _settle(case, ReopenRequest.State.APPROVED, by=by, at=at)
    kind = Message.Kind.CUSTOMER if by.is_customer else Message.Kind.REPLY
    return say(timeline, "reopened", kind, by=by, body=body, at=at, payload=payload)
