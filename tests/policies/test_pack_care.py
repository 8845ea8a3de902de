"""What the four packs say of escalation, of levels in each other's place, and of the desk."""

import pytest

from sla.engine.parts import Facts
from tests.policies.packs import VENDORS, due, pack


def steps_on_the_case(vendor: str) -> list[tuple[object, ...]]:
    return [
        (step.code, step.action, step.roles, dict(step.when), step.repeat_seconds)
        for step in pack(vendor).steps.on.get("case", ())
    ]


def levels(vendor: str, axis: str, key: str) -> list[object]:
    return [getattr(level, key) for level in pack(vendor).levels(axis)]


def test_mx_11_severity_1_is_for_production_and_elsewhere_severity_2() -> None:
    assert levels("metalogix", "severity", "environments") == [("production",), (), (), ()]
    assert levels("metalogix", "severity", "otherwise") == ["2", None, None, None]


def test_mx_13_workaround_offers_severity_3() -> None:
    assert levels("metalogix", "severity", "workaround_to") == ["3", "3", None, None]


def test_mx_14_sc_14_wishes_are_of_a_severity_or_a_type() -> None:
    assert levels("metalogix", "severity", "feature_request") == [False, False, False, True]
    assert {
        vendor: [one.code for one in pack(vendor).case_types if one.feature_request]
        for vendor in VENDORS
    } == dict.fromkeys(VENDORS, ["feature_request"])


def test_sc_14_wish_costs_what_any_incident_costs() -> None:
    prices = {
        (channel, kind): pack("scalix").price(Facts(channel=channel, case_type=kind)).points
        for channel in ("email", "phone")
        for kind in ("problem", "feature_request")
    }

    assert prices == {
        ("email", "problem"): 10,
        ("email", "feature_request"): 10,
        ("phone", "problem"): 30,
        ("phone", "feature_request"): 30,
    }


def test_ms_05_p1_alone_promotes_and_takes_p2_with_it() -> None:
    assert levels("msp", "priority", "promotes") == [("P2",), (), (), (), (), ()]


def test_mx_17_ms_05_dd_10_what_is_opened_or_raised_pages_until_somebody_takes_notice() -> None:
    assert steps_on_the_case("metalogix") == [
        ("severity_1_opened", "notify", ("team", "lead"), {"severity": ("1",)}, None),
        ("severity_1_page", "page", ("duty", "lead"), {"severity": ("1",)}, 900),
    ]
    assert steps_on_the_case("msp") == [
        ("global_outage_page", "page", ("duty", "team", "lead"), {"priority": ("P1",)}, 300)
    ]
    assert steps_on_the_case("datadynamics") == [
        ("high_priority_page", "page", ("duty", "team", "lead"), {"priority": ("high",)}, 900),
        (
            "high_priority_swat",
            "swat",
            (),
            {"priority": ("high",), "severity": ("1", "2")},
            None,
        ),
    ]
    assert steps_on_the_case("scalix") == []


def test_dd_09_severity_1_presets_high_and_the_others_nothing() -> None:
    assert levels("datadynamics", "severity", "sets_priority") == ["high", None, None, None]


def test_dd_40_unreachable_on_high_is_offered_normal() -> None:
    assert levels("datadynamics", "priority", "unreachable_to") == ["normal", None, None]


def test_dd_24_every_severity_says_how_it_is_mended() -> None:
    told = levels("datadynamics", "severity", "fix")

    assert [text.split()[0:3] for text in told] == [
        ["A", "patch", "of"],
        ["A", "fix", "comes"],
        ["A", "fix", "is"],
        ["A", "fix", "is"],
    ]
    assert levels("metalogix", "severity", "fix") == ["", "", "", ""]


@pytest.mark.parametrize("priority", ["high", "normal", "low"])
@pytest.mark.parametrize("severity", ["1", "2", "3", "4"])
def test_dd_26_swat_is_brought_in_on_high_with_severity_1_or_2(priority, severity) -> None:
    facts = Facts(priority=priority, severity=severity)

    needed = priority == "high" and severity in ("1", "2")
    assert pack("datadynamics").needs_swat(facts) == needed


def test_dd_27_swat_is_of_seniors_and_above() -> None:
    policy = pack("datadynamics")

    assert [grade.code for grade in policy.grades if grade.code not in policy.swat.grades] == [
        "engineer"
    ]


def test_dd_25_escalation_is_open_and_owed_an_answer_in_four_business_hours() -> None:
    escalation = pack("datadynamics").escalation

    assert (escalation.open, escalation.roles) == (True, ("lead", "account_manager"))
    # Friday 22:00 in Houston: two hours on Friday, two on Monday.
    asked = due(
        "datadynamics", "Fri 2026-06-12 22:00", "America/Chicago", clock="escalation_answer"
    )
    assert asked == (None, "Mon 2026-06-15 02:00")


def test_dd_34_nobody_is_ever_asked_for_a_password() -> None:
    policy = pack("datadynamics")
    asked = [line for one in policy.case_types for line in one.checklist]
    asked += policy.waiting.checklist

    assert len(asked) == 13
    assert [line for line in asked if "password" in line and "never a password" not in line] == []
    assert sum("never a password" in line for line in asked) == 2


def test_dd_35_dd_37_files_are_kept_a_year_and_tools_have_terms() -> None:
    policy = pack("datadynamics")

    assert policy.attachments.retention_days == 365
    assert "for the stated purpose only" in policy.diagnostics.terms


@pytest.mark.parametrize("vendor", VENDORS)
def test_missed_first_response_tells_the_customer(vendor: str) -> None:
    told = [step for step in pack(vendor).ladder if step.action == "tell_customer"]

    assert [(step.clock, step.at, dict(step.when)) for step in told] == [
        ("first_response", "due", {})
    ]
