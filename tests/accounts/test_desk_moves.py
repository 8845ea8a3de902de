"""What a move of desk time passed over."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.desk_moves import desk_moves, kept_moves, leapt_seconds
from accounts.pulses import DELIVER, Pulse
from accounts.queries import operators_tenant
from accounts.tenancy import tenant

NOON = datetime(2030, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("since", "until", "leapt"),
    [
        (NOON - HOUR, NOON, 0),
        (NOON, NOON + 3 * HOUR, 7200),
        (NOON + HOUR, NOON + 2 * HOUR, 3600),
        (NOON + 2 * HOUR, NOON + 3 * HOUR, 0),
    ],
)
def test_only_the_part_of_a_delay_that_was_leapt_over_counts_as_a_leap(since, until, leapt):
    moves = kept_moves([], NOON + 2 * HOUR, 7200)

    assert leapt_seconds(moves, since, until) == leapt


def test_a_move_of_desk_time_is_noted(set_desk_time):
    set_desk_time(NOON)
    set_desk_time(NOON + HOUR)

    with tenant(operators_tenant()):
        assert desk_moves()[-1] == [int(NOON.timestamp()), int((NOON + HOUR).timestamp())]


def test_part_that_was_not_seen_for_a_minute_is_stalled_before_it_is_missing():
    seen = [Pulse(DELIVER, NOON, seconds) for seconds in (60, 61, 120, 121)]

    assert [(one.is_stalled, one.is_missing) for one in seen] == [
        (False, False),
        (True, False),
        (True, False),
        (False, True),
    ]
