"""What cannot be right is refused with a code; what can never be met is found out promptly."""

import json
from datetime import date

import pytest

from sla.engine.calendar import (
    Calendar,
    due_at,
    next_open,
    open_seconds_between,
    parse_calendar,
    parse_instant,
)
from sla.engine.daytimes import MAX_SPANS_PER_DAY
from sla.engine.errors import EngineError
from sla.engine.target import Target, promise

from .desks import ALL_DAYS, closed, desk, nine_to_five
from .wall import HOUR, shown, wall

BERLIN = "Europe/Berlin"
MONDAY = wall(BERLIN, "Mon 2026-06-08 10:00")
ODD_MINUTES = [
    [f"{n // 60:02}:{n % 60:02}", f"{n // 60:02}:{n % 60 + 1:02}"] for n in range(0, 200, 2)
]


def code_of(call, *args) -> str:
    with pytest.raises(EngineError) as caught:
        call(*args)
    return caught.value.code


@pytest.mark.parametrize(
    "interval",
    [
        pytest.param(["09:00", "09:00"], id="no length"),
        pytest.param(["00:00", "00:00"], id="midnight to midnight is no length"),
        pytest.param(["24:00", "24:00"], id="24:00 to 24:00"),
        pytest.param(["24:00", "06:00"], id="begins at 24:00"),
        pytest.param(["09:00", "24:01"], id="past 24:00"),
        pytest.param(["25:00", "26:00"], id="no such hour"),
        pytest.param(["09:60", "10:00"], id="no such minute"),
        pytest.param(["09:00", "10:00:60"], id="no such second"),
        pytest.param(["9:00", "10:00"], id="one digit"),
        pytest.param(["09:00"], id="no end"),
        pytest.param(["09:00", "10:00", "11:00"], id="three times"),
        pytest.param("09:00-10:00", id="a text"),
        pytest.param(["09:00", None], id="nothing"),
        pytest.param([9, 10], id="numbers"),
        pytest.param(["09:00 ", "10:00"], id="a space"),
        pytest.param(["09:00\n", "10:00"], id="a line feed"),
        pytest.param(["٠٩:00", "10:00"], id="digits of another script"),
        pytest.param(["-1:00", "10:00"], id="negative"),
    ],
)
def test_a_bad_interval_is_refused(interval):
    weekly = {"time_zone": BERLIN, "weekly": {"mon": [interval]}}
    entry = {"date": "2026-12-24", "intervals": [interval]}

    assert code_of(parse_calendar, weekly) == "bad_interval"
    assert code_of(parse_calendar, {"time_zone": BERLIN, "exceptions": [entry]}) == "bad_interval"


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param({"weekly": []}, id="weekly is a list"),
        pytest.param({"weekly": {"monday": []}}, id="unknown weekday"),
        pytest.param({"weekly": {"mon": None}}, id="a weekday without a list"),
        pytest.param({"weekly": {"mon": "09:00-17:00"}}, id="a weekday of text"),
        pytest.param({"weekly": {"mon": ODD_MINUTES}}, id="too many intervals"),
        pytest.param({"exceptions": {}}, id="exceptions are a mapping"),
        pytest.param({"exceptions": ["2026-12-24"]}, id="an exception of text"),
        pytest.param({"exceptions": [{"date": "2026-12-24"}]}, id="no intervals"),
        pytest.param({"exceptions": [{"intervals": []}]}, id="no date"),
        pytest.param({"exceptions": [{"from": "2026-12-24", "intervals": []}]}, id="no to"),
        pytest.param({"exceptions": [{"to": "2026-12-24", "intervals": []}]}, id="no from"),
        pytest.param(
            {"exceptions": [{**closed("2026-12-24"), "to": "2026-12-25"}]}, id="date and to"
        ),
        pytest.param({"exceptions": [closed("2026-02-29")]}, id="no such date"),
        pytest.param({"exceptions": [closed("20261224")]}, id="a date without dashes"),
        pytest.param({"exceptions": [closed("24.12.2026")]}, id="a German date"),
        pytest.param({"exceptions": [{**closed("2026-12-24"), "date": 20261224}]}, id="a number"),
        pytest.param({"exceptions": [{**closed("2026-12-24"), "name": 5}]}, id="a name of numbers"),
        pytest.param({"exceptions": [{**closed("2026-12-24"), "open": []}]}, id="an unknown field"),
        pytest.param(
            {"exceptions": [{"from": "2026-12-25", "to": "2026-12-24", "intervals": []}]},
            id="a range that ends before it begins",
        ),
        pytest.param(
            {"exceptions": [{"from": "1900-01-01", "to": "9999-12-31", "intervals": []}] * 3},
            id="too many dates",
        ),
        pytest.param({"holidays": ["2026-12-25"]}, id="holidays that are no set"),
        pytest.param({"exception": []}, id="an unknown field of the calendar"),
    ],
)
def test_a_bad_shape_is_refused(shape):
    assert code_of(parse_calendar, {"time_zone": BERLIN, **shape}) == "bad_interval"


@pytest.mark.parametrize("value", [[], "calendar", None, 5])
def test_a_calendar_that_is_no_mapping_is_refused(value):
    assert code_of(parse_calendar, value) == "bad_interval"


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Atlantis",
        "Europe",
        "",
        "EST5EDT6",
        "../../etc/passwd",
        "/etc/localtime",
        "right/Europe/Berlin",
        "posix/Europe/Berlin",
        "localtime",
        "Europe/Berlin\0",
        "x" * 5000,
        "UTC+2",
        "\ud800",
        None,
        5,
        ["UTC"],
    ],
    ids=repr,
)
def test_an_unknown_zone_is_refused_and_never_taken_for_utc(zone):
    assert code_of(parse_calendar, {"time_zone": zone, "weekly": {}}) == "bad_time_zone"


def test_a_missing_zone_is_refused():
    assert code_of(parse_calendar, {"weekly": {}}) == "bad_time_zone"


def test_an_unknown_zone_of_a_calendar_made_by_hand_is_refused():
    calendar = Calendar("Europe/Atlantis", nine_to_five().weekly)

    assert code_of(due_at, calendar, MONDAY, 1) == "bad_time_zone"


def test_json_nulls_and_toml_dates_are_understood():
    fields = json.loads('{"time_zone": "UTC", "weekly": null, "exceptions": null}')
    entry = {"date": date(2026, 12, 24), "intervals": [], "name": None}

    assert parse_calendar(fields) == Calendar("UTC", ((),) * 7)
    assert parse_calendar({**fields, "exceptions": [entry]}).exceptions == (
        (date(2026, 12, 24), (), ""),
    )


def test_as_many_intervals_as_are_allowed_are_accepted():
    half_hours = ODD_MINUTES[:MAX_SPANS_PER_DAY]

    calendar = desk(BERLIN, *half_hours, days=ALL_DAYS)

    assert shown(BERLIN, due_at(calendar, MONDAY, 61)) == "Tue 2026-06-09 00:02:01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-06-12T15:00:00+05:30", "Fri 2026-06-12 09:30", id="an offset"),
        pytest.param("2026-06-12T15:00:00Z", "Fri 2026-06-12 15:00", id="Z"),
        pytest.param("2026-06-12T15:00:07.999Z", "Fri 2026-06-12 15:00:07", id="a fraction"),
        pytest.param("1969-12-31T23:59:59.5Z", "Wed 1969-12-31 23:59:59", id="before 1970"),
        pytest.param("2026-06-12T15:00-00:30", "Fri 2026-06-12 15:30", id="no seconds"),
        pytest.param("2200-06-12T15:00Z", "Thu 2200-06-12 15:00", id="far ahead"),
    ],
)
def test_a_moment_is_read_to_the_second(text, expected):
    assert parse_instant(text) == wall("UTC", expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("2026-06-12T15:00:00", "no_offset", id="no offset"),
        pytest.param("2026-06-12", "no_offset", id="a date"),
        pytest.param("2026-02-29T15:00:00Z", "bad_request", id="no such date"),
        pytest.param("2026-06-12T25:00:00Z", "bad_request", id="no such hour"),
        pytest.param("2026-06-12T15:00:60Z", "bad_request", id="a leap second"),
        pytest.param("2026-06-12T15:00:00+25:00", "bad_request", id="no such offset"),
        pytest.param("yesterday", "bad_request", id="a word"),
        pytest.param("", "bad_request", id="nothing"),
        pytest.param(None, "bad_request", id="null"),
        pytest.param(1781256600, "bad_request", id="a number"),
        pytest.param("0001-01-01T00:00:00+14:00", "bad_request", id="the first of all days"),
        pytest.param("9999-12-31T23:59:59-12:00", "bad_request", id="the last of all days"),
    ],
)
def test_a_bad_moment_is_refused(text, code):
    assert code_of(parse_instant, text) == code


def test_a_negative_amount_is_refused():
    assert code_of(due_at, nine_to_five(), MONDAY, -1) == "negative_duration"


CLOSED_FOR_ELEVEN_YEARS = {"from": "2026-06-08", "to": "2037-06-08", "intervals": []}
CLOSED_FOR_NINE_YEARS = {"from": "2026-06-08", "to": "2035-06-08", "intervals": []}
CLOSED_FOR_GOOD = {"from": "2026-01-01", "to": "9999-12-31", "intervals": []}


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(desk(BERLIN), id="an empty week"),
        pytest.param(nine_to_five(exceptions=[CLOSED_FOR_ELEVEN_YEARS]), id="eleven years"),
        pytest.param(nine_to_five(exceptions=[CLOSED_FOR_GOOD]), id="for good"),
        pytest.param(
            desk(BERLIN, exceptions=[{"date": "2026-06-05", "intervals": [["09:00", "17:00"]]}]),
            id="one opening, past",
        ),
        pytest.param(
            desk(BERLIN, exceptions=[{"date": "2038-06-05", "intervals": [["09:00", "17:00"]]}]),
            id="one opening, in twelve years",
        ),
    ],
)
@pytest.mark.parametrize(
    "target",
    [
        Target("immediate"),
        Target("business_time", 1),
        Target("business_days", 1),
        Target("weeks", 1),
        Target("next_business_day"),
    ],
    ids=lambda target: target.kind,
)
def test_a_desk_that_never_opens_is_an_error(calendar, target):
    assert code_of(promise, calendar, target, MONDAY) == "never_open"
    assert code_of(next_open, calendar, MONDAY) == "never_open"


def test_a_desk_that_opens_too_little_in_ten_years_is_an_error():
    once = [{"date": "2026-06-09", "intervals": [["09:00", "17:00"]]}]
    calendar = desk(BERLIN, exceptions=once)

    assert shown(BERLIN, due_at(calendar, MONDAY, 8 * HOUR)) == "Tue 2026-06-09 17:00"
    assert code_of(due_at, calendar, MONDAY, 8 * HOUR + 1) == "never_open"
    assert code_of(promise, calendar, Target("business_days", 2), MONDAY) == "never_open"


def test_nine_closed_years_are_waited_for():
    calendar = nine_to_five(exceptions=[CLOSED_FOR_NINE_YEARS])

    assert shown(BERLIN, due_at(calendar, MONDAY, HOUR)) == "Mon 2035-06-11 10:00"


@pytest.mark.parametrize("moment", [-(10**12), 10**12, 10**30])
def test_a_moment_outside_the_centuries_of_time_zones_is_refused(moment):
    assert code_of(due_at, nine_to_five(), moment, 1) == "bad_request"
    assert code_of(open_seconds_between, nine_to_five(), moment, moment + 1) == "bad_request"


def test_an_error_says_its_code_and_figures():
    assert str(EngineError("never_open", start=5)) == "never_open: start=5"
    assert str(EngineError("never_open")) == "never_open"
