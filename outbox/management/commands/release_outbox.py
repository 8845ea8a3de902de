from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.tenancy import tenant
from outbox.actions import release_held
from outbox.delivery import is_muted
from outbox.endpoints import release_held_hooks


class Command(BaseCommand):
    help = (
        "Lets go what a muted outbox held back. Messages that came with the restored backup were"
        " perhaps sent before and are skipped; those made since are queued."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--restored-at",
            required=True,
            type=moment,
            help=_("when this system was restored, such as 2026-03-02T09:00:00+00:00"),
        )

    def handle(self, *, restored_at: datetime, **_options: object) -> None:
        if is_muted():
            raise CommandError(_("The outbox is muted: start without OUTBOX_MUTED first."))
        for vendor in Tenant.objects.order_by("pk"):
            with tenant(vendor):
                released = release_held(restored_at=restored_at)
                release_held_hooks(restored_at=restored_at)
            if released.queued or released.skipped:
                self.stdout.write(
                    _("%(vendor)s: %(queued)d queued, %(skipped)d skipped")
                    % {
                        "vendor": vendor.slug,
                        "queued": released.queued,
                        "skipped": released.skipped,
                    }
                )


def moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        raise ValueError(text)
    return found
