from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from escalation.tick import Ticked, tick

REST_SECONDS = 3.0


class Command(BaseCommand):
    help = "Fires the escalation steps that are due: once, or with --loop until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if not loop:
            self._report(tick())
            return
        repeat_until_stopped(self._tick, rest_seconds=REST_SECONDS, complain=self.stderr.write)

    def _tick(self) -> None:
        done = tick()
        if done != Ticked():
            self._report(done)

    def _report(self, done: Ticked) -> None:
        told = _("%(cases)d cases, %(steps)d steps, %(failed)d set aside")
        self.stdout.write(told % {"cases": done.cases, "steps": done.steps, "failed": done.failed})
