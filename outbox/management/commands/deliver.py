from argparse import ArgumentParser
from collections import Counter

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from accounts.pulses import DELIVER, WEBHOOKS, say
from outbox.delivery import deliver_due
from outbox.hook_delivery import deliver_hooks

REST_SECONDS = 3.0


class Command(BaseCommand):
    help = "Sends what is due in the outbox: once, or with --loop until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if not loop:
            self._report(deliver_due())
            self._report_hooks(deliver_hooks())
            return
        repeat_until_stopped(self._deliver, rest_seconds=REST_SECONDS, complain=self.stderr.write)

    def _deliver(self) -> None:
        done = deliver_due()
        say(DELIVER)
        if done:
            self._report(done)
        hooks = deliver_hooks()
        say(WEBHOOKS)
        self._report_hooks(hooks)

    def _report_hooks(self, done: Counter) -> None:
        counts = ", ".join(f"{count} {state.label}" for state, count in sorted(done.items()))
        if counts:
            self.stdout.write(_("To endpoints: %(counts)s") % {"counts": counts})

    def _report(self, done: Counter) -> None:
        counts = ", ".join(f"{count} {state.label}" for state, count in sorted(done.items()))
        self.stdout.write(counts or _("Nothing was due."))
