"""The same entry on many locked cases: whatever they are, a handful of statements and bulk ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Person
from outbox.actions import queue_messages
from tickets.audience import customer_sides
from tickets.models import Case, CaseEvent, Message
from tickets.notices import queued
from tickets.queries import OPEN
from tickets.timeline import Timeline, load_timelines, save_timelines

# Changes a case, unsaved, as the entry is added to it.
Change = Callable[[Case], None]


def lock_cases(case_ids: Iterable[int]) -> dict[int, Case]:
    """Lock cases in the order of their keys, whoever may see them; by key."""
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    return {case.pk: case for case in cases.filter(pk__in=set(case_ids)).order_by("pk")}


def lock_together(case_id: int, others: Q) -> None:
    """Lock a case, the open cases that hang on it, and others, in the order of their keys.

    For whoever does several things on it in a row, before anything else is locked: each locks again
    what it changes, and asks who may see it.
    """
    wanted = Q(pk=case_id) | Q(incident=case_id) & OPEN | others
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    list(cases.filter(wanted).order_by("pk").values_list("pk"))


def lock_with_children(case_id: int) -> list[Case]:
    """Lock an incident and the open cases that hang on it; gives those, none where it is none.

    In the order of their keys, and before anything else is locked. Whoever calls it locks the
    incident again by the ordinary way, which asks who may see it.
    """
    if not Case.objects.filter(pk=case_id, is_incident=True).exists():
        return []
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    found = cases.filter(Q(pk=case_id) | Q(incident=case_id) & OPEN).order_by("pk")
    return [case for case in found if case.pk != case_id]


def write_on_each(
    cases: Sequence[Case],
    kind: str,
    *,
    by: Person | None,
    at: datetime,
    payload: Mapping[str, Any],
    message_kind: str = "",
    body: str = "",
    change: Change = lambda case: None,
    occurred_at: datetime | None = None,
) -> list[CaseEvent]:
    """Append a public entry to locked cases and tell the customer of each, in a letter of its own.

    `body` becomes a message on each. `occurred_at` is when it was said, for what was held back: it
    counts from then, and on each case never from before the last act. Statements: those of one
    case, and what `save_timelines` writes in bulk.
    """
    timelines = load_timelines(cases)
    events = [
        _add(timeline, kind, payload, change, by=by, at=at, occurred_at=occurred_at)
        for timeline in timelines
    ]
    save_timelines(timelines)
    if body.strip() and by is not None:
        Message.objects.bulk_create(_said(event, message_kind, body, by) for event in events)
    tell_each(kind, events, at=at)
    return events


def tell_each(kind: str, events: Sequence[CaseEvent], *, at: datetime) -> None:
    """Queue one letter about each entry to whom it concerns at its customer's."""
    people = customer_sides([event.case for event in events])
    letters = [
        queued(kind, person, case=event.case, event=event)
        for event in events
        for person in people[event.case.pk]
    ]
    if letters:
        queue_messages(messages=letters, at=at)


def _add(
    timeline: Timeline,
    kind: str,
    payload: Mapping[str, Any],
    change: Change,
    *,
    by: Person | None,
    at: datetime,
    occurred_at: datetime | None,
) -> CaseEvent:
    cause = CaseEvent.Cause.PERSON if by else CaseEvent.Cause.POLICY
    change(timeline.case)
    happened_at = timeline.not_before_last_act(occurred_at) if occurred_at else at
    event = timeline.add(
        kind,
        by=by,
        at=at,
        payload=payload,
        caused_by=cause,
        occurred_at=happened_at if happened_at < at else None,
    )
    timeline.case.last_public_at = event.occurred_at
    return event


def _said(event: CaseEvent, kind: str, body: str, by: Person) -> Message:
    return Message(
        tenant_id=event.tenant_id,
        case=event.case,
        event=event,
        author=by,
        kind=kind,
        body=body.strip(),
        written_at=event.occurred_at,
    )
