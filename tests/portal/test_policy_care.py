"""The public policy page on escalation, SWAT, fixes, files and tools."""

from dataclasses import replace

import pytest

from portal.policy.care import care_of, level_notes, unreachable_texts
from portal.policy.history import public_part
from sla.comparison import differences
from sla.engine.document import parse_document
from tests.portal.pages import words
from tests.portal.test_policy_page import pack
from tests.sla.everything import EVERYTHING

ALL = parse_document(EVERYTHING)


def test_dd_24_to_dd_40_are_told_to_customers_and_own_aims_are_not(vendor, browse):
    read = words(browse(vendor("datadynamics").tenant).get("/policy/"))

    for said in (
        # DD-24
        "A fix comes with the next service pack where there is one, or with the next release.",
        # DD-25
        "On each of your open cases you can ask for an escalation: say where the case stands, and "
        "why you ask.",
        "It reaches who has your case, and the leads and the account manager.",
        # DD-26, DD-27
        "“SWAT team” is brought in on cases with severity “Severity Level 1 - Critical” or "
        "“Severity Level 2 - High” and priority “High”.",
        "Its members are: Senior Technical Support Engineer,",
        # DD-34
        "The exact words of the error, with a screen shot",
        "Never send passwords",
        # DD-35
        "What you send is confidential and is not shared outside Data Dynamics.",
        "Kept 365 days after the case is closed.",
        # DD-37
        "additional software, tools or diagnostic code are given to you for the stated purpose",
        # DD-39
        "it stays open at least to the end of your last day away",
        # DD-40
        "When we cannot reach you on a case of “High”, we write the attempt down, tell you, and "
        "may offer “Normal”.",
    ):
        assert said in read
    for tier in pack("datadynamics").tiers:
        assert tier.name in read
    assert "3 business days at most" not in read
    assert "(3 business days)" not in read


def test_mx_11_mx_13_mx_14_level_says_where_it_counts_and_what_is_offered():
    policy = pack("metalogix")

    said = {level.code: list(level_notes(level, policy)) for level in policy.severities}

    assert said == {
        "1": [
            "Only for: production.",
            "Elsewhere this counts: Severity Level 2 (High).",
            "Where there is a workaround, we offer: Severity Level 3 (Low).",
        ],
        "2": ["Where there is a workaround, we offer: Severity Level 3 (Low)."],
        "3": [],
        "4": ["We note it as a wish for the product, and can keep you informed of it."],
    }


def test_answer_that_is_promised_to_an_escalation_is_told_with_its_cases():
    row = """
[[targets]]
clock = "escalation_answer"
when = { plan = ["a"] }
target = { kind = "elapsed", hours = 2 }
"""
    policy = parse_document(EVERYTHING.replace("[waiting]", f"{row}\n[waiting]"))

    ((cases, promise),) = care_of(policy).answers

    assert (cases, promise.target) == ("A", "within 2 hours, round the clock")


def test_policy_that_is_silent_tells_nothing():
    care = care_of(pack("scalix"))

    assert (care.asking, care.answers, care.fixes, care.files, care.tools) == ((), (), (), (), "")
    assert list(unreachable_texts(pack("scalix"))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"tiers": tuple(replace(tier, budget=None) for tier in ALL.tiers)},
        {"swat": replace(ALL.swat, source="X-99")},
        {"escalation": replace(ALL.escalation, source="X-99")},
        {"ladder": tuple(replace(step, repeat_times=9) for step in ALL.ladder)},
        {"severities": tuple(replace(level, promotes=()) for level in ALL.severities)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_change_of_the_desks_own_care_is_no_change_for_customers(change):
    assert differences(public_part(ALL), public_part(replace(ALL, **change))) == ()


def test_change_of_what_customers_are_told_is_one():
    other = replace(ALL, diagnostics=replace(ALL.diagnostics, terms="For ever."))

    (change,) = differences(public_part(ALL), public_part(other))

    assert str(change) == "Diagnostic tools, terms: For this case only. → For ever."
