"""Telling a button that was pressed twice from words that are meant twice."""

from accounts.models import Person
from tickets.actions.many import lock_cases
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case


def is_said(case: Case, kind: str, body: str, *, by: Person, seen: int | None) -> bool:
    """Tell whether a person has said the very same on a case since the entry `seen`.

    `kind` names the entries that it could have left, with spaces between them.

    Locks the case, so that of two presses at once the second sees the first, and with it the one
    in which it goes on: that is where the words are led.
    """
    if seen is None:
        return False
    lock_cases({case.pk, case.merged_into_id or case.pk})
    lock_case(case.pk, by)
    events = CaseEvent.objects.filter(case=case, seq__gt=seen, kind__in=kind.split(), by=by)
    found = events.prefetch_related("messages")
    return any(_words_of(event) == body.strip() for event in found)


def _words_of(event: CaseEvent) -> str:
    return "".join(message.body for message in event.messages.all())
