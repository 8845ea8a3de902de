"""Why a clock is measured as it is: the rule of its moment, those beside it, what a change did."""

import pytest

from sla.engine.clock import read
from sla.engine.parts import Retarget
from tests.clocks.policies import policy, timeline
from tickets.explaining import Foreseen, because, rules_beside, state_of_aim

OPENED = ("case_opened", "02 09:00")


def story(*entries, **changes):
    return Foreseen({1: policy(**changes)}, timeline(*entries))


def first_response(told):
    return next(clock for clock in told.state.clocks if clock.kind == "first_response")


def changed(to, at="02 10:00"):
    return ("severity_changed", at, {"severity": to})


@pytest.mark.parametrize(
    ("entries", "retarget", "sentence"),
    [
        (
            [OPENED, changed("3")],
            Retarget(),
            "The new target counts from the start of the clock.",
        ),
        (
            [OPENED, changed("3")],
            Retarget(base="change"),
            "The new target counts from the change.",
        ),
        (
            [("case_opened", "02 09:00", {"severity": "3"}), changed("2", "02 15:00")],
            Retarget(floor="full_target"),
            "From the change on at least one whole target is left.",
        ),
        (
            [("case_opened", "02 09:00", {"severity": "none"}), changed("2")],
            Retarget(),
            "The new target counts from the change.",
        ),
        (
            [
                ("case_opened", "02 10:00", {"severity": "1", "channel": "portal"}),
                ("customer_called", "02 11:30", {"channel": "phone"}),
            ],
            Retarget(on_call=Retarget(base="change", cap="promise")),
            "It is never due later than what was promised before.",
        ),
    ],
    ids=["opening", "change", "floor", "from none", "cap"],
)
def test_part_of_the_retarget_rule_that_decided_is_named(entries, retarget, sentence):
    told = story(*entries, retarget=retarget)
    clock = first_response(told)

    (change,) = clock.changes
    assert because(told, clock, change) == sentence


def test_ended_clock_is_explained_by_the_facts_of_its_time():
    told = story(OPENED, ("agent_replied", "02 10:00"), changed("1", "02 11:00"))

    aimed = state_of_aim(told, first_response(told))

    assert told.state.facts.severity == "1"
    assert aimed.facts.severity == "2"


def test_late_clock_keeps_the_rule_that_it_was_late_by():
    told = story(OPENED, changed("3", "02 16:00"))

    aimed = state_of_aim(told, first_response(told))

    assert aimed.facts.severity == "2"


def test_capped_clock_is_explained_by_the_rule_that_caps_it():
    told = story(
        ("case_opened", "02 10:00", {"severity": "1", "channel": "portal"}),
        ("customer_called", "02 11:30", {"channel": "phone"}),
        retarget=Retarget(on_call=Retarget(base="change", cap="promise")),
    )

    aimed = state_of_aim(told, first_response(told))

    assert aimed.facts.channel == "portal"


def beside(told, **options):
    state = read(told.policies, told.events)
    clock = first_response(told)
    row = clock.settled.cell.row
    rules = rules_beside(state.policy, state.facts, row, promised_only=False, **options)
    return [(rule.cases, rule.why) for rule in rules]


def test_rule_that_names_more_says_what_keeps_it_out():
    told = story(("case_opened", "02 10:00", {"severity": "1", "channel": "phone"}))

    assert beside(told)[0] == (
        "1, portal",
        "The channel differs: it asks for portal, this case came by: phone.",
    )


def test_rule_that_fits_and_names_less_says_so():
    told = story(("case_opened", "02 10:00", {"severity": "1", "channel": "portal"}))

    assert beside(told) == [("1", "It fits as well, but names less of the case.")]


def test_rule_for_another_level_says_which():
    told = story(OPENED)

    assert ("3", "The severity differs: it asks for 3, this case has 2.") in beside(told)


def test_fact_that_nobody_knows_is_said_to_be_unknown():
    told = story(("case_opened", "02 10:00", {"severity": "1"}))

    assert beside(told)[0] == (
        "1, portal",
        "The channel differs: it asks for portal, of this case none is known.",
    )
