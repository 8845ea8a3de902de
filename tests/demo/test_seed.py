"""What `seed_demo` fills, and who can sign in to look at it."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count, F

from accounts.models import Person, Tenant
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from reports.models import ServiceReport
from reports.service import make_reports
from sla.models import PolicyVersion
from supportdesk.demo.cast import VENDORS
from supportdesk.demo.past import PAST_CASES
from supportdesk.demo.stories import STORIES
from tests.demo.commands import said_by
from tickets.models import Case, CaseEvent, StoredClock

SLUGS = [vendor.slug for vendor in VENDORS]
ROLES = {"contact", "company_admin", "agent", "lead", "manager", "dispatcher", "account_manager"}


def counted(slug: str) -> dict[str, int]:
    """Count what there is at a vendor."""
    with tenant(Tenant.objects.get(slug=slug)):
        return {
            model.__name__: model.objects.count()
            for model in (Person, Case, CaseEvent, StoredClock, PolicyVersion, OutboxMessage)
        }


@pytest.mark.parametrize("slug", SLUGS)
def test_every_vendor_has_its_policy_its_people_and_its_cases(seeded, db, slug):
    with tenant(Tenant.objects.get(slug=slug)):
        roles = set(Person.objects.values_list("role", flat=True))
        tiers = set(Person.objects.filter(role="agent").values_list("tier", flat=True))

        assert roles == ROLES
        assert tiers == {1, 2, 3}
        assert PolicyVersion.objects.count() == 1
        assert Case.objects.count() == len(STORIES) + PAST_CASES


@pytest.mark.parametrize("slug", SLUGS)
def test_every_vendor_has_clocks_of_every_kind_to_look_at(seeded, db, slug):
    with tenant(Tenant.objects.get(slug=slug)) as at:
        clocks, cases = StoredClock.objects.all(), Case.objects.all()
        kinds = {
            "running": clocks.filter(state="running", due_at__gt=at),
            "paused": clocks.filter(state="paused", case__status=Case.Status.WAITING),
            "met": clocks.filter(state="met"),
            "late": clocks.filter(state="late"),
            "breached": cases.filter(status=Case.Status.OPEN, next_due_at__lt=at),
            "at Level 3": cases.filter(tier=3),
            "solved": cases.filter(status=Case.Status.RESOLVED),
            "closed": cases.filter(status=Case.Status.CLOSED),
            "unassigned": cases.filter(status=Case.Status.OPEN, owner=None),
        }

        assert [kind for kind, found in kinds.items() if not found.exists()] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_told_that_has_not_happened_yet(seeded, db, slug):
    with tenant(Tenant.objects.get(slug=slug)) as at:
        assert not CaseEvent.objects.filter(occurred_at__gt=at).exists()
        assert not CaseEvent.objects.filter(recorded_at__lt=F("occurred_at")).exists()
        assert not Case.objects.filter(next_mark_at__lte=at).exists()


def test_no_two_cases_of_a_vendor_have_the_same_subject(seeded, db):
    for slug in SLUGS:
        with tenant(Tenant.objects.get(slug=slug)):
            twice = Case.objects.values("subject").annotate(times=Count("pk")).filter(times__gt=1)

            assert list(twice) == []


def test_repeat_says_so_and_changes_nothing(seeded, db, settings):
    settings.DEMO = True
    before = {slug: counted(slug) for slug in SLUGS}

    again = said_by("seed_demo")

    assert f"{len(SLUGS) * (len(STORIES) + PAST_CASES)} cases in" in seeded
    assert again.strip() == "All demo data is there already."
    assert {slug: counted(slug) for slug in SLUGS} == before


@pytest.mark.parametrize("slug", SLUGS)
def test_month_before_has_a_report_that_tells_of_promises_kept_and_missed(seeded, db, slug):
    with tenant(Tenant.objects.get(slug=slug)) as at:
        make_reports(at)
        company = Person.objects.get(email="admin@demo.example").company
        promises = ServiceReport.objects.get(company=company).figures["promises"]

        assert sum(row["kept"] for row in promises) > 0
        assert sum(row["missed"] for row in promises) > 0


def test_nobody_fills_a_desk_that_is_no_demonstration(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="This is no demonstration"):
        call_command("seed_demo")
