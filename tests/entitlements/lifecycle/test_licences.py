"""Who may write a licence down, who has verified it, and when."""

from datetime import UTC, date, datetime

import pytest

from accounts.errors import Invalid, NotAllowed, NotFound
from accounts.tenancy import tenant
from entitlements.licences import (
    LicenceIsThere,
    LicenceIsVerified,
    LicenceUnclear,
    change_licence,
    maintenance_end,
    verify_licence,
)
from entitlements.models import Licence
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.entitlements.lifecycle.storage import BEGINNING, license_to
from tests.points import override_asked

LATER = datetime(2016, 3, 1, 9, 0, tzinfo=UTC)


def test_dd_33_managers_licence_is_verified_by_them(alpha, entered):
    licence = license_to(alpha, number=" SX-1 ")

    licence.refresh_from_db()
    assert licence.number == "SX-1"
    assert (licence.verified_at, licence.verified_by_id) == (BEGINNING, alpha.manager.pk)


def test_dd_33_customers_licence_waits_for_somebody_who_says_who_and_when(alpha, entered):
    licence = license_to(alpha, by=alpha.contact)

    assert (licence.verified_at, licence.verified_by) == (None, None)
    verify_licence(licence_id=licence.pk, by=alpha.manager, at=LATER)
    licence.refresh_from_db()
    assert (licence.verified_at, licence.verified_by_id) == (LATER, alpha.manager.pk)
    with pytest.raises(LicenceIsVerified):
        verify_licence(licence_id=licence.pk, by=alpha.manager, at=LATER)


@pytest.mark.parametrize("who", ["contact", "company_admin", "agent", "lead", "account_manager"])
def test_dd_33_only_who_keeps_contracts_verifies(alpha, entered, who):
    licence = license_to(alpha, by=alpha.contact)

    with pytest.raises(NotAllowed):
        verify_licence(licence_id=licence.pk, by=getattr(alpha, who), at=LATER)
    with pytest.raises(NotAllowed):
        change_licence(licence=licence, by=getattr(alpha, who))

    licence.refresh_from_db()
    assert licence.verified_at is None


@pytest.mark.parametrize("who", ["stranger", "agent"])
def test_licence_is_named_by_the_company_or_the_manager(alpha, entered, who):
    with pytest.raises(NotAllowed):
        license_to(alpha, by=getattr(alpha, who))

    assert not Licence.objects.exists()


def test_licence_number_is_there_once(alpha, beta):
    with tenant(beta.tenant):
        license_to(beta)
    with tenant(alpha.tenant):
        license_to(alpha)
        with pytest.raises(LicenceIsThere):
            license_to(alpha, alpha.other_company)

        assert Licence.objects.count() == 1


@pytest.mark.parametrize("number", ["sx-1", " S X-1", "Sx\t-1 ", "sx-1\u00a0"])
def test_licence_number_is_there_once_however_it_is_written(alpha, entered, number):
    license_to(alpha, number="SX-1")
    other = license_to(alpha, number="SX-2")

    with pytest.raises(LicenceIsThere):
        license_to(alpha, alpha.other_company, number)
    other.number = number
    with pytest.raises(LicenceIsThere):
        change_licence(licence=other, by=alpha.manager)


def test_customers_do_not_learn_that_another_company_has_a_number(alpha, entered):
    license_to(alpha, alpha.other_company)

    with pytest.raises(LicenceUnclear) as refused:
        license_to(alpha, by=alpha.contact)

    assert "already" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_until": date(2014, 12, 31)}, "valid_until"),
        ({"maintenance_until": date(2014, 12, 31)}, "maintenance_until"),
        ({"number": " "}, "number"),
    ],
)
def test_days_that_cannot_be_are_refused(alpha, entered, changes, field):
    with pytest.raises(Invalid) as refused:
        license_to(alpha, **changes)

    assert refused.value.field == field


def test_other_vendors_licence_cannot_be_verified(alpha, beta):
    with tenant(beta.tenant):
        licence = license_to(beta, by=beta.contact)
    with tenant(alpha.tenant), pytest.raises(NotFound):
        verify_licence(licence_id=licence.pk, by=alpha.manager, at=LATER)


@pytest.mark.parametrize(
    ("licences", "last"),
    [
        ([], None),
        ([(None, None)], None),
        ([(None, date(2017, 3, 1))], date(2017, 3, 1)),
        # Whichever of the two ends first.
        ([(date(2017, 1, 1), date(2017, 3, 1))], date(2017, 1, 1)),
        ([(None, date(2017, 3, 1)), (None, date(2018, 3, 1))], date(2018, 3, 1)),
    ],
)
def test_dd_42_maintenance_ends_apart_from_the_licence(licences, last):
    rows = [
        Licence(valid_until=until, maintenance_until=maintenance, verified_at=BEGINNING)
        for until, maintenance in licences
    ]

    assert maintenance_end(rows) == last


def test_dd_42_unverified_licence_brings_no_maintenance():
    assert maintenance_end([Licence(maintenance_until=date(2030, 1, 1))]) is None


def mailed(kind="licence_verified"):
    found = OutboxMessage.objects.filter(kind=kind).select_related("recipient").order_by("pk")
    return list(found)


def test_dd_33_company_hears_that_its_licence_is_verified(alpha, entered):
    override_asked(alpha, at=LATER)
    licence = license_to(alpha, by=alpha.contact)

    verify_licence(licence_id=licence.pk, by=alpha.manager, at=LATER)

    assert {one.recipient for one in mailed()} == {alpha.company_admin, alpha.contact}
    first = mailed()[0]
    known = registered(first.kind)
    assert known.may_receive(alpha.company_admin, first.refs) is True
    assert known.may_receive(alpha.stranger, first.refs) is False
    letter = known.render(alpha.company_admin, first.refs)
    assert letter.subject == "Your licence SX-1 is verified"
    assert "/file/" in letter.body


def test_licence_that_a_manager_writes_down_is_no_news(alpha, entered):
    license_to(alpha)

    assert mailed() == []
