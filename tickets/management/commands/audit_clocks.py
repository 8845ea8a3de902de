import sys
import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.queries import vendors
from accounts.tenancy import tenant
from jobs.models import Job
from jobs.working import work_job
from tickets.audit import latest_differences
from tickets.auditing import describe, start_audit
from tickets.wording import display_number

PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    help = (
        "Compares the stored clocks of all open cases with their timelines, now, and prints what "
        "differs. Repairs nothing. Exit status 1 when something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--vendor", metavar="SLUG", help=_("only this vendor"))

    def handle(self, *, vendor: str | None, **_options: object) -> None:
        chosen = vendors().filter(slug=vendor) if vendor else vendors()
        if vendor and not chosen.exists():
            raise CommandError(_("There is no vendor “%(slug)s”.") % {"slug": vendor})
        found = [self._audit(one) for one in chosen]
        if any(found):
            sys.exit(1)

    def _audit(self, vendor: Tenant) -> bool:
        """Work an audit off and print it; tell whether it is not as it should be."""
        with tenant(vendor) as at:
            job = start_audit(by=None, at=at)
        job = _work_off(vendor, job)
        with tenant(vendor):
            for line in describe(job) if job.state == Job.State.DONE else [job.why]:
                self.stdout.write(f"{vendor.slug}: {line}")
            for one in latest_differences(job.pk):
                self.stdout.write(
                    f"  {display_number(one.case)} {one.what}: "
                    f"stored {one.stored or '-'}, computed {one.computed or '-'}"
                )
        return job.state != Job.State.DONE or bool(job.result["differences"])


def _work_off(vendor: Tenant, job: Job) -> Job:
    """Work on a job until it has ended; other workers may take parts of it."""
    while True:
        work_job(vendor.pk, job.pk, until=float("inf"))
        with tenant(vendor):
            job = Job.objects.select_related("tenant").get(pk=job.pk)
        if not job.is_active:
            return job
        time.sleep(PAUSE_SECONDS)
