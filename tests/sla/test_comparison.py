import pytest

from sla.comparison import differences
from sla.engine.document import parse_document
from tests.packs import POLICIES
from tests.sla.everything import EVERYTHING


def read(pack, *changes):
    text = (POLICIES / f"{pack}.toml").read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return parse_document(text)


def said(pack, *changes):
    return [str(difference) for difference in differences(read(pack), read(pack, *changes))]


@pytest.mark.parametrize("pack", ["metalogix", "scalix", "msp", "datadynamics"])
def test_same_policy_differs_in_nothing(pack):
    assert differences(read(pack), read(pack)) == ()


def test_changed_figure_is_said_for_the_cases_it_is_for():
    assert said("metalogix", ("hours = 8, goal = 4", "hours = 6, goal = 4")) == [
        "Premium, Severity Level 2 (High) or Severity Level 3 (Low) or Severity Level 4 "
        "(Enhancement, Feature Request or Annoyance), first response: "
        "4-8 business hours, Metalogix portal hours → 4-6 business hours, Metalogix portal hours"
    ]


def test_new_and_removed_rules_are_said():
    bronze = '[[targets]]\nclock = "first_response"\nwhen = { plan = ["bronze"] }\n'
    text = 'target = { kind = "elapsed", hours = 3 }\nsource = "SP-16"\n\n'

    assert said("scalix", (bronze + text, "")) == [
        "Bronze Premium Support, first response, no longer: within 3 hours, round the clock"
    ]
    after = differences(read("scalix", (bronze + text, "")), read("scalix"))
    assert [str(difference) for difference in after] == [
        "Bronze Premium Support, first response, new: within 3 hours, round the clock"
    ]


def test_changed_hours_are_said_by_day():
    changes = ('mon = [["08:00", "19:00"]]', 'mon = [["08:00", "12:00"], ["13:00", "19:00"]]')

    assert said("metalogix", changes) == [
        "Metalogix portal hours, EMEA, Monday: 08:00-19:00 → 08:00-12:00, 13:00-19:00"
    ]


def test_new_exception_and_zone_are_said():
    before = 'name = "MSP 8x5"\ntime_zone = "America/New_York"\n'
    after = (
        'name = "MSP 8x5"\ntime_zone = "customer"\n'
        'exceptions = [{ date = 2026-12-24, intervals = [], name = "Christmas Eve" }]\n'
    )

    assert said("msp", (before, after)) == [
        "MSP 8x5, time zone: America/New_York → the customer's own time zone",
        "MSP 8x5, new: 24 December 2026 (Christmas Eve): closed",
    ]


def test_other_source_is_said_without_figures():
    assert said("msp", ('source = "MS-06"', 'source = "MS-6"')) == [
        "P2 Isolated Outage, first response, source or note: changed"
    ]


def test_other_sections_are_said_part_by_part():
    changed = EVERYTHING
    for before, after in (
        ('name = "All there is"', 'name = "All"'),
        ('number = "1"', 'number = "2"'),
        ('name = "One"', 'name = "First"'),
        ("days = 7", "days = 14"),
        ('code = "late"', 'code = "too_late"'),
    ):
        assert before in changed
        changed = changed.replace(before, after, 1)

    found = differences(parse_document(EVERYTHING), parse_document(changed))

    assert [str(one) for one in found] == [
        "Name of the policy: All there is → All",
        "Phone numbers: changed",
        "Severities, First: changed",
        "Waiting for the customer: changed",
        "Escalation, new: too_late",
        "Escalation, no longer: late",
    ]


def test_other_order_of_plans_is_said():
    b, a = '[[plans]]\ncode = "b"\nname = "B"\n', '[[plans]]\ncode = "a"\nname = "A"\n'
    changed = EVERYTHING.replace(f"{b}\n{a}", f"{a}\n{b}")

    found = differences(parse_document(EVERYTHING), parse_document(changed))

    assert [str(one) for one in found] == ["Plans, their order: changed"]


def test_first_version_is_new_as_a_whole():
    found = differences(None, parse_document(EVERYTHING))

    assert [str(one) for one in found] == ["Policy, new: All there is"]
