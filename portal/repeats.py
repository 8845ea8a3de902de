"""Telling a button that was pressed twice from words that are meant twice."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Person
from tickets.actions.many import lock_cases
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case

# The page of a merged case does not show what was led on: later on the same words are meant.
PRESSED_AGAIN_WITHIN = timedelta(minutes=10)


def is_said(
    case: Case, kind: str, body: str, *, by: Person, seen: int | None, at: datetime
) -> bool:
    """Tell whether a person has said the very same on a case since the entry `seen`.

    `kind` names the entries that it could have left, with spaces between them. Of a merged case
    also on the one in which it goes on, as that is where the words are led.

    Locks the case, so that of two presses at once the second sees the first, and with it the one
    in which it goes on.
    """
    if seen is None:
        return False
    lock_cases({case.pk, case.merged_into_id or case.pk})
    locked = lock_case(case.pk, by)
    said = CaseEvent.objects.filter(kind__in=kind.split(), by=by).prefetch_related("messages")
    found = [*said.filter(case=locked, seq__gt=seen), *_led_on(said, locked, seen, at)]
    return any(_words_of(event) == body.strip() for event in found)


def _led_on(said: QuerySet[CaseEvent], case: Case, seen: int, at: datetime) -> QuerySet[CaseEvent]:
    """Select what was said just now on the case in which this one goes on.

    By its moment: the other case has numbers of its own.
    """
    known = CaseEvent.objects.filter(case=case, seq__lte=seen).order_by("-seq")
    since = known.values_list("recorded_at", flat=True).first()
    if case.merged_into_id is None or since is None:
        return said.none()
    since = max(since, at - PRESSED_AGAIN_WITHIN)
    return said.filter(case=case.merged_into_id, recorded_at__gte=since)


def _words_of(event: CaseEvent) -> str:
    return "".join(message.body for message in event.messages.all())
