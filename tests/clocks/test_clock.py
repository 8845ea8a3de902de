"""Clocks of whole timelines: verdicts, pauses, retargets. March 2026, Berlin; Monday is the 2nd."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.clock import Event, read, run
from sla.engine.kinds import EVENTS, KindRow
from sla.engine.parts import Retarget
from tests.clocks.policies import TIERS, hours, moment, policy, row, timeline, wall


def clocks_of(kind, *entries, rules=None):
    """Run a timeline and list (state, due, ended) of the clocks of one kind, as wall times."""
    found = run({1: rules or policy()}, timeline(*entries))
    return [
        (clock.state, wall(clock.due_at), wall(clock.ended_at))
        for clock in found
        if clock.kind == kind
    ]


@pytest.mark.parametrize(
    ("answered", "state"),
    [("02 13:00", "met"), ("02 13:01", "late"), ("02 09:00", "met"), ("05 09:00", "late")],
    ids=["at-the-due-instant", "a-minute-after", "at-once", "days-after"],
)
def test_first_response_is_met_up_to_its_due_instant(answered, state):
    found = clocks_of("first_response", ("case_opened", "02 09:00"), ("agent_replied", answered))

    assert found == [(state, "02 13:00", answered)]


def test_internal_note_answers_nobody():
    found = clocks_of("first_response", ("case_opened", "02 09:00"), ("note_added", "02 10:00"))

    assert found == [("running", "02 13:00", None)]


def test_next_response_runs_from_the_first_message_nobody_answered():
    found = clocks_of(
        "next_response",
        ("case_opened", "02 09:00"),
        ("agent_replied", "02 10:00"),
        ("customer_replied", "02 11:00"),
        ("customer_replied", "02 14:00"),
        ("agent_replied", "02 16:00"),
    )

    assert found == [("late", "02 15:00", "02 16:00")]


def test_message_before_the_first_response_starts_no_second_clock():
    found = clocks_of(
        "next_response", ("case_opened", "02 09:00"), ("customer_replied", "02 09:30")
    )

    assert found == []


def test_pause_over_the_night_costs_one_business_hour():
    # Acceptance example 12: paused Monday 16:30 to Tuesday 09:30 within 9-17.
    found = clocks_of(
        "resolution",
        ("case_opened", "02 16:00"),
        ("question_asked", "02 16:30"),
        ("customer_replied", "03 09:30"),
        rules=policy(targets=(row("resolution", hours("business_time", 4)),)),
    )

    assert found == [("running", "03 13:00", None)]


def test_clock_without_an_answer_yet_is_paused_and_not_due():
    found = clocks_of("no_progress", ("case_opened", "02 09:00"), ("question_asked", "02 09:30"))

    assert found == [("met", "02 15:00", "02 09:30"), ("paused", None, None)]


def test_second_question_does_not_end_the_pause():
    events = timeline(
        ("case_opened", "02 09:00"),
        ("question_asked", "02 10:00"),
        ("question_asked", "03 10:00"),
        ("customer_replied", "04 10:00"),
    )

    assert read({1: policy()}, events).pauses == ((moment("02 10:00"), moment("04 10:00")),)


def test_waiting_ends_a_week_after_the_latest_question():
    # DD-39: the same wall time seven days later, in the customer's zone.
    found = clocks_of(
        "waiting_on_customer",
        ("case_opened", "02 09:00"),
        ("question_asked", "02 10:00"),
        ("question_asked", "03 11:00"),
    )

    assert found == [("met", "09 10:00", "03 11:00"), ("running", "10 11:00", None)]


def test_reopened_case_owes_a_reply():
    found = clocks_of(
        "next_response",
        ("case_opened", "02 09:00"),
        ("resolved", "02 10:00"),
        ("closed", "02 11:00"),
        ("reopened", "03 09:00"),
    )

    assert found == [("running", "03 13:00", None)]


@pytest.mark.parametrize(
    ("acts", "found", "owed"),
    [
        (
            [("merged", "02 10:00"), ("unmerged", "02 11:00")],
            [("cancelled", "02 13:00", "02 10:00"), ("running", "02 13:00", None)],
            [],
        ),
        (
            [("merged", "02 10:00"), ("unmerged", "04 11:00"), ("agent_replied", "04 11:30")],
            [("cancelled", "02 13:00", "02 10:00"), ("late", "02 13:00", "04 11:30")],
            [],
        ),
        (
            [("agent_replied", "02 09:30"), ("merged", "02 10:00"), ("unmerged", "02 11:00")],
            [("met", "02 13:00", "02 09:30")],
            [("running", "02 15:00", None)],
        ),
        (
            [("merged", "02 14:00"), ("unmerged", "02 15:00")],
            [("late", "02 13:00", "02 14:00")],
            [("running", "03 11:00", None)],
        ),
        (
            [
                ("closed", "02 09:30"),
                ("reopened", "02 10:00"),
                ("merged", "02 10:30"),
                ("unmerged", "02 11:00"),
            ],
            [("cancelled", "02 13:00", "02 09:30")],
            [("cancelled", "02 14:00", "02 10:30"), ("running", "02 15:00", None)],
        ),
    ],
    ids=["unanswered", "for-days", "answered", "late-before", "ended-otherwise"],
)
def test_first_response_that_a_merge_cut_short_is_owed_from_the_opening(acts, found, owed):
    entries = [("case_opened", "02 09:00"), *acts]

    assert clocks_of("first_response", *entries) == found
    assert clocks_of("next_response", *entries) == owed


def test_closing_an_overdue_case_does_not_save_the_promise():
    found = clocks_of("first_response", ("case_opened", "02 09:00"), ("closed", "02 13:01"))

    assert found == [("late", "02 13:00", "02 13:01")]


def test_raising_the_severity_counts_from_the_opening():
    found = clocks_of(
        "first_response",
        ("case_opened", "02 09:00", {"severity": "3"}),
        ("severity_changed", "02 11:00", {"severity": "2"}),
    )

    assert found == [("running", "02 13:00", None)]


def test_raising_the_severity_with_a_floor_leaves_one_full_target():
    # DD-08: raising a case never makes it late at once.
    rules = policy(retarget=Retarget(base="opening", floor="full_target"))

    found = clocks_of(
        "first_response",
        ("case_opened", "02 09:00", {"severity": "3"}),
        ("severity_changed", "02 16:00", {"severity": "2"}),
        rules=rules,
    )

    assert found == [("running", "03 12:00", None)]


def test_both_promises_and_the_event_are_kept():
    events = timeline(
        ("case_opened", "02 09:00", {"severity": "3"}),
        ("severity_changed", "02 11:00", {"severity": "2"}),
    )

    (change,) = run({1: policy()}, events)[0].changes

    assert (change.seq, change.event) == (2, "severity_changed")
    assert (wall(change.due_before), wall(change.due_after)) == ("02 17:00", "02 13:00")


def test_lowering_the_severity_cannot_unmiss():
    found = clocks_of(
        "first_response",
        ("case_opened", "02 09:00"),
        ("severity_changed", "02 13:01", {"severity": "3"}),
        ("agent_replied", "02 14:00"),
    )

    assert found == [("late", "02 13:00", "02 14:00")]


def test_raising_from_no_target_starts_the_clock_at_the_change():
    # DD-22: a low case has no target; raising it starts the clock then.
    found = clocks_of(
        "first_response",
        ("case_opened", "02 09:00", {"severity": "none"}),
        ("severity_changed", "05 10:00", {"severity": "2"}),
    )

    assert found == [("running", "05 14:00", None)]


def test_lowering_to_no_target_ends_the_promise():
    found = clocks_of(
        "first_response",
        ("case_opened", "02 09:00"),
        ("severity_changed", "02 10:00", {"severity": "none"}),
    )

    assert found == [("no_target", None, None)]


@pytest.mark.parametrize(
    ("opened", "called", "due"),
    [("02 09:00", "02 09:30", "02 11:00"), ("02 20:00", "02 20:30", "02 22:30")],
    ids=["portal-promise-is-sooner", "call-brings-it-forward"],
)
def test_logged_call_is_promised_from_the_call_and_never_later(opened, called, due):
    # MX-07: portal hours until called in; from the call the phone's promise, capped.
    found = clocks_of(
        "first_response",
        ("case_opened", opened, {"severity": "1", "channel": "portal"}),
        ("customer_called", called, {"channel": "phone"}),
    )

    assert found == [("running", due, None)]


def test_scheduled_case_has_no_due_time_until_the_slot_is_agreed():
    opening = ("case_opened", "02 09:00", {"severity": "plan"})

    before = clocks_of("first_response", opening)
    after = clocks_of(
        "first_response", opening, ("scheduled", "02 10:00", {"scheduled_for": moment("08 10:00")})
    )

    # Sunday the 8th is outside of the hours: the next opening.
    assert before == [("awaiting_schedule", None, None)]
    assert after == [("scheduled", "09 09:00", None)]


def test_slot_named_at_filing_is_promised_at_once():
    slot = {"severity": "plan", "scheduled_for": moment("05 10:00")}

    found = clocks_of("first_response", ("case_opened", "02 09:00", slot))

    assert found == [("scheduled", "05 10:00", None)]


def test_hand_over_restarts_progress_from_when_it_was_done():
    found = clocks_of(
        "no_progress",
        ("case_opened", "02 09:00"),
        ("handed_over", "03 10:00", {"to_tier": 2}),
    )

    assert found == [("late", "02 15:00", "03 10:00"), ("running", "03 16:00", None)]


def test_new_policy_leaves_an_old_case_alone():
    shorter = policy(targets=(row("first_response", hours("business_time", 1)),))

    clocks = run({1: policy(), 2: shorter}, timeline(("case_opened", "02 09:00")))

    assert [wall(clock.due_at) for clock in clocks if clock.kind == "first_response"] == [
        "02 13:00"
    ]


def test_case_is_retargeted_to_a_new_policy_by_its_own_event():
    shorter = policy(targets=(row("first_response", hours("business_time", 1)),))
    events = timeline(
        ("case_opened", "02 09:00"),
        ("policy_retargeted", "02 10:30", {"policy_version": 2, "base": "change"}),
    )

    state = read({1: policy(), 2: shorter}, events)

    assert [
        wall(clock.due_at) for clock in state.open_clocks if clock.kind == "first_response"
    ] == ["02 11:30"]
    assert state.version == 2


def test_clock_that_the_new_policy_does_not_know_ends_with_the_change():
    with_progress = policy(
        targets=(
            row("first_response", hours("business_time", 4)),
            row("no_progress", hours("business_time", 2)),
        )
    )
    without = policy(targets=(row("first_response", hours("business_time", 4)),))
    events = timeline(
        ("case_opened", "02 09:00"),
        ("policy_retargeted", "02 10:00", {"policy_version": 2, "base": "change"}),
        ("work_logged", "02 10:30"),
    )

    found = run({1: with_progress, 2: without}, events)

    assert [(clock.kind, clock.state, clock.ended_seq) for clock in found] == [
        ("first_response", "met", 3),
        ("no_progress", "cancelled", 2),
    ]


def test_order_to_page_is_never_late():
    paging = replace(row("first_response", hours("elapsed", 0), None), counts_late=False)
    rules = policy(targets=(paging,))

    found = clocks_of(
        "first_response", ("case_opened", "02 09:00"), ("agent_replied", "02 09:05"), rules=rules
    )

    assert found == [("met", "02 09:00", "02 09:05")]


def test_timeline_that_does_not_begin_with_the_opening_is_refused():
    with pytest.raises(ValueError, match="case_opened"):
        run({1: policy()}, timeline(("agent_replied", "02 09:00")))


def test_intervals_of_a_clock_add_up_and_end_at_its_due_time():
    events = timeline(
        ("case_opened", "06 16:00"),
        ("severity_changed", "06 16:30", {"severity": "3"}),
        ("severity_changed", "06 16:40", {"severity": "2"}),
    )

    clock = run({1: policy()}, events)[0]
    intervals = clock.intervals()

    assert wall(clock.due_at) == "09 12:00"
    assert [(wall(i.start), wall(i.end), i.counted_seconds, i.why) for i in intervals] == [
        ("06 16:00", "06 17:00", 3600, "open"),
        ("06 17:00", "09 09:00", 0, "closed"),
        ("09 09:00", "09 12:00", 10800, "open"),
    ]


def _payload(kind: str, severity: str, tier: int, minute: int) -> dict:
    return {
        "severity_changed": {"severity": severity},
        "handed_over": {"to_tier": tier},
        "policy_retargeted": {"policy_version": 1 + minute % 2},
        "customer_called": {"channel": "phone"},
        "away_noted": {"away_until": moment("02 09:00") + minute * 2400},
        "acknowledged": {"clock": "first_response", "started_seq": 1},
    }.get(kind, {})


@st.composite
def timelines(draw):
    """Draw a timeline of any events in any order, minutes to days apart."""
    opening = {"policy_version": 1, "severity": draw(st.sampled_from("123")), "channel": "portal"}
    start = moment("02 09:00") + draw(st.integers(0, 10_000)) * 60
    events = [Event(1, "case_opened", start, opening)]
    kinds = st.sampled_from([kind for kind in EVENTS if kind not in ("case_opened", "scheduled")])
    for seq in range(2, draw(st.integers(2, 14))):
        minutes = draw(st.integers(0, 700))
        kind = draw(kinds)
        severity = draw(st.sampled_from(["1", "2", "3", "none"]))
        payload = _payload(kind, severity, draw(st.integers(1, 3)), minutes)
        events.append(Event(seq, kind, events[-1].at + minutes * 60, payload))
    return events


BOUNDED = {
    1: policy(retarget=Retarget("change", "full_target", "promise", "change"), tiers=TIERS),
    2: policy(
        targets=tuple(
            replace(old, target=hours("business_time", 5)) for old in policy().targets[1:3]
        )
        + policy().targets[3:]
    ),
}


def verdicts(policies, events):
    """Collect every verdict that has been given by the last event of a timeline."""
    now = events[-1].at
    return {
        (clock.kind, clock.started_seq): clock.state if clock.ended_at is not None else "late"
        for clock in run(policies, events)
        if clock.ended_at is not None or clock.is_late(now)
    }


@settings(max_examples=300, deadline=None)
@given(timelines(), st.sampled_from([{1: policy(), 2: policy()}, BOUNDED]))
def test_verdict_of_a_prefix_survives_any_suffix(events, policies):
    final = verdicts(policies, events)

    for length in range(1, len(events)):
        for occurrence, verdict in verdicts(policies, events[:length]).items():
            assert final[occurrence] == verdict


@settings(max_examples=200, deadline=None)
@given(timelines())
def test_at_most_one_clock_of_a_kind_is_open(events):
    kinds = [clock.kind for clock in read(BOUNDED, events).open_clocks]

    assert len(kinds) == len(set(kinds))


@settings(max_examples=200, deadline=None)
@given(timelines())
def test_intervals_of_every_clock_add_up_to_its_need(events):
    for clock in run(BOUNDED, events):
        intervals = clock.intervals()
        if intervals:
            need = clock.settled.promise.need_seconds
            assert sum(interval.counted_seconds for interval in intervals) == need
            assert intervals[-1].end == clock.due_at


OWED_RULES = {
    1: policy(
        targets=(
            row("first_response", hours("business_time", 4)),
            row("next_response", hours("business_time", 4)),
        )
    ),
    2: policy(),
}


def owed_after(*acts, base="opening", at="02 12:00", rules=OWED_RULES):
    """Give the clocks that run once a policy with more kinds is laid upon a case."""
    change = ("policy_retargeted", at, {"policy_version": 2, "base": base})
    events = timeline(("case_opened", "02 09:00"), *acts, change)
    return {
        clock.kind: (clock.started_seq, wall(clock.started_at), wall(clock.due_at))
        for clock in read(rules, events).open_clocks
    }


FORTY, EIGHTY = ("06 17:00", "09 12:00"), ("13 17:00", "16 12:00")


@pytest.mark.parametrize(("base", "which"), [("opening", 0), ("change", 1)])
def test_kind_that_a_new_policy_adds_is_owed_from_its_base(base, which):
    found = owed_after(base=base)

    assert found["workaround"] == (1, "02 09:00", FORTY[which])
    assert found["resolution"] == (1, "02 09:00", EIGHTY[which])


@pytest.mark.parametrize(
    ("acts", "running"),
    [
        ([("workaround_given", "02 10:00")], {"first_response", "no_progress", "resolution"}),
        (
            [("agent_replied", "02 10:00")],
            {"update_cadence", "no_progress", "workaround", "resolution"},
        ),
        ([("resolved", "02 10:00")], set()),
        (
            [("resolved", "02 10:00"), ("reopened", "02 11:00")],
            {"next_response", "no_progress", "resolution"},
        ),
    ],
)
def test_kind_that_was_met_since_is_not_owed(acts, running):
    assert set(owed_after(*acts)) == running


def test_owed_clock_takes_the_pauses_of_its_whole_span():
    asked = [("question_asked", "02 10:00"), ("customer_replied", "02 11:00")]

    assert owed_after(*asked)["workaround"] == (1, "02 09:00", "09 10:00")


def test_kind_that_a_policy_ended_unused_comes_back_with_the_next():
    events = timeline(
        ("case_opened", "02 09:00"),
        ("policy_retargeted", "02 10:00", {"policy_version": 1, "base": "change"}),
        ("policy_retargeted", "02 11:00", {"policy_version": 2, "base": "opening"}),
    )
    opening = replace(events[0], payload=events[0].payload | {"policy_version": 2})

    found = run(OWED_RULES, [opening, *events[1:]])

    assert [
        (clock.started_seq, clock.state, wall(clock.due_at))
        for clock in found
        if clock.kind == "workaround"
    ] == [(1, "cancelled", "06 17:00"), (3, "running", "06 17:00")]


def test_kind_that_was_judged_under_another_table_is_not_owed_again():
    work_meets = policy().kinds["workaround"].effects | {"work_logged": "meet"}
    other = policy(kinds=policy().kinds | {"workaround": KindRow(work_meets)})
    events = timeline(
        ("case_opened", "02 09:00"),
        ("work_logged", "02 10:00"),
        ("policy_retargeted", "02 11:00", {"policy_version": 2, "base": "opening"}),
    )

    found = run({1: other, 2: policy()}, events)

    assert [clock.state for clock in found if clock.kind == "workaround"] == ["met"]


def test_owed_clock_may_be_late_at_once_and_stays_so():
    late = owed_after(at="20 09:00")
    events = timeline(
        ("case_opened", "02 09:00"),
        ("policy_retargeted", "20 09:00", {"policy_version": 2, "base": "opening"}),
        ("workaround_given", "20 09:30"),
    )

    assert late["workaround"] == (1, "02 09:00", "06 17:00")
    assert [one.state for one in run(OWED_RULES, events) if one.kind == "workaround"] == ["late"]


@settings(max_examples=300, deadline=None)
@given(timelines())
def test_verdict_survives_policies_that_add_and_drop_kinds(events):
    final = verdicts(OWED_RULES, events)

    for length in range(1, len(events)):
        for occurrence, verdict in verdicts(OWED_RULES, events[:length]).items():
            assert final[occurrence] == verdict
