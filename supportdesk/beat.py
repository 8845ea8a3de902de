"""Beat: orders the work that is done again and again, whatever the machine's clock says.

Celery's own scheduler keeps wall times: when the clock is put back an hour it orders nothing for
an hour. This one counts seconds that only go forward, keeps no file, and orders nothing while the
orders before lie unread, so that a desk without workers does not fill the broker.
"""

import time
from typing import Any

from celery.beat import Scheduler
from django.db import InterfaceError, OperationalError, connection

from accounts.pulses import BEAT, say

# Two rounds of all orders and a few nudges. What is not ordered now is found by the next round.
UNREAD_AT_MOST = 40
LOOK_AGAIN_SECONDS = 1.0


class SteadyScheduler(Scheduler):
    """Orders each entry of CELERY_BEAT_SCHEDULE at once and then every so many seconds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.due: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        """Order what is due; return the seconds until something is."""
        _say_alive()
        now = time.monotonic()
        due = [name for name in self.schedule if self.due.get(name, now) <= now]
        if due and self._unread() > UNREAD_AT_MOST:
            return LOOK_AGAIN_SECONDS
        for name in due:
            entry = self.schedule[name]
            self.apply_entry(entry, producer=self.producer)
            self.due[name] = now + entry.schedule.run_every.total_seconds()
        return max(min(self.due.values()) - time.monotonic(), 0.0)

    def _unread(self) -> int:
        """Count the orders that nobody has read; a lost broker is found out by ordering."""
        with self.app.connection_for_read() as broker:
            try:
                return broker.default_channel._size(self.app.conf.task_default_queue)
            except (*broker.connection_errors, *broker.channel_errors):
                return 0


def _say_alive() -> None:
    try:
        say(BEAT)
    except (OperationalError, InterfaceError):
        connection.close()  # the next round connects anew; orders go by the broker
