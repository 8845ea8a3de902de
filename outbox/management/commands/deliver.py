import signal
import threading
from argparse import ArgumentParser
from collections import Counter

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from outbox.delivery import deliver_due

REST_SECONDS = 3.0


class Command(BaseCommand):
    help = "Sends what is due in the outbox: once, or with --loop until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if not loop:
            self._report(deliver_due())
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_frame: stop.set())
        while not stop.is_set():
            self._deliver()
            stop.wait(REST_SECONDS)

    def _deliver(self) -> None:
        try:
            done = deliver_due()
        except (OperationalError, InterfaceError) as error:
            # The database is away: what was claimed lapses, and the next round connects again.
            self.stderr.write(str(error).strip())
            connection.close()
            return
        if done:
            self._report(done)

    def _report(self, done: Counter) -> None:
        counts = ", ".join(f"{count} {state.label}" for state, count in sorted(done.items()))
        self.stdout.write(counts or _("Nothing was due."))
