"""Calls on a case that is there already, and callers who are put through at once (MX-07, MX-15)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from tickets.actions.conversation import log_customer_call, must_be_open
from tickets.errors import NotAtWork
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines


@transaction.atomic
def join_call(
    *,
    case_id: int,
    body: str,
    transferred_to: int | None,
    by: Person,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Case:
    """Log a call on the case that was filed for the same (MX-07), instead of opening another.

    Where a call was owed the phone promise begins with it. It costs nothing more (SC-03). Locks the
    case. Raises what `log_customer_call` and `transfer_call` raise.
    """
    case = log_customer_call(case_id=case_id, body=body, by=by, at=at, occurred_at=occurred_at)
    if not transferred_to:
        return case
    return transfer_call(
        case_id=case_id, to_id=transferred_to, by=by, at=at, occurred_at=occurred_at
    )


@transaction.atomic
def transfer_call(
    *, case_id: int, to_id: int, by: Person, at: datetime, occurred_at: datetime | None = None
) -> Case:
    """Log that the caller was put through at once to somebody, who owns the case from now (MX-15).

    Support speaks with the customer then: it is a response (MX-16). Locks the case. Raises
    NotAllowed, NotFound, NotAtWork, CaseIsNotOpen, BeforeLastEntry, InTheFuture.
    """
    if not by.may("open_for_caller"):
        raise NotAllowed
    case = lock_case(case_id, by)
    must_be_open(case)
    taker = Person.objects.filter(pk=to_id).first()
    if taker is None:
        raise NotFound
    if not (taker.is_active and taker.may("reply_as_agent")):
        raise NotAtWork(name=taker.name, field="transferred_to")
    timeline = load_timeline(case)
    payload = {"transferred_to": taker.pk}
    event = timeline.add("agent_called", by=by, at=at, occurred_at=occurred_at, payload=payload)
    is_new_owner = case.owner_id != taker.pk
    if is_new_owner:
        case.owner = taker
        owned = {"owner": taker.pk}
        timeline.add("assigned", by=by, at=at, payload=owned, audience=CaseEvent.Audience.DESK)
    case.last_public_at = max(case.last_public_at, event.occurred_at)
    save_timelines([timeline])
    case.live_transfer = True
    case.save(update_fields=["live_transfer"])
    if is_new_owner and taker.pk != by.pk:
        notify("assigned", [taker.pk], case=case, event=event, at=at)
    return case
