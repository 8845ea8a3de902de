"""A customer who will be away for a while says so; until then nothing is closed (DD-39)."""

from datetime import date, datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.absence import end_absence, note_absence
from tickets.actions.conversation import must_be_open
from tickets.audience import customer_side, desk_side
from tickets.errors import NothingChanges
from tickets.life_errors import NotAway
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines


@transaction.atomic
def note_away(*, case_id: int, last_day: date, by: Person, at: datetime) -> Case:
    """Note that the customer is away to the end of `last_day` in their own zone (DD-39).

    By the customer, or by the desk for them. The case is not closed for want of an answer before
    the end of that day; a later note takes the place of an earlier one. Both sides see it, the
    other side hears. Locks the case. Raises NotAllowed, CaseIsNotOpen, NothingChanges, AwayInPast,
    AwayTooLong.
    """
    _may(by)
    case = lock_case(case_id, by)
    must_be_open(case)
    if case.away_until == last_day:
        raise NothingChanges
    timeline = load_timeline(case)
    event = note_absence(timeline, last_day, by=by, at=at)
    return _tell(timeline, event, by=by, at=at)


@transaction.atomic
def end_away(*, case_id: int, by: Person, at: datetime) -> Case:
    """Say that the customer is back; the days count again. Any answer of theirs says so too.

    Locks the case. Raises NotAllowed, NotAway.
    """
    _may(by)
    case = lock_case(case_id, by)
    if case.away_until is None:
        raise NotAway
    timeline = load_timeline(case)
    event = end_absence(timeline, by=by, at=at)
    return _tell(timeline, event, by=by, at=at)


def _may(by: Person) -> None:
    if not (by.may("reply_as_customer") or by.may("log_call")):
        raise NotAllowed


def _tell(timeline: Timeline, event: CaseEvent, *, by: Person, at: datetime) -> Case:
    case = timeline.case
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    people = desk_side(case) if by.is_customer else customer_side(case)
    notify(event.kind, people, case=case, event=event, at=at)
    return case
