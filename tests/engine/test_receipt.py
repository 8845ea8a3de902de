"""The receipt: intervals that join up and say why each counted or not."""

import pytest

from sla.engine.calendar import parse_calendar, parse_instant
from sla.engine.receipt import Interval, receipt
from sla.engine.target import Target, promise

from .desks import ALL_DAYS, US_FEDERAL, closed, desk, nine_to_five
from .wall import HOUR, shown, wall

BERLIN, KOLKATA = "Europe/Berlin", "Asia/Kolkata"
OFFICE = nine_to_five()
MON, TUE, THU, FRI, SAT, SUN = 0, 1, 3, 4, 5, 6
NINE_TO_FIVE = (9 * HOUR, 17 * HOUR)


def intervals_of(calendar, target: Target, opened: int, pauses=()) -> tuple[Interval, ...]:
    return receipt(calendar, target, promise(calendar, target, opened, pauses), opened, pauses)


def told(zone: str, intervals) -> list[tuple]:
    """Put a receipt as (from, to, hours counted, why, reasons or window)."""
    return [
        (
            shown(zone, each.start),
            shown(zone, each.end),
            each.counted_seconds / HOUR,
            each.why,
            each.window if each.why == "open" else each.reasons,
        )
        for each in intervals
    ]


def closed_reasons(calendar, opened: str, seconds: int = HOUR, zone: str = BERLIN) -> list[tuple]:
    intervals = intervals_of(calendar, Target("business_time", seconds), wall(zone, opened))
    return [(each.reasons, each.names) for each in intervals if each.why == "closed"]


def test_the_example_of_the_batch_command():
    calendar = desk(KOLKATA, ["09:00", "17:00"])
    opened = parse_instant("2026-06-12T15:00:00+05:30")
    pause = (parse_instant("2026-06-12T10:00:00Z"), parse_instant("2026-06-12T10:30:00Z"))

    found = intervals_of(calendar, Target("business_time", 4 * HOUR), opened, (pause,))

    assert told("UTC", found) == [
        ("Fri 2026-06-12 09:30", "Fri 2026-06-12 10:00", 0.5, "open", (FRI, *NINE_TO_FIVE)),
        ("Fri 2026-06-12 10:00", "Fri 2026-06-12 10:30", 0, "waiting", ()),
        ("Fri 2026-06-12 10:30", "Fri 2026-06-12 11:30", 1, "open", (FRI, *NINE_TO_FIVE)),
        ("Fri 2026-06-12 11:30", "Mon 2026-06-15 03:30", 0, "closed", ("evening", "weekend")),
        ("Mon 2026-06-15 03:30", "Mon 2026-06-15 06:00", 2.5, "open", (MON, *NINE_TO_FIVE)),
    ]
    assert {each.zone for each in found} == {KOLKATA}


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        pytest.param("Tue 2026-06-09 03:00", (("before_hours",), ()), id="opened in the morning"),
        pytest.param("Tue 2026-06-09 18:00", (("evening",), ()), id="opened in the evening"),
        pytest.param("Tue 2026-06-09 17:00", (("evening",), ()), id="opened at closing"),
        pytest.param("Fri 2026-06-12 18:00", (("evening", "weekend"), ()), id="on Friday evening"),
        pytest.param("Sat 2026-06-13 18:00", (("weekend",), ()), id="on Saturday"),
        pytest.param("Mon 2026-06-15 08:59:59", (("before_hours",), ()), id="a second before nine"),
    ],
)
def test_closed_time_says_why(opened, expected):
    assert closed_reasons(OFFICE, opened) == [expected]


def test_lunch_is_between_two_shifts():
    calendar = desk(BERLIN, ["09:00", "12:00"], ["13:00", "17:30"])

    found = intervals_of(
        calendar, Target("business_time", 2 * HOUR), wall(BERLIN, "Tue 2026-06-09 11:00")
    )

    assert told(BERLIN, found) == [
        ("Tue 2026-06-09 11:00", "Tue 2026-06-09 12:00", 1, "open", (TUE, 9 * HOUR, 12 * HOUR)),
        ("Tue 2026-06-09 12:00", "Tue 2026-06-09 13:00", 0, "closed", ("between",)),
        ("Tue 2026-06-09 13:00", "Tue 2026-06-09 14:00", 1, "open", (TUE, 13 * HOUR, 63000)),
    ]


def test_a_holiday_is_named():
    calendar = nine_to_five("America/Chicago", holidays=US_FEDERAL)

    assert closed_reasons(calendar, "Wed 2026-11-25 17:00", zone="America/Chicago") == [
        (("evening", "holiday"), ("Thanksgiving Day",))
    ]


def test_a_holiday_before_a_weekend_keeps_the_order_of_time():
    calendar = nine_to_five("America/Chicago", holidays=US_FEDERAL)

    assert closed_reasons(calendar, "Fri 2026-12-25 03:00", zone="America/Chicago") == [
        (("holiday", "weekend"), ("Christmas Day",))
    ]


def test_an_exception_is_named():
    calendar = nine_to_five(exceptions=[closed("2026-06-10", "Works outing")])

    assert closed_reasons(calendar, "Tue 2026-06-09 17:00") == [
        (("evening", "exception"), ("Works outing",))
    ]


def test_an_exception_without_a_name_and_two_with_the_same():
    calendar = nine_to_five(
        exceptions=[
            closed("2026-06-09"),
            {"from": "2026-06-10", "to": "2026-06-11", "intervals": [], "name": "Move"},
        ]
    )

    assert closed_reasons(calendar, "Mon 2026-06-08 18:00") == [
        (("evening", "exception"), ("Move",))
    ]


@pytest.mark.parametrize(
    ("intervals", "opened", "expected"),
    [
        pytest.param(
            [["09:00", "12:00"]],
            "Tue 2026-06-09 12:00",
            (("exception", "evening"), ("Half day",)),
            id="closed early",
        ),
        pytest.param(
            [["09:00", "12:00"]],
            "Tue 2026-06-09 18:00",
            (("evening",), ()),
            id="closed anyway",
        ),
        pytest.param(
            [["13:00", "17:00"]],
            "Tue 2026-06-09 07:00",
            (("before_hours", "exception"), ("Half day",)),
            id="opened late",
        ),
        pytest.param(
            [["13:00", "17:00"]],
            "Mon 2026-06-08 17:00",
            (("evening", "exception"), ("Half day",)),
            id="opened late, after a night",
        ),
        pytest.param(
            [["09:00", "10:00"], ["15:00", "17:00"]],
            "Tue 2026-06-09 10:00",
            (("exception",), ("Half day",)),
            id="closed over noon",
        ),
        pytest.param(
            [["09:00", "17:00"], ["20:00", "22:00"]],
            "Tue 2026-06-09 17:00",
            (("between",), ()),
            id="a late opening besides",
        ),
    ],
)
def test_a_date_with_other_hours_says_what_it_took_away(intervals, opened, expected):
    entry = {"date": "2026-06-09", "intervals": intervals, "name": "Half day"}

    assert closed_reasons(nine_to_five(exceptions=[entry]), opened)[0] == expected


def test_a_pause_is_one_interval_open_or_not():
    opened = wall(BERLIN, "Mon 2026-06-08 16:00")
    pauses = ((opened + HOUR // 2, wall(BERLIN, "Tue 2026-06-09 09:30")),)

    found = intervals_of(OFFICE, Target("business_time", 4 * HOUR), opened, pauses)

    assert told(BERLIN, found) == [
        ("Mon 2026-06-08 16:00", "Mon 2026-06-08 16:30", 0.5, "open", (MON, *NINE_TO_FIVE)),
        ("Mon 2026-06-08 16:30", "Tue 2026-06-09 09:30", 0, "waiting", ()),
        ("Tue 2026-06-09 09:30", "Tue 2026-06-09 13:00", 3.5, "open", (TUE, *NINE_TO_FIVE)),
    ]


def test_pauses_that_touch_are_shown_as_one():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    pauses = ((opened + 2 * HOUR, opened + 3 * HOUR), (opened + HOUR, opened + 2 * HOUR))

    found = intervals_of(OFFICE, Target("business_time", 2 * HOUR), opened, pauses)

    assert told(BERLIN, found) == [
        ("Mon 2026-06-08 10:00", "Mon 2026-06-08 11:00", 1, "open", (MON, *NINE_TO_FIVE)),
        ("Mon 2026-06-08 11:00", "Mon 2026-06-08 13:00", 0, "waiting", ()),
        ("Mon 2026-06-08 13:00", "Mon 2026-06-08 14:00", 1, "open", (MON, *NINE_TO_FIVE)),
    ]


def test_pauses_that_matter_not_are_not_shown():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    pauses = (
        (opened - 2 * HOUR, opened),
        (opened + HOUR, opened + HOUR),
        (opened + 4 * HOUR, None),
    )

    found = intervals_of(OFFICE, Target("business_time", 4 * HOUR), opened, pauses)

    assert told(BERLIN, found) == [
        ("Mon 2026-06-08 10:00", "Mon 2026-06-08 14:00", 4, "open", (MON, *NINE_TO_FIVE))
    ]


def test_elapsed_time_is_one_interval_whatever_its_length():
    opened = wall(BERLIN, "Sat 2026-06-13 12:00")
    target = Target("elapsed", 1000 * HOUR)

    assert intervals_of(None, target, opened) == (
        Interval(opened, opened + 1000 * HOUR, 1000 * HOUR, "open"),
    )


def test_elapsed_time_is_split_by_a_pause():
    opened = wall("UTC", "Sat 2026-06-13 12:00")
    pauses = ((opened + HOUR, opened + 3 * HOUR),)

    assert intervals_of(None, Target("elapsed", 2 * HOUR), opened, pauses) == (
        Interval(opened, opened + HOUR, HOUR, "open"),
        Interval(opened + HOUR, opened + 3 * HOUR, 0, "waiting"),
        Interval(opened + 3 * HOUR, opened + 4 * HOUR, HOUR, "open"),
    )


def test_a_desk_round_the_clock_shows_the_windows_of_its_dates():
    calendar = desk(BERLIN, ["00:00", "24:00"])

    found = intervals_of(calendar, Target("business_days", 1), wall(BERLIN, "Thu 2026-06-11 18:00"))

    assert told(BERLIN, found) == [
        ("Thu 2026-06-11 18:00", "Fri 2026-06-12 00:00", 6, "open", (THU, 0, 24 * HOUR)),
        ("Fri 2026-06-12 00:00", "Fri 2026-06-12 18:00", 18, "open", (FRI, 0, 24 * HOUR)),
    ]


def test_a_night_shift_shows_the_window_of_each_date():
    calendar = desk(BERLIN, ["22:00", "06:00"])

    found = intervals_of(
        calendar, Target("business_time", 4 * HOUR), wall(BERLIN, "Mon 2026-06-08 12:00")
    )

    assert told(BERLIN, found) == [
        ("Mon 2026-06-08 12:00", "Mon 2026-06-08 22:00", 0, "closed", ("before_hours",)),
        ("Mon 2026-06-08 22:00", "Tue 2026-06-09 00:00", 2, "open", (MON, 22 * HOUR, 24 * HOUR)),
        ("Tue 2026-06-09 00:00", "Tue 2026-06-09 02:00", 2, "open", (TUE, 0, 6 * HOUR)),
    ]


def test_a_change_of_clocks_does_not_split_a_window():
    calendar = desk(BERLIN, ["00:00", "06:00"], days=ALL_DAYS)

    found = intervals_of(
        calendar, Target("business_time", 7 * HOUR), wall(BERLIN, "Sun 2026-10-25 00:00")
    )

    assert told(BERLIN, found) == [
        ("Sun 2026-10-25 00:00", "Sun 2026-10-25 06:00", 7, "open", (SUN, 0, 6 * HOUR))
    ]


def test_a_window_read_twice_is_shown_twice():
    calendar = desk("America/New_York", ["01:15", "01:45"], days=("sun",))
    opened = wall("America/New_York", "Sun 2026-11-01 01:15")

    found = intervals_of(calendar, Target("business_time", HOUR), opened)

    window = (SUN, 4500, 6300)
    assert told("UTC", found) == [
        ("Sun 2026-11-01 05:15", "Sun 2026-11-01 05:45", 0.5, "open", window),
        ("Sun 2026-11-01 05:45", "Sun 2026-11-01 06:15", 0, "closed", ("evening", "before_hours")),
        ("Sun 2026-11-01 06:15", "Sun 2026-11-01 06:45", 0.5, "open", window),
    ]


def test_a_skipped_date_is_not_mentioned():
    calendar = desk("Pacific/Apia", ["09:00", "17:00"], days=ALL_DAYS)

    found = intervals_of(
        calendar, Target("business_time", 2 * HOUR), wall("Pacific/Apia", "Thu 2011-12-29 16:00")
    )

    assert told("Pacific/Apia", found) == [
        ("Thu 2011-12-29 16:00", "Thu 2011-12-29 17:00", 1, "open", (THU, *NINE_TO_FIVE)),
        ("Thu 2011-12-29 17:00", "Sat 2011-12-31 09:00", 0, "closed", ("evening",)),
        ("Sat 2011-12-31 09:00", "Sat 2011-12-31 10:00", 1, "open", (SAT, *NINE_TO_FIVE)),
    ]


def test_days_on_to_the_next_opening_end_with_closed_time():
    target = Target("business_days", 1, day_rule="next_opening")

    found = intervals_of(OFFICE, target, wall(BERLIN, "Mon 2026-06-08 09:00"))

    assert told(BERLIN, found) == [
        ("Mon 2026-06-08 09:00", "Mon 2026-06-08 17:00", 8, "open", (MON, *NINE_TO_FIVE)),
        ("Mon 2026-06-08 17:00", "Tue 2026-06-09 09:00", 0, "closed", ("evening",)),
    ]


def test_an_immediate_target_out_of_hours_explains_the_wait():
    found = intervals_of(OFFICE, Target("immediate"), wall(BERLIN, "Sat 2026-06-13 12:00"))

    assert told(BERLIN, found) == [
        ("Sat 2026-06-13 12:00", "Mon 2026-06-15 09:00", 0, "closed", ("weekend",))
    ]


def test_a_scheduled_target_waits_for_its_time():
    opened, agreed = wall(BERLIN, "Mon 2026-06-08 10:00"), wall(BERLIN, "Sun 2026-06-14 10:00")
    found = promise(OFFICE, Target("scheduled"), opened, scheduled_for=agreed)

    assert receipt(OFFICE, Target("scheduled"), found, opened) == (
        Interval(opened, wall(BERLIN, "Mon 2026-06-15 09:00"), 0, "scheduled", zone=BERLIN),
    )


@pytest.mark.parametrize(
    ("target", "pauses"),
    [
        pytest.param(Target("none"), (), id="no target"),
        pytest.param(Target("scheduled"), (), id="not scheduled yet"),
        pytest.param(Target("business_time", HOUR), ((0, None),), id="paused"),
        pytest.param(Target("immediate"), (), id="due at the opening"),
    ],
)
def test_there_is_nothing_to_explain_without_a_stretch_of_time(target, pauses):
    assert intervals_of(OFFICE, target, wall(BERLIN, "Mon 2026-06-08 10:00"), pauses) == ()


def test_the_calendar_of_the_batch_command():
    calendar = parse_calendar(
        {
            "time_zone": BERLIN,
            "weekly": {"mon": [["09:00", "12:00"], ["13:00", "17:30"]]},
            "exceptions": [
                {"date": "2026-12-25", "intervals": []},
                {"from": "2026-12-28", "to": "2026-12-31", "intervals": [["10:00", "12:00"]]},
            ],
        }
    )

    found = intervals_of(
        calendar, Target("business_time", 7200), parse_instant("2026-12-21T17:00:00+01:00")
    )

    assert told(BERLIN, found) == [
        ("Mon 2026-12-21 17:00", "Mon 2026-12-21 17:30", 0.5, "open", (MON, 13 * HOUR, 63000)),
        (
            "Mon 2026-12-21 17:30",
            "Mon 2026-12-28 10:00",
            0,
            "closed",
            ("evening", "weekend", "exception"),
        ),
        ("Mon 2026-12-28 10:00", "Mon 2026-12-28 11:30", 1.5, "open", (MON, 36000, 43200)),
    ]
