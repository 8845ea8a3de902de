"""Versions and their order, days of support as they are written down, who is on a release."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Invalid
from accounts.tenancy import tenant
from entitlements.models import Release
from entitlements.releases import (
    ReleaseIsThere,
    add_release,
    change_release,
    companies_on,
    releases_named_by,
    version_key,
    version_numbers,
)
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import LAST_DAY, add_table, license_to, publish_then

ON_THE_DAY = date(2017, 5, 31)
NUMBERS = st.lists(st.integers(0, 999_999_999), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("7.8.0", (7, 8)),
        ("7.8", (7, 8)),
        ("7.8.0 SP1", (7, 8, 0, 1)),
        ("7.10", (7, 10)),
        ("2016 R2", (2016, 2)),
        ("0.0", (0,)),
        ("11-4-6", (11, 4, 6)),
    ],
)
def test_version_is_its_numbers(version, numbers):
    assert version_numbers(version) == numbers


@pytest.mark.parametrize("version", ["", "R2", "v7.8", "1" * 10, ".".join("1" * 13)])
def test_version_without_a_number_first_or_with_too_many_digits_is_refused(version):
    with pytest.raises(Invalid) as refused:
        version_numbers(version)

    assert refused.value.field == "version"


@given(NUMBERS, NUMBERS)
def test_keys_are_in_the_order_of_versions(one, other):
    def written(numbers):
        return ".".join(map(str, numbers))

    def padded(numbers):
        return tuple(numbers) + (0,) * (12 - len(numbers))

    keys = (version_key(written(one)), version_key(written(other)))

    assert (keys[0] < keys[1]) == (padded(one) < padded(other))
    assert (keys[0] == keys[1]) == (padded(one) == padded(other))
    assert len(keys[0]) <= 120


def test_dd_32_release_keeps_a_month_as_its_last_day(alpha, entered):
    release = add_release(
        product=alpha.product,
        version=" 7.7.0 ",
        released_on=date(2015, 11, 1),
        support_end="month",
        support_ends_on=date(2016, 2, 3),
    )

    release.refresh_from_db()
    assert (release.version, release.major) == ("7.7.0", 7)
    assert release.support_ends_on == date(2016, 2, 29)


def test_release_with_the_same_numbers_is_refused(alpha, entered):
    add_release(product=alpha.product, version="7.8.0", released_on=date(2016, 8, 1))

    with pytest.raises(ReleaseIsThere):
        add_release(product=alpha.product, version="7.8", released_on=date(2016, 9, 1))

    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    ("end", "day"),
    [
        ("day", None),
        ("month", None),
        ("tbd", date(2017, 1, 1)),
        ("by_rule", date(2017, 1, 1)),
        ("day", date(2016, 7, 31)),
        ("month", date(2016, 7, 1)),
    ],
)
def test_end_that_does_not_go_with_its_day_is_refused(alpha, entered, end, day):
    with pytest.raises(Invalid) as refused:
        add_release(
            product=alpha.product,
            version="7.8.0",
            released_on=date(2016, 8, 1),
            support_end=end,
            support_ends_on=day,
        )

    assert refused.value.field == "support_ends_on"


def test_changed_release_is_sorted_and_checked_anew(alpha, entered):
    release = add_release(product=alpha.product, version="7.8.0", released_on=date(2016, 8, 1))

    release.version, release.support_end = "8.1", "month"
    release.support_ends_on = date(2018, 2, 1)
    change_release(release=release)

    release.refresh_from_db()
    assert (release.major, release.support_ends_on) == (8, date(2018, 2, 28))
    assert release.version_key == version_key("8.1")
    release.support_ends_on = None
    with pytest.raises(Invalid):
        change_release(release=release)


def test_company_is_on_the_release_of_its_last_case(alpha):
    publish_then(alpha)
    with tenant(alpha.tenant):
        releases = add_table(alpha.product)
        license_to(alpha)
        license_to(alpha, alpha.other_company, "SX-2")
        for version in ("7.8.0", "7.7.0"):
            number = file_case(
                alpha,
                at=LAST_DAY,
                product=alpha.product,
                release=releases[version],
                case_type="problem",
                severity="2",
                priority="normal",
            ).number

        on = {
            version: [(row.company.name, row.case_number) for row in companies_on(one, ON_THE_DAY)]
            for version, one in releases.items()
        }

    # Whose release nobody knows may be on any.
    perhaps = (f"{alpha.canary}other_company", None)
    assert on["7.7.0"] == [(f"{alpha.canary}company", number), perhaps]
    assert on["7.6.0"] == on["7.8.0"] == [perhaps]
    with tenant(alpha.tenant):
        named = releases_named_by(alpha.company)
        assert named == {alpha.product.pk: (releases["7.7.0"].pk, number)}


@pytest.mark.parametrize(
    "changes",
    [{"valid_until": date(2017, 5, 30)}, {"valid_from": date(2017, 6, 1)}],
    ids=["ended", "not begun"],
)
def test_licence_that_does_not_run_puts_a_company_on_no_release(alpha, entered, changes):
    releases = add_table(alpha.product)
    license_to(alpha, **changes)

    assert companies_on(releases["7.7.0"], ON_THE_DAY) == []


def test_licence_that_nobody_verified_puts_a_company_on_no_release(alpha, entered):
    releases = add_table(alpha.product)
    license_to(alpha, by=alpha.contact)

    assert companies_on(releases["7.7.0"], ON_THE_DAY) == []


def test_companies_on_a_release_are_the_vendors_own(alpha, beta):
    with tenant(beta.tenant):
        license_to(beta)
    with tenant(alpha.tenant):
        releases = add_table(alpha.product)

        assert companies_on(releases["7.7.0"], ON_THE_DAY) == []
