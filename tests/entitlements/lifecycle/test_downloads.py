"""Downloads: what opens them, until when, and what is said where nothing does (DD-42, SP-04)."""

from datetime import UTC, date, datetime

import pytest

from accounts.errors import Invalid, NotFound
from accounts.tenancy import tenant
from entitlements.actions import add_product
from entitlements.downloads import DownloadNotOpen, access_download
from entitlements.holdings import holding_of, policy_at
from entitlements.lines import add_line
from entitlements.maintenance import Maintenance, maintenance_of
from entitlements.models import Download
from entitlements.releases import add_release
from tests.entitlements.lifecycle.storage import license_to, offer
from tests.packs import publish

AT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
ADDRESS = "https://files.example/sp1.zip"


@pytest.fixture
def pack(alpha):
    """Publish Data Dynamics' policy and offer a service pack."""
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        release = add_release(product=alpha.product, version="7.8.0", released_on=date(2026, 1, 1))
        return offer(release, published_on=TODAY)


def found(twin, on_date=TODAY) -> Maintenance:
    return maintenance_of(holding_of(twin.company, policy_at(AT), on_date), twin.product)


def opened(twin, download, at=AT) -> str:
    return access_download(download_id=download.pk, by=twin.contact, at=at)


def test_dd_42_maintenance_opens_what_is_published_at_once(alpha, pack):
    with tenant(alpha.tenant):
        license_to(alpha, maintenance_until=TODAY)

        assert opened(alpha, pack) == ADDRESS


def test_dd_42_maintenance_is_apart_from_the_licence(alpha, pack):
    with tenant(alpha.tenant):
        license_to(alpha, valid_until=None, maintenance_until=date(2026, 5, 31))

        with pytest.raises(DownloadNotOpen) as refused:
            opened(alpha, pack)

    manager = alpha.account_manager
    assert str(refused.value) == (
        f"This download needs maintenance for {alpha.canary}product. Yours ended on 31 May 2026. "
        f"To renew it, ask: {manager.name}, {manager.email}."
    )


def test_dd_42_last_day_is_a_day_of_the_customers_calendar(alpha, pack):
    # 23:30 in Berlin, then half past midnight.
    before = datetime(2026, 6, 1, 21, 30, tzinfo=UTC)
    after = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    with tenant(alpha.tenant):
        license_to(alpha, maintenance_until=TODAY)

        assert opened(alpha, pack, before) == ADDRESS
        with pytest.raises(DownloadNotOpen):
            opened(alpha, pack, after)


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ({}, Maintenance()),
        (
            {"maintenance_until": date(2027, 1, 1)},
            Maintenance("licence", "SX-1", date(2027, 1, 1)),
        ),
        (
            {"maintenance_until": date(2027, 1, 1), "valid_until": date(2026, 7, 1)},
            Maintenance("licence", "SX-1", date(2026, 7, 1)),
        ),
        ({"maintenance_until": date(2025, 1, 1)}, Maintenance(ended_on=date(2025, 1, 1))),
        (
            {"maintenance_until": date(2028, 1, 1), "valid_from": date(2026, 6, 2)},
            Maintenance(),
        ),
    ],
)
def test_dd_42_what_a_licence_opens(alpha, pack, licence, expected):
    with tenant(alpha.tenant):
        license_to(alpha, **licence)

        assert found(alpha) == expected


def test_dd_33_licence_that_nobody_verified_opens_nothing(alpha, pack):
    with tenant(alpha.tenant):
        license_to(alpha, maintenance_until=date(2027, 1, 1), by=alpha.contact)

        assert found(alpha) == Maintenance(unverified="SX-1")
        with pytest.raises(DownloadNotOpen):
            opened(alpha, pack)


def test_sp_04_updates_come_with_the_software_subscription(alpha):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        release = add_release(product=alpha.product, version="12", released_on=date(2026, 1, 1))
        pack = offer(release, published_on=TODAY)
        with pytest.raises(DownloadNotOpen):
            opened(alpha, pack)
        alpha.contract.edition = "enterprise"
        add_line(
            contract=alpha.contract,
            subscription="software_subscription",
            users=50,
            ends_on=date(2026, 12, 31),
        )

        assert opened(alpha, pack) == ADDRESS
        name = "Software Subscription Service"
        assert found(alpha) == Maintenance("subscription", name, date(2026, 12, 31))
        assert found(alpha, date(2027, 1, 1)) == Maintenance(ended_on=date(2026, 12, 31))


def test_download_that_is_not_published_yet_is_not_there(alpha, pack):
    with tenant(alpha.tenant):
        license_to(alpha, maintenance_until=date(2027, 1, 1))

        with pytest.raises(NotFound):
            opened(alpha, pack, datetime(2026, 5, 31, 12, 0, tzinfo=UTC))


def test_download_of_a_product_that_is_not_the_companys_is_not_there(alpha, pack):
    with tenant(alpha.tenant):
        other = add_product(code="other", name="Other")
        release = add_release(product=other, version="1", released_on=date(2026, 1, 1))

        with pytest.raises(NotFound):
            opened(alpha, offer(release))


def test_download_of_another_vendor_is_not_there(alpha, beta, pack):
    with tenant(beta.tenant):
        license_to(beta, maintenance_until=date(2099, 1, 1))

        with pytest.raises(NotFound):
            opened(beta, pack)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "toy"}, "kind"),
        ({"address": "http://files.example/sp1.zip"}, "address"),
        ({"address": "javascript:alert(1)"}, "address"),
        ({"address": "files.example"}, "address"),
    ],
)
def test_download_that_cannot_be_is_refused(alpha, pack, changes, field):
    with tenant(alpha.tenant):
        with pytest.raises(Invalid) as refused:
            offer(pack.release, **changes)

        assert refused.value.field == field
        assert Download.objects.count() == 1
