"""Long work by Celery. PostgreSQL holds what is to be done; these only shorten the wait.

The workers that do it are those of the tick and the outbox. So a task works for a few seconds only
and then queues up again behind what came meanwhile; so many of these chains run at once as there
are turns.
"""

import time

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import KombuError
from kombu.pools import producers

from accounts.pulses import WORK, say
from accounts.queries import operators_tenant
from accounts.tenancy import tenant
from jobs.queries import jobs_to_work
from jobs.working import NOTHING, work_due

# Both processes of a worker may take part.
TURNS = ("jobs.turn.1", "jobs.turn.2")
# A chain whose task was lost lapses then; only the flow depends on it.
TURN_SECONDS = 90
TASK_SECONDS = 4.0
NUDGE_EXPIRES_SECONDS = 30
# As in the outbox: a broker that is gone must not keep a page waiting.
NUDGE_BROKER_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 0.3, "socket_timeout": 0.5}
NUDGE_RESTS_SECONDS = 10.0

_rests_until = 0.0


@shared_task
def work_all(turn: str = "") -> None:
    """Work for a few seconds; go on in a new task while there is something to be done.

    `turn` names the chain that this task belongs to; one without begins a chain if there is a turn
    left, else does nothing.
    """
    home = operators_tenant()
    mine = turn or _free_turn(home.pk)
    if not mine:
        return
    worked = work_due(TASK_SECONDS)
    say(WORK)
    # What is left but could not be taken up is in other hands.
    if worked != NOTHING and jobs_to_work():
        _keep(home.pk, mine)
        work_all.delay(mine)
        return
    with tenant(home):
        cache.delete(mine)


def nudge() -> None:
    """Have the work taken up by all worker processes once the current transaction has committed.

    For faces, where seconds matter; beat has it taken up anyway. A broker that is gone costs one
    short attempt, then nothing for ten seconds, and never an error.
    """
    transaction.on_commit(_publish)


def _publish() -> None:
    global _rests_until
    if time.monotonic() < _rests_until:
        return
    app = work_all.app
    options = app.conf.broker_transport_options | NUDGE_BROKER_OPTIONS
    broker = app.connection_for_write(transport_options=options)
    try:
        with producers[broker].acquire(block=False) as producer:
            for _turn in TURNS:
                work_all.apply_async(expires=NUDGE_EXPIRES_SECONDS, retry=False, producer=producer)
    except (KombuError, OSError):
        _rests_until = time.monotonic() + NUDGE_RESTS_SECONDS


def _free_turn(home: int) -> str:
    with tenant(home):
        # Adding what is there is refused by the database, which logs it as an error: look first.
        taken = cache.get_many(TURNS)
        free = (turn for turn in TURNS if turn not in taken)
        return next((turn for turn in free if cache.add(turn, True, TURN_SECONDS)), "")


def _keep(home: int, turn: str) -> None:
    with tenant(home):
        cache.set(turn, True, TURN_SECONDS)
