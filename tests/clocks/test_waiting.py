"""Warnings and closing while a case waits on the customer (DD-39). March 2026, Berlin (UTC+1)."""

from datetime import datetime

import pytest

from sla.engine.clock import read
from sla.engine.ladder import marks, next_mark_at
from sla.engine.parts import Waiting
from sla.engine.span import Span
from tests.clocks.policies import moment, policy, timeline, wall

WEEK = policy(ladder=(), waiting=Waiting(Span(7, "days", "same_time", "customer"), (3, 6)))
# Tuesday, 10 March, 10:00.
ASKED = [("case_opened", "09 09:00"), ("question_asked", "10 10:00")]
FIRST = ("10 10:00", "waiting_warning_3")


def ahead(*entries, rules=WEEK):
    state = read({1: rules}, timeline(*entries))
    return [(wall(mark.at), mark.step.code) for mark in marks(state)]


def sent(when, step):
    payload = {"step": step, "clock": "waiting_on_customer", "started_seq": 2}
    return ("step_fired", when, payload)


def away(when, until):
    return ("away_noted", when, {"away_until": moment(until)})


WARNED = [sent("13 10:00", "waiting_warning_3"), sent("16 10:00", "waiting_warning_6")]


def test_dd_39_case_is_warned_of_on_day_three_and_six_and_closed_after_a_week():
    # Acceptance example 10.
    state = read({1: WEEK}, timeline(*ASKED))

    assert [(wall(mark.at), mark.step.code, mark.step.action) for mark in marks(state)] == [
        ("13 10:00", "waiting_warning_3", "warn_customer"),
        ("16 10:00", "waiting_warning_6", "warn_customer"),
        ("17 10:00", "waiting_close", "close"),
    ]
    assert [mark.at - moment("17 10:00") for mark in marks(state)][-1] == 1
    assert next_mark_at(state) == moment("13 10:00")


def test_dd_39_away_note_puts_the_closing_off_to_its_end_and_the_warnings_with_it():
    # To the end of the 20th: warned once then, and closed a day later.
    found = ahead(*ASKED, away("11 12:00", "21 00:00"))

    assert found == [("21 00:00", "waiting_warning_6"), ("22 00:00", "waiting_close")]


@pytest.mark.parametrize(
    ("acts", "found"),
    [
        ([*WARNED, away("16 12:00", "21 00:00")], [("21 00:00", "waiting_close")]),
        (
            [WARNED[0], away("14 12:00", "21 00:00")],
            [("21 00:00", "waiting_warning_6"), ("22 00:00", "waiting_close")],
        ),
        (
            [away("11 12:00", "15 00:00")],
            [
                ("15 00:00", "waiting_warning_3"),
                ("16 10:00", "waiting_warning_6"),
                ("17 10:00", "waiting_close"),
            ],
        ),
        (
            # Back on the 19th: there is a day to answer before anything happens.
            [*WARNED, away("16 12:00", "21 00:00"), ("away_ended", "19 08:00")],
            [("20 08:00", "waiting_close")],
        ),
        ([("customer_replied", "12 10:00")], []),
        ([("question_disputed", "12 10:00")], []),
        ([("question_withdrawn", "12 10:00")], []),
        ([("escalation_requested", "12 10:00")], []),
        ([("closed", "12 10:00")], []),
        (
            [WARNED[0], ("question_asked", "14 10:00")],
            [
                ("17 10:00", "waiting_warning_3"),
                ("20 10:00", "waiting_warning_6"),
                ("21 10:00", "waiting_close"),
            ],
        ),
    ],
    ids=[
        "away-after-both-warnings",
        "away-between",
        "away-and-back-before",
        "away-ended",
        "answered",
        "disputed",
        "withdrawn",
        "escalated",
        "closed",
        "asked-again",
    ],
)
def test_waiting_follows_what_is_said_meanwhile(acts, found):
    assert ahead(*ASKED, *acts) == found


@pytest.mark.parametrize(
    ("acts", "found"),
    [
        # The desk's clockwork stood still from the 11th to the 25th.
        ([], [("13 10:00", "waiting_warning_3"), ("16 10:00", "waiting_warning_6")]),
        ([sent("25 09:00", "waiting_warning_3")], [("26 09:00", "waiting_warning_6")]),
        (
            [sent("25 09:00", "waiting_warning_3"), sent("26 09:00", "waiting_warning_6")],
            [("27 09:00", "waiting_close")],
        ),
        # Only the second was late.
        (
            [WARNED[0], sent("18 15:00", "waiting_warning_6")],
            [("19 15:00", "waiting_close")],
        ),
    ],
    ids=["before", "one-by-one", "closed-last", "second-late"],
)
def test_after_an_outage_no_case_is_closed_within_a_day_of_its_last_warning(acts, found):
    assert ahead(*ASKED, *acts)[: len(found)] == found


def test_warning_a_day_before_in_a_short_day_moves_no_closing():
    # The clocks go forward on Sunday, 29 March: from Saturday 10:00 there are 23 hours to Sunday's.
    rules = policy(ladder=(), waiting=Waiting(Span(2, "days", "same_time", "customer"), (1,)))
    asked = [("case_opened", "27 09:00"), ("question_asked", "27 10:00")]
    warned = sent("28 10:00", "waiting_warning_1")

    state = read({1: rules}, timeline(*asked, warned))

    close = datetime.fromisoformat("2026-03-29T10:00:01+02:00")
    assert [mark.at for mark in marks(state)] == [int(close.timestamp())]


def test_waiting_ends_by_the_clock_of_the_customers_own_zone():
    entries = [("case_opened", "09 09:00", {"zone": "Pacific/Auckland"}), ASKED[1]]
    state = read({1: WEEK}, timeline(*entries))

    # New Zealand leaves summer time on 5 April only: the same wall time is the same instant.
    assert [mark.at for mark in marks(state)][-1] == moment("17 10:00") + 1


def test_dd_39_clock_that_waits_is_never_late():
    asked = [*ASKED, *WARNED, ("customer_replied", "20 10:00")]

    clocks = read({1: WEEK}, timeline(*asked)).clocks

    assert [clock.state for clock in clocks if clock.kind == "waiting_on_customer"] == ["met"]


def test_policy_without_a_span_closes_nothing():
    assert ahead(*ASKED, rules=policy(ladder=(), waiting=Waiting())) == []
