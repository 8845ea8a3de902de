"""The days on which a customer is away (DD-39): noted on a locked timeline, and ended."""

from datetime import date, datetime, timedelta

from accounts.models import Person
from sla.engine.clock import CaseState
from sla.engine.ladder import marks
from sla.engine.span import end_of_date
from sla.engine.steps import CLOSING
from tickets.life_errors import AwayInPast, AwayTooLong
from tickets.models import Case, CaseEvent
from tickets.timeline import Timeline, moment

# Who is away for longer has the case closed, and reopens it.
LONGEST_AWAY = timedelta(days=90)


def closes_at(state: CaseState) -> datetime | None:
    """Find when a case that waits is closed if nobody answers; None where it never is (DD-39).

    By the step itself and not by the clock: a warning or an absence puts the closing off
    (docs/decisions/0016). What every page and letter says of it comes from here.
    """
    ahead = (mark.at for mark in marks(state) if mark.step is CLOSING)
    return moment(next(ahead, None))


def note_absence(timeline: Timeline, last_day: date, *, by: Person, at: datetime) -> CaseEvent:
    """Note that the customer is away to the end of a day on their own clock; not saved yet.

    Raises AwayInPast, AwayTooLong.
    """
    ends = end_of_date(last_day, timeline.case.time_zone)
    ends_at = moment(ends)
    if ends_at <= at:
        raise AwayInPast(field="last_day")
    if ends_at > at + LONGEST_AWAY:
        raise AwayTooLong(field="last_day", days=LONGEST_AWAY.days)
    _set(timeline.case, last_day)
    payload = {"away_until": ends, "last_day": last_day.isoformat()}
    return timeline.add("away_noted", by=by, at=at, payload=payload)


def end_absence(
    timeline: Timeline, *, by: Person, at: datetime, occurred_at: datetime | None = None
) -> CaseEvent:
    """Note that the customer is back; the entry is not saved yet."""
    _set(timeline.case, None)
    return timeline.add("away_ended", by=by, at=at, occurred_at=occurred_at)


def _set(case: Case, last_day: date | None) -> None:
    case.away_until = last_day
    case.save(update_fields=["away_until"])
