"""Every cell of the Data Dynamics document: DD-01, DD-08 to DD-11, DD-20 to DD-22, DD-28."""

from datetime import date

import pytest

from sla.engine.parts import Facts, Retarget
from tests.policies.packs import cell, due, pack

CHICAGO = "America/Chicago"
CLOCKS = ("first_response", "next_response")
PROMISING = ("high", "normal")
Due = tuple[str | None, str | None]


def problem(
    opened: str, severity: str, priority: str = "normal", clock: str = "first_response"
) -> Due:
    facts = {"case_type": "problem", "severity": severity, "priority": priority}
    return due("datadynamics", opened, CHICAGO, clock, **facts)


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("priority", PROMISING)
def test_dd_21_severity_1_is_four_hours(clock: str, priority: str) -> None:
    due_at = problem("Sat 2026-06-13 23:00", "1", priority, clock)

    assert due_at == (None, "Sun 2026-06-14 03:00")


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("priority", PROMISING)
def test_dd_21_severity_2_is_one_business_day(clock: str, priority: str) -> None:
    due_at = problem("Wed 2026-11-25 14:00", "2", priority, clock)

    assert due_at == (None, "Fri 2026-11-27 14:00")


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("priority", PROMISING)
def test_dd_21_severity_3_is_two_to_three_business_days(clock: str, priority: str) -> None:
    due_at = problem("Wed 2026-06-10 15:00", "3", priority, clock)

    assert due_at == ("Fri 2026-06-12 15:00", "Mon 2026-06-15 15:00")


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("priority", PROMISING)
def test_dd_21_severity_4_is_two_to_three_business_days(clock: str, priority: str) -> None:
    due_at = problem("Wed 2026-06-10 15:00", "4", priority, clock)

    assert due_at == ("Fri 2026-06-12 15:00", "Mon 2026-06-15 15:00")


@pytest.mark.parametrize(
    ("opened", "due_at"),
    [
        # Opened on a weekend, the clock starts on Monday at midnight: the whole Monday is served.
        ("Sat 2026-06-13 12:00", "Tue 2026-06-16 00:00"),
        ("Fri 2026-06-12 16:00", "Mon 2026-06-15 16:00"),
        ("Thu 2026-11-26 09:00", "Sat 2026-11-28 00:00"),
    ],
)
def test_dd_21_a_business_day_is_a_weekday_that_is_no_holiday(opened: str, due_at: str) -> None:
    assert problem(opened, "2") == (None, due_at)


@pytest.mark.parametrize(
    ("opened", "due_at"),
    [
        ("Wed 2026-11-25 22:00", "Fri 2026-11-27 02:00"),
        ("Thu 2026-11-26 10:00", "Fri 2026-11-27 04:00"),
        ("Sun 2026-06-14 10:00", "Sun 2026-06-14 14:00"),
        # 4 July 2026 is a Saturday and observed on Friday; the Saturday itself is served.
        ("Fri 2026-07-03 10:00", "Sat 2026-07-04 04:00"),
        ("Sat 2026-07-04 10:00", "Sat 2026-07-04 14:00"),
        # The clocks go back on 1 November: four real hours.
        ("Sun 2026-11-01 00:30", "Sun 2026-11-01 03:30"),
    ],
)
def test_dd_20_every_hour_but_those_of_observed_national_holidays(opened: str, due_at: str) -> None:
    assert problem(opened, "1") == (None, due_at)


@pytest.mark.parametrize("clock", [*CLOCKS, "update_cadence", "no_progress"])
@pytest.mark.parametrize("severity", ["1", "2", "3", "4"])
def test_dd_11_dd_22_priority_low_has_no_target_of_any_kind(clock: str, severity: str) -> None:
    assert problem("Wed 2026-06-10 15:00", severity, "low", clock) == (None, None)


def test_dd_22_the_rule_for_low_says_why() -> None:
    facts = Facts(case_type="problem", severity="1", priority="low")

    row = pack("datadynamics").rule("first_response", facts)

    assert row is not None
    assert (row.target.kind, row.source) == ("none", "DD-22")
    assert row.note == "Not time-critical for you: answered as time allows."


@pytest.mark.parametrize("case_type", ["question", "feature_request", "request"])
@pytest.mark.parametrize("clock", [*CLOCKS, "update_cadence"])
def test_dd_05_dd_21_other_types_have_no_target(case_type: str, clock: str) -> None:
    facts = {"case_type": case_type, "severity": "1", "priority": "high"}

    assert due("datadynamics", "Wed 2026-06-10 15:00", CHICAGO, clock, **facts) == (None, None)


def test_dd_08_a_change_leaves_at_least_one_full_target() -> None:
    assert pack("datadynamics").retarget_rule() == Retarget(
        base="opening", floor="full_target", cap="none", from_no_target="change"
    )


def test_dd_10_high_pages_and_asks_who_can_be_reached() -> None:
    high = pack("datadynamics").level("priority", "high")

    assert high is not None
    assert (high.paging, high.availability_required) == (True, True)


@pytest.mark.parametrize("clock", ["update_cadence", "no_progress"])
@pytest.mark.parametrize(
    ("severity", "at"),
    [
        ("1", "Wed 2026-06-10 19:00"),
        ("2", "Thu 2026-06-11 15:00"),
        ("3", "Mon 2026-06-15 15:00"),
        ("4", "Mon 2026-06-15 15:00"),
    ],
)
def test_dd_28_cadence_and_progress_follow_the_table_without_being_promised(
    clock: str, severity: str, at: str
) -> None:
    facts = {"case_type": "problem", "severity": severity, "priority": "normal"}

    found = cell("datadynamics", clock, **facts)

    assert found is not None
    assert not found.row.promised
    assert due("datadynamics", "Wed 2026-06-10 15:00", CHICAGO, clock, **facts) == (None, at)


def test_dd_01_the_date_is_american() -> None:
    assert pack("datadynamics").policy_date == date(2017, 1, 3)
