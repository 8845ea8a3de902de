from datetime import date

import pytest

from sla.engine.calendar import Holiday, HolidaySet, is_open, open_seconds_between
from sla.engine.holidays import holidays_of_year

from .desks import US_FEDERAL, closed, nine_to_five
from .wall import HOUR, wall

CHICAGO = "America/Chicago"
NEW_YEAR = Holiday("New Year", 1, day=1)


def dates_of(holidays: HolidaySet, year: int) -> list[str]:
    return [on.isoformat() for on in holidays_of_year(holidays, year)]


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        pytest.param(
            2026,
            "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
            id="2026: 4 July is a Saturday",
        ),
        pytest.param(
            2021,
            "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
            id="2021: Juneteenth and Christmas on a Saturday, 4 July a Sunday, next New Year's Eve",
        ),
        pytest.param(
            2022,
            "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
            id="2022: New Year was observed the year before",
        ),
        pytest.param(
            2020,
            "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
            id="2020: before Juneteenth",
        ),
    ],
)
def test_us_federal_holidays_as_observed(year, expected):
    assert dates_of(US_FEDERAL, year) == [f"{year}-{day}" for day in expected.split()]


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("actual", ["2022-01-01"]),
        ("nearest_weekday", []),
        ("both", ["2022-01-01"]),
    ],
)
def test_a_saturday_is_observed_as_the_set_says(observed, expected):
    assert dates_of(HolidaySet((NEW_YEAR,), observed), 2022) == expected


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("actual", []),
        ("nearest_weekday", ["2021-12-31"]),
        ("both", ["2021-12-31"]),
    ],
)
def test_new_year_may_be_observed_on_31_december(observed, expected):
    assert [on for on in dates_of(HolidaySet((NEW_YEAR,), observed), 2021) if on[5:] > "02"] == (
        expected
    )


@pytest.mark.parametrize(
    ("holiday", "year", "expected"),
    [
        pytest.param(
            Holiday("h", 11, weekday=3, nth=4), 2026, ["2026-11-26"], id="fourth Thursday"
        ),
        pytest.param(Holiday("h", 5, weekday=0, nth=-1), 2026, ["2026-05-25"], id="last Monday"),
        pytest.param(Holiday("h", 8, weekday=0, nth=-1), 2026, ["2026-08-31"], id="last, a fifth"),
        pytest.param(Holiday("h", 2, weekday=6, nth=-1), 2026, ["2026-02-22"], id="last of four"),
        pytest.param(Holiday("h", 6, weekday=0, nth=1), 2026, ["2026-06-01"], id="the 1st itself"),
        pytest.param(Holiday("h", 8, weekday=0, nth=5), 2026, ["2026-08-31"], id="fifth Monday"),
        pytest.param(Holiday("h", 9, weekday=0, nth=5), 2026, [], id="no fifth Monday"),
        pytest.param(Holiday("h", 2, day=29), 2026, [], id="no 29 February"),
        pytest.param(Holiday("h", 2, day=29), 2028, ["2028-02-29"], id="29 February"),
        pytest.param(Holiday("h", 6, day=19, from_year=2026), 2025, [], id="not yet"),
        pytest.param(Holiday("h", 6, day=19, from_year=2026), 2026, ["2026-06-19"], id="first"),
        pytest.param(Holiday("h", 6, day=19, to_year=2026), 2026, ["2026-06-19"], id="last year"),
        pytest.param(Holiday("h", 6, day=19, to_year=2026), 2027, [], id="no more"),
    ],
)
def test_a_rule_gives_its_date(holiday, year, expected):
    assert dates_of(HolidaySet((holiday,), "actual"), year) == expected


def test_own_dates_are_added_and_never_moved():
    holidays = HolidaySet((NEW_YEAR,), dates=((date(2026, 8, 1), "Founders' Day"),))

    assert holidays_of_year(holidays, 2026) == {
        date(2026, 1, 1): ("New Year",),
        date(2026, 8, 1): ("Founders' Day",),
    }


def test_two_holidays_on_one_date_keep_both_names():
    holidays = HolidaySet((NEW_YEAR,), dates=((date(2026, 1, 1), "Founders' Day"),))

    assert holidays_of_year(holidays, 2026) == {date(2026, 1, 1): ("New Year", "Founders' Day")}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"month": 1}, id="neither day nor weekday"),
        pytest.param({"month": 1, "day": 1, "weekday": 0, "nth": 1}, id="both"),
        pytest.param({"month": 1, "weekday": 0}, id="no number"),
        pytest.param({"month": 13, "day": 1}, id="no such month"),
        pytest.param({"month": 1, "day": 32}, id="no such day"),
        pytest.param({"month": 1, "day": 0}, id="day zero"),
        pytest.param({"month": 1, "weekday": 7, "nth": 1}, id="no such weekday"),
        pytest.param({"month": 1, "weekday": 0, "nth": 6}, id="no sixth"),
    ],
)
def test_a_rule_that_names_no_date_is_refused(fields):
    with pytest.raises(ValueError, match="broken"):
        Holiday("broken", **fields)


def test_an_unknown_way_to_observe_is_refused():
    with pytest.raises(ValueError, match="observed"):
        HolidaySet(observed="sometimes")


def open_hours(a: str, b: str, **more) -> int:
    calendar = nine_to_five(CHICAGO, holidays=US_FEDERAL, **more)
    return open_seconds_between(calendar, wall(CHICAGO, a), wall(CHICAGO, b)) // HOUR


def test_a_holiday_closes_its_local_date():
    assert open_hours("Wed 2026-11-25 00:00", "Sat 2026-11-28 00:00") == 16


def test_a_holiday_on_a_saturday_closes_the_friday():
    assert open_hours("Thu 2026-07-02 00:00", "Tue 2026-07-07 00:00") == 16


def test_an_exception_decides_over_a_holiday():
    open_day = {"date": "2026-11-26", "intervals": [["10:00", "12:00"]]}

    assert open_hours("Wed 2026-11-25 00:00", "Sat 2026-11-28 00:00", exceptions=[open_day]) == 18


def test_a_closed_exception_on_a_holiday_stays_closed():
    assert (
        open_hours(
            "Wed 2026-11-25 00:00", "Sat 2026-11-28 00:00", exceptions=[closed("2026-11-26")]
        )
        == 16
    )


def test_a_special_night_does_not_reach_into_a_holiday():
    night = {"date": "2026-11-25", "intervals": [["22:00", "06:00"]]}

    assert open_hours("Wed 2026-11-25 00:00", "Fri 2026-11-27 00:00", exceptions=[night]) == 2


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("Thu 2026-11-26 10:00", False), ("Fri 2026-11-27 10:00", True)],
)
def test_holidays_follow_the_zone_of_the_calendar(moment, expected):
    # On Friday morning in Auckland it is still Thanksgiving in Chicago.
    auckland = nine_to_five("Pacific/Auckland", holidays=US_FEDERAL)

    assert is_open(auckland, wall("Pacific/Auckland", moment)) is expected
