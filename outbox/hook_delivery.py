"""Delivery to endpoints: one pass over all tenants, many calls at once, one at each endpoint.

Threads make the calls and do nothing else; rows are read and written by who runs the pass. A pass
does not wait for slow endpoints: what is under way when it ends is written down by its thread.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from outbox.delivery import is_muted
from outbox.egress import DEADLINE_SECONDS, Answer, NoAnswer, call
from outbox.hook_claims import (
    HookClaim,
    State,
    begin_delivery,
    claim_deliveries,
    finish_delivery,
    hold_waiting_hooks,
    tenants_due,
    tenants_waiting,
)
from outbox.hook_outcomes import Result, judged
from outbox.hook_registry import Call

# So many calls at once in one process.
MOST_CALLS = 32
# A pass takes up nothing new then, and waits a little for what is under way: both are short, for
# the tick uses the same workers.
PASS_SECONDS = 4.0
LINGER_SECONDS = 2.0
BREATH_SECONDS = 0.05
# All calls of one delivery together: well within its lease.
DELIVERY_SECONDS = 120.0
logger = logging.getLogger(__name__)


@dataclass
class _Flight:
    """What is under way in one pass."""

    calls: dict["Future[Result]", HookClaim] = field(default_factory=dict)
    states: "Counter[State]" = field(default_factory=Counter)


def deliver_hooks(
    *, pass_seconds: float = PASS_SECONDS, linger_seconds: float = LINGER_SECONDS
) -> Counter[State]:
    """Make the deliveries that are due, and count the states that they came to.

    Ends when nothing is due, or after `pass_seconds` and `linger_seconds` more. A muted outbox
    sends nothing and holds everything back. Not to be called inside a transaction.
    """
    if is_muted():
        held = sum(hold_waiting_hooks(tenant_id=tenant_id) for tenant_id in tenants_waiting())
        return +Counter({State.HELD: held})
    flight = _Flight()
    until = time.monotonic() + pass_seconds
    while time.monotonic() < until:
        started = sum(_start(tenant_id, flight) for tenant_id in tenants_due())
        if not started and not flight.calls:
            break
        _land(flight, seconds=BREATH_SECONDS)
    until = time.monotonic() + linger_seconds
    while flight.calls and time.monotonic() < until:
        _land(flight, seconds=until - time.monotonic())
    for future, claim in flight.calls.items():
        _left.add(future)
        future.add_done_callback(_finisher(claim))
    return flight.states


def make_calls(calls: Sequence[Call]) -> Result:
    """Make the calls of one delivery, one after the other, until one is not accepted.

    The last begins before DELIVERY_SECONDS are over; what is left then is told next time.
    """
    answers: list[Answer] = []
    until = time.monotonic() + DELIVERY_SECONDS
    for one in calls:
        seconds = min(DEADLINE_SECONDS, until - time.monotonic())
        if seconds <= 0:
            return Result(tuple(answers), _("It took too long."))
        sent = {"headers": one.headers, "body": one.body, "seconds": seconds}
        try:
            answers.append(call(one.method, one.url, **sent))
        except DomainError as error:
            is_doubtful = isinstance(error, NoAnswer) and error.was_sent
            return Result(tuple(answers), str(error), is_doubtful)
        why = judged(answers)
        if why:
            return Result(tuple(answers), why)
    return Result(tuple(answers))


def _start(tenant_id: int, flight: _Flight) -> int:
    room = MOST_CALLS - len(flight.calls) - len(_left)
    if room <= 0:
        return 0
    claims = claim_deliveries(tenant_id=tenant_id, room=room)
    for claim in claims:
        calls = begin_delivery(claim)
        if calls:
            flight.calls[_callers().submit(make_calls, calls)] = claim
    return len(claims)


def _land(flight: _Flight, *, seconds: float) -> None:
    done, _waiting = wait(flight.calls, timeout=seconds, return_when=FIRST_COMPLETED)
    for future in done:
        state = _finish(flight.calls.pop(future), future)
        if state is not None:
            flight.states[state] += 1


def _finish(claim: HookClaim, future: "Future[Result]") -> State | None:
    """Write down what came of a delivery; what cannot be is a failure of that delivery alone."""
    try:
        return finish_delivery(claim, future.result())
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # one vendor's endpoint must not stop the deliveries of all others
        logger.exception("what came of delivery %d cannot be written down", claim.delivery_id)
        fault = Result(why=_("A fault of this system; it is tried again."), is_doubtful=True)
        return finish_delivery(claim, fault)


def _finisher(claim: HookClaim) -> Callable[["Future[Result]"], None]:
    def finish(future: "Future[Result]") -> None:
        _left.discard(future)
        try:
            _finish(claim, future)
        finally:
            connection.close()  # of this thread, which has none of its own otherwise

    return finish


@cache
def _callers() -> ThreadPoolExecutor:
    """Make the threads that call, once in a process and after it was forked."""
    return ThreadPoolExecutor(MOST_CALLS, thread_name_prefix="webhook")


# What passes that are over have left under way, for as long as it is.
_left: set["Future[Result]"] = set()
