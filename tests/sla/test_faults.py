import re
from pathlib import Path

import pytest

import sla.engine
from sla.engine.document import Fault, PolicyFaults, parse_document
from sla.faults import _SENTENCES, fault_sentence, fault_sentences, place_text
from tests.sla.everything import EVERYTHING

ENGINE = Path(sla.engine.__path__[0])
# Codes as the core's checks write them; never_open is what trying a target can end in.
CODE = re.compile(r'(?:\.fault\(\s*|Fault\(\s*"[^"]*",\s*|return )"([a-z_]+)"')
OTHER_RETURNS = {"days", "seconds", "hours"}
CHECKING = ("shape", "forms", "hours", "sections", "document", "checks", "rowchecks")
CHECKING += ("offersections", "offerchecks")


def test_every_code_of_the_core_has_a_sentence():
    written = {
        code for name in CHECKING for code in CODE.findall((ENGINE / f"{name}.py").read_text())
    }

    assert len(written) > 30
    assert written - OTHER_RETURNS - set(_SENTENCES) == set()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", ""),
        ("time_zone", "time_zone"),
        ("targets[3].when.plan[0]", "target 4, plan, entry 1"),
        ("targets[3].target.goal", "target 4, goal"),
        ("severities[0].code", "severity 1, code"),
        ("calendars.office.weekly.mon[1]", "calendar “office”, weekly, mon, entry 2"),
        ("regions.EMEA.countries", "region “EMEA”, countries"),
        ("ladder[10].tiers", "ladder step 11, tiers"),
        ("clocks.resolution", "clock “resolution”"),
        ("plans[3].lapses_to", "plan 4, what counts instead"),
        ("prices[0].when.channel", "price 1, channel"),
        ("benefits[2].plans.gold", "benefit 3, plans, gold"),
        ("supported_releases[0].back", "rule for releases 1, back"),
    ],
)
def test_place_is_named_in_words(path, text):
    assert place_text(path) == text


@pytest.mark.parametrize(
    ("before", "after", "place", "sentence"),
    [
        ("schema = 1", "schema = 7", "schema", "Schema 7 is not known here, only 1."),
        ('code = "a"', 'code = "b"', "plan 2, code", "“b” is there twice."),
        (
            'time_zone = "UTC"',
            'time_zone = "Berlin"',
            "time_zone",
            "“Berlin” is not a time zone: write it like Europe/Berlin.",
        ),
        (
            '["22:00", "06:00"]',
            '["22", "06:00"]',
            "calendar “zulu”, weekly, sun, entry 1",
            "['22', '06:00'] are no hours: write them like 09:00-17:00, up to 24:00.",
        ),
        (
            "minutes = 90, goal = 60",
            "minutes = 60, goal = 90",
            "target 1, goal",
            "The goal (90) cannot be later than the commitment (60).",
        ),
    ],
)
def test_fault_is_told_with_file_line_and_place(before, after, place, sentence):
    text = EVERYTHING.replace(before, after, 1)
    line = EVERYTHING[: EVERYTHING.index(before)].count("\n") + 1

    with pytest.raises(PolicyFaults) as found:
        parse_document(text, "acme.toml")

    assert f"acme.toml:{line}: {place}: {sentence}" in fault_sentences(found.value)


def test_file_that_is_no_toml_is_told_with_its_line():
    with pytest.raises(PolicyFaults) as found:
        parse_document("schema = 1\nvendor = \n", "acme.toml")

    assert fault_sentences(found.value) == ("acme.toml:2: This is not TOML: Invalid value.",)


def test_ambiguous_rules_name_each_other():
    params = {"other": "targets[0]", "facts": {"plan": ("gold",), "severity": ("1", "2")}}

    assert fault_sentence(Fault("targets[4].when", "ambiguous", params)) == (
        "target 5: target 1 says something else for the same cases (plan gold; severity 1, 2), "
        "and neither is more exact."
    )


def test_fault_with_nothing_to_list_says_none():
    params = {"kind": "plan", "name": "gold", "known": ()}

    assert fault_sentence(Fault("targets[0].when.plan", "unknown_code", params)) == (
        "target 1, plan: There is no plan “gold”. Choose from: none."
    )


@pytest.mark.parametrize("number", ["call me", "-", "12", "0800 FLOWERS!", "call\\n0800"])
def test_phone_number_needs_three_digits(number):
    with pytest.raises(PolicyFaults) as found:
        parse_document(EVERYTHING.replace('number = "111"', f'number = "{number}"', 1))

    assert [(fault.path, fault.code) for fault in found.value.faults] == [
        ("phones[0].number", "bad_phone")
    ]


@pytest.mark.parametrize(
    "number", ["112", "+49 (0)30 901-820/1", "1-800-FLOWERS", "555.0100 ext 7"]
)
def test_phone_number_as_people_write_it_is_taken(number):
    text = EVERYTHING.replace('number = "111"', f'number = "{number}"', 1)

    assert parse_document(text).phones[0].number == number
