"""Queueing what people are told about a case; the words are in `tickets.mail`."""

from collections.abc import Iterable
from datetime import datetime

from outbox.actions import Queued, queue_messages
from tickets.models import Case, CaseEvent


def notify(
    kind: str,
    people: Iterable[int | None],
    *,
    case: Case,
    event: CaseEvent,
    at: datetime,
    urgent: bool = False,
) -> None:
    """Queue one message of `kind` to each person, once per event; no one twice."""
    queue_messages(
        messages=[
            queued(kind, person, case=case, event=event, urgent=urgent)
            for person in dict.fromkeys(people)
            if person is not None
        ],
        at=at,
    )


def queued(
    kind: str, person_id: int, *, case: Case, event: CaseEvent, urgent: bool = False
) -> Queued:
    """Order one message of `kind` to one person about one event, which has been saved."""
    return Queued(
        kind=kind,
        recipient_id=person_id,
        refs={"case": case.pk, "event": event.pk},
        dedupe_key=f"{kind}:{event.pk}:{person_id}",
        urgent=urgent,
    )
