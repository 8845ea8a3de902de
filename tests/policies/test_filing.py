"""What a policy does not take, or not from a customer: every reason, as a code with figures."""

import pytest

from sla.engine.document import parse_document
from sla.engine.filing import admits, check_filing
from sla.engine.parts import Facts
from tests.policies.packs import pack, pack_text

GOOD = {
    "metalogix": Facts(plan="standard", severity="2", channel="portal", case_type="problem"),
    "scalix": Facts(plan="basic", channel="email", case_type="problem"),
    "msp": Facts(priority="P4", channel="email", case_type="problem"),
    "datadynamics": Facts(severity="3", priority="normal", channel="portal", case_type="question"),
}


def refused(vendor: str, by_customer: bool = True, **changes: str | None) -> list[tuple]:
    good = GOOD[vendor]
    facts = Facts(**{name: getattr(good, name) for name in Facts.__slots__} | changes)
    refusals = check_filing(pack(vendor), facts, by_customer=by_customer)
    return [(refusal.code, refusal.params) for refusal in refusals]


@pytest.mark.parametrize("vendor", GOOD)
@pytest.mark.parametrize("by_customer", [True, False])
def test_a_case_that_the_policy_takes_is_not_refused(vendor: str, by_customer: bool) -> None:
    assert refused(vendor, by_customer) == []


@pytest.mark.parametrize(
    ("vendor", "changes", "codes"),
    [
        ("metalogix", {"plan": None}, [("plan_needed", {})]),
        ("metalogix", {"plan": "gold"}, [("unknown_plan", {"plan": "gold"})]),
        ("msp", {"plan": "gold"}, [("unknown_plan", {"plan": "gold"})]),
        ("metalogix", {"severity": None}, [("level_needed", {"axis": "severity"})]),
        (
            "metalogix",
            {"severity": "5"},
            [("unknown_level", {"axis": "severity", "level": "5"})],
        ),
        (
            "metalogix",
            {"priority": "high"},
            [("unknown_level", {"axis": "priority", "level": "high"})],
        ),
        ("scalix", {"severity": "1"}, [("unknown_level", {"axis": "severity", "level": "1"})]),
        ("datadynamics", {"priority": None}, [("level_needed", {"axis": "priority"})]),
        (
            "msp",
            {"priority": "P1"},
            [("level_not_for_customers", {"axis": "priority", "level": "P1"})],
        ),
        ("msp", {"case_type": "wish"}, [("unknown_case_type", {"case_type": "wish"})]),
        ("metalogix", {"region": "APAC"}, [("unknown_region", {"region": "APAC"})]),
        ("scalix", {"region": "APAC"}, []),
        ("scalix", {"edition": "home"}, [("unknown_edition", {"edition": "home"})]),
        ("metalogix", {"edition": "home"}, []),
        ("metalogix", {"channel": "fax"}, [("unknown_channel", {"channel": "fax"})]),
        ("metalogix", {"channel": "email"}, [("channel_not_entitled", {"channel": "email"})]),
        ("metalogix", {"channel": None}, []),
        (
            "scalix",
            {"channel": "phone", "edition": "community"},
            [("channel_not_entitled", {"channel": "phone", "edition": "community"})],
        ),
        (
            "metalogix",
            {"plan": "gold", "severity": "9", "channel": "fax"},
            [
                ("unknown_plan", {"plan": "gold"}),
                ("unknown_level", {"axis": "severity", "level": "9"}),
                ("unknown_channel", {"channel": "fax"}),
            ],
        ),
    ],
)
def test_every_reason_is_given(vendor: str, changes: dict, codes: list[tuple]) -> None:
    assert refused(vendor, **changes) == codes


def test_a_channel_may_belong_to_some_plans_only() -> None:
    text = pack_text("metalogix").replace('name = "Phone"', 'name = "Phone"\nplans = ["premium"]')
    policy = parse_document(text)

    standard = check_filing(
        policy, Facts(plan="standard", severity="2", channel="phone"), by_customer=True
    )
    premium = check_filing(
        policy, Facts(plan="premium", severity="2", channel="phone"), by_customer=True
    )

    assert [(one.code, one.params) for one in standard] == [
        ("channel_not_entitled", {"channel": "phone", "plan": "standard"})
    ]
    assert premium == []


@pytest.mark.parametrize("by_customer", [True, False])
@pytest.mark.parametrize(
    ("channel", "severity", "codes"),
    [
        ("portal", "1", ["phone_required"]),
        ("phone", "1", []),
        ("portal", "2", []),
        (None, "1", []),
    ],
)
def test_mx_07_the_other_setting_refuses_severity_1_but_by_phone(
    channel: str | None, severity: str, codes: list[str], by_customer: bool
) -> None:
    policy = parse_document(pack_text("metalogix").replace('"required"', '"refused"'))
    facts = Facts(plan="premium", severity=severity, channel=channel, country="US")

    refusals = check_filing(policy, facts, by_customer=by_customer)

    assert [refusal.code for refusal in refusals] == codes
    assert all(refusal.params["phones"] == ("202-609-9100",) for refusal in refusals)


COUNTED = """
[[channels]]
code = "email"
name = "E-mail"
{email}
[[channels]]
code = "portal"
name = "Online form"
counts_as = "email"
{portal}
"""


@pytest.mark.parametrize("closed", ["email", "portal"])
@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ('plans = ["basic_annual"]', {"plan": "basic"}),
        ('editions = ["enterprise"]', {"edition": "community"}),
    ],
)
def test_sc_09_channel_and_the_one_it_counts_as_must_both_admit(
    closed: str, limit: str, reason: dict
) -> None:
    text = pack_text("scalix")
    first, after = (text.index(f'[[channels]]\ncode = "{code}"') for code in ("email", "phone"))
    own = text[first:after]
    limits = {"email": "", "portal": ""} | {closed: limit + "\n"}
    policy = parse_document(text.replace(own, COUNTED.format(**limits)))
    facts = Facts(plan="basic", edition="community", channel="portal", case_type="problem")

    found = check_filing(policy, facts, by_customer=True)

    assert [(refusal.code, refusal.params) for refusal in found] == [
        ("channel_not_entitled", {"channel": "portal"} | reason)
    ]
    assert not admits(policy, "portal", facts)
    assert admits(policy, "email", facts) is (closed == "portal")
