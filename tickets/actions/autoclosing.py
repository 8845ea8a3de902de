"""What the policy does where a customer does not answer: warn, and close at last (DD-39).

Both only append to a locked timeline: the tick saves many at once. After saving it queues a letter
of the kind `WARNED` or `CLOSED_UNANSWERED` about the entry to `tickets.audience.customer_side`.
"""

from datetime import datetime

from tickets.actions.lapsing import end_agreements
from tickets.models import Case, CaseEvent, CaseQuestion
from tickets.questions import end_questions
from tickets.timeline import Timeline, seconds_of

# Kinds of letters, with words in `tickets.life_mail`.
WARNED = "waiting_warned"
CLOSED_UNANSWERED = "closed_unanswered"


def close_unanswered(timeline: Timeline, *, at: datetime) -> CaseEvent:
    """Close a locked case whose customer did not answer in time; the entry is not saved yet.

    The first closing is kept by the saving (SC-18). The question lapses, and what waits or runs on
    the case ends with it. It can be reopened as any closed case.
    """
    case = timeline.case
    end_questions(case, CaseQuestion.State.LAPSED, by=None, at=at)
    end_agreements(timeline, by=None, at=at)
    case.status = Case.Status.CLOSED
    event = timeline.add(
        "closed", at=at, caused_by=CaseEvent.Cause.POLICY, payload={"because": "unanswered"}
    )
    case.last_public_at = event.occurred_at
    return event


def warn_waiting(timeline: Timeline, *, at: datetime, closes_at: datetime) -> CaseEvent:
    """Note that the customer is told when the case will be closed; the entry is not saved yet."""
    return timeline.add(
        "waiting_warned",
        at=at,
        caused_by=CaseEvent.Cause.POLICY,
        payload={"closes_at": seconds_of(closes_at)},
    )
