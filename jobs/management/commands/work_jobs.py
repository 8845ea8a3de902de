from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from accounts.pulses import WORK, say
from jobs.working import NOTHING, Worked, work_due

REST_SECONDS = 2.0


class Command(BaseCommand):
    help = "Does the long work that is due: all of it, or with --loop until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if loop:
            repeat_until_stopped(self._work, rest_seconds=REST_SECONDS, complain=self.stderr.write)
            return
        total = NOTHING
        while (done := work_due()) != NOTHING:
            total += done
        self._report(total)

    def _work(self) -> None:
        done = work_due()
        say(WORK)
        if done != NOTHING:
            self._report(done)

    def _report(self, done: Worked) -> None:
        told = _("%(parts)d parts done, %(failed)d attempts failed")
        self.stdout.write(told % {"parts": done.parts, "failed": done.failed})
