"""Repeated steps, and steps on the case itself. March 2026, Berlin, 9-17; the 2nd is a Monday."""

from dataclasses import replace

import pytest

from sla.engine.clock import read
from sla.engine.ladder import Mark, marks
from sla.engine.mark import repeat_code
from sla.engine.parts import LadderStep, Level, Region, Waiting
from tests.clocks.policies import moment, policy, timeline, wall

BREACH = LadderStep(
    "breach",
    "first_response",
    "due",
    "notify",
    roles=("lead",),
    repeat_seconds=1800,
    repeat_times=3,
)
PAGE = LadderStep(
    "page",
    "case",
    "opened",
    "page",
    roles=("duty",),
    when={"severity": ("1",)},
    repeat_seconds=900,
    repeat_times=4,
)
STILL = replace(
    PAGE, code="still", at="after", seconds=3600, repeat_seconds=None, repeat_times=None
)


def ahead(*entries, ladder=(BREACH,), **changes):
    rules = policy(ladder=ladder, **changes)
    state = read({1: rules, 2: policy(ladder=(), **changes)}, timeline(*entries))
    return [(wall(mark.at), mark.key) for mark in marks(state)]


def fired(when, step, clock="first_response", started_seq=1):
    return ("step_fired", when, {"step": step, "clock": clock, "started_seq": started_seq})


def acknowledged(when, clock="first_response", started_seq=1, **more):
    return ("acknowledged", when, {"clock": clock, "started_seq": started_seq} | more)


def raised(when, severity):
    return ("severity_changed", when, {"severity": severity})


OPENED = ("case_opened", "02 09:00")
CRITICAL = ("case_opened", "02 09:00", {"severity": "1"})


def test_repeat_counts_from_when_the_time_before_was_done():
    # Due at 13:00; the desk got round to it at 15:10 only.
    late = ahead(OPENED, fired("02 15:10", "breach"))
    again = ahead(OPENED, fired("02 15:10", "breach"), fired("02 15:41", "breach#2"))

    assert late == [("02 15:40", ("first_response", 1, "breach#2"))]
    assert again == [("02 16:11", ("first_response", 1, "breach#3"))]


@pytest.mark.parametrize(
    "stopped_by",
    [
        [fired("02 14:01", "breach#2"), fired("02 14:31", "breach#3")],
        [acknowledged("02 13:05")],
        [fired("02 14:01", "breach#2"), acknowledged("02 14:05")],
        [("agent_replied", "02 13:05")],
    ],
    ids=["often-enough", "acknowledged", "acknowledged-later", "answered"],
)
def test_repeats_end(stopped_by):
    assert ahead(OPENED, fired("02 13:01", "breach"), *stopped_by) == []


def test_acknowledging_a_warning_does_not_silence_the_breach_that_follows():
    warn = replace(BREACH, code="warn", at="before", share_percent=25)
    known = [fired("02 12:00", "warn"), acknowledged("02 12:05")]

    assert ahead(OPENED, *known, ladder=(warn, BREACH)) == [
        ("02 13:00", ("first_response", 1, "breach"))
    ]
    assert ahead(OPENED, *known, fired("02 13:01", "breach"), ladder=(warn, BREACH)) == [
        ("02 13:31", ("first_response", 1, "breach#2"))
    ]


@pytest.mark.parametrize(
    ("upto", "found"),
    [(2, [("02 13:31", ("first_response", 1, "breach#2"))]), (3, [])],
    ids=["of-the-warning", "of-the-breach"],
)
def test_notice_taken_late_of_a_warning_does_not_silence_the_breach(upto, found):
    warn = replace(BREACH, code="warn", at="before", share_percent=25)
    steps = [fired("02 12:00", "warn"), fired("02 13:01", "breach")]

    # Taken notice of the warning once more does not take back what was known.
    late = [acknowledged("02 13:05", upto=upto), acknowledged("02 13:06", upto=2)]

    assert ahead(OPENED, *steps, *late, ladder=(warn, BREACH)) == found


def test_acknowledging_one_occurrence_leaves_the_others_alone():
    found = ahead(OPENED, fired("02 13:01", "breach"), acknowledged("02 13:05", "case", 1))

    assert found == [("02 13:31", ("first_response", 1, "breach#2"))]


def test_ms_05_dd_10_raising_a_case_pages_though_it_was_answered():
    answered = [OPENED, ("agent_replied", "02 09:30")]

    assert ahead(*answered, ladder=(PAGE,)) == []
    assert ahead(*answered, raised("02 10:00", "1"), ladder=(PAGE, STILL)) == [
        ("02 10:00", ("case", 3, "page")),
        ("02 11:00", ("case", 3, "still")),
    ]


@pytest.mark.parametrize(
    ("acts", "found"),
    [
        ([], ("02 09:15", ("case", 1, "page#2"))),
        ([raised("02 10:00", "1")], ("02 09:15", ("case", 1, "page#2"))),
        ([("question_asked", "02 09:05")], ("02 09:15", ("case", 1, "page#2"))),
        ([raised("02 09:05", "2")], None),
        ([("resolved", "02 09:05")], None),
        ([("merged", "02 09:05")], None),
        # A slip, set right within ten minutes: it goes on as it was, and nobody is paged twice.
        (
            [raised("02 09:05", "2"), raised("02 09:15", "1")],
            ("02 09:15", ("case", 1, "page#2")),
        ),
        ([raised("02 09:05", "2"), raised("02 09:16", "1")], ("02 09:16", ("case", 4, "page"))),
        ([("closed", "02 09:05"), ("reopened", "02 09:06")], ("02 09:06", ("case", 4, "page"))),
        ([("merged", "02 09:05"), ("unmerged", "02 09:06")], ("02 09:06", ("case", 4, "page"))),
    ],
    ids=[
        "opened",
        "set-again",
        "waiting",
        "lowered",
        "resolved",
        "merged",
        "slip",
        "lowered-and-raised",
        "reopened",
        "unmerged",
    ],
)
def test_occurrence_on_the_case_lasts_while_its_facts_hold(acts, found):
    acts = [CRITICAL, fired("02 09:00", "page", "case"), *acts]
    marked = ahead(*acts, ladder=(PAGE,), waiting=Waiting())

    assert marked == ([found] if found else [])


def test_hand_overs_on_the_case_keep_their_interval_after_an_outage():
    climb = LadderStep("climb", "case", "after", "hand_over", seconds=3600, tiers=(1,))
    top = LadderStep("top", "case", "after", "hand_over", seconds=3 * 3600, tiers=(2,))
    payload = {"step": "climb", "clock": "case", "started_seq": 1, "due_at": moment("02 10:00")}
    done = [("step_fired", "02 18:00", payload), ("handed_over", "02 18:00", {"to_tier": 2})]

    assert ahead(OPENED, *done, ladder=(climb, top)) == [("02 20:00", ("case", 1, "top"))]


def test_policy_that_brings_a_step_on_the_case_begins_its_occurrence():
    rules = {1: policy(ladder=()), 2: policy(ladder=(PAGE,))}
    applied = ("policy_retargeted", "03 10:00", {"policy_version": 2})

    state = read(rules, timeline(CRITICAL, applied))

    assert [(wall(mark.at), mark.key) for mark in marks(state)] == [
        ("03 10:00", ("case", 2, "page"))
    ]


def test_step_for_a_region_is_for_the_countries_of_it():
    here = replace(PAGE, when={"region": ("EU",)})
    places = (Region("EU", "Europe", ("DE",)), Region("US", "America"))
    found = [
        ahead(
            ("case_opened", "02 09:00", {"country": country}),
            ladder=(here,),
            regions=places,
            default_region="US",
        )
        for country in ("DE", "FR")
    ]

    assert found == [[("02 09:00", ("case", 1, "page"))], []]


def test_keys_of_repeats_are_told_apart_and_found_by_their_code():
    rules = policy(ladder=(BREACH,), severities=(Level("1", "1", "severity"),))

    keys = [Mark(0, "first_response", 1, BREACH, repeat).key[2] for repeat in (1, 2, 11)]

    assert keys == ["breach", "breach#2", "breach#11"]
    assert repeat_code("breach", 2) == "breach#2"
    assert [rules.steps.named(code) for code in keys] == [BREACH, BREACH, BREACH]
    assert rules.steps.named("waiting_close").action == "close"
    assert rules.steps.named("unheard_of") is None
