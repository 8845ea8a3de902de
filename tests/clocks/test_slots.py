"""Work at an agreed time (MS-10), and what is logged after the policy has acted. March 2026."""

from dataclasses import replace

import pytest

from sla.engine.clock import read
from sla.engine.kinds import ANSWERS
from sla.engine.parts import Retarget
from sla.engine.target import Target
from tests.clocks.policies import TARGETS, moment, policy, row, timeline, wall

PLANNED = ("case_opened", "02 09:00", {"severity": "plan"})


def agreed(at, slot):
    return ("scheduled", at, {"scheduled_for": moment(slot)})


def clocks_of(kind, *entries, rules=None):
    """Read a timeline and list (state, due, ended) of the clocks of one kind, as wall times."""
    state = read({1: rules or policy()}, timeline(*entries))
    return [
        (clock.state, wall(clock.due_at), wall(clock.ended_at))
        for clock in state.clocks
        if clock.kind == kind
    ]


@pytest.mark.parametrize("answer", sorted(ANSWERS))
def test_answer_before_a_time_is_agreed_begins_no_work(answer):
    found = clocks_of("first_response", PLANNED, (answer, "02 10:00"))

    assert found == [("awaiting_schedule", None, None)]


@pytest.mark.parametrize(
    ("answered", "found"),
    [
        ("05 09:59", ("scheduled", "05 10:00", None)),
        ("05 10:00", ("met", "05 10:00", "05 10:00")),
        ("05 10:01", ("late", "05 10:00", "05 10:01")),
    ],
    ids=["before-the-slot", "at-the-slot", "after-the-slot"],
)
def test_answer_meets_a_slot_from_its_moment_on(answered, found):
    entries = (PLANNED, agreed("02 10:00", "05 10:00"), ("agent_replied", answered))

    assert clocks_of("first_response", *entries) == [found]


@pytest.mark.parametrize("event", ["work_logged", "resolved"])
def test_work_that_begins_before_the_slot_meets_it(event):
    entries = (PLANNED, agreed("02 10:00", "05 10:00"), (event, "04 15:00"))

    assert clocks_of("first_response", *entries) == [("met", "05 10:00", "04 15:00")]


def test_slot_after_a_missed_one_is_an_occurrence_of_its_own():
    found = clocks_of(
        "first_response",
        PLANNED,
        agreed("02 10:00", "03 10:00"),
        agreed("03 12:00", "05 10:00"),
    )

    assert found == [("late", "03 10:00", "03 12:00"), ("scheduled", "05 10:00", None)]


def test_slot_that_is_moved_in_time_stays_the_same_occurrence():
    found = clocks_of(
        "first_response",
        PLANNED,
        agreed("02 10:00", "03 10:00"),
        agreed("03 09:00", "05 10:00"),
    )

    assert found == [("scheduled", "05 10:00", None)]


def test_slot_agreed_after_the_work_began_is_watched():
    found = clocks_of(
        "first_response", PLANNED, ("work_logged", "02 11:00"), agreed("02 12:00", "05 10:00")
    )

    assert found == [("met", None, "02 11:00"), ("scheduled", "05 10:00", None)]


def test_case_that_is_counted_starts_nothing_when_a_time_is_named():
    found = clocks_of(
        "first_response",
        ("case_opened", "02 09:00"),
        ("agent_replied", "02 10:00"),
        agreed("02 12:00", "05 10:00"),
    )

    assert found == [("met", "02 13:00", "02 10:00")]


NEXT_TOO = policy(
    targets=(
        *TARGETS,
        replace(row("next_response", Target("scheduled")), when={"severity": ("plan",)}),
    )
)


def test_slot_that_has_passed_is_none_for_what_begins_later():
    entries = (
        PLANNED,
        agreed("02 10:00", "03 10:00"),
        ("work_logged", "03 09:30"),
        ("customer_replied", "04 09:00"),
    )

    before = clocks_of("next_response", *entries, rules=NEXT_TOO)
    after = clocks_of("next_response", *entries, agreed("04 10:00", "06 10:00"), rules=NEXT_TOO)

    assert before == [("awaiting_schedule", None, None)]
    assert after == [("scheduled", "06 10:00", None)]


def test_slot_for_a_message_begins_no_second_first_response():
    entries = (
        PLANNED,
        ("work_logged", "03 09:30"),
        ("customer_replied", "04 09:00"),
        agreed("04 10:00", "06 10:00"),
    )

    assert clocks_of("first_response", *entries, rules=NEXT_TOO) == [("met", None, "03 09:30")]


LONGER = tuple(
    replace(old, target=Target("business_time", 40 * 3600))
    if old.when == {"severity": ("3",)}
    else old
    for old in TARGETS
)


@pytest.mark.parametrize("base", ["opening", "change"])
@pytest.mark.parametrize("floor", ["none", "full_target"])
def test_slot_that_passed_under_another_level_is_none(base, floor):
    found = clocks_of(
        "first_response",
        PLANNED,
        agreed("02 09:30", "03 10:00"),
        ("severity_changed", "02 12:00", {"severity": "3"}),
        ("severity_changed", "03 10:30", {"severity": "plan"}),
        rules=policy(retarget=Retarget(base=base, floor=floor), targets=LONGER),
    )

    assert found == [("awaiting_schedule", None, None)]


@pytest.mark.parametrize("base", ["opening", "change"])
@pytest.mark.parametrize("floor", ["none", "full_target"])
def test_change_that_leaves_the_level_leaves_the_slot(base, floor):
    # Sunday the 8th is closed: work begins on Monday, and the slot itself has passed by then.
    other_rule = replace(row("first_response", Target("scheduled"), severity="plan", case_type="x"))
    rules = policy(retarget=Retarget(base=base, floor=floor), targets=(*TARGETS, other_rule))

    found = clocks_of(
        "first_response",
        PLANNED,
        agreed("02 10:00", "08 10:00"),
        ("type_changed", "08 12:00", {"case_type": "x"}),
        rules=rules,
    )

    assert found == [("scheduled", "09 09:00", None)]


def test_case_is_schedulable_by_its_level_whatever_runs():
    planned = read({1: policy()}, timeline(PLANNED, ("work_logged", "02 10:00")))
    counted = read({1: policy()}, timeline(("case_opened", "02 09:00")))

    assert (planned.is_scheduled, counted.is_scheduled) == (True, False)


HANDED_OVER = ("handed_over", "02 15:01", {"to_tier": 2})


def test_call_logged_after_the_policys_step_is_met_when_it_was():
    # Due at 13:00; the breach fires, then the call of 12:50 is logged.
    found = clocks_of(
        "first_response", ("case_opened", "02 09:00"), HANDED_OVER, ("agent_called", "02 12:50")
    )

    assert found == [("met", "02 13:00", "02 12:50")]


def test_call_before_the_policys_hand_over_counts_nothing_backwards():
    found = clocks_of(
        "no_progress", ("case_opened", "02 09:00"), HANDED_OVER, ("agent_called", "02 14:00")
    )

    # Six hours from the hand-over, which is progress too, and no occurrence ends before it starts.
    assert found == [
        ("late", "02 15:00", "02 15:01"),
        ("met", "03 13:01", "02 15:01"),
        ("running", "03 13:01", None),
    ]


def test_change_that_came_before_the_hand_over_counts_from_it():
    rules = policy(
        retarget=Retarget(base="change"),
        targets=(
            *TARGETS,
            replace(row("no_progress", Target("elapsed", 3600), None, severity="4")),
        ),
    )

    found = clocks_of(
        "no_progress",
        ("case_opened", "02 09:00"),
        HANDED_OVER,
        ("severity_changed", "02 14:00", {"severity": "4"}),
        rules=rules,
    )

    assert found[1:] == [("running", "02 16:01", None)]


def test_review_changes_all_facts_before_the_policy_is_asked():
    # Each change alone would be late at once and keep that verdict; together they are not.
    short = replace(
        row("first_response", Target("elapsed", 60), None),
        when={"severity": ("1",), "case_type": ("problem",)},
    )
    rules = policy(targets=(short, *TARGETS[2:]))
    opening = ("case_opened", "02 09:00", {"severity": "3", "case_type": "problem"})
    review = {"severity": "1", "case_type": "question", "from": {"severity": "3"}}

    state = read({1: rules}, timeline(opening, ("triaged", "02 10:00", review)))

    (clock,) = (clock for clock in state.clocks if clock.kind == "first_response")
    assert (state.facts.severity, state.facts.case_type) == ("1", "question")
    assert (clock.state, len(clock.changes)) == ("no_target", 1)


def test_review_that_changes_nothing_asks_nothing():
    found = clocks_of("first_response", ("case_opened", "02 09:00"), ("triaged", "02 10:00"))

    assert found == [("running", "02 13:00", None)]
