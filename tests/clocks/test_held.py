"""How long a tier held a case, and its clock. March 2026, Berlin, 9-17; the 2nd is a Monday."""

from sla.engine.clock import read, run
from sla.engine.held import time_held
from sla.engine.ladder import marks
from sla.engine.parts import LadderStep
from tests.clocks.policies import HOUR, TIERS, moment, policy, timeline, wall

RULES = policy(tiers=TIERS)
UP = {"from_tier": 1, "to_tier": 2, "from_team": 11, "to_team": 22}


def held(until, *entries, rules=RULES):
    return [
        (
            one.tier,
            one.team_id,
            wall(one.from_at),
            wall(one.until_at),
            one.service_seconds / HOUR,
            one.waiting_seconds / HOUR,
            one.budget_seconds and one.budget_seconds / HOUR,
        )
        for one in time_held({1: rules}, timeline(*entries), moment(until))
    ]


def test_time_is_counted_by_tier_in_service_hours_without_what_was_waited_for():
    found = held(
        "04 10:00",
        ("case_opened", "02 16:00"),
        ("question_asked", "02 16:30"),
        ("customer_replied", "03 09:30"),
        ("handed_over", "03 11:30", UP),
    )

    # Sixteen and a half hours over night, of which one hour was the desk's to serve.
    assert found == [
        (1, 11, "02 16:00", "03 11:30", 2.5, 1, 10),
        (2, 22, "03 11:30", None, 6.5, 0, 48),
    ]


def test_end_and_reopening_of_a_case_part_the_time_of_one_team():
    found = held(
        "05 12:00",
        ("case_opened", "02 09:00", {"team": 11}),
        ("resolved", "02 10:00"),
        ("reopened", "03 09:00"),
        ("closed", "03 12:00"),
    )

    assert found == [
        (1, 11, "02 09:00", "02 10:00", 1, 0, 10),
        (1, 11, "03 09:00", "03 12:00", 3, 0, 10),
    ]


def test_team_chosen_in_the_moment_of_the_opening_has_it_from_then_on():
    opened = [("case_opened", "02 09:00", {"team": 11}), ("triaged", "02 09:00", {"team": 12})]

    assert held("02 10:00", *opened) == [(1, 12, "02 09:00", None, 1, 0, 10)]
    assert held("02 10:00", *opened, ("triaged", "02 09:30", {"team": 13})) == [
        (1, 12, "02 09:00", "02 09:30", 0.5, 0, 10),
        (1, 13, "02 09:30", None, 0.5, 0, 10),
    ]


def test_time_of_a_raised_case_is_counted_in_the_hours_of_either_level():
    # Severity 1 is answered round the clock: one hour in the office, then two in the evening.
    found = held(
        "02 18:00", ("case_opened", "02 15:00"), ("severity_changed", "02 16:00", {"severity": "1"})
    )

    assert found == [(1, None, "02 15:00", None, 3, 0, 10)]


def test_tier_that_kept_a_case_too_long_is_told_by_how_much():
    (first,) = time_held({1: RULES}, timeline(("case_opened", "02 09:00")), moment("03 13:00"))
    (endless,) = time_held({1: policy()}, timeline(("case_opened", "02 09:00")), moment("03 13:00"))

    assert (first.over_seconds, endless.over_seconds) == (2 * HOUR, 0)
    assert endless.budget_seconds is None


def test_mx_26_budget_of_a_tier_is_a_clock_with_steps_of_its_own():
    over = LadderStep("over", "tier_time", "due", "notify", roles=("lead",))
    events = timeline(
        ("case_opened", "02 09:00"),
        ("agent_replied", "02 09:30"),
        ("question_asked", "02 12:00"),
        ("customer_replied", "03 12:00"),
        ("handed_over", "03 12:00", UP),
    )
    rules = policy(tiers=TIERS, ladder=(over,))

    clocks = [one for one in run({1: rules}, events) if one.kind == "tier_time"]
    before = read({1: rules}, events[:-1])

    assert [(one.state, wall(one.due_at), wall(one.ended_at)) for one in clocks] == [
        ("met", "04 11:00", "03 12:00"),
        ("running", "05 12:00", None),
    ]
    assert [(wall(mark.at), mark.key) for mark in marks(before)] == [
        ("04 11:00", ("tier_time", 1, "over"))
    ]
    assert [one.is_promised for one in clocks] == [False, False]


def test_case_without_a_promise_has_no_budget():
    found = run({1: RULES}, timeline(("case_opened", "02 09:00", {"severity": "none"})))

    assert [one.state for one in found if one.kind == "tier_time"] == ["no_target"]
