from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.loops import repeat_until_stopped
from mailbox.pulling import pull_due

REST_SECONDS = 60.0


class Command(BaseCommand):
    help = "Fetches mail by IMAP from mailboxes elsewhere: once, or with --loop again and again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help=_("go on until TERM or Ctrl-C"))

    def handle(self, *, loop: bool, **_options: object) -> None:
        if not loop:
            self._pull()
            return
        repeat_until_stopped(self._pull, rest_seconds=REST_SECONDS, complain=self.stderr.write)

    def _pull(self) -> None:
        self.stdout.write(_("%(number)d fetched") % {"number": pull_due()})
