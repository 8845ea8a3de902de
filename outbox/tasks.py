"""Delivery by Celery. PostgreSQL holds what is to be sent; these only shorten the wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import connection, transaction
from kombu.exceptions import KombuError
from kombu.pools import producers

from accounts.pulses import DELIVER, WEBHOOKS, say
from outbox.delivery import deliver_due
from outbox.hook_delivery import deliver_hooks

# One pass at a time, else passes that wait for a slow mail server take all workers from the tick.
# Only the flow depends on it. A number of ours among the advisory locks of the database.
TURN, HOOKS_TURN = 7_301, 7_302
NUDGE_EXPIRES_SECONDS = 30
# Celery's own settings suit workers: with them a nudge took six seconds without Redis, and ten
# with one that is frozen.
NUDGE_BROKER_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 0.3, "socket_timeout": 0.5}
# After a nudge that failed the next ones are left out for so long.
NUDGE_RESTS_SECONDS = 10.0

_rests_until = 0.0


@shared_task
def deliver_all() -> dict[str, int]:
    """Deliver what is due in all tenants, unless another worker is at it; counts by state."""
    with _turn(TURN) as mine:
        states = deliver_due() if mine else {}
        if mine:  # who found the turn taken has delivered nothing
            say(DELIVER)
    return {state.value: count for state, count in states.items()}


@shared_task
def deliver_to_endpoints() -> dict[str, int]:
    """Make the due deliveries to endpoints, unless another worker is at it; counts by state."""
    with _turn(HOOKS_TURN) as mine:
        states = deliver_hooks() if mine else {}
        if mine:
            say(WEBHOOKS)
    return {state.value: count for state, count in states.items()}


def nudge() -> None:
    """Have the outbox delivered as soon as the current transaction has committed.

    For faces, where seconds matter; beat delivers anyway. A broker that is gone costs one short
    attempt, then nothing for ten seconds, and never an error.
    """
    transaction.on_commit(_publish)


def _publish() -> None:
    global _rests_until
    if time.monotonic() < _rests_until:
        return
    app = deliver_all.app
    options = app.conf.broker_transport_options | NUDGE_BROKER_OPTIONS
    broker = app.connection_for_write(transport_options=options)
    try:
        with producers[broker].acquire(block=False) as producer:
            deliver_all.apply_async(expires=NUDGE_EXPIRES_SECONDS, retry=False, producer=producer)
    except (KombuError, OSError):
        _rests_until = time.monotonic() + NUDGE_RESTS_SECONDS


@contextmanager
def _turn(number: int) -> Iterator[bool]:
    """Take the only turn, or not. A lock of this connection: with its holder's death it is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        # A connection that broke meanwhile has given it back already.
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
