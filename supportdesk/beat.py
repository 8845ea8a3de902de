"""Beat: orders the work that is done again and again, whatever the machine's clock says.

Celery's own scheduler keeps wall times: when the clock is put back an hour it orders nothing for
an hour. This one counts seconds that only go forward, keeps no file, and orders nothing while the
orders before lie unread, so that a desk without workers does not fill the broker. It outlives the
broker: every round connects anew, waits for a few seconds at most, and the next one tries again.
"""

import logging
import time
from typing import Any

from celery.beat import Scheduler
from django.db import InterfaceError, OperationalError, connection
from kombu import Connection
from kombu.exceptions import KombuError

from accounts.pulses import BEAT, say

log = logging.getLogger(__name__)

# Two rounds of all orders and a few nudges. What is not ordered now is found by the next round.
UNREAD_AT_MOST = 40
LOOK_AGAIN_SECONDS = 1.0
# Celery's own settings make beat wait for a broker that is gone, at last for half a minute a time.
BROKER_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 2.0, "socket_timeout": 2.0}


class SteadyScheduler(Scheduler):
    """Orders each entry of CELERY_BEAT_SCHEDULE at once and then every so many seconds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.due: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        """Order what is due; return the seconds until something is.

        Where the broker does not take it everything stays due. Only a round that did its work
        says that beat lives.
        """
        now = time.monotonic()
        due = [name for name in self.schedule if self.due.get(name, now) <= now]
        options = self.app.conf.broker_transport_options | BROKER_OPTIONS
        broker = self.app.connection_for_write(transport_options=options)
        try:
            with broker:
                is_read = not due or self._unread(broker) <= UNREAD_AT_MOST
                self._order(due if is_read else [], broker, now)
        # Of the first connection kombu raises errors of its own, of later ones the client's.
        except (KombuError, OSError, *broker.connection_errors, *broker.channel_errors) as error:
            log.warning("the broker takes no orders: %s", error)
            return LOOK_AGAIN_SECONDS
        _say_alive()
        if not is_read:
            return LOOK_AGAIN_SECONDS
        return max(min(self.due.values()) - time.monotonic(), 0.0)

    def _order(self, due: list[str], broker: Connection, now: float) -> None:
        producer = self.Producer(broker, auto_declare=False)
        for name in due:
            entry = self.schedule[name]
            self.apply_entry(entry, producer=producer)
            self.due[name] = now + entry.schedule.run_every.total_seconds()

    def _unread(self, broker: Connection) -> int:
        """Count the orders that nobody has read."""
        return broker.default_channel._size(self.app.conf.task_default_queue)


def _say_alive() -> None:
    try:
        say(BEAT)
    except (OperationalError, InterfaceError):
        connection.close()  # the next round connects anew; orders go by the broker
