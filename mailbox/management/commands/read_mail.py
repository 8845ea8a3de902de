from argparse import ArgumentParser
from collections import Counter

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from mailbox.reading import read_due

REST_SECONDS = 3.0


class Command(BaseCommand):
    help = "Reads the mail that came in: once, or with --loop until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if not loop:
            self._report(read_due())
            return
        repeat_until_stopped(self._read, rest_seconds=REST_SECONDS, complain=self.stderr.write)

    def _read(self) -> None:
        done = read_due()
        if done:
            self._report(done)

    def _report(self, done: Counter) -> None:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(done.items()))
        self.stdout.write(counts or _("No mail waited to be read."))
