import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.queries import vendors
from entitlements.daily import keep_tenant


class Command(BaseCommand):
    help = (
        "Does the daily work of contracts, points and licences for all vendors, now: what ended is "
        "entered, what begins is given, notices are queued. Exit status 1 when a task failed."
    )

    def handle(self, **_options: object) -> None:
        has_failed = False
        for vendor in vendors():
            kept = keep_tenant(vendor.pk)
            told = _("%(vendor)s: %(done)d done, %(failed)d failed")
            figures = {"vendor": vendor.slug, "done": kept.done, "failed": len(kept.failed)}
            self.stdout.write(" ".join([told % figures, *kept.failed]))
            has_failed = has_failed or bool(kept.failed)
        if has_failed:
            sys.exit(1)
