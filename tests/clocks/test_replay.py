"""Replay: what another policy would have made of it. March 2026, Berlin; Monday is the 2nd."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.clock import Event, read
from sla.engine.document import parse_document
from sla.engine.kinds import ENDINGS, OPENINGS
from sla.engine.ladder import marks
from sla.engine.parts import Level, Waiting
from sla.engine.replay import Replay, is_played, replay
from sla.engine.span import Span
from sla.engine.steps import CLOSE
from sla.engine.target import Target
from tests.clocks.policies import (
    HOUR,
    LADDER,
    TARGETS,
    TIERS,
    hours,
    moment,
    policy,
    timeline,
    wall,
)
from tests.clocks.test_clock import timelines
from tests.policies.packs import pack, pack_text

END = moment("30 09:00")


def played(events, under=None, until=END, ran=None):
    return replay(events, {1: ran or policy()}, under or policy(), until)


def quicker(clock, amount):
    """Give the policy with one clock's targets shortened or lengthened."""
    targets = [
        replace(old, target=hours(old.target.kind, amount))
        if old.clock == clock and old.target.kind in ("business_time", "elapsed")
        else old
        for old in TARGETS
    ]
    return policy(targets=tuple(targets))


def verdicts_of(found, kind):
    return [
        (one.before, one.after, wall(one.due_before), wall(one.due_after))
        for one in found.outcomes
        if one.kind == kind
    ]


def steps_of(fired):
    return [(wall(one.at), one.step, one.origin) for one in fired]


def lived(events, rules, until=END, ticks=None):
    """Play the ladder over acts as the tick does: every step at its mark, or at one of `ticks`."""
    lived_through = []
    since = 0
    for event in events:
        tick_between(lived_through, rules, since, event.at, ticks)
        if was_closed_unanswered(lived_through) and event.kind not in ENDINGS | OPENINGS:
            add(lived_through, "reopened", event.at, {}, "person")
        add(lived_through, event.kind, event.at, event.payload, event.caused_by)
        since = event.at
    tick_between(lived_through, rules, since, until, ticks)
    return lived_through


def tick_between(lived_through, rules, since, until, ticks):
    if ticks is None:
        tick(lived_through, rules, until)
    for late in sorted(one for one in ticks or () if since <= one < until):
        tick(lived_through, rules, late, late)


def tick(lived_through, rules, until, done_at=None):
    while lived_through and is_open(lived_through):
        state = read({1: rules}, lived_through)
        due = [mark for mark in marks(state) if mark.at <= until]
        if not due:
            return
        mark, at = due[0], done_at or max(due[0].at, lived_through[-1].at)
        clock, started_seq, step = mark.key
        fired = {"clock": clock, "started_seq": started_seq, "step": step, "due_at": mark.at}
        add(lived_through, "step_fired", at, fired, "policy")
        if mark.step.action == "hand_over" and state.tier < 3:
            add(lived_through, "handed_over", at, {"to_tier": state.tier + 1}, "policy")
        elif mark.step.action == CLOSE:
            add(lived_through, "closed", at, {}, "policy")


def add(lived_through, kind, at, payload, caused_by):
    lived_through.append(Event(len(lived_through) + 1, kind, at, payload, caused_by))


def is_open(events):
    return last_turn(events).kind in OPENINGS


def was_closed_unanswered(events):
    return bool(events) and (last_turn(events).kind, last_turn(events).caused_by) == (
        "closed",
        "policy",
    )


def last_turn(events):
    return [event for event in events if event.kind in ENDINGS | OPENINGS][-1]


@lru_cache
def metalogix_in_four_hours():
    text = pack_text("metalogix")
    rule = 'when = { plan = ["standard"], severity = ["2", "3", "4"] }\ntarget = '
    eight = '{ kind = "business_time", hours = 8 }'
    assert text.count(rule + eight) == 1
    return parse_document(text.replace(rule + eight, rule + eight.replace("8", "4")))


@pytest.mark.parametrize(
    ("answered", "before", "after"),
    [
        ("2026-03-02T13:00+01:00", "met", "met"),
        ("2026-03-02T13:01+01:00", "met", "late"),
        ("2026-03-02T17:00+01:00", "met", "late"),
        ("2026-03-02T17:01+01:00", "late", "late"),
    ],
)
def test_metalogix_standard_severity_2_in_four_hours_instead_of_eight(answered, before, after):
    opened = datetime.fromisoformat("2026-03-02T09:00+01:00")
    facts = {"plan": "standard", "severity": "2", "channel": "portal", "country": "DE"}
    opening = {"policy_version": 1, "zone": "Europe/Berlin", **facts}
    events = [
        Event(1, "case_opened", int(opened.timestamp()), opening),
        Event(2, "agent_replied", int(datetime.fromisoformat(answered).timestamp()), {}),
    ]

    found = replay(events, {1: pack("metalogix")}, metalogix_in_four_hours(), END)

    assert verdicts_of(found, "first_response") == [(before, after, "02 17:00", "02 13:00")]


@pytest.mark.parametrize(
    ("amount", "acts", "verdicts"),
    [
        (2, [("agent_replied", "02 12:00")], ("met", "late", "02 13:00", "02 11:00")),
        (6, [("agent_replied", "02 14:00")], ("late", "met", "02 13:00", "02 15:00")),
        (2, [("closed", "02 12:00")], ("cancelled", "late", "02 13:00", "02 11:00")),
        (2, [], ("open_late", "open_late", "02 13:00", "02 11:00")),
        (161, [], ("open_late", "open", "02 13:00", "30 09:00")),
    ],
    ids=["met-late", "late-met", "closed-late", "open-late", "open-in-time"],
)
def test_first_response_of_four_hours_becomes_another(amount, acts, verdicts):
    found = played(timeline(("case_opened", "02 09:00"), *acts), quicker("first_response", amount))

    assert verdicts_of(found, "first_response") == [verdicts]


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("met", "late", "to_late"),
        ("open", "open_late", "to_late"),
        ("late", "met", "to_kept"),
        ("open_late", "cancelled", "to_kept"),
        ("no_promise", "late", "other"),
        ("met", "no_promise", "other"),
    ],
)
def test_flip_has_a_direction(before, after, way):
    outcome = played(timeline(("case_opened", "02 09:00"))).outcomes[0]

    assert replace(outcome, before=before, after=after).direction == way


def test_promise_that_another_policy_does_not_give_is_no_flip_to_in_time():
    none = policy(targets=(replace(TARGETS[2], target=Target("none"), calendar=None),))

    found = played(timeline(("case_opened", "02 09:00"), ("agent_replied", "02 15:00")), none)

    assert verdicts_of(found, "first_response") == [("late", "no_promise", "02 13:00", None)]
    assert found.outcomes[0].direction == "other"


def test_clock_that_only_another_policy_runs_is_reported():
    without = policy(targets=tuple(old for old in TARGETS if old.clock != "resolution"))

    found = played(timeline(("case_opened", "02 09:00"), ("closed", "20 09:00")), ran=without)

    (resolution,) = [one for one in found.outcomes if one.kind == "resolution"]
    assert (resolution.started_seq, resolution.played_seq) == (None, 1)
    assert (resolution.before, resolution.after, resolution.flips) == ("no_promise", "late", True)


def test_retarget_of_what_people_changed_follows_the_other_policy():
    events = timeline(
        ("case_opened", "02 09:00", {"severity": "3"}),
        ("severity_changed", "02 10:00", {"severity": "2"}),
        ("agent_replied", "02 12:30"),
    )

    found = played(events, quicker("first_response", 3))

    assert verdicts_of(found, "first_response") == [("met", "late", "02 13:00", "02 12:00")]


def test_steps_are_fired_anew_between_what_people_did():
    until = moment("03 10:00")
    events = lived(
        timeline(("case_opened", "02 09:00"), ("agent_replied", "03 10:00")), policy(), until
    )

    found = played(events, quicker("no_progress", 3), until=until)

    assert steps_of(found.steps_before) == [
        ("02 12:00", "warn", (1, 0)),
        ("02 13:00", "breach", (1, 0)),
        ("02 15:00", "climb", (1, 0)),
    ]
    # Every three business hours a tier; the third would come seconds after the answer.
    assert steps_of(found.steps_after) == [
        ("02 12:00", "warn", (1, 0)),
        ("02 12:00", "climb", (1, 0)),
        ("02 13:00", "breach", (1, 0)),
        ("02 15:00", "climb", (1, 1)),
    ]


def test_hand_over_of_the_policy_is_dropped_and_one_of_a_person_kept():
    events = timeline(
        ("case_opened", "02 09:00"),
        ("handed_over", "02 15:00", {"to_tier": 2}),
        ("handed_over", "02 16:00", {"to_tier": 3}),
    )
    events[1] = replace(events[1], caused_by="policy")

    play = Replay(quicker("no_progress", 40), moment("02 17:00")).play(events, {1: policy()})

    assert play.fold.tier == 3
    assert [(clock.kind, wall(clock.started_at)) for clock in play.clocks()].count(
        ("no_progress", "02 15:00")
    ) == 0


def test_versions_of_the_timeline_give_way_to_the_one_replayed_under():
    events = timeline(
        ("case_opened", "02 09:00"),
        ("policy_retargeted", "02 10:00", {"policy_version": 2}),
        ("agent_replied", "02 12:00"),
    )
    ran = {1: policy(), 2: quicker("first_response", 6)}

    found = replay(events, ran, quicker("first_response", 2), END)

    assert verdicts_of(found, "first_response") == [("met", "late", "02 15:00", "02 11:00")]


def test_played_timeline_stands_for_itself_under_the_version_it_is_given():
    events = timeline(("case_opened", "02 09:00"), ("agent_replied", "03 10:00"))
    under = quicker("no_progress", 3)
    play = Replay(under, END).play(events, {1: policy()})

    state = read({7: under}, play.timeline(version=7))

    assert (state.version, state.clocks) == (7, play.clocks())


def test_closed_case_fires_nothing_until_it_is_opened_again():
    events = timeline(
        ("case_opened", "02 09:00"),
        ("resolved", "02 10:00"),
        ("customer_replied", "02 11:00"),
    )

    assert played(events).steps_after == ()


def test_level_that_is_gone_is_reported_and_promises_nothing():
    kept = tuple(Level(code, code, "severity") for code in ("1", "3"))
    gone = policy(severities=kept, targets=tuple(old for old in TARGETS if old != TARGETS[2]))
    events = timeline(("case_opened", "02 09:00"), ("agent_replied", "02 12:00"))

    found = played(events, gone)

    assert found.unknown == (("severity", "2"),)
    assert verdicts_of(found, "first_response") == [("met", "no_promise", "02 13:00", None)]


def test_what_cannot_be_worked_out_is_reported_by_its_code():
    never = replace(TARGETS[2], calendar="shut")
    shut = replace(policy().calendars[0], code="shut", weekly=())
    rules = policy(targets=(never,), calendars=(*policy().calendars, shut))

    found = played(timeline(("case_opened", "02 09:00")), rules)

    assert (found.fault, found.outcomes, found.steps_after) == ("never_open", (), ())


def test_opened_step_that_a_later_level_asks_for_fires_when_the_level_is_known():
    page = replace(
        LADDER[0], code="page", at="opened", share_percent=None, when={"severity": ("1",)}
    )
    events = timeline(
        ("case_opened", "02 09:00"), ("severity_changed", "02 09:30", {"severity": "1"})
    )

    found = played(events, policy(ladder=(page,)), until=moment("02 09:31"))

    assert steps_of(found.steps_after) == [("02 09:30", "page", (1, 0))]


def of_people(event):
    return not is_played(event)


PAGED = policy(
    ladder=(
        *LADDER,
        replace(LADDER[0], code="page", at="opened", share_percent=None, when={"severity": ("1",)}),
        replace(LADDER[1], code="again", at="after", seconds=2 * HOUR),
        replace(LADDER[0], code="next", clock="next_response"),
        replace(LADDER[1], code="tier", clock="tier_time", repeat_seconds=7200, repeat_times=3),
        replace(
            LADDER[0],
            code="wake",
            clock="case",
            at="after",
            share_percent=None,
            seconds=60,
            when={"severity": ("1", "2")},
            repeat_seconds=HOUR,
            repeat_times=4,
        ),
    ),
    tiers=TIERS,
    waiting=Waiting(Span(7, "days", "same_time", "customer"), warn_days=(3, 6)),
)


@settings(max_examples=200, deadline=None)
@given(timelines(), st.sampled_from([policy(), PAGED]))
def test_replay_under_the_very_policy_that_ran_changes_nothing(drawn, rules):
    acts = [event for event in drawn if event.kind != "policy_retargeted"]
    events = lived(acts, rules)

    found = replay(events, {1: rules}, rules, END)

    assert [one for one in found.outcomes if one.flips or one.due_before != one.due_after] == []
    assert all(one.started_seq == one.played_seq for one in found.outcomes)
    assert found.steps_after == found.steps_before


def test_step_that_waited_past_an_entry_of_the_customers_waits_as_long_in_the_replay():
    opened, late = moment("02 09:00"), moment("03 01:21")
    acts = [
        Event(
            1,
            "case_opened",
            opened,
            {"policy_version": 1, "severity": "1", "channel": "portal"},
            "person",
        ),
        Event(2, "customer_replied", late, {}, "person"),
        Event(3, "agent_replied", late + 49_200, {}, "person"),
    ]
    events = lived(acts, policy(), ticks=[late])

    found = replay(events, {1: policy()}, policy(), END)

    assert [one for one in found.outcomes if one.flips] == []
    assert {step.at for step in found.steps_after if step.at <= late} == {late}


def test_step_that_was_owed_before_a_call_of_the_customers_waits_on_over_it():
    acts = timeline(
        ("case_opened", "02 13:00", {"severity": "1"}),
        ("customer_called", "03 19:48", {"channel": "phone"}),
        ("agent_replied", "04 03:22"),
    )
    events = lived(acts, policy(), ticks=[moment("03 21:21")])

    found = played(events)

    late = [step for step in steps_of(found.steps_after) if step[0] == "03 21:21"]
    assert [step[1] for step in late] == ["warn", "breach", "climb"]
    assert [one for one in found.outcomes if one.flips] == []


@settings(max_examples=500, deadline=None)
@given(
    timelines(),
    st.sampled_from([policy(), PAGED, quicker("no_progress", 1)]),
    st.lists(st.integers(0, 28 * 24 * 60).map(lambda m: moment("02 09:00") + 60 * m), max_size=30),
)
def test_replay_under_the_very_policy_that_ran_never_flips_though_ticks_came_late(
    drawn, rules, ticks
):
    acts = [event for event in drawn if event.kind != "policy_retargeted"]
    events = lived(acts, rules, ticks=ticks)

    found = replay(events, {1: rules}, rules, END)

    assert [one for one in found.outcomes if one.flips] == []


def test_step_that_the_desk_fired_late_is_as_late_in_the_replay():
    acts = timeline(("case_opened", "02 09:00"), ("work_logged", "03 16:00"))
    events = lived(acts, policy(), moment("04 09:00"), ticks=[moment("03 12:00")])

    found = played(events, until=moment("04 09:00"))

    late = [step for step in steps_of(found.steps_after) if step[1] == "climb"]
    assert late == [("03 12:00", "climb", (1, 0))]
    assert found.steps_after == found.steps_before
    assert [one for one in found.outcomes if one.before != one.after] == []


@settings(max_examples=200, deadline=None)
@given(timelines(), st.sampled_from([1, 3, 12]))
def test_replay_is_what_the_tick_would_have_made_of_it(drawn, amount):
    acts = [event for event in drawn if event.kind != "policy_retargeted"]
    under = quicker("no_progress", amount)
    expected = read({1: under}, lived(acts, under)).clocks

    play = Replay(under, END).play(lived(acts, PAGED), {1: PAGED})

    assert play.clocks() == expected


@settings(max_examples=100, deadline=None)
@given(timelines(), st.sampled_from([1, 3, 12]))
def test_replay_leaves_what_people_did_alone(drawn, amount):
    acts = [event for event in drawn if event.kind != "policy_retargeted"]
    events = lived(acts, policy())
    before = list(events)

    found = played(events, quicker("first_response", amount))

    assert events == before
    starts = {one.origin[0] for one in found.outcomes}
    assert starts <= {event.seq for event in events if of_people(event)}


@settings(max_examples=50, deadline=None)
@given(st.lists(timelines(), min_size=2, max_size=5), st.randoms())
def test_order_of_the_cases_does_not_matter(drawn, dice):
    many = Replay(quicker("first_response", 2), END)
    ran = {1: policy(), 2: policy()}
    one_by_one = {
        id(events): replay(events, ran, quicker("first_response", 2), END) for events in drawn
    }

    dice.shuffle(drawn)

    assert [many.case(events, ran) for events in drawn] == [one_by_one[id(one)] for one in drawn]


def test_what_a_raised_severity_makes_due_in_the_past_holds_up_no_other_step():
    raised = ("severity_changed", "02 15:01", {"severity": "1"})
    events = lived(timeline(("case_opened", "02 09:00"), raised), PAGED)

    found = replay(events, {1: PAGED}, PAGED, END)

    assert found.steps_after == found.steps_before
    assert [one for one in found.outcomes if one.due_before != one.due_after] == []


@pytest.mark.parametrize("is_acknowledged", [True, False])
def test_repeats_of_a_replay_end_with_what_was_acknowledged_and_a_case_is_closed_anew(
    is_acknowledged,
):
    again = replace(LADDER[1], repeat_seconds=HOUR, repeat_times=3)
    under = policy(ladder=(LADDER[0], again), waiting=PAGED.waiting)
    seen = ("acknowledged", "02 13:30", {"clock": "first_response", "started_seq": 1})
    acts = [("case_opened", "02 09:00"), *([seen] if is_acknowledged else [])]
    asked = timeline(*acts, ("question_asked", "03 09:00"))

    found = played(asked, under, until=moment("12 09:00"))

    repeats = [] if is_acknowledged else ["breach#2", "breach#3"]
    waits = ["waiting_warning_3", "waiting_warning_6", "waiting_close"]
    assert [one.step for one in found.steps_after] == ["warn", "breach", *repeats, *waits]
    assert wall(found.steps_after[-1].at) == "10 09:00"


@pytest.mark.parametrize(("upto", "repeats"), [(3, ["breach#2", "breach#3"]), (4, [])])
def test_replay_takes_notice_of_the_step_that_was_known_whatever_its_number(upto, repeats):
    nudge = replace(LADDER[0], code="nudge", share_percent=50)
    again = replace(LADDER[1], repeat_seconds=HOUR, repeat_times=3)
    occurrence = {"clock": "first_response", "started_seq": 1}
    fired = [
        ("step_fired", when, occurrence | {"step": step})
        for when, step in (("02 11:00", "nudge"), ("02 12:00", "warn"), ("02 13:00", "breach"))
    ]
    seen = ("acknowledged", "02 13:30", occurrence | {"upto": upto})
    events = [
        replace(event, caused_by="policy") if event.kind == "step_fired" else event
        for event in timeline(("case_opened", "02 09:00"), *fired, seen)
    ]

    # Without the nudge, all that comes after it has other numbers.
    found = played(
        events,
        policy(ladder=(LADDER[0], again)),
        until=moment("03 09:00"),
        ran=policy(ladder=(nudge, LADDER[0], again)),
    )

    assert [one.step for one in found.steps_after] == ["warn", "breach", *repeats]
