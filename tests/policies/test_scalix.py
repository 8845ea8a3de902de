"""Every cell of the Scalix documents: SC-06 to SC-09, SC-22, SP-06, SP-10, SP-15, SP-16, SP-21."""

import pytest

from sla.engine.filing import check_filing
from sla.engine.parts import Facts
from tests.policies.packs import cell, due, pack

AUCKLAND = "Pacific/Auckland"
NEW_YORK = "America/New_York"


def scalix(opened: str, zone: str, plan: str, channel: str = "email") -> str | None:
    _, commitment = due("scalix", opened, zone, plan=plan, channel=channel)
    return commitment


@pytest.mark.parametrize("channel", ["email", "portal", "phone"])
def test_sc_08_points_is_four_business_hours(channel: str) -> None:
    assert scalix("Fri 2026-06-12 16:30", AUCKLAND, "points", channel) == "Mon 2026-06-15 12:30"


def test_sp_16_basic_is_four_business_hours() -> None:
    assert scalix("Fri 2026-06-12 16:30", AUCKLAND, "basic") == "Mon 2026-06-15 12:30"


def test_sp_16_basic_annual_is_three_business_hours() -> None:
    assert scalix("Fri 2026-06-12 18:30", AUCKLAND, "basic_annual") == "Mon 2026-06-15 09:30"


def test_sp_16_bronze_is_three_hours() -> None:
    assert scalix("Fri 2026-06-12 23:30", NEW_YORK, "bronze") == "Sat 2026-06-13 02:30"


def test_sp_16_silver_is_two_hours() -> None:
    assert scalix("Fri 2026-06-12 23:30", NEW_YORK, "silver") == "Sat 2026-06-13 01:30"


def test_sp_16_gold_is_two_hours() -> None:
    assert scalix("Fri 2026-06-12 23:30", NEW_YORK, "gold") == "Sat 2026-06-13 01:30"


def test_sp_16_platinum_is_one_hour() -> None:
    assert scalix("Fri 2026-06-12 23:30", NEW_YORK, "platinum") == "Sat 2026-06-13 00:30"


@pytest.mark.parametrize("plan", ["points", "basic"])
def test_sp_15_8x5_opens_at_nine_and_closes_at_five(plan: str) -> None:
    assert scalix("Tue 2026-06-16 08:59", NEW_YORK, plan) == "Tue 2026-06-16 13:00"
    assert scalix("Tue 2026-06-16 13:00", NEW_YORK, plan) == "Tue 2026-06-16 17:00"
    assert scalix("Tue 2026-06-16 17:00", NEW_YORK, plan) == "Wed 2026-06-17 13:00"
    assert scalix("Sat 2026-06-13 12:00", NEW_YORK, plan) == "Mon 2026-06-15 13:00"


def test_sp_15_12x5_opens_at_eight_and_closes_at_eight() -> None:
    assert scalix("Tue 2026-06-16 07:00", NEW_YORK, "basic_annual") == "Tue 2026-06-16 11:00"
    assert scalix("Tue 2026-06-16 19:00", NEW_YORK, "basic_annual") == "Wed 2026-06-17 10:00"
    assert scalix("Sat 2026-06-13 12:00", NEW_YORK, "basic_annual") == "Mon 2026-06-15 11:00"


@pytest.mark.parametrize(
    ("plan", "due_at"),
    [
        ("bronze", "Fri 2026-12-25 13:00"),
        ("silver", "Fri 2026-12-25 12:00"),
        ("gold", "Fri 2026-12-25 12:00"),
        ("platinum", "Fri 2026-12-25 11:00"),
    ],
)
def test_sp_15_24x7_runs_on_holidays(plan: str, due_at: str) -> None:
    assert scalix("Fri 2026-12-25 10:00", NEW_YORK, plan) == due_at


@pytest.mark.parametrize(
    ("holiday", "opened", "due_at"),
    [
        # 2028-01-01 is a Saturday: New Year's Day is observed on 31 December 2027.
        ("New Year's Day", "Thu 2027-12-30 16:00", "Mon 2028-01-03 12:00"),
        ("Martin Luther King", "Mon 2026-01-19 10:00", "Tue 2026-01-20 13:00"),
        ("Washington's Birthday", "Mon 2026-02-16 10:00", "Tue 2026-02-17 13:00"),
        ("Memorial Day", "Mon 2026-05-25 10:00", "Tue 2026-05-26 13:00"),
        ("Juneteenth", "Fri 2026-06-19 10:00", "Mon 2026-06-22 13:00"),
        ("before it was one", "Fri 2020-06-19 10:00", "Fri 2020-06-19 14:00"),
        # 4 July 2026 is a Saturday.
        ("Independence Day", "Fri 2026-07-03 10:00", "Mon 2026-07-06 13:00"),
        ("Labor Day", "Mon 2026-09-07 10:00", "Tue 2026-09-08 13:00"),
        ("Columbus Day", "Mon 2026-10-12 10:00", "Tue 2026-10-13 13:00"),
        ("Veterans Day", "Wed 2026-11-11 10:00", "Thu 2026-11-12 13:00"),
        ("Thanksgiving", "Thu 2026-11-26 10:00", "Fri 2026-11-27 13:00"),
        ("Christmas", "Fri 2026-12-25 10:00", "Mon 2026-12-28 13:00"),
    ],
)
def test_sc_07_the_eleven_federal_holidays_are_closed_as_observed(
    holiday: str, opened: str, due_at: str
) -> None:
    assert scalix(opened, NEW_YORK, "basic") == due_at


def test_sc_07_holidays_fall_on_the_customer_s_own_dates() -> None:
    # Memorial Day, Monday 25 May, begins in Auckland while it is Sunday in the United States.
    assert scalix("Fri 2026-05-22 16:30", AUCKLAND, "points") == "Tue 2026-05-26 12:30"
    assert scalix("Fri 2026-05-22 16:30", AUCKLAND, "basic") == "Tue 2026-05-26 12:30"


def test_sc_06_the_zone_is_the_customer_s() -> None:
    found = cell("scalix", plan="basic", channel="email", zone="Asia/Kolkata")

    assert found is not None
    assert (found.calendar_name, found.calendar_zone) == ("Scalix Basic", "Asia/Kolkata")
    assert found.assumed == ()


def test_sc_06_without_a_zone_the_vendor_s_is_taken_and_told() -> None:
    found = cell("scalix", plan="basic", channel="email")

    assert found is not None
    assert (found.calendar_zone, found.assumed) == ("America/Los_Angeles", ("zone",))


def test_sc_09_the_form_counts_as_an_e_mail_incident() -> None:
    channel = pack("scalix").channel("portal")

    assert channel is not None
    assert channel.code == "email"


@pytest.mark.parametrize(
    ("edition", "channel", "codes"),
    [
        ("community", "email", []),
        ("community", "portal", []),
        ("community", "phone", ["channel_not_entitled"]),
        ("small_business", "phone", []),
        ("enterprise", "phone", []),
        (None, "phone", []),
    ],
)
def test_sc_22_community_edition_has_e_mail_incidents_only(
    edition: str | None, channel: str, codes: list[str]
) -> None:
    facts = Facts(plan="basic", channel=channel, edition=edition, case_type="problem")

    refusals = check_filing(pack("scalix"), facts, by_customer=True)

    assert [refusal.code for refusal in refusals] == codes


def test_sp_21_there_are_no_levels() -> None:
    policy = pack("scalix")

    assert (policy.axes, policy.severities, policy.priorities) == ((), (), ())


def test_plan_codes_are_those_of_the_batch() -> None:
    assert [plan.code for plan in pack("scalix").plans] == [
        "points",
        "basic",
        "basic_annual",
        "bronze",
        "silver",
        "gold",
        "platinum",
    ]


def test_no_progress_template_counts_in_the_plan_s_service_time() -> None:
    basic = due("scalix", "Fri 2026-06-12 16:00", NEW_YORK, "no_progress", plan="basic")
    gold = due("scalix", "Fri 2026-06-12 16:00", NEW_YORK, "no_progress", plan="gold")

    assert basic == (None, "Mon 2026-06-15 16:00")
    assert gold == (None, "Sat 2026-06-13 00:00")
