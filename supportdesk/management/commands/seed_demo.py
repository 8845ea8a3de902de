import time
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.actions import add_person
from accounts.models import Person, Tenant
from accounts.queries import operators_tenant
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from supportdesk.demo.cast import VENDORS, Cast, VendorPlan, hire
from supportdesk.demo.help import write_help
from supportdesk.demo.past import PAST_CASES, opening, tell_past
from supportdesk.demo.sign_ins import OPERATOR
from supportdesk.demo.sold import Happening, purchases, sell, settle
from supportdesk.demo.stories import STORIES, tell
from tickets.models import Case

CASES = len(STORIES) + PAST_CASES
MAIL_OF_TODAY = timedelta(hours=3)
POLICIES = settings.BASE_DIR / "policies"


class Command(BaseCommand):
    help = "Fill the desk with four vendors, their people and about 150 cases. Repeats do nothing."

    def handle(self, *args: object, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is no demonstration: set DEMO=1 to fill it with made-up people."
            )
        began = time.monotonic()
        files = [str(POLICIES / f"{vendor.slug}.toml") for vendor in VENDORS]
        known = set(Tenant.objects.values_list("slug", flat=True))
        if not {vendor.slug for vendor in VENDORS} <= known:
            call_command("load_policy", *files, stdout=self.stdout)
        told = sum(self._vendor(vendor) for vendor in VENDORS)
        self._operator()
        seconds = time.monotonic() - began
        words = f"{told} cases in {seconds:.1f} s." if told else "All demo data is there already."
        self.stdout.write(words)

    def _vendor(self, vendor: VendorPlan) -> int:
        """Tell a vendor's stories in one transaction: all of them are there, or none."""
        home = Tenant.objects.get(slug=vendor.slug)
        with tenant(home) as now:
            if Case.objects.exists() or Person.objects.exists():
                return 0
            cast = hire(vendor, now)
            sell(vendor.slug, cast, now)
            write_help(vendor.slug, cast, now)
            for done, (_at, happen) in enumerate(_happenings(vendor.slug, cast, now), start=1):
                happen()
                self._progress(home.name, min(done, CASES))
            settle(vendor.slug, cast, now)
            _skip_old_mail(now)
        self.stdout.write("")
        return CASES

    def _operator(self) -> None:
        with tenant(operators_tenant()):
            if not Person.objects.exists():
                add_person(
                    name="Otto Operator",
                    role="operator",
                    email=OPERATOR,
                    password=settings.DEMO_PASSWORD,
                )

    def _progress(self, name: str, done: int) -> None:
        self.stdout.write(f"\r{name}: {done} of {CASES} cases", ending="")
        self.stdout.flush()


def _happenings(vendor: str, cast: Cast, now: datetime) -> list[Happening]:
    """List what happens at a vendor, what was first first: numbers and balances run with time."""
    stories = [
        (
            now - timedelta(hours=story.hours_ago),
            partial(tell, story, number=number, vendor=vendor, cast=cast, now=now),
        )
        for number, story in enumerate(STORIES)
    ]
    past = [
        (opening(number, cast, now), partial(tell_past, number, vendor=vendor, cast=cast, now=now))
        for number in range(PAST_CASES)
    ]
    return sorted([*purchases(vendor, cast, now), *past, *stories], key=itemgetter(0))


def _skip_old_mail(now: datetime) -> None:
    """Keep the past's mail from leaving today, with today's promises in it."""
    OutboxMessage.objects.filter(queued_at__lt=now - MAIL_OF_TODAY).update(
        state=OutboxMessage.State.SKIPPED, why=str(_("Queued before the demonstration began."))
    )
