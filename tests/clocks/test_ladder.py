"""Which step falls due when. March 2026, Berlin, 9-17; the 2nd is a Monday."""

from dataclasses import replace

from sla.engine.clock import read
from sla.engine.ladder import marks, next_mark_at
from sla.engine.parts import LadderStep, Waiting
from tests.clocks.policies import LADDER, hours, policy, row, timeline, wall


def marks_of(*entries, rules=None):
    state = read({1: rules or policy()}, timeline(*entries))
    return [(wall(mark.at), mark.step.code, mark.started_seq) for mark in marks(state)]


def fired(when, step, clock="first_response", started_seq=1):
    return ("step_fired", when, {"step": step, "clock": clock, "started_seq": started_seq})


def test_steps_come_in_the_order_of_their_moments():
    found = marks_of(("case_opened", "02 09:00"))

    # The warning when a quarter of four business hours is left; breach the second after due.
    assert found == [("02 12:00", "warn", 1), ("02 13:00", "breach", 1), ("02 15:00", "climb", 1)]


def test_breach_is_due_the_second_after_the_promise():
    state = read({1: policy()}, timeline(("case_opened", "02 09:00")))

    (first, breach, _) = marks(state)

    assert breach.at - state.clocks[0].due_at == 1
    assert next_mark_at(state) == first.at


def test_fired_step_does_not_come_again():
    found = marks_of(("case_opened", "02 09:00"), fired("02 12:00", "warn"))

    assert [step for _, step, _ in found] == ["breach", "climb"]


def test_warning_is_counted_in_service_time():
    found = marks_of(("case_opened", "02 16:00"))

    # One hour on Monday, two on Tuesday: a quarter of the four is left at 11:00.
    assert found[0] == ("03 11:00", "warn", 1)


def test_answered_case_is_not_warned_of():
    found = marks_of(("case_opened", "02 09:00"), ("agent_replied", "02 09:30"))

    assert found == [("02 15:30", "climb", 2)]


def test_case_that_waits_on_the_customer_without_end_has_no_marks():
    endless = policy(waiting=Waiting())

    found = marks_of(("case_opened", "02 09:00"), ("question_asked", "02 09:30"), rules=endless)

    assert found == []


def test_case_that_is_closed_has_no_marks():
    assert marks_of(("case_opened", "02 09:00"), ("closed", "02 09:30")) == []


def test_steps_change_with_the_tier():
    found = marks_of(
        ("case_opened", "02 09:00"),
        fired("02 12:00", "warn"),
        fired("02 13:00", "breach"),
        ("handed_over", "02 15:00", {"to_tier": 3}),
    )

    assert found == [("03 13:00", "stuck", 4)]


def test_step_is_only_for_the_facts_that_it_names():
    only_first = tuple(replace(step, when={"severity": ("1",)}) for step in LADDER)

    assert marks_of(("case_opened", "02 09:00"), rules=policy(ladder=only_first)) == []


def test_step_at_the_opening_is_due_at_once_even_where_nothing_is_late():
    paging = replace(row("first_response", hours("elapsed", 0), None), counts_late=False)
    page = LadderStep("page", "first_response", "opened", "page", roles=("team",), urgent=True)
    rules = policy(targets=(paging,), ladder=(page, *LADDER))

    assert marks_of(("case_opened", "02 20:00"), rules=rules) == [("02 20:00", "page", 1)]


def test_step_after_the_promise_is_counted_in_service_time():
    after = LadderStep("again", "first_response", "after", "notify", seconds=2 * 3600)

    found = marks_of(("case_opened", "02 12:00"), rules=policy(ladder=(after,)))

    # Due at 16:00; one more hour on Monday and one on Tuesday.
    assert found == [("03 10:00", "again", 1)]


def test_scheduled_case_is_warned_in_real_time():
    early = LadderStep("soon", "first_response", "before", "notify", seconds=3600)
    slot = {"severity": "plan", "scheduled_for": None}
    opening = timeline(("case_opened", "02 09:00", slot))[0]
    slot["scheduled_for"] = opening.at + 3 * 24 * 3600

    found = marks_of(("case_opened", "02 09:00", slot), rules=policy(ladder=(early,)))

    assert found == [("05 08:00", "soon", 1)]
