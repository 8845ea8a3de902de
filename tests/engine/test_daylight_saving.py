"""Daylight saving (business-time section 4): the desk is open when its wall clock says so."""

from datetime import UTC, datetime

import pytest

from sla.engine.calendar import due_at, open_seconds_between, open_stretches
from sla.engine.target import Target, promise
from sla.engine.walltime import date_runs, day_of, instant_of_reading, offset_runs

from .desks import ALL_DAYS, closed, desk, nine_to_five
from .wall import HOUR, shown, wall

BERLIN, NEW_YORK, SAO_PAULO = "Europe/Berlin", "America/New_York", "America/Sao_Paulo"
LORD_HOWE, APIA, CAIRO = "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo"
CHATHAM, CASABLANCA, ST_JOHNS = "Pacific/Chatham", "Africa/Casablanca", "America/St_Johns"


def utc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("zone", "window", "on", "expected"),
    [
        pytest.param(
            BERLIN, ["02:00", "03:00"], "2026-03-29", [], id="a skipped hour does not exist"
        ),
        pytest.param(
            BERLIN,
            ["02:00", "03:00"],
            "2026-10-25",
            [("25 00:00", "25 02:00")],
            id="a repeated hour counts twice",
        ),
        pytest.param(
            BERLIN,
            ["01:30", "03:30"],
            "2026-03-29",
            [("29 00:30", "29 01:30")],
            id="two hours over a gap are one",
        ),
        pytest.param(
            NEW_YORK,
            ["01:15", "01:45"],
            "2026-11-01",
            [("01 05:15", "01 05:45"), ("01 06:15", "01 06:45")],
            id="read twice: open, closed, open",
        ),
        pytest.param(
            NEW_YORK,
            ["01:30", "04:00"],
            "2026-11-01",
            [("01 05:30", "01 06:00"), ("01 06:30", "01 09:00")],
            id="begins inside a fold",
        ),
        pytest.param(
            SAO_PAULO,
            ["00:30", "01:30"],
            "2017-10-15",
            [("15 03:00", "15 03:30")],
            id="a day that begins at 01:00",
        ),
        pytest.param(
            SAO_PAULO,
            ["22:30", "23:30"],
            "2018-02-17",
            [("18 00:30", "18 01:30"), ("18 02:00", "18 02:30")],
            id="the last hour of a day twice",
        ),
        pytest.param(
            LORD_HOWE,
            ["02:00", "03:00"],
            "2026-10-04",
            [("03 15:30", "03 16:00")],
            id="a gap of half an hour",
        ),
        pytest.param(
            LORD_HOWE,
            ["01:30", "02:00"],
            "2026-04-05",
            [("04 14:30", "04 15:30")],
            id="a fold of half an hour",
        ),
        pytest.param(
            CAIRO,
            ["00:00", "02:00"],
            "2026-04-24",
            [("23 22:00", "23 23:00")],
            id="a day without its first hour",
        ),
        pytest.param(
            CHATHAM,
            ["02:00", "04:00"],
            "2026-09-27",
            [("26 13:15", "26 14:15")],
            id="clocks set forward at 02:45",
        ),
        pytest.param(
            CASABLANCA,
            ["01:00", "04:00"],
            "2026-02-15",
            [("15 00:00", "15 04:00")],
            id="clocks set back for Ramadan",
        ),
    ],
)
def test_a_window_is_open_when_the_wall_clock_reads_it(zone, window, on, expected):
    calendar = desk(zone, exceptions=[{"date": on, "intervals": [window]}])
    noon = int(datetime.fromisoformat(f"{on}T12:00:00+00:00").timestamp())

    stretches = list(open_stretches(calendar, noon - 40 * HOUR, noon + 40 * HOUR))

    assert [(utc(start), utc(end)) for start, end in stretches] == expected


@pytest.mark.parametrize(
    ("calendar", "zone", "start", "seconds", "expected"),
    [
        pytest.param(
            desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS),
            BERLIN,
            "Sun 2026-03-29 00:30",
            4 * HOUR,
            "Sun 2026-03-29 05:30",
            id="four hours are four real hours, in spring",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS),
            BERLIN,
            "Sun 2026-10-25 00:30",
            4 * HOUR,
            "Sun 2026-10-25 03:30",
            id="four hours are four real hours, in autumn",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "06:00"], days=ALL_DAYS),
            BERLIN,
            "Sun 2026-03-29 00:00",
            6 * HOUR,
            "Mon 2026-03-30 01:00",
            id="a window of six hours has five in spring",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "06:00"], days=ALL_DAYS),
            BERLIN,
            "Sun 2026-10-25 00:00",
            6 * HOUR,
            "Sun 2026-10-25 05:00",
            id="and seven in autumn",
        ),
        pytest.param(
            desk(BERLIN, ["22:00", "06:00"], days=ALL_DAYS),
            BERLIN,
            "Sat 2026-03-28 22:00",
            8 * HOUR,
            "Sun 2026-03-29 23:00",
            id="a night shift over the gap",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS, exceptions=[closed("2026-03-29")]),
            BERLIN,
            "Sat 2026-03-28 23:00",
            2 * HOUR,
            "Mon 2026-03-30 01:00",
            id="a closed date of 23 hours",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS, exceptions=[closed("2026-10-25")]),
            BERLIN,
            "Sat 2026-10-24 23:00",
            2 * HOUR,
            "Mon 2026-10-26 01:00",
            id="a closed date of 25 hours",
        ),
        pytest.param(
            desk(APIA, ["09:00", "17:00"], days=ALL_DAYS),
            APIA,
            "Thu 2011-12-29 16:00",
            2 * HOUR,
            "Sat 2011-12-31 10:00",
            id="a date that a zone skips is no date",
        ),
        pytest.param(
            nine_to_five(NEW_YORK),
            NEW_YORK,
            "Fri 2026-03-06 16:00",
            2 * HOUR,
            "Mon 2026-03-09 10:00",
            id="over the weekend of a change",
        ),
    ],
)
def test_due_at_over_a_change_of_clocks(calendar, zone, start, seconds, expected):
    assert shown(zone, due_at(calendar, wall(zone, start), seconds)) == expected


@pytest.mark.parametrize(
    ("on", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-08", 24)],
)
def test_a_closed_date_lasts_from_midnight_to_midnight(on, hours):
    calendar = desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS, exceptions=[closed(on)])
    noon = int(datetime.fromisoformat(f"{on}T12:00:00+00:00").timestamp())

    open_seconds = open_seconds_between(calendar, noon - 48 * HOUR, noon + 48 * HOUR)

    assert open_seconds == (96 - hours) * HOUR


@pytest.mark.parametrize(
    ("calendar", "zone", "target", "opened", "expected", "fold"),
    [
        pytest.param(
            nine_to_five(),
            BERLIN,
            Target("business_days", 1),
            "Fri 2026-03-27 10:00",
            "Mon 2026-03-30 10:00",
            0,
            id="a day keeps the wall time",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS),
            BERLIN,
            Target("business_days", 1),
            "Sat 2026-03-28 02:30",
            "Sun 2026-03-29 03:00",
            0,
            id="a skipped reading: the end of the gap",
        ),
        pytest.param(
            desk(BERLIN, ["00:00", "24:00"], days=ALL_DAYS),
            BERLIN,
            Target("business_days", 1),
            "Sat 2026-10-24 02:30",
            "Sun 2026-10-25 02:30",
            0,
            id="a repeated reading: the first",
        ),
        pytest.param(
            desk(APIA, ["09:00", "17:00"], days=ALL_DAYS),
            APIA,
            Target("business_days", 1),
            "Thu 2011-12-29 10:00",
            "Sat 2011-12-31 10:00",
            0,
            id="a skipped date is no business date",
        ),
        pytest.param(
            nine_to_five(APIA),
            APIA,
            Target("weeks", 1, back="exact"),
            "Fri 2011-12-23 10:00",
            "Sat 2011-12-31 00:00",
            0,
            id="a week on to a skipped date: the end of the gap",
        ),
        pytest.param(
            desk(SAO_PAULO, ["23:00", "24:00"], days=ALL_DAYS),
            SAO_PAULO,
            Target("next_business_day"),
            "Fri 2018-02-16 12:00",
            "Sun 2018-02-18 00:00",
            0,
            id="a last hour read twice ends at its second end",
        ),
        pytest.param(
            desk(BERLIN, ["02:00", "02:30"], days=ALL_DAYS),
            BERLIN,
            Target("business_days", 1),
            "Sat 2026-03-28 02:15",
            "Mon 2026-03-30 02:15",
            0,
            id="a date whose only hours are skipped is no business date",
        ),
        pytest.param(
            desk(BERLIN, ["02:00", "02:30"], days=ALL_DAYS),
            BERLIN,
            Target("next_business_day"),
            "Sat 2026-10-24 12:00",
            "Sun 2026-10-25 02:30",
            1,
            id="hours read twice end at their second reading",
        ),
    ],
)
def test_days_and_weeks_over_a_change_of_clocks(calendar, zone, target, opened, expected, fold):
    found = promise(calendar, target, wall(zone, opened))

    assert found.due_at == wall(zone, expected, fold=fold)


def test_a_date_may_be_shown_twice():
    # In 2006 the clocks of St. John's went back from 00:01 on Sunday to 23:01 on Saturday.
    saturday, sunday = datetime(2006, 10, 28, tzinfo=UTC), datetime(2006, 10, 29, tzinfo=UTC)

    runs = {
        on.day: [(utc(start), utc(end)) for start, end, _ in date_runs(ST_JOHNS, day_of(on.date()))]
        for on in (saturday, sunday)
    }

    assert runs == {
        28: [("28 02:30", "29 02:30"), ("29 02:31", "29 03:30")],
        29: [("29 02:30", "29 02:31"), ("29 03:30", "30 03:30")],
    }


def test_a_desk_open_on_sundays_opens_for_a_minute_closes_and_opens_again():
    sundays = desk(ST_JOHNS, ["00:00", "24:00"], days=("sun",))
    start = wall(ST_JOHNS, "Sat 2006-10-28 12:00")

    found = list(open_stretches(sundays, start, start + 48 * HOUR))

    assert [(utc(a), utc(b)) for a, b in found] == [
        ("29 02:30", "29 02:31"),
        ("29 03:30", "30 03:30"),
    ]


def test_a_skipped_date_is_never_shown():
    assert date_runs(APIA, day_of(datetime(2011, 12, 30, tzinfo=UTC).date())) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(2 * HOUR - 1, "24 23:59:59", id="before the fold"),
        pytest.param(2 * HOUR, "25 00:00:00", id="read twice: the first"),
        pytest.param(3 * HOUR - 1, "25 00:59:59", id="the last that is read twice"),
        pytest.param(3 * HOUR, "25 02:00:00", id="after the fold: read once"),
    ],
)
def test_a_reading_is_found_the_first_time_it_is_shown(second, expected):
    day = day_of(datetime(2026, 10, 25, tzinfo=UTC).date())

    found = instant_of_reading(BERLIN, day, second)

    assert datetime.fromtimestamp(found, UTC).strftime("%d %H:%M:%S") == expected


def test_a_skipped_reading_is_the_end_of_the_gap():
    day = day_of(datetime(2026, 10, 4, tzinfo=UTC).date())

    found = instant_of_reading(LORD_HOWE, day, 2 * HOUR + 60)

    assert shown(LORD_HOWE, found) == "Sun 2026-10-04 02:30"


def test_offset_changes_are_found_to_the_second():
    a, b = wall("UTC", "Thu 2026-01-01 00:00"), wall("UTC", "Fri 2027-01-01 00:00")

    runs = offset_runs(LORD_HOWE, a, b)

    assert [(shown("UTC", start), offset) for start, _, offset in runs] == [
        ("Thu 2026-01-01 00:00", 11 * HOUR),
        ("Sat 2026-04-04 15:00", 10 * HOUR + 1800),
        ("Sat 2026-10-03 15:30", 11 * HOUR),
    ]
    assert runs[-1][1] == b
