"""Delivery: one pass over all tenants that have something to send."""

import time
from collections import Counter
from collections.abc import Sequence

from django.conf import settings

from outbox import queries
from outbox.claims import (
    Claim,
    begin_sending,
    claim_messages,
    finish,
    give_back,
    hold_waiting,
    put_off,
)
from outbox.courier import Courier
from outbox.models import OutboxMessage

# So few that a tenant with a flood of messages lets the next one have its turn within seconds.
MESSAGES_PER_TURN = 50
# A pass stops taking up messages then; the last one may need four time-outs of the server more, and
# both must fit into the task's soft limit of 60 s.
PASS_SECONDS = 20.0

State = OutboxMessage.State


def deliver_due(*, pass_seconds: float = PASS_SECONDS) -> Counter[State]:
    """Send what is due, tenant by tenant in turns, and count the states that messages came to.

    Ends when nothing is due, after `pass_seconds`, or when the mail server cannot be reached. A
    muted outbox sends nothing and holds everything back. Not to be called inside a transaction.
    """
    if is_muted():
        return +Counter({State.HELD: hold_all()})
    tally: Counter[State] = Counter()
    until = time.monotonic() + pass_seconds
    with Courier() as courier:
        while not _is_over(courier, until):
            turns = queries.tenants_due()
            if not turns:
                break
            for tenant_id in turns:
                tally.update(deliver_turn(tenant_id, courier=courier, until=until))
    return tally


def deliver_turn(tenant_id: int, *, courier: Courier, until: float) -> list[State]:
    """Send up to MESSAGES_PER_TURN due messages of one tenant; stop early as `deliver_due` does.

    `until` is a reading of time.monotonic(). What was claimed and not begun is given back.
    """
    if _is_over(courier, until):
        return []
    claims = claim_messages(tenant_id=tenant_id, most=MESSAGES_PER_TURN)
    states = []
    for position, claim in enumerate(claims):
        if not _may_go_on(courier, until, rest=claims[position:]):
            break
        state = deliver_message(claim, courier=courier)
        if state is not None:
            states.append(state)
    return states


def deliver_message(claim: Claim, *, courier: Courier) -> State | None:
    """Send one claimed message. No lock is held while the server is talked to.

    Returns the state that it came to; None when the claim was lost on the way.
    """
    begun = begin_sending(claim)
    if begun.email is None:
        return begun.state
    return finish(begun.claim, courier.send(begun.email))


def hold_all() -> int:
    """Hold back everything that waits, in every tenant, due or not; count it."""
    return sum(hold_waiting(tenant_id=tenant_id) for tenant_id in queries.tenants_waiting())


def is_muted() -> bool:
    """Tell whether this system may send anything at all: OUTBOX_MUTED, for restored systems."""
    return getattr(settings, "OUTBOX_MUTED", False)


def _is_over(courier: Courier, until: float) -> bool:
    return bool(courier.unreachable) or time.monotonic() > until


def _may_go_on(courier: Courier, until: float, *, rest: Sequence[Claim]) -> bool:
    if time.monotonic() > until:
        give_back(rest)
        return False
    if not courier.is_ready():
        put_off(rest, why=courier.unreachable)
        return False
    return True
