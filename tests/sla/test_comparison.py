import pytest

from sla.comparison import dated, differences
from sla.engine.document import parse_document
from sla.engine.parts import TargetRow
from sla.engine.target import Target
from sla.rule_comparison import changed_rules
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


def without_emea(text):
    """Take the region EMEA out of a text of Metalogix, as the form of regions does."""
    head, _region, tail = text.partition("[regions.EMEA]")
    tail = tail[tail.index("# MX-08") :]
    return (head + tail).replace(', EMEA = "portal_emea"', "").replace('["EMEA"]', '["AMER"]')


def test_removed_region_is_said_with_the_hours_that_its_customers_get():
    text = (POLICIES / "metalogix.toml").read_text()
    before, after = parse_document(text), parse_document(without_emea(text))

    found = [str(one) for one in differences(before, after)]

    assert (
        "Metalogix portal hours, Europe, Middle East and Africa: Metalogix portal hours, EMEA → "
        "Metalogix portal hours, AMER" in found
    )
    assert not [one for one in found if "portal_" in one]


def test_new_region_is_said_with_the_hours_that_its_customers_had():
    text = (POLICIES / "metalogix.toml").read_text()
    before, after = parse_document(without_emea(text)), parse_document(text)

    found = [str(one) for one in differences(before, after)]

    assert (
        "Metalogix portal hours, Europe, Middle East and Africa: Metalogix portal hours, AMER → "
        "Metalogix portal hours, EMEA" in found
    )


def test_other_calendar_of_a_region_is_said_by_name():
    assert said("metalogix", ('EMEA = "portal_emea"', 'EMEA = "portal_amer"')) == [
        "Metalogix portal hours, Europe, Middle East and Africa: Metalogix portal hours, EMEA → "
        "Metalogix portal hours, AMER"
    ]


def test_holidays_are_said_by_name():
    kept = 'holidays = "own"\n'

    assert changed_by((kept, "")) == ["Zulu, holidays: Own → none"]


def test_other_source_is_said_without_figures():
    assert said("msp", ('source = "MS-06"', 'source = "MS-6"')) == [
        "P2 Isolated Outage, first response, source: changed"
    ]


def test_other_note_is_said_word_for_word():
    note = 'note = "Until the call that severity 1 requires has been logged."\n'
    who = "Standard or Premium, Severity Level 1, Web portal, first response, note"

    assert said("metalogix", (note, 'note = "Call us."\n')) == [
        f"{who}: Until the call that severity 1 requires has been logged. → Call us."
    ]
    assert said("metalogix", (note, "")) == [
        f"{who}, no longer: Until the call that severity 1 requires has been logged."
    ]


def changed_by(*changes):
    """Say what changes when texts of the policy that has everything are replaced, each once."""
    changed = EVERYTHING
    for before, after in changes:
        assert before in changed
        changed = changed.replace(before, after, 1)
    found = differences(parse_document(EVERYTHING), parse_document(changed))
    return [str(one) for one in found]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('name = "All there is"', 'name = "All"', "Name of the policy: All there is → All"),
        (
            'number = "111"',
            'number = "333"',
            "Phone numbers, 333 (Day and night), number: 111 → 333",
        ),
        (
            'hours = "zulu"',
            'hours = "always"',
            "Phone numbers, 222 (By day), when it is answered: Zulu → at any time",
        ),
        ('name = "One"', 'name = "First"', "Severities, First, name: One → First"),
        (
            'name = "One"',
            'name = "One"\ncustomer_may_set = false',
            "Severities, One, customers may choose it: yes → no",
        ),
        (
            'countries = ["JP"]',
            'countries = ["JP", "KR"]',
            "Regions, East, countries: JP → JP, KR",
        ),
        (
            "days = 7",
            "days = 14",
            "Waiting for the customer, closed after: 7 days, at the same time of day, by the "
            "customer's clock → 14 days, at the same time of day, by the customer's clock",
        ),
        (
            "[[ladder]]",
            "[reopen]\nwindow = { days = 90 }\n\n[[ladder]]",
            "Reopening, how long it may be opened again: nothing said → 90 days, at the same time "
            "of day, by the customer's clock",
        ),
        (
            'life = { years = 1, rule = "end_of_day" }\n',
            "",
            "Points, how long they are good for: 1 year, at the end of the last day, by the "
            "customer's clock → nothing said",
        ),
        (
            "date = 2027-01-02, name",
            "date = 2027-01-03, name",
            "Holidays, Own, no longer: 2 January 2027 (Second, really)",
        ),
        (
            'support_email = "support@example.com"',
            'support_email = "help@example.com"',
            "Addresses, support by mail: support@example.com → help@example.com",
        ),
        (
            'conduct = "Politely."',
            'conduct = "Kindly."',
            "Texts of the public page, conduct: Politely. → Kindly.",
        ),
        (
            'name = "Front"',
            'name = "Dispatch"',
            "Names of the tiers, Dispatch, name: Front → Dispatch",
        ),
        (
            'default_region = "SOUTH"',
            'default_region = "EAST"',
            "Default region: South → East",
        ),
        (
            'axes = ["severity", "priority"]',
            'axes = ["severity", "priority"]\nqueue_order = ["severity", "due"]',
            "Order of the queue: due first → severity, due first",
        ),
    ],
)
def test_other_sections_are_said_field_by_field(before, after, said):
    found = changed_by((before, after))

    assert said in found
    assert not [one for one in found if one.endswith(": changed")]


def test_call_that_a_level_needs_is_said():
    found = changed_by(
        ('name = "One"', 'name = "One"\ncall = "refused"'),
        ("[[ladder]]", '[[channels]]\ncode = "phone"\nname = "Phone"\n\n[[ladder]]'),
    )

    assert "Severities, One, when it is not reported by phone: taken as it is → not taken" in found


def test_step_of_the_ladder_is_said_as_a_sentence():
    (said,) = changed_by(('roles = ["lead"]', 'roles = ["lead", "manager"]'))

    before, _arrow, after = said.partition(" → ")
    assert before.startswith("Escalation: ")
    assert "the leads" in before
    assert "the managers" not in before
    assert "the managers" in after


def test_changed_rule_of_retargeting_is_said():
    said = changed_by(("[waiting]", '[retarget]\nbase = "change"\ncap = "promise"\n\n[waiting]'))

    assert said == [
        "What a change of level does, a new target counts from: the opening → the change",
        "What a change of level does, never later than: no limit → what was promised before",
    ]


def test_changed_effect_of_an_event_is_said():
    said = changed_by(("[waiting]", '[clocks.first_response]\nwork_logged = "none"\n\n[waiting]'))

    assert said == ["first response, when work is logged: meets it → nothing"]


def test_dates_are_added_to_what_changes():
    found = differences(
        parse_document(EVERYTHING), parse_document(EVERYTHING.replace("All there is", "All", 1))
    )

    assert dated(found, "") == ["Name of the policy: All there is → All"]
    assert dated(found, "Fri 1 Jan 2027, 00:00 CET") == [
        "Name of the policy: All there is → All, from Fri 1 Jan 2027, 00:00 CET"
    ]


def test_other_order_of_plans_is_said():
    b, a = '[[plans]]\ncode = "b"\nname = "B"\n', '[[plans]]\ncode = "a"\nname = "A"\n'
    changed = EVERYTHING.replace(f"{b}\n{a}", f"{a}\n{b}")

    found = differences(parse_document(EVERYTHING), parse_document(changed))

    assert [str(one) for one in found] == ["Plans, their order: changed"]


def test_first_version_is_new_as_a_whole():
    found = differences(None, parse_document(EVERYTHING))

    assert [str(one) for one in found] == ["Policy, new: All there is"]


def test_rule_that_is_divided_is_told_for_the_cases_that_change():
    one = 'when = { plan = ["standard"], severity = ["2", "3", "4"] }\n'
    rest = 'target = { kind = "business_time", hours = 8 }\ncalendar = "portal"\nsource = "MX-20"\n'
    divided = (
        f'when = {{ plan = ["standard"], severity = ["3", "4"] }}\n{rest}\n[[targets]]\n'
        'clock = "first_response"\nwhen = { plan = ["standard"], severity = ["2"] }\n'
    )

    assert said("metalogix", (one + rest, divided + rest.replace("8", "4"))) == [
        "Standard, Severity Level 2 (High), first response: "
        "8 business hours, Metalogix portal hours → 4 business hours, Metalogix portal hours"
    ]
    assert said("metalogix", (one + rest, divided + rest)) == []


def test_rule_for_more_cases_than_are_worth_telling_apart_is_compared_whole():
    codes = tuple(str(number) for number in range(40))
    when = {"severity": codes, "product": codes}
    rule = TargetRow("first_response", when, Target("elapsed", 3600))
    faster = TargetRow("first_response", when, Target("elapsed", 60))

    found = list(changed_rules([rule], [faster]))

    assert [(one.before, one.after) for one in found] == [(rule, faster)]
    assert {axis: set(told) for axis, told in found[0].when.items()} == {
        "severity": set(codes),
        "product": set(codes),
    }
