from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from accounts.pulses import KEEP, TICK, say
from entitlements.daily import keep_due
from escalation.tick import Ticked, tick
from tickets.held_answers import send_held_answers
from tickets.tasks import audit_clocks

REST_SECONDS = 3.0


class Command(BaseCommand):
    help = (
        "Fires the escalation steps that are due: once, or with --loop until it is told to stop. "
        "The loop also sends held answers, does the daily work and orders the nightly audit, in "
        "place of Celery's beat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if not loop:
            self._report(tick())
            return
        repeat_until_stopped(self._tick, rest_seconds=REST_SECONDS, complain=self.stderr.write)

    def _tick(self) -> None:
        send_held_answers()
        done = tick()
        say(TICK)
        if done != Ticked():
            self._report(done)
        self._keep()
        audit_clocks()

    def _keep(self) -> None:
        kept = keep_due()
        say(KEEP)
        if kept.failed:
            told = _("daily work failed: %(names)s")
            self.stderr.write(told % {"names": ", ".join(kept.failed)})

    def _report(self, done: Ticked) -> None:
        told = _("%(cases)d cases, %(steps)d steps, %(failed)d set aside")
        self.stdout.write(told % {"cases": done.cases, "steps": done.steps, "failed": done.failed})
