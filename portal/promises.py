"""Promises as the customer is told them, and the state of a case in the customer's words."""

from dataclasses import dataclass
from datetime import datetime

from sla.engine.clock import CaseState, Clock, Settled
from sla.engine.target import Promise
from tickets.models import Case
from tickets.timeline import moment, seconds_of
from tickets.wording import next_promise

ANSWERS = ("first_response", "next_response")


@dataclass(frozen=True)
class Told:
    """What is promised, or where a case stands.

    `kind` of a promise: by | at_once | scheduled | unscheduled | open_ended | paused. A case may
    also be late, waiting, resolved, closed, or nothing_owed.
    """

    kind: str
    due_at: datetime | None = None
    due_from: datetime | None = None


def told(settled: Settled) -> Told:
    """Say what a settled target promises."""
    promise = settled.promise
    if promise.due_at is None:
        return Told(_UNDATED.get(promise.state, "open_ended"))
    kind = settled.cell.target.kind if settled.cell else ""
    return Told(_DATED.get(kind, "by"), moment(promise.due_at), moment(promise.due_from))


_UNDATED = {"awaiting_schedule": "unscheduled", "paused": "paused"}
_DATED = {"immediate": "at_once", "scheduled": "scheduled"}


def situation_of(case: Case, state: CaseState, at: datetime) -> Told:
    """Say where a case stands for its customer: whose turn it is, and by when."""
    if case.status in (Case.Status.WAITING, Case.Status.RESOLVED, Case.Status.CLOSED):
        return Told(case.status)
    clock = next_promise(state)
    if clock is None:
        return Told("open_ended" if _owes_an_answer(state) else "nothing_owed")
    if clock.is_late(seconds_of(at)):
        return Told("late", moment(clock.due_at))
    return told(clock.settled)


def is_moved(promise: Promise, wished_for: datetime | None) -> bool:
    """Tell whether an agreed time had to move to the next opening (MS-10)."""
    return wished_for is not None and moment(promise.due_at) not in (None, wished_for)


def _owes_an_answer(state: CaseState) -> bool:
    """Tell whether the customer waits for an answer to which no time is promised."""
    return any(_is_answer(clock) for clock in state.open_clocks)


def _is_answer(clock: Clock) -> bool:
    return clock.kind in ANSWERS and not clock.is_promised
