"""Promises as the customer is told them, and the state of a case in the customer's words."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sla.engine.clock import CaseState, Event, Settled
from sla.engine.parts import Facts
from sla.engine.policy import Policy
from sla.engine.target import Promise
from tickets.explaining import Foreseen
from tickets.filing import Weighed
from tickets.models import Case
from tickets.reading import Receipt, Telling, clock_views, receipt_for
from tickets.timeline import moment, seconds_of
from tickets.wording import next_promise

FIRST_RESPONSE = "first_response"
ANSWERS = (FIRST_RESPONSE, "next_response")


@dataclass(frozen=True)
class Told:
    """What is promised, or where a case stands.

    `kind` of a promise: by | at_once | scheduled | unscheduled | open_ended (the rule of the first
    response says that there is no target) | unpromised (no rule names a time) | paused. A case
    may also be late, waiting, resolved, closed, nothing_owed, or escalated: the answer to an
    escalation is aimed at (escalated_late: that time is past).
    """

    kind: str
    due_at: datetime | None = None
    due_from: datetime | None = None


def promised_for(weighed: Weighed) -> Told | None:
    """Say what would be promised for a wish; None where nothing can be said yet."""
    if weighed.settled is None:
        return None
    said = told(weighed.settled)
    if said.kind != "unpromised":
        return said
    return Told(_untimed_response(weighed.published.policy, weighed.facts))


def told(settled: Settled) -> Told:
    """Say what a settled target promises."""
    promise = settled.promise
    if promise.due_at is None:
        return Told(_UNDATED.get(promise.state, "unpromised"))
    kind = settled.cell.target.kind if settled.cell else ""
    return Told(_DATED.get(kind, "by"), moment(promise.due_at), moment(promise.due_from))


_UNDATED = {"awaiting_schedule": "unscheduled", "paused": "paused"}
_DATED = {"immediate": "at_once", "scheduled": "scheduled"}


def situation_of(case: Case, state: CaseState, at: datetime) -> Told:
    """Say where a case stands for its customer: whose turn it is, and by when."""
    if case.status in (Case.Status.WAITING, Case.Status.RESOLVED, Case.Status.CLOSED):
        return Told(case.status)
    clock = next_promise(state)
    if clock is None or clock.state == "no_target":
        return _escalated(state, at) or Told(_untimed(state))
    if clock.is_late(seconds_of(at)):
        return Told("late", moment(clock.due_at))
    return told(clock.settled)


def _escalated(state: CaseState, at: datetime) -> Told | None:
    """Say by when support aims to answer an escalation that was asked for (DD-25)."""
    asked = (clock for clock in state.open_clocks if clock.kind == "escalation_answer")
    due_at = moment(next((clock.due_at for clock in asked), None))
    if due_at is None:
        return None
    return Told("escalated_late" if due_at < at else "escalated", due_at)


def receipt_beforehand(
    weighed: Weighed, *, at: datetime, scheduled_for: datetime | None, zone: str
) -> Receipt | None:
    """Explain the first response of a case that is not filed, by the timeline it would begin with.

    None where a refusal stands before, or where nothing is promised.
    """
    if weighed.settled is None:
        return None
    story = _foreseen(weighed, at, scheduled_for)
    views = clock_views(story.state, at, for_customer=True)
    view = next((view for view in views if view.kind == FIRST_RESPONSE), None)
    published = weighed.published
    told = Telling(story, True, {published.number: published.effective_at})
    return receipt_for(story.state, view, zone, told) if view else None


def _foreseen(weighed: Weighed, at: datetime, scheduled_for: datetime | None) -> Foreseen:
    published = weighed.published
    payload = {
        **asdict(weighed.facts),
        "policy_version": published.number,
        "scheduled_for": seconds_of(scheduled_for) if scheduled_for else None,
    }
    opened = Event(1, "case_opened", seconds_of(at), payload)
    return Foreseen({published.number: published.policy}, (opened,))


def is_moved(promise: Promise, wished_for: datetime | None) -> bool:
    """Tell whether an agreed time had to move to the next opening (MS-10)."""
    return wished_for is not None and moment(promise.due_at) not in (None, wished_for)


def _untimed(state: CaseState) -> str:
    """Say what the customer waits for while no time is promised."""
    kinds = {clock.kind for clock in state.open_clocks}
    if FIRST_RESPONSE in kinds:
        return _untimed_response(state.policy, state.facts)
    return "unpromised" if kinds.intersection(ANSWERS) else "nothing_owed"


def _untimed_response(policy: Policy, facts: Facts) -> str:
    """Tell a rule that says that there is no target (DD-22) from no rule at all."""
    rules = [found.row for found in policy.candidates(FIRST_RESPONSE, facts) if not found.fails]
    return "open_ended" if rules and rules[0].target.kind == "none" else "unpromised"
