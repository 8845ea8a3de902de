"""Every cell of the Metalogix document: MX-07, MX-08, MX-16, MX-18 to MX-20, MX-22, MX-25."""

import pytest

from sla.engine.filing import check_filing
from sla.engine.parts import Facts, Retarget
from tests.policies.packs import cell, due, pack

NEW_YORK = "America/New_York"
BERLIN = "Europe/Berlin"
FRIDAY_EVENING = "Fri 2026-06-12 20:30"


def test_mx_16_premium_severity_1_by_phone_is_two_hours_round_the_clock() -> None:
    facts = {"plan": "premium", "severity": "1", "channel": "phone", "region": "AMER"}

    assert due("metalogix", FRIDAY_EVENING, NEW_YORK, **facts) == (None, "Fri 2026-06-12 22:30")


def test_mx_16_standard_severity_1_by_phone_is_two_business_hours() -> None:
    facts = {"plan": "standard", "severity": "1", "channel": "phone", "country": "US"}

    assert due("metalogix", FRIDAY_EVENING, NEW_YORK, **facts) == (None, "Mon 2026-06-15 08:30")


@pytest.mark.parametrize("plan", ["standard", "premium"])
def test_mx_07_severity_1_by_portal_is_two_portal_hours_in_either_plan(plan: str) -> None:
    facts = {"plan": plan, "severity": "1", "channel": "portal", "region": "AMER"}

    assert due("metalogix", FRIDAY_EVENING, NEW_YORK, **facts) == (None, "Mon 2026-06-15 08:30")


def test_mx_07_severity_1_requires_a_call_and_is_taken_by_portal() -> None:
    policy = pack("metalogix")
    facts = Facts(plan="premium", severity="1", channel="portal", country="US")

    level = policy.level("severity", "1")

    assert level is not None
    assert level.call == "required"
    assert check_filing(policy, facts, by_customer=True) == []
    assert [phone.number for phone in policy.phones_for("AMER")] == ["202-609-9100"]


def test_mx_07_the_logged_call_counts_anew_but_never_later_than_promised() -> None:
    policy = pack("metalogix")

    assert policy.retarget_rule(on_call=True) == Retarget(base="change", cap="promise")
    rule = policy.retarget_rule()
    assert (rule.base, rule.floor, rule.cap) == ("opening", "none", "none")


@pytest.mark.parametrize("severity", ["2", "3", "4"])
@pytest.mark.parametrize("channel", ["phone", "portal"])
def test_mx_18_mx_19_premium_severity_2_to_4_has_goal_4_and_commitment_8(
    severity: str, channel: str
) -> None:
    facts = {"plan": "premium", "severity": severity, "channel": channel, "country": "DE"}

    assert due("metalogix", "Thu 2026-06-11 17:00", BERLIN, **facts) == (
        "Fri 2026-06-12 10:00",
        "Fri 2026-06-12 14:00",
    )


@pytest.mark.parametrize("severity", ["2", "3", "4"])
@pytest.mark.parametrize("channel", ["phone", "portal"])
def test_mx_18_mx_20_standard_severity_2_to_4_is_eight_business_hours(
    severity: str, channel: str
) -> None:
    facts = {"plan": "standard", "severity": severity, "channel": channel, "region": "AMER"}

    assert due("metalogix", "Mon 2026-06-15 10:00", NEW_YORK, **facts) == (
        None,
        "Mon 2026-06-15 18:00",
    )
    assert due("metalogix", FRIDAY_EVENING, NEW_YORK, **facts) == (None, "Mon 2026-06-15 14:30")


@pytest.mark.parametrize(
    ("opened", "goal", "commitment"),
    [
        # The United States move on 8 March 2026, Europe on 29 March.
        ("Thu 2026-03-05 17:00", "Fri 2026-03-06 10:00", "Fri 2026-03-06 14:00"),
        ("Thu 2026-03-12 17:00", "Fri 2026-03-13 10:00", "Fri 2026-03-13 14:00"),
        ("Thu 2026-03-26 17:00", "Fri 2026-03-27 10:00", "Fri 2026-03-27 14:00"),
        ("Fri 2026-03-27 17:00", "Mon 2026-03-30 10:00", "Mon 2026-03-30 14:00"),
    ],
)
def test_mx_08_wall_time_stays_while_only_one_side_has_moved_its_clocks(
    opened: str, goal: str, commitment: str
) -> None:
    facts = {"plan": "premium", "severity": "3", "channel": "portal", "region": "EMEA"}

    assert due("metalogix", opened, BERLIN, **facts) == (goal, commitment)


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("US", "AMER"),
        ("BR", "AMER"),
        ("JP", "AMER"),
        ("DE", "EMEA"),
        ("GB", "EMEA"),
        ("AE", "EMEA"),
        ("ZA", "EMEA"),
        (None, "AMER"),
    ],
)
def test_mx_08_the_country_gives_the_region(country: str | None, region: str) -> None:
    assert pack("metalogix").region_of(country) == region


def test_mx_08_the_contract_s_region_goes_before_the_country() -> None:
    found = cell("metalogix", plan="standard", severity="3", region="AMER", country="DE")

    assert found is not None
    assert (found.calendar_code, found.calendar_zone) == ("portal_amer", NEW_YORK)
    assert (found.calendar_name, found.assumed) == ("Metalogix portal hours", ())


def test_mx_08_an_unknown_region_is_told() -> None:
    found = cell("metalogix", plan="standard", severity="3")

    assert found is not None
    assert (found.calendar_code, found.assumed) == ("portal_amer", ("region",))


def test_mx_08_no_holiday_is_assumed() -> None:
    facts = {"plan": "standard", "severity": "2", "channel": "portal", "region": "AMER"}

    due_on_christmas = due("metalogix", "Fri 2026-12-25 10:00", NEW_YORK, **facts)

    assert due_on_christmas == (None, "Fri 2026-12-25 18:00")


def test_mx_22_the_queue_goes_by_severity_first() -> None:
    assert pack("metalogix").queue_order == ("severity", "due")


@pytest.mark.parametrize(
    ("plan", "severity", "channel", "opened", "at"),
    [
        ("premium", "1", "phone", "Fri 2026-06-12 22:00", "Sat 2026-06-13 00:00"),
        ("premium", "1", "portal", "Fri 2026-06-12 20:00", "Mon 2026-06-15 08:00"),
        ("standard", "1", "phone", "Fri 2026-06-12 20:00", "Mon 2026-06-15 08:00"),
        ("premium", "2", "phone", "Fri 2026-06-12 20:00", "Mon 2026-06-15 14:00"),
        ("standard", "3", "portal", "Mon 2026-06-15 07:00", "Tue 2026-06-16 17:00"),
        ("standard", "4", "portal", "Mon 2026-06-15 07:00", None),
    ],
)
def test_mx_25_lack_of_progress_counts_in_the_case_s_own_service_time(
    plan: str, severity: str, channel: str, opened: str, at: str | None
) -> None:
    facts = {"plan": plan, "severity": severity, "channel": channel, "region": "AMER"}

    assert due("metalogix", opened, NEW_YORK, "no_progress", **facts) == (None, at)
