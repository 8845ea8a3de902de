"""Faults of levels that stand in for each other, of SWAT and grades, and of the newer steps."""

import pytest

from sla.engine.document import Fault
from tests.policies.documents import changed, faults

WORST = 'code = "1"\nname = "Worst"\n'
BAD = 'code = "2"\nname = "Bad"\n'
STEP = """
[[ladder]]
code = "page"
clock = "first_response"
at = "opened"
action = "page"
roles = ["lead"]
"""
SWAT = '\n[[grades]]\ncode = "senior"\nname = "Senior"\n\n[swat]\nname = "SWAT"\n'
HIGH = '\n[[priorities]]\ncode = "high"\nname = "High"\n'
BOTH_AXES = ('axes = ["severity"]', 'axes = ["severity", "priority"]')


def of_level(*lines: str, also: str = "") -> str:
    """Give the document with these lines said of severity 1, and `also` of severity 2."""
    told = WORST + "".join(f"{line}\n" for line in lines)
    return changed((WORST, told), (BAD, BAD + also))


def of_step(*replacements: tuple[str, str], more: str = "") -> str:
    """Give the document with a step, changed in these places."""
    step = STEP
    for old, new in replacements:
        assert step.count(old) == 1
        step = step.replace(old, new)
    return changed() + step + more


def shown(text: str) -> list[tuple[str, str, dict[str, object]]]:
    return [(fault.path, fault.code, dict(fault.params)) for fault in found(text)]


def found(text: str) -> tuple[Fault, ...]:
    return tuple(faults(text))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            of_level('environments = ["production"]'),
            ("severities[0].environments", "otherwise_needed", {"level": "1"}),
        ),
        (
            of_level('otherwise = "2"'),
            ("severities[0].otherwise", "otherwise_not_used", {"level": "1"}),
        ),
        (
            of_level('workaround_to = "9"'),
            (
                "severities[0].workaround_to",
                "unknown_code",
                {"kind": "severity", "name": "9", "known": ("1", "2")},
            ),
        ),
        (
            of_level('unreachable_to = "1"'),
            ("severities[0].unreachable_to", "level_of_itself", {"level": "1"}),
        ),
        (
            of_level('promotes = ["1", "2"]'),
            ("severities[0].promotes", "level_of_itself", {"level": "1"}),
        ),
        (
            of_level('sets_priority = "high"'),
            ("severities[0].sets_priority", "axis_not_in_use", {"axis": "priority"}),
        ),
        (
            changed(BOTH_AXES, (WORST, f'{WORST}sets_priority = "low"\n')) + HIGH,
            (
                "severities[0].sets_priority",
                "unknown_code",
                {"kind": "priority", "name": "low", "known": ("high",)},
            ),
        ),
        (
            changed(BOTH_AXES) + HIGH + 'sets_priority = "high"\n',
            ("priorities[0].sets_priority", "only_for_severities", {"key": "sets_priority"}),
        ),
        (
            changed() + '\n[swat]\nname = "SWAT"\ngrades = ["junior"]\n',
            ("swat.grades", "unknown_code", {"kind": "grade", "name": "junior", "known": ()}),
        ),
        (
            changed() + SWAT + 'when = { severity = ["9"] }\n',
            (
                "swat.when.severity",
                "unknown_code",
                {"kind": "severity", "name": "9", "known": ("1", "2")},
            ),
        ),
        (
            changed() + '\n[escalation]\nopen = true\nroles = ["lead", "swat"]\n',
            ("escalation.roles[1]", "swat_needed", {}),
        ),
        (
            of_step(('action = "page"', 'action = "swat"')),
            ("ladder[1].action", "swat_needed", {}),
        ),
        (
            of_step(('roles = ["lead"]', 'roles = ["duty", "swat"]')),
            ("ladder[1].roles[1]", "swat_needed", {}),
        ),
        (
            of_step(('clock = "first_response"', 'clock = "case"'), ("opened", "due")),
            ("ladder[1].at", "not_on_the_case", {"at": "due", "allowed": ("opened", "after")}),
        ),
        (
            of_step(more="repeat_seconds = 600\n"),
            ("ladder[1].repeat_times", "missing_key", {"key": "repeat_times"}),
        ),
        (
            of_step(more="repeat_times = 3\n"),
            ("ladder[1].repeat_seconds", "missing_key", {"key": "repeat_seconds"}),
        ),
        (
            of_step(
                ('action = "page"', 'action = "hand_over"\ntiers = [1]'),
                more="repeat_seconds = 600\nrepeat_times = 3\n",
            ),
            (
                "ladder[1].repeat_seconds",
                "not_repeated",
                {"action": "hand_over", "allowed": ("notify", "page")},
            ),
        ),
        (
            of_step(('action = "page"', 'action = "tell_customer"')),
            (
                "ladder[1].action",
                "nothing_missed",
                {"clock": "first_response", "at": "opened"},
            ),
        ),
        (
            of_step(
                ('action = "page"', 'action = "tell_customer"'),
                ("first_response", "no_progress"),
                ("opened", "due"),
            ),
            ("ladder[1].action", "nothing_missed", {"clock": "no_progress", "at": "due"}),
        ),
        (
            of_step(('code = "page"', 'code = "waiting_close"')),
            ("ladder[1].code", "reserved_code", {"name": "waiting_close"}),
        ),
        (
            changed()
            + '\n[[tiers]]\ntier = 1\nname = "First"\n'
            + 'budget = { kind = "next_business_day" }\n',
            (
                "tiers[0].budget.kind",
                "bad_choice",
                {
                    "value": "next_business_day",
                    "choices": ("elapsed", "business_time", "business_days"),
                },
            ),
        ),
        (
            changed()
            + '\n[[targets]]\nclock = "tier_time"\ntarget = { kind = "elapsed", hours = 1 }\n',
            ("targets[2].clock", "clock_has_budget", {"clock": "tier_time"}),
        ),
        (changed() + SWAT + SWAT.partition("\n[swat]")[0], None),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(text, fault):
    if fault is None:
        fault = ("grades[1].code", "repeated", {"value": "senior"})

    assert shown(text) == [fault]


def test_level_in_place_of_another_is_for_every_environment():
    text = of_level(
        'environments = ["production"]',
        'otherwise = "2"',
        also='environments = ["test"]\notherwise = "1"\n',
    )

    assert [(path, code) for path, code, _ in shown(text)] == [
        ("severities[0].otherwise", "otherwise_in_turn"),
        ("severities[1].otherwise", "otherwise_in_turn"),
    ]


def test_what_fits_is_no_fault():
    text = changed(
        (WORST, f'{WORST}environments = ["production"]\notherwise = "2"\nworkaround_to = "2"\n')
    )
    repeated = STEP.replace('"first_response"', '"case"') + "repeat_seconds = 600\n"
    told = STEP.replace('"page"', '"told"', 1).replace('"page"', '"tell_customer"')
    told = told.replace("opened", "due").replace('roles = ["lead"]\n', "")

    assert shown(text + SWAT + repeated + "repeat_times = 3\n" + told) == []
