from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.pulses import MISSING_AFTER_SECONDS, Pulse, pulses


class Command(BaseCommand):
    help = "Tells whether a part of the desk was seen at work lately; ends with 1 if it is missing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=sorted(MISSING_AFTER_SECONDS))

    def handle(self, *, part: str, **_options: object) -> None:
        pulse = pulses().get(part, Pulse(part))
        if pulse.seconds is None:
            raise CommandError(_("%(part)s was never seen at work.") % {"part": part})
        told = _("%(part)s was seen at work %(seconds)d seconds ago.") % {
            "part": part,
            "seconds": pulse.seconds,
        }
        if pulse.is_missing:
            raise CommandError(told)
        self.stdout.write(told)
