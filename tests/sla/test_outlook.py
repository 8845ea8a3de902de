"""The dates ahead of a calendar, its pictures, and its bench."""

from datetime import UTC, date, datetime

import pytest

from sla.engine.calendar import Holiday, HolidaySet, parse_calendar
from sla.engine.outlook import Outlook, outlook
from sla.engine.target import Target
from sla.forms.bench import BenchForm, Tried, tried
from sla.pictures import months_ahead, special_dates, week_rows

NINE, NOON, FIVE = 9 * 3600, 12 * 3600, 17 * 3600
BERLIN = parse_calendar(
    {
        "time_zone": "Europe/Berlin",
        "weekly": {
            "thu": [["09:00", "17:00"]],
            "fri": [["09:00", "12:00"], ["13:00", "17:00"]],
            "sun": [["22:00", "06:00"]],
        },
        "exceptions": [
            {"date": "2026-12-24", "intervals": [["09:00", "12:00"]], "name": "Christmas Eve"}
        ],
        "holidays": HolidaySet((Holiday("Christmas Day", 12, 25),), "actual"),
    }
)


def test_outlook_tells_weekly_hours_from_holidays_and_exceptions():
    days = outlook(BERLIN, date(2026, 12, 23), date(2026, 12, 28))

    assert days == (
        Outlook(date(2026, 12, 23), "closed", ()),
        Outlook(date(2026, 12, 24), "exception", ((NINE, NOON),), ("Christmas Eve",)),
        Outlook(date(2026, 12, 25), "holiday", (), ("Christmas Day",)),
        Outlook(date(2026, 12, 26), "closed", ()),
        Outlook(date(2026, 12, 27), "open", ((22 * 3600, 24 * 3600),)),
        Outlook(date(2026, 12, 28), "open", ((0, 6 * 3600),)),
    )


def test_week_is_drawn_with_every_window_of_a_day_and_the_late_end_on_the_next():
    rows = week_rows(BERLIN)

    assert [[(one.x, one.width, one.text) for one in row.windows] for row in rows] == [
        [(0, 120, "00:00-06:00")],
        [],
        [],
        [(180, 160, "09:00-17:00")],
        [(180, 60, "09:00-12:00"), (260, 80, "13:00-17:00")],
        [],
        [(440, 40, "22:00-24:00")],
    ]


def test_special_dates_reach_a_year_ahead_and_no_further():
    found = special_dates(BERLIN, date(2026, 12, 25))

    assert [(str(day.on), day.names, hours) for day, hours in found] == [
        ("2026-12-25", ("Christmas Day",), "closed"),
        ("2027-12-25", ("Christmas Day",), "closed"),
    ]


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 22), date(2026, 11, 1), date(2027, 10, 31)),
        (date(2028, 2, 29), date(2028, 2, 1), date(2029, 1, 31)),
    ],
)
def test_twelve_months_are_drawn_from_the_one_at_hand(today, first, last):
    months = months_ahead(BERLIN, today)

    days = [day.on for month in months for day in month.days]
    assert (len(months), days[0], days[-1]) == (12, first, last)
    assert len(days) == (last - first).days + 1


def test_special_dates_are_looked_up_on_a_leap_day():
    assert special_dates(BERLIN, date(2028, 2, 29))[-1][0].on == date(2028, 12, 25)


def test_bench_answers_with_its_reasons():
    after = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)

    found = tried(BERLIN, Target("business_time", 3 * 3600), after)

    assert found == Tried(
        "3 business hours after Fri 18 Dec 2026, 16:00 CET: Mon 21 Dec 2026, 00:00 CET.",
        (
            "Fri 18 Dec 16:00 to Fri 18 Dec 17:00: 1 h count (open Fri 13:00-17:00 Europe/Berlin).",
            "Fri 18 Dec 17:00 to Sun 20 Dec 22:00: nothing counts (closed: evening, weekend).",
            "Sun 20 Dec 22:00 to Mon 21 Dec 00:00: 2 h count (open Sun 22:00-24:00 Europe/Berlin).",
        ),
    )


def test_bench_says_when_a_calendar_is_never_open_long_enough():
    shut = parse_calendar({"time_zone": "UTC"})

    found = tried(shut, Target("business_time", 3600), datetime(2026, 3, 2, tzinfo=UTC))

    assert found.is_refused
    assert found.because == ()


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ({"unit": "business_time hours", "after": "2026-03-02T09:00"}, {"amount"}),
        ({"amount": "0", "unit": "business_days days", "after": "2026-03-02T09:00"}, {"amount"}),
        ({"amount": "2", "unit": "elapsed hours", "after": "2026-03-02T09:00"}, {"unit"}),
        ({"amount": "2", "unit": "weeks weeks", "after": "2026-03-29T02:30"}, {"after"}),
        ({"unit": "next_business_day", "after": "2026-03-02T09:00"}, set()),
    ],
)
def test_bench_is_asked_in_words_that_make_sense(asked, faults):
    form = BenchForm(asked, zone="Europe/Berlin", at=datetime(2026, 3, 2, tzinfo=UTC))

    assert set(form.errors) == faults


def test_bench_reads_its_moment_on_the_clock_of_the_calendar():
    asked = {"amount": "2", "unit": "business_time minutes", "after": "2026-07-02T09:00"}
    form = BenchForm(asked, zone="Europe/Berlin", at=datetime(2026, 3, 2, tzinfo=UTC))

    assert form.is_valid()
    assert form.cleaned_data["after"] == datetime(2026, 7, 2, 7, 0, tzinfo=UTC)
    assert form.target() == Target("business_time", 120)


def test_bench_is_preset_to_now_on_the_clock_of_the_calendar():
    form = BenchForm({}, zone="America/New_York", at=datetime(2026, 7, 2, 19, 7, tzinfo=UTC))

    assert 'value="2026-07-02T15:07"' in str(form["after"])
