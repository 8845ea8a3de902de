"""Where the time of a missed promise went. March 2026, Berlin, 9-17; the 2nd is a Monday."""

import pytest

from reports.causes import blame_for
from sla.engine.clock import read
from tests.clocks.policies import HOUR, policy, timeline

RULES = policy()
# Severity 2 owes the first response within four hours of the office's.
OPENED = ("case_opened", "02 09:00")
TAKEN = {"owner": 7}
UP = {"from_tier": 1, "to_tier": 2, "from_team": 11, "to_team": 22}


def blamed(*entries, clock="first_response"):
    events = timeline(OPENED, *entries)
    state = read({1: RULES}, events)
    late = next(one for one in state.clocks if one.kind == clock)
    blame = blame_for(late, state, events)
    hours = {cause: seconds / HOUR for cause, seconds in blame.shares.items()}
    return blame.cause, blame.tier, blame.owner_id, hours


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), ("no_owner", 1, None, {"no_owner": 4})),
        ((("assigned", "02 10:00", TAKEN),), ("tier_1", 1, 7, {"no_owner": 1, "tier_1": 3})),
        (
            # Moved at once and taken too late: it is the hand-over's.
            (("handed_over", "02 09:30", UP), ("assigned", "02 12:30", TAKEN)),
            ("hand_over", 2, 7, {"no_owner": 0.5, "hand_over": 3, "tier_2": 0.5}),
        ),
        (
            # Somebody works on it without owning it: it is nobody's, but no longer on its way.
            (("handed_over", "02 09:30", UP), ("work_logged", "02 10:00")),
            ("no_owner", 2, None, {"no_owner": 3.5, "hand_over": 0.5}),
        ),
        (
            # What comes after the due time explains nothing.
            (("assigned", "02 13:30", TAKEN), ("agent_replied", "02 14:00")),
            ("no_owner", 1, None, {"no_owner": 4}),
        ),
    ],
)
def test_cause_is_what_took_longest_until_the_promise_was_due(entries, expected):
    assert blamed(*entries) == expected


def test_waiting_for_the_customer_is_a_cause_where_the_desk_had_less_time_than_they():
    # The next update is owed within 16 hours; three working days of waiting push it back.
    found = blamed(
        ("assigned", "02 09:00", TAKEN),
        ("question_asked", "02 10:00"),
        ("customer_replied", "05 10:00"),
        clock="update_cadence",
    )

    assert found == ("waiting", 1, 7, {"waiting": 24, "tier_1": 16})


def test_steps_that_were_done_late_show_an_outage_and_take_precedence():
    fired = {
        "clock": "first_response",
        "started_seq": 1,
        "step": "warn",
        "due_at": 0,
        "late_seconds": 3 * HOUR,
    }

    found = blamed(("assigned", "02 09:00", TAKEN), ("step_fired", "02 12:30", fired))

    assert found == ("outage", 1, 7, {"tier_1": 1, "outage": 3})


def test_late_step_of_a_few_seconds_is_no_outage():
    fired = {"clock": "first_response", "started_seq": 1, "step": "warn", "late_seconds": 3}

    found = blamed(("assigned", "02 09:00", TAKEN), ("step_fired", "02 12:00", fired))

    assert found == ("tier_1", 1, 7, {"tier_1": 4})
