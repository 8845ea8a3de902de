"""Until when releases are supported: tables without a database."""

from dataclasses import dataclass
from datetime import date

import pytest

from entitlements.support_end import (
    is_supported,
    last_supported_day,
    newest_release,
    newest_supported,
)
from sla.engine.offer import ReleaseRule

PREVIOUS = ReleaseRule(when={}, unit="release", back=1)
TWO_MAJORS = ReleaseRule(when={}, unit="major", back=2)


@dataclass(frozen=True)
class Version:
    version_key: str
    released_on: date
    support_end: str = "by_rule"
    support_ends_on: date | None = None

    @property
    def major(self) -> int:
        return int(self.version_key.split(".")[0])


# The vendor's own table (DD-32).
V76 = Version("007.006", date(2015, 3, 10), "month", date(2016, 8, 31))
V77 = Version("007.007", date(2015, 11, 3), "month", date(2017, 5, 31))
V78 = Version("007.008", date(2016, 8, 16), "tbd")
STORAGEX = (V76, V77, V78)


@pytest.mark.parametrize(
    ("release", "last"), [(V76, date(2016, 8, 31)), (V77, date(2017, 5, 31)), (V78, None)]
)
def test_dd_32_what_is_said_goes_before_the_rule(release, last):
    assert last_supported_day(release, STORAGEX, PREVIOUS) == last


def test_dd_32_month_ends_with_its_last_day():
    release = Version("001", date(2023, 1, 1), "month", date(2024, 2, 5))

    assert last_supported_day(release, [release], None) == date(2024, 2, 29)


def test_dd_32_day_is_that_day():
    release = Version("001", date(2023, 1, 1), "day", date(2024, 2, 5))

    assert last_supported_day(release, [release], PREVIOUS) == date(2024, 2, 5)


def test_dd_32_to_be_determined_is_open_whatever_the_rule_says():
    old = Version("001", date(2010, 1, 1), "tbd")
    newer = [Version(f"00{number}", date(2010 + number, 1, 1)) for number in (2, 3, 4)]

    assert last_supported_day(old, [old, *newer], PREVIOUS) is None


PLAIN = tuple(
    Version(key, day)
    for key, day in (
        ("010.000", date(2018, 1, 1)),
        ("010.001", date(2018, 9, 1)),
        ("011.000", date(2020, 1, 1)),
        ("012.000", date(2022, 1, 1)),
        ("012.001", date(2022, 6, 1)),
        # 13 was never made: majors are counted, not subtracted.
        ("014.000", date(2024, 1, 1)),
    )
)


@pytest.mark.parametrize(
    ("key", "last"),
    [
        ("010.000", date(2019, 12, 31)),
        ("010.001", date(2021, 12, 31)),
        ("011.000", date(2022, 5, 31)),
        ("012.000", date(2023, 12, 31)),
        ("012.001", None),
        ("014.000", None),
    ],
)
def test_dd_32_current_and_previous_release(key, last):
    (release,) = [one for one in PLAIN if one.version_key == key]

    assert last_supported_day(release, PLAIN, PREVIOUS) == last


@pytest.mark.parametrize(
    ("key", "last"),
    [
        ("010.000", date(2023, 12, 31)),
        ("010.001", date(2023, 12, 31)),
        ("011.000", None),
        ("012.001", None),
        ("014.000", None),
    ],
)
def test_sp_02_current_major_and_the_two_before_it(key, last):
    (release,) = [one for one in PLAIN if one.version_key == key]

    assert last_supported_day(release, PLAIN, TWO_MAJORS) == last


def test_sc_17_only_the_current_release_is_a_rule_too():
    rule = ReleaseRule(when={}, unit="release", back=0)
    supported = [
        one.version_key for one in PLAIN if is_supported(one, PLAIN, rule, date(2025, 1, 1))
    ]

    assert supported == ["014.000"]


def test_release_without_rule_has_no_end():
    assert last_supported_day(PLAIN[0], PLAIN, None) is None


@pytest.mark.parametrize(
    ("on_date", "is_taken"), [(date(2017, 5, 31), True), (date(2017, 6, 1), False)]
)
def test_dd_32_acceptance_11_last_day_is_included(on_date, is_taken):
    assert is_supported(V77, STORAGEX, PREVIOUS, on_date) is is_taken


def test_newest_is_the_highest_version_that_is_out():
    assert newest_release(PLAIN, date(2021, 1, 1)).version_key == "011.000"
    assert newest_release(PLAIN, date(2010, 1, 1)) is None


def test_newest_to_upgrade_to_is_supported_itself():
    ended = Version("015", date(2024, 6, 1), "day", date(2024, 7, 1))

    assert newest_supported([*PLAIN, ended], PREVIOUS, date(2025, 1, 1)).version_key == "014.000"


def test_release_to_come_ends_the_one_that_it_pushes_out():
    announced = Version("015.000", date(2026, 7, 1))
    releases = [*PLAIN, announced]

    assert last_supported_day(PLAIN[4], releases, PREVIOUS) == date(2026, 6, 30)
    assert newest_release(releases, date(2026, 6, 30)).version_key == "014.000"
