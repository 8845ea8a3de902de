"""What support generally declines is ended with a pointer to who can help (SC-15, DD-03)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from sla.engine.pageparts import Declined
from sla.engine.policy import Policy
from tickets.actions.conversation import must_be_open, write_message
from tickets.actions.crediting import give_back
from tickets.actions.lapsing import end_agreements, tell_lapsed
from tickets.agreement_errors import UnknownDeclined
from tickets.audience import customer_side
from tickets.errors import NothingSaid
from tickets.models import Case, Message
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.questions import take_back
from tickets.timeline import Timeline, load_timeline, save_timelines

# Support has answered, or has worked on it: a question and a review are neither.
WORK = frozenset({"work_logged", "agent_replied", "agent_called", "answered_through", "resolved"})


@transaction.atomic
def decline_case(*, case_id: int, code: str, body: str, by: Person, at: datetime) -> Case:
    """Decline a case as outside of the support, and say who can help instead (SC-15, DD-03).

    `code` is one of the policy's list, `body` what the customer reads beside its pointer. It is an
    answer by a person (MX-16), and the case is closed. What it cost comes back where the policy
    says so and it was before work (`gives_back`). A proposal that waits and permissions that run
    end with it. Locks the case, then the points. Raises NotAllowed, NothingSaid, CaseIsNotOpen,
    UnknownDeclined.
    """
    if not by.may("decline_case"):
        raise NotAllowed
    if not body.strip():
        raise NothingSaid(field="body")
    case = lock_case(case_id, by)
    must_be_open(case)
    timeline = load_timeline(case)
    policy = timeline.state().policy
    if declined_part(policy, code) is None:
        raise UnknownDeclined(field="declined")
    is_free = gives_back(timeline, policy)
    points = give_back(case, "reversal", policy, by=by, at=at) if is_free else 0
    return _decline(timeline, code, points, body, by=by, at=at)


def declined_part(policy: Policy, code: str) -> Declined | None:
    """Find what is declined by its code; None where the policy has no such."""
    return next((part for part in policy.declined if part.code == code), None)


def gives_back(timeline: Timeline, policy: Policy) -> bool:
    """Tell whether declining gives back what the case has cost: before work, if the policy does.

    Before work is before the desk has answered, called, given a solution or logged work (SC-15).
    """
    worked = any(event.kind in WORK for event in timeline.events)
    return policy.points.declined_refund and not worked


def _decline(
    timeline: Timeline, code: str, points: int, body: str, *, by: Person, at: datetime
) -> Case:
    case = timeline.case
    take_back([case], by=by, at=at)
    ended = end_agreements(timeline, by=by, at=at)
    answer = timeline.add("agent_replied", by=by, at=at)
    declined = timeline.add("declined", by=by, at=at, payload={"declined": code, "points": points})
    timeline.add("closed", by=by, at=at)
    case.status, case.declined = Case.Status.CLOSED, code
    case.last_public_at = answer.occurred_at
    save_timelines([timeline])
    case.save(update_fields=["declined"])
    tell_lapsed(timeline, ended, by=by, at=at)
    write_message(case, answer, Message.Kind.REPLY, body, by=by)
    notify("declined", customer_side(case), case=case, event=declined, at=at)
    return case
