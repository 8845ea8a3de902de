"""What the demo's customers have bought: points, licences, releases, dates that come near."""

from datetime import timedelta

import pytest

from accounts.domains import company_of_domain
from accounts.models import Company, Person, Tenant
from accounts.tenancy import tenant
from entitlements.balances import balance_at, reconcile, usable_lots
from entitlements.models import (
    BenefitItem,
    Contract,
    EntitlementRequest,
    Licence,
    PointsEntry,
    Registration,
    Release,
)
from entitlements.registration_matches import matches_of
from tests.demo.conftest import MOMENTS
from tickets.filing import Wish, weigh

# The night to a Sunday: what is sold does not depend on the day.
pytestmark = pytest.mark.parametrize("seeded", MOMENTS[:1], indirect=True)


@pytest.fixture
def scalix(seeded, db) -> Tenant:
    return Tenant.objects.get(slug="scalix")


@pytest.fixture
def datadynamics(seeded, db) -> Tenant:
    return Tenant.objects.get(slug="datadynamics")


def wish(person: Person, channel: str) -> Wish:
    release = Release.objects.get(version="11.4")
    return Wish(
        company=person.company,
        contact=person,
        channel=channel,
        product=release.product,
        case_type="problem",
        release=release,
    )


def test_sc_03_customer_with_20_points_needs_10_more_for_a_call_while_the_form_can_go(scalix):
    with tenant(scalix) as at:
        customer = Person.objects.get(email="customer@demo.example")

        call, form = (
            weigh(wish(customer, channel), by=customer, at=at) for channel in ("phone", "portal")
        )

        assert balance_at(customer.company, at) == 20
        assert [(one.code, one.params["missing"]) for one in call.refusals] == [
            ("points_short", 10)
        ]
        assert (form.refusals, form.cost.points, form.cost.after) == ((), 10, 10)


def test_sc_05_points_of_the_demo_end_on_different_days_and_some_have(scalix):
    with tenant(scalix) as at:
        orchard = Company.objects.get(name="Kowhai Orchards")
        ends = [lot.expires_at for lot in usable_lots(orchard, at)]

        assert len(set(ends)) == len(ends) == 2
        assert at < ends[0] < at + timedelta(days=30)
        assert PointsEntry.objects.filter(company=orchard, kind="expiry").count() == 1


def test_every_account_of_the_demo_sums_up(scalix):
    with tenant(scalix) as at:
        assert reconcile(at) == []


def test_sp_19_one_delivery_is_late_and_the_others_before_it_are_done(scalix):
    with tenant(scalix) as at:
        due = BenefitItem.objects.filter(due_on__lt=at.date())

        assert due.filter(done_on=None).count() == 1
        assert due.exclude(done_on=None).count() >= 5


def test_dd_32_releases_of_the_demo_are_those_of_the_document(datadynamics):
    with tenant(datadynamics):
        listed = Release.objects.order_by("version_key").values_list(
            "version", "support_end", "support_ends_on"
        )

        assert [(version, end, day and day.isoformat()) for version, end, day in listed] == [
            ("7.6.0", "month", "2016-08-31"),
            ("7.7.0", "month", "2017-05-31"),
            ("7.8.0", "tbd", None),
        ]


def test_dd_33_licences_of_the_demo_run_end_soon_are_over_and_are_not_verified(datadynamics):
    with tenant(datadynamics) as at:
        today = at.date()
        verified = Licence.objects.exclude(verified_at=None)

        assert verified.filter(valid_until__gt=today + timedelta(days=90)).count() == 1
        assert verified.filter(valid_until__range=(today, today + timedelta(days=30))).count() == 1
        assert verified.filter(valid_until__lt=today).count() == 1
        assert Licence.objects.filter(verified_at=None).count() == 1
        assert Licence.objects.filter(maintenance_until__lt=today).count() == 2


def test_dd_17_strangers_of_the_demo_wait_for_a_manager(datadynamics):
    with tenant(datadynamics) as at:
        waiting = Registration.objects.order_by("proven_at")

        assert [(one.name, one.state) for one in waiting] == [
            ("Dolores Vega", "waiting"),
            ("Pat Lind", "waiting"),
        ]
        assert [[match.company.name for match in matches_of(one, at)] for one in waiting] == [
            ["Saguaro Health"],
            ["Lonestar Energy"],
        ]
        assert company_of_domain("lonestar-energy.example").name == "Lonestar Energy"


@pytest.mark.parametrize(
    ("slug", "kind", "asker"),
    [("scalix", "pack", "Mere Ngata"), ("datadynamics", "override", "Hank Ford")],
)
def test_sc_19_customers_of_the_demo_ask_for_what_they_lack(seeded, db, slug, kind, asker):
    with tenant(Tenant.objects.get(slug=slug)):
        request = EntitlementRequest.objects.get()

        assert (request.kind, request.asked_by.name, request.state) == (kind, asker, "waiting")


def test_mx_01_contracts_of_the_demo_end_with_somebody_to_renew_them(seeded, db):
    with tenant(Tenant.objects.get(slug="metalogix")) as at:
        ending = Contract.objects.exclude(ends_on=None).order_by("ends_on")

        assert [(one.ends_on - at.date()).days for one in ending] == [25, 75]
        assert [one.renewal_contact.role for one in ending] == ["company_admin"] * 2
