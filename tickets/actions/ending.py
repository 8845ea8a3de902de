"""Solving, closing and reopening a case."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from sla.engine.clock import Event
from sla.engine.policy import Policy
from sla.engine.span import span_end
from tickets.actions.conversation import say, write_message
from tickets.actions.lapsing import end_agreements, tell_lapsed
from tickets.agreement_errors import CaseWasDeclined, SameProblemNeeded
from tickets.audience import customer_side, desk_side
from tickets.errors import (
    CaseIsClosed,
    CaseIsNotOpen,
    CaseIsNotSolved,
    CaseIsOpen,
    NothingSaid,
    ReopenWindowOver,
)
from tickets.models import Case, Message
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, moment, save_timelines, seconds_of


@transaction.atomic
def resolve_case(
    *, case_id: int, by: Person, solution: str, at: datetime, occurred_at: datetime | None = None
) -> Case:
    """Give the customer a solution; every clock ends. Locks the case.

    `occurred_at` is when the button was pressed, for a solution that was held back. Raises
    NotAllowed, NothingSaid, CaseIsNotOpen, BeforeLastEntry.
    """
    if not by.may("resolve"):
        raise NotAllowed
    if not solution.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    case.status = Case.Status.RESOLVED
    return say(
        load_timeline(case),
        "resolved",
        Message.Kind.SOLUTION,
        by=by,
        body=solution,
        at=at,
        occurred_at=occurred_at,
    )


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
    case.status = Case.Status.CLOSED
    timeline = load_timeline(case)
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
    closed case takes (SC-18). What was declined only the desk opens again, and nobody once what it
    cost has come back (SC-15). Raises NotAllowed, NothingSaid, CaseIsOpen, CaseWasDeclined,
    ReopenWindowOver, SameProblemNeeded.
    """
    if not (by.may("reply_as_customer") or by.may("resolve")):
        raise NotAllowed
    if not body.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    if case.is_open:
        raise CaseIsOpen
    timeline = load_timeline(case)
    if case.declined and (by.is_customer or came_back_declined(timeline.events)):
        raise CaseWasDeclined
    _check_window(case, timeline.state().policy, at)
    confirmed = by.is_customer and case.status == Case.Status.CLOSED
    if confirmed and not same_problem:
        raise SameProblemNeeded(field="same_problem")
    return _reopen(timeline, body, {"same_problem": True} if confirmed else {}, by=by, at=at)


def came_back_declined(events: Iterable[Event]) -> bool:
    """Tell whether what a case had cost came back when it was last declined (SC-15)."""
    points = [event.payload.get("points", 0) for event in events if event.kind == "declined"]
    return bool(points) and points[-1] > 0


def _reopen(
    timeline: Timeline, body: str, payload: dict[str, Any], *, by: Person, at: datetime
) -> Case:
    case = timeline.case
    case.status = Case.Status.OPEN
    if case.declined:
        case.declined = ""
        case.save(update_fields=["declined"])
    kind = Message.Kind.CUSTOMER if by.is_customer else Message.Kind.REPLY
    return say(timeline, "reopened", kind, by=by, body=body, at=at, payload=payload)


def reopen_until(case: Case, policy: Policy) -> datetime | None:
    """Find the end of the reopen window (SC-18); None while there is no limit."""
    window = policy.reopen.window
    closed_at = _counted_from(case, policy)
    if window is None or closed_at is None:
        return None
    zone = case.time_zone if window.zone == "customer" else policy.time_zone
    return moment(span_end(window, zone, seconds_of(closed_at)))


def _counted_from(case: Case, policy: Policy) -> datetime | None:
    first = policy.reopen.counted_from == "first_close"
    return case.first_closed_at if first else case.closed_at


def _check_window(case: Case, policy: Policy, at: datetime) -> None:
    until = reopen_until(case, policy)
    if until is None or at < until or case.status == Case.Status.RESOLVED:
        return
    zone = ZoneInfo(case.time_zone)
    closed_at = _counted_from(case, policy) or at
    raise ReopenWindowOver(
        closed_on=closed_at.astimezone(zone).date().isoformat(),
        # The window ends with its last day: name that day, not the midnight after it.
        until=(until - timedelta(seconds=1)).astimezone(zone).date().isoformat(),
    )
