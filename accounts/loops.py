"""Doing a piece of work again and again until the process is told to stop."""

import signal
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection


def repeat_until_stopped(
    work: Callable[[], None], *, rest_seconds: float, complain: Callable[[str], object]
) -> None:
    """Call `work` until TERM or INT, with a rest in between. Main thread only.

    While the database is away it says so and connects again in the next round: what `work` leaves
    undone must be found by looking, not be remembered.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_frame: stop.set())
    while not stop.is_set():
        try:
            work()
        except (OperationalError, InterfaceError) as error:
            complain(str(error).strip())
            connection.close()
        stop.wait(rest_seconds)
