import pickle
from dataclasses import replace
from datetime import date

import pytest

from sla.engine.calendar import (
    ALWAYS,
    due_at,
    is_open,
    next_open,
    open_seconds_between,
    open_stretches,
    parse_calendar,
)

from .desks import ALL_DAYS, CLOCK_ROUND, WORKDAYS, closed, desk, nine_to_five
from .wall import DAY, HOUR, shown, wall

BERLIN = "Europe/Berlin"
NIGHT = ["22:00", "06:00"]


def weekly_of(**days: list) -> dict[str, tuple]:
    weekly = parse_calendar({"time_zone": BERLIN, "weekly": days}).weekly
    return {day: spans for day, spans in zip(ALL_DAYS, weekly, strict=True) if spans}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(
            {"mon": [["09:00", "17:00"]]}, {"mon": ((9 * HOUR, 17 * HOUR),)}, id="a plain day"
        ),
        pytest.param(
            {"mon": [["09:00:30", "09:00:31"]]}, {"mon": ((32430, 32431),)}, id="seconds are kept"
        ),
        pytest.param({"mon": CLOCK_ROUND}, {"mon": ((0, DAY),)}, id="the whole day"),
        pytest.param(
            {"mon": [["09:00", "23:59"]]}, {"mon": ((9 * HOUR, DAY - 60),)}, id="23:59 is 23:59"
        ),
        pytest.param(
            {"mon": [["09:00", "00:00"]]}, {"mon": ((9 * HOUR, DAY),)}, id="until midnight"
        ),
        pytest.param(
            {"mon": [NIGHT]},
            {"mon": ((22 * HOUR, DAY),), "tue": ((0, 6 * HOUR),)},
            id="over midnight: part of both dates",
        ),
        pytest.param(
            {"sun": [NIGHT]},
            {"mon": ((0, 6 * HOUR),), "sun": ((22 * HOUR, DAY),)},
            id="over the midnight of Sunday",
        ),
        pytest.param(
            {"mon": [["22:00", "21:00"]]},
            {"mon": ((22 * HOUR, DAY),), "tue": ((0, 21 * HOUR),)},
            id="23 hours",
        ),
        pytest.param(
            {"mon": [["13:00", "17:00"], ["08:00", "12:00"]]},
            {"mon": ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))},
            id="two shifts, sorted",
        ),
        pytest.param(
            {"mon": [["09:00", "12:00"], ["11:00", "13:00"], ["13:00", "14:00"]]},
            {"mon": ((9 * HOUR, 14 * HOUR),)},
            id="overlapping and touching are one",
        ),
        pytest.param(
            {"mon": [NIGHT], "tue": [["05:00", "09:00"]]},
            {"mon": ((22 * HOUR, DAY),), "tue": ((0, 9 * HOUR),)},
            id="a night that overlaps the next day's hours",
        ),
    ],
)
def test_weekly_intervals_are_cut_at_midnight_and_joined(days, expected):
    assert weekly_of(**days) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("Mon 2026-06-08 08:59:59", False, id="before the opening"),
        pytest.param("Mon 2026-06-08 09:00", True, id="the opening instant is open"),
        pytest.param("Mon 2026-06-08 16:59:59", True, id="the last second"),
        pytest.param("Mon 2026-06-08 17:00", False, id="the closing instant is closed"),
        pytest.param("Sat 2026-06-13 12:00", False, id="weekend"),
    ],
)
def test_the_desk_is_open_from_opening_to_closing(moment, expected):
    assert is_open(nine_to_five(), wall(BERLIN, moment)) is expected


TWO_SHIFTS = desk(BERLIN, ["09:00", "12:00"], ["13:00", "17:30"])
WEEKDAYS_ROUND = desk(BERLIN, ["00:00", "24:00"])
NIGHTS = desk(BERLIN, NIGHT)


@pytest.mark.parametrize(
    ("calendar", "start", "seconds", "expected"),
    [
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 10:00",
            4 * HOUR,
            "Mon 2026-06-08 14:00",
            id="inside one day",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 15:00",
            4 * HOUR,
            "Tue 2026-06-09 11:00",
            id="over a night",
        ),
        pytest.param(
            nine_to_five(),
            "Fri 2026-06-12 16:30",
            1 * HOUR,
            "Mon 2026-06-15 09:30",
            id="over a weekend",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 07:00",
            1 * HOUR,
            "Mon 2026-06-08 10:00",
            id="opened before hours",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 20:00",
            1 * HOUR,
            "Tue 2026-06-09 10:00",
            id="opened after hours",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 09:00",
            1 * HOUR,
            "Mon 2026-06-08 10:00",
            id="opened exactly at opening",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 17:00",
            1 * HOUR,
            "Tue 2026-06-09 10:00",
            id="opened exactly at closing",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 13:00",
            4 * HOUR,
            "Mon 2026-06-08 17:00",
            id="ends exactly at closing",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 13:00",
            4 * HOUR + 1,
            "Tue 2026-06-09 09:00:01",
            id="a second past closing",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 08:59:59",
            1,
            "Mon 2026-06-08 09:00:01",
            id="one second",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 10:00",
            0,
            "Mon 2026-06-08 10:00",
            id="nothing, while open",
        ),
        pytest.param(
            nine_to_five(),
            "Sat 2026-06-13 10:00",
            0,
            "Mon 2026-06-15 09:00",
            id="nothing, while closed",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 17:00",
            0,
            "Tue 2026-06-09 09:00",
            id="nothing, at closing",
        ),
        pytest.param(
            TWO_SHIFTS,
            "Mon 2026-06-08 11:00",
            1 * HOUR,
            "Mon 2026-06-08 12:00",
            id="ends exactly at lunch",
        ),
        pytest.param(
            TWO_SHIFTS,
            "Mon 2026-06-08 11:00",
            2 * HOUR,
            "Mon 2026-06-08 14:00",
            id="over lunch",
        ),
        pytest.param(
            TWO_SHIFTS,
            "Mon 2026-06-08 12:00",
            2 * HOUR,
            "Mon 2026-06-08 15:00",
            id="opened when lunch begins",
        ),
        pytest.param(
            WEEKDAYS_ROUND,
            "Fri 2026-06-12 20:00",
            4 * HOUR,
            "Sat 2026-06-13 00:00",
            id="ends at 24:00 of a Friday",
        ),
        pytest.param(
            WEEKDAYS_ROUND,
            "Fri 2026-06-12 20:00",
            4 * HOUR + 1,
            "Mon 2026-06-15 00:00:01",
            id="a second past 24:00 of a Friday",
        ),
        pytest.param(
            WEEKDAYS_ROUND,
            "Mon 2026-06-08 22:00",
            4 * HOUR,
            "Tue 2026-06-09 02:00",
            id="24:00 today and 00:00 tomorrow: no gap",
        ),
        pytest.param(
            NIGHTS,
            "Mon 2026-06-08 23:00",
            8 * HOUR,
            "Tue 2026-06-09 23:00",
            id="a shift over midnight",
        ),
        pytest.param(
            nine_to_five(),
            "Mon 2026-06-08 09:00",
            400 * HOUR,
            "Fri 2026-08-14 17:00",
            id="fifty days",
        ),
        pytest.param(
            ALWAYS,
            "Sat 2026-06-13 10:00",
            30 * 60,
            "Sat 2026-06-13 10:30",
            id="elapsed",
        ),
    ],
)
def test_due_at(calendar, start, seconds, expected):
    assert shown(BERLIN, due_at(calendar, wall(BERLIN, start), seconds)) == expected


@pytest.mark.parametrize(
    ("calendar", "start", "seconds", "expected"),
    [
        pytest.param(
            nine_to_five(exceptions=[closed("2026-06-09")]),
            "Mon 2026-06-08 16:00",
            2 * HOUR,
            "Wed 2026-06-10 10:00",
            id="a closed date",
        ),
        pytest.param(
            nine_to_five(exceptions=[{"from": "2026-06-09", "to": "2026-06-11", "intervals": []}]),
            "Mon 2026-06-08 16:00",
            2 * HOUR,
            "Fri 2026-06-12 10:00",
            id="a closed range, both ends included",
        ),
        pytest.param(
            nine_to_five(exceptions=[{"date": "2026-06-09", "intervals": [["09:00", "12:00"]]}]),
            "Tue 2026-06-09 11:00",
            2 * HOUR,
            "Wed 2026-06-10 10:00",
            id="a half day",
        ),
        pytest.param(
            nine_to_five(exceptions=[{"date": "2026-06-13", "intervals": [["10:00", "14:00"]]}]),
            "Fri 2026-06-12 16:00",
            2 * HOUR,
            "Sat 2026-06-13 11:00",
            id="a special opening on a Saturday",
        ),
        pytest.param(
            nine_to_five(exceptions=[{"date": "2026-06-09", "intervals": [["18:00", "20:00"]]}]),
            "Tue 2026-06-09 10:00",
            1 * HOUR,
            "Tue 2026-06-09 19:00",
            id="an exception replaces everything on its date",
        ),
        pytest.param(
            desk(BERLIN, NIGHT, exceptions=[closed("2026-06-09")]),
            "Mon 2026-06-08 23:00",
            2 * HOUR,
            "Wed 2026-06-10 01:00",
            id="a closed date removes its own part of two nights only",
        ),
        pytest.param(
            nine_to_five(exceptions=[{"date": "2026-06-09", "intervals": [NIGHT]}]),
            "Tue 2026-06-09 22:00",
            9 * HOUR,
            "Wed 2026-06-10 10:00",
            id="a special night reaches into the next date",
        ),
        pytest.param(
            nine_to_five(
                exceptions=[{"date": "2026-06-09", "intervals": [NIGHT]}, closed("2026-06-10")]
            ),
            "Tue 2026-06-09 22:00",
            3 * HOUR,
            "Thu 2026-06-11 10:00",
            id="a special night before a closed date",
        ),
        pytest.param(
            nine_to_five(
                exceptions=[{"from": "2026-06-09", "to": "2026-06-10", "intervals": [NIGHT]}]
            ),
            "Tue 2026-06-09 22:00",
            11 * HOUR,
            "Thu 2026-06-11 01:00",
            id="two special nights",
        ),
        pytest.param(
            desk(BERLIN, exceptions=[{"date": "2026-12-31", "intervals": [["20:00", "02:00"]]}]),
            "Mon 2026-06-08 10:00",
            6 * HOUR,
            "Fri 2027-01-01 02:00",
            id="a special night over the year's end is all there is",
        ),
        pytest.param(
            nine_to_five(
                exceptions=[closed("2026-06-09"), {"date": "2026-06-09", "intervals": CLOCK_ROUND}]
            ),
            "Tue 2026-06-09 10:00",
            1 * HOUR,
            "Tue 2026-06-09 11:00",
            id="of two exceptions on a date the later counts",
        ),
    ],
)
def test_due_at_with_exceptions(calendar, start, seconds, expected):
    assert shown(BERLIN, due_at(calendar, wall(BERLIN, start), seconds)) == expected


def test_exceptions_are_kept_per_date_with_their_name():
    entry = {"from": "2026-12-24", "to": "2026-12-25", "intervals": [["10:00", "12:00"]]}
    calendar = nine_to_five(exceptions=[{**entry, "name": "Short days"}])

    spans = ((10 * HOUR, 12 * HOUR),)
    assert calendar.exceptions == (
        (date(2026, 12, 24), spans, "Short days"),
        (date(2026, 12, 25), spans, "Short days"),
    )


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param("Mon 2026-06-08 10:00", "Mon 2026-06-08 11:00", HOUR, id="inside"),
        pytest.param("Fri 2026-06-12 16:00", "Mon 2026-06-15 10:00", 2 * HOUR, id="weekend"),
        pytest.param("Mon 2026-06-08 00:00", "Mon 2026-06-15 00:00", 40 * HOUR, id="a week"),
        pytest.param("Mon 2026-06-08 11:00", "Mon 2026-06-08 10:00", 0, id="b before a"),
        pytest.param("Mon 2026-06-08 11:00", "Mon 2026-06-08 11:00", 0, id="b is a"),
        pytest.param("Mon 2026-06-08 16:59:59", "Tue 2026-06-09 09:00:01", 2, id="two seconds"),
    ],
)
def test_open_seconds_between(a, b, expected):
    assert open_seconds_between(nine_to_five(), wall(BERLIN, a), wall(BERLIN, b)) == expected


def test_open_seconds_between_counts_over_centuries():
    a, b = wall("UTC", "Thu 1970-01-01 00:00"), wall("UTC", "Wed 2200-01-01 00:00")

    weeks, rest = divmod((b - a) // DAY, 7)

    assert rest == 6  # Thursday to Tuesday: four working days
    assert open_seconds_between(nine_to_five("UTC"), a, b) == (weeks * 5 + 4) * 8 * HOUR


def test_open_stretches_join_what_touches():
    a, b = wall(BERLIN, "Thu 2026-06-11 12:00"), wall(BERLIN, "Mon 2026-06-15 12:00")

    found = list(open_stretches(WEEKDAYS_ROUND, a, b))

    assert [(shown(BERLIN, start), shown(BERLIN, end)) for start, end in found] == [
        ("Thu 2026-06-11 12:00", "Sat 2026-06-13 00:00"),
        ("Mon 2026-06-15 00:00", "Mon 2026-06-15 12:00"),
    ]


def test_open_stretches_of_a_desk_that_never_closes_are_one_for_decades():
    a, b = wall("UTC", "Thu 1970-01-01 00:00"), wall("UTC", "Wed 2200-01-01 00:00")

    assert list(open_stretches(ALWAYS, a, b)) == [(a, b)]


def test_openings_of_any_age_are_found_whatever_was_asked_before():
    calendar = nine_to_five("America/New_York", exceptions=[closed("2026-06-09")])
    starts = [
        "Thu 1970-01-01 00:00",
        "Wed 2200-01-01 18:00",
        "Mon 2026-06-08 17:30",
        "Sat 1970-01-03 00:00",
        "Fri 2038-01-15 17:00",
    ]

    found = [next_open(calendar, wall("America/New_York", start)) for start in starts]

    assert [shown("America/New_York", at) for at in found] == [
        "Thu 1970-01-01 09:00",
        "Thu 2200-01-02 09:00",
        "Wed 2026-06-10 09:00",
        "Mon 1970-01-05 09:00",
        "Mon 2038-01-18 09:00",
    ]


def test_equal_calendars_share_their_hash_and_survive_a_pickle():
    calendar, again = nine_to_five(), nine_to_five()
    hash(calendar)

    assert (hash(again), again) == (hash(calendar), calendar)
    assert pickle.loads(pickle.dumps(calendar)) == calendar
    assert b"_hash" not in pickle.dumps(calendar)
    assert replace(calendar, zone="UTC") != calendar


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        pytest.param(ALWAYS, True, id="always"),
        pytest.param(desk(BERLIN, *CLOCK_ROUND, days=ALL_DAYS), True, id="24x7 in a zone"),
        pytest.param(desk(BERLIN, *CLOCK_ROUND, days=WORKDAYS), False, id="24x5"),
        pytest.param(
            desk(BERLIN, *CLOCK_ROUND, days=ALL_DAYS, exceptions=[closed("2026-12-25")]),
            False,
            id="24x7 with a closed date",
        ),
    ],
)
def test_is_always(calendar, expected):
    assert calendar.is_always is expected
