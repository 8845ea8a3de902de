import logging
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from accounts.pulses import KEEP, TICK, say
from entitlements.daily import keep_due
from escalation.tick import Ticked, tick
from tickets.held_answers import send_held_answers
from tickets.tasks import audit_clocks

log = logging.getLogger(__name__)

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
        """Do one round of every part: what goes wrong in one costs the others nothing.

        Raises the first failure of the database once all have had their turn.
        """
        away: OperationalError | InterfaceError | None = None
        for part in (self._fire, send_held_answers, self._keep, audit_clocks):
            try:
                part()
            except (OperationalError, InterfaceError) as error:
                away = away or error
                connection.close()
            # The loop is all that watches the clocks: no fault of a part may end it.
            except Exception:
                log.exception("a part of the loop failed: %s", part.__name__)
        if away is not None:
            raise away

    def _fire(self) -> None:
        done = tick()
        say(TICK)
        if done != Ticked():
            self._report(done)

    def _keep(self) -> None:
        kept = keep_due()
        say(KEEP)
        if kept.failed:
            told = _("daily work failed: %(names)s")
            self.stderr.write(told % {"names": ", ".join(kept.failed)})

    def _report(self, done: Ticked) -> None:
        told = _("%(cases)d cases, %(steps)d steps, %(failed)d set aside")
        self.stdout.write(told % {"cases": done.cases, "steps": done.steps, "failed": done.failed})
