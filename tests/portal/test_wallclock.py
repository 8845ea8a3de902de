from datetime import UTC, datetime

import pytest

from tickets.errors import NoSuchLocalTime
from tickets.wallclock import NotAMoment, TooFarAhead, read_wall_time, wall_time_value

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-09T14:30", datetime(2026, 3, 9, 13, 30, tzinfo=UTC)),
        (" 2026-07-09 14:30 ", datetime(2026, 7, 9, 12, 30, tzinfo=UTC)),
        # Read twice on 25 October: the first time is meant.
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_wall_time_is_read_in_its_zone(text, moment):
    assert read_wall_time(text, BERLIN, field="when") == moment


@pytest.mark.parametrize("text", ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59"])
def test_wall_time_that_the_clocks_skip_is_refused_in_words(text):
    with pytest.raises(NoSuchLocalTime) as refused:
        read_wall_time(text, BERLIN, field="when")

    assert refused.value.field == "when"
    assert str(refused.value) == (
        f"29 Mar 2026, {text[-5:]} does not exist in Europe/Berlin: the clocks are put forward "
        "then. Choose a time before or after the gap."
    )


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-03-09", "2026-03-09T14:30+01:00", "2026-13-09T14:30"]
)
def test_wall_time_that_is_none_is_refused(text):
    with pytest.raises(NotAMoment):
        read_wall_time(text, BERLIN, field="when")


def test_wall_time_is_written_as_it_is_read():
    moment = datetime(2026, 3, 9, 13, 30, tzinfo=UTC)

    assert read_wall_time(wall_time_value(moment, BERLIN), BERLIN, field="when") == moment


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("9999-12-31T23:00", "America/New_York"),
        ("3026-03-09T14:30", BERLIN),
        ("2036-03-09T14:31", BERLIN),
    ],
)
def test_wall_time_past_its_limit_is_refused_in_words(text, zone):
    with pytest.raises(TooFarAhead) as refused:
        read_wall_time(text, zone, field="when", not_after=datetime(2036, 3, 9, 13, 30, tzinfo=UTC))

    assert refused.value.field == "when"


@pytest.mark.parametrize(
    ("text", "zone", "error"),
    [
        ("9999-12-31T23:00", "America/New_York", TooFarAhead),
        ("0001-01-01T00:00", "Asia/Tokyo", NotAMoment),
    ],
)
def test_wall_time_that_no_calendar_holds_is_refused(text, zone, error):
    with pytest.raises(error):
        read_wall_time(text, zone, field="when")
