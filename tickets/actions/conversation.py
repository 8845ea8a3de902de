"""What is said on a case: replies, questions, notes, calls, logged work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import roles
from accounts.errors import NotAllowed
from accounts.models import Person
from sla.kept_words import kept
from tickets.absence import end_absence
from tickets.actions.attaching import send_with
from tickets.actions.many import lock_with_children, write_on_each
from tickets.audience import customer_side, desk_side
from tickets.errors import CaseIsClosed, CaseIsNotOpen, NothingSaid
from tickets.models import Case, CaseEvent, CaseQuestion, InternalNote, Message
from tickets.notices import notify
from tickets.queries import lock_case, visible_cases
from tickets.questions import checklist, end_questions, refuse_secrets, write_question
from tickets.reopening import check_window
from tickets.timeline import Timeline, load_timeline, save_timelines


@transaction.atomic
def reply_as_customer(*, case_id: int, by: Person, body: str, at: datetime) -> Case:
    """Add the customer's message; waiting and absence end, and a solved case is opened again.

    On a case that was merged it is led to the one that goes on. Tells who answers for the case.
    Locks it. Raises NotAllowed, NothingSaid, CaseIsClosed (reopen it first), ReopenWindowOver (the
    solution can no longer be answered: follow it up).
    """
    case = _locked(going_on(case_id, by), by, "reply_as_customer", body)
    if case.status == Case.Status.CLOSED:
        raise CaseIsClosed
    timeline = load_timeline(case)
    if case.status == Case.Status.RESOLVED:
        # The answer to a solution is that it is none: the case owes a reply again.
        check_window(case, timeline.state().policy, at)
        timeline.add("reopened", by=by, at=at)
    end_waiting(timeline, by=by, at=at)
    case.status = Case.Status.OPEN
    return say(timeline, "customer_replied", Message.Kind.CUSTOMER, by=by, body=body, at=at)


@transaction.atomic
def reply_to_case(
    *, case_id: int, by: Person, body: str, at: datetime, occurred_at: datetime | None = None
) -> Case:
    """Answer the customer (MX-16: this is a response). Locks the case.

    On an incident it answers every open case that hangs on it as well. `occurred_at` is when the
    button was pressed, for an answer that was held back. Raises NotAllowed, NothingSaid,
    CaseIsNotOpen, BeforeLastEntry.
    """
    children = lock_with_children(case_id)
    case = _locked(case_id, by, "reply_as_agent", body)
    must_be_open(case)
    say(
        load_timeline(case),
        "agent_replied",
        Message.Kind.REPLY,
        by=by,
        body=body,
        at=at,
        occurred_at=occurred_at,
    )
    if children:
        write_on_each(
            children,
            "answered_through",
            by=by,
            at=at,
            payload={"incident": case.number},
            message_kind=Message.Kind.REPLY,
            body=body,
            occurred_at=occurred_at,
        )
    return case


@transaction.atomic
def ask_customer(
    *,
    case_id: int,
    by: Person,
    question: str,
    at: datetime,
    items: Sequence[str] = (),
    why: str = "",
    no_secret: bool = False,
    occurred_at: datetime | None = None,
) -> Case:
    """Put a question to the customer; the clocks that wait for the answer stop. Locks the case.

    `items` are what is asked for line by line (DD-34), from the policy's checklist or one's own;
    `why` says what it is needed for (DD-28). Nobody is asked for a secret; what the policy itself
    lists is taken as it is. `no_secret`: whoever asks has confirmed that what reads like one is
    none, and the entry says so. `occurred_at` as in reply_to_case. Raises NotAllowed, NothingSaid,
    AsksForSecret, CaseIsNotOpen, BeforeLastEntry.
    """
    case = _locked(case_id, by, "ask_customer", question)
    must_be_open(case)
    timeline = load_timeline(case)
    policy = timeline.state().policy
    if not no_secret:
        listed = checklist(policy, case)
        refuse_secrets((question,))
        refuse_secrets((item for item in items if item not in listed), field="own", is_list=True)
        refuse_secrets((why,), field="why")
    case.status = Case.Status.WAITING
    event = say_entry(
        timeline,
        "question_asked",
        Message.Kind.QUESTION,
        by=by,
        body=question,
        at=at,
        occurred_at=occurred_at,
        payload={"no_secret": True} if no_secret else None,
    )
    write_question(event, items=[kept(item, policy) for item in items], why=why, by=by)
    return case


@transaction.atomic
def add_note(
    *, case_id: int, by: Person, body: str, at: datetime, mentioned: Sequence[int] = ()
) -> Case:
    """Add a note for the desk only; it answers nobody and moves no clock. Locks the case.

    `mentioned` are people of the desk who get the note by mail; whoever may not see the case does
    not, which is decided when it leaves. Raises NotAllowed, NothingSaid.
    """
    case = _locked(case_id, by, "add_note", body)
    timeline = load_timeline(case)
    told = _of_the_desk(mentioned)
    event = timeline.add(
        "note_added",
        by=by,
        at=at,
        payload={"mentioned": told} if told else {},
        audience=CaseEvent.Audience.DESK,
    )
    save_timelines([timeline])
    write_note(case, event, body, by=by)
    notify("mentioned", told, case=case, event=event, at=at)
    return case


def _of_the_desk(people: Sequence[int]) -> list[int]:
    """Leave out whoever is not at work at the desk, in the order of their keys."""
    if not people:
        return []
    found = Person.objects.filter(pk__in=people, role__in=roles.DESK, is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def log_work(*, case_id: int, by: Person, body: str, at: datetime) -> Case:
    """Record that work on the case has begun or gone on (MX-16, MX-25), with a note of it.

    It answers the first response and restarts the no-progress clock. Locks the case. Raises
    NotAllowed, NothingSaid, CaseIsNotOpen.
    """
    case = _locked(case_id, by, "reply_as_agent", body)
    must_be_open(case)
    timeline = load_timeline(case)
    event = timeline.add("work_logged", by=by, at=at)
    save_timelines([timeline])
    write_note(case, event, body, by=by)
    return case


@transaction.atomic
def log_customer_call(
    *, case_id: int, by: Person, body: str, at: datetime, occurred_at: datetime | None = None
) -> Case:
    """Log that the customer called in; where a call was owed, the phone promise begins (MX-07).

    Waiting ends; it is no response of the desk. Locks the case. Raises NotAllowed, NothingSaid,
    CaseIsNotOpen, BeforeLastEntry, InTheFuture.
    """
    case = _locked(case_id, by, "log_call", body)
    must_be_open(case)
    timeline = load_timeline(case)
    end_waiting(timeline, by=by, at=at, occurred_at=occurred_at)
    case.status = Case.Status.OPEN
    return say(
        timeline,
        "customer_called",
        Message.Kind.CALL,
        by=by,
        body=body,
        at=at,
        occurred_at=occurred_at,
        payload={"channel": "phone"} if case.call_owed else {},
    )


@transaction.atomic
def log_agent_call(
    *, case_id: int, by: Person, body: str, at: datetime, occurred_at: datetime | None = None
) -> Case:
    """Log that the desk spoke to the customer by phone: a response (MX-16). Locks the case.

    Raises NotAllowed, NothingSaid, CaseIsNotOpen, BeforeLastEntry, InTheFuture.
    """
    case = _locked(case_id, by, "reply_as_agent", body)
    must_be_open(case)
    return say(
        load_timeline(case),
        "agent_called",
        Message.Kind.CALL,
        by=by,
        body=body,
        at=at,
        occurred_at=occurred_at,
    )


def say(
    timeline: Timeline,
    kind: str,
    message_kind: str,
    *,
    by: Person,
    body: str,
    at: datetime,
    occurred_at: datetime | None = None,
    payload: dict[str, Any] | None = None,
) -> Case:
    """Append a public entry with its message, save the timeline, and tell the other side."""
    say_entry(
        timeline,
        kind,
        message_kind,
        by=by,
        body=body,
        at=at,
        occurred_at=occurred_at,
        payload=payload,
    )
    return timeline.case


def say_entry(
    timeline: Timeline,
    kind: str,
    message_kind: str,
    *,
    by: Person,
    body: str,
    at: datetime,
    occurred_at: datetime | None = None,
    payload: dict[str, Any] | None = None,
) -> CaseEvent:
    """Do what `say` does, and give the entry."""
    case = timeline.case
    event = timeline.add(kind, by=by, at=at, occurred_at=occurred_at, payload=payload)
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    write_message(case, event, message_kind, body, by=by)
    # A logged call is the customer's word, whoever typed it.
    from_customer = by.is_customer or kind == "customer_called"
    people = desk_side(case) if from_customer else customer_side(case)
    notify(kind, people, case=case, event=event, at=at)
    return event


def going_on(case_id: int, by: Person) -> int:
    """Give the key of the case that goes on in place of one that was merged; else its own.

    Raises NotFound for none and for not theirs alike.
    """
    found = visible_cases(by).filter(pk=case_id).values_list("merged_into", flat=True).first()
    return found or case_id


def end_waiting(
    timeline: Timeline, *, by: Person, at: datetime, occurred_at: datetime | None = None
) -> None:
    """Take what a customer says as the answer to all that was asked, and as being back (DD-39)."""
    case = timeline.case
    if case.status == Case.Status.WAITING:
        end_questions(case, CaseQuestion.State.ANSWERED, by=by, at=at)
    if case.away_until is not None:
        end_absence(timeline, by=by, at=at, occurred_at=occurred_at)


def write_message(case: Case, event: CaseEvent, kind: str, body: str, *, by: Person) -> None:
    """Keep the public words of an event, nothing for empty ones, and send the files with them."""
    send_with(event, case, by=by)
    if body.strip():
        Message.objects.create(
            tenant_id=case.tenant_id,
            case=case,
            event=event,
            author=by,
            kind=kind,
            body=body.strip(),
            written_at=event.occurred_at,
        )


def write_note(case: Case, event: CaseEvent, body: str, *, by: Person | None) -> None:
    """Keep the desk's words of an event, nothing for empty ones, and the files with them."""
    send_with(event, case, by=by)
    if body.strip():
        InternalNote.objects.create(
            tenant_id=case.tenant_id,
            case=case,
            event=event,
            author=by,
            body=body.strip(),
            written_at=event.occurred_at,
        )


def _locked(case_id: int, by: Person, act: str, body: str) -> Case:
    if not by.may(act):
        raise NotAllowed
    if not body.strip():
        raise NothingSaid(field="body")
    return lock_case(case_id, by)


def must_be_open(case: Case) -> None:
    """Refuse what only an open case takes. Raises CaseIsNotOpen."""
    if not case.is_open:
        raise CaseIsNotOpen
