"""Targets (business-time section 3), on a desk in Berlin that is open Monday to Friday, 9 to 17."""

import pytest

from sla.engine.calendar import ALWAYS, HORIZON_SECONDS
from sla.engine.errors import EngineError
from sla.engine.target import Promise, Target, due_at_service, promise, service_calendar

from .desks import ALL_DAYS, CLOCK_ROUND, closed, desk, nine_to_five
from .wall import DAY, HOUR, shown, wall

BERLIN = "Europe/Berlin"
OFFICE = nine_to_five()
ROUND_WEEKDAYS = desk(BERLIN, ["00:00", "24:00"])
NIGHTS = desk(BERLIN, ["22:00", "06:00"])
HALF_TUESDAY = nine_to_five(
    exceptions=[{"date": "2026-06-09", "intervals": [["09:00", "12:00"]], "name": "Half day"}]
)
CHRISTMAS = nine_to_five(exceptions=[{"from": "2026-12-24", "to": "2027-01-03", "intervals": []}])


def due(calendar, target: Target, opened: str) -> str | None:
    return shown(BERLIN, promise(calendar, target, wall(BERLIN, opened)).due_at)


@pytest.mark.parametrize(
    ("calendar", "opened", "days", "expected"),
    [
        pytest.param(OFFICE, "Mon 2026-06-08 10:00", 1, "Tue 2026-06-09 10:00", id="same time"),
        pytest.param(OFFICE, "Sat 2026-06-13 12:00", 1, "Mon 2026-06-15 17:00", id="on a Saturday"),
        pytest.param(OFFICE, "Mon 2026-06-08 18:00", 1, "Tue 2026-06-09 17:00", id="after hours"),
        pytest.param(OFFICE, "Mon 2026-06-08 17:00", 1, "Tue 2026-06-09 17:00", id="at closing"),
        pytest.param(OFFICE, "Mon 2026-06-08 09:00", 1, "Mon 2026-06-08 17:00", id="a whole day"),
        pytest.param(OFFICE, "Mon 2026-06-08 07:00", 1, "Mon 2026-06-08 17:00", id="before hours"),
        pytest.param(OFFICE, "Fri 2026-06-12 16:00", 3, "Wed 2026-06-17 16:00", id="three days"),
        pytest.param(OFFICE, "Mon 2026-06-08 10:00", 0, "Mon 2026-06-08 10:00", id="no day"),
        pytest.param(
            OFFICE, "Sat 2026-06-13 10:00", 0, "Mon 2026-06-15 09:00", id="no day, closed"
        ),
        pytest.param(
            HALF_TUESDAY,
            "Mon 2026-06-08 15:30",
            1,
            "Tue 2026-06-09 12:00",
            id="half day next",
        ),
        pytest.param(
            HALF_TUESDAY,
            "Mon 2026-06-08 15:30",
            2,
            "Wed 2026-06-10 15:30",
            id="a half day is a business date",
        ),
        pytest.param(
            ROUND_WEEKDAYS,
            "Sat 2026-06-13 12:00",
            1,
            "Tue 2026-06-16 00:00",
            id="round the clock on weekdays: all of Monday",
        ),
        pytest.param(
            ROUND_WEEKDAYS,
            "Fri 2026-06-12 14:00",
            1,
            "Mon 2026-06-15 14:00",
            id="round the clock on weekdays: over a weekend",
        ),
        pytest.param(
            NIGHTS,
            "Tue 2026-06-09 23:00",
            1,
            "Wed 2026-06-10 23:00",
            id="nights: the next date's evening",
        ),
        pytest.param(
            NIGHTS,
            "Fri 2026-06-12 23:00",
            1,
            "Sat 2026-06-13 06:00",
            id="nights: a Saturday has the end of Friday's shift",
        ),
    ],
)
def test_business_days_end_at_the_same_time_or_the_closing_before(calendar, opened, days, expected):
    assert due(calendar, Target("business_days", days), opened) == expected


@pytest.mark.parametrize(
    ("calendar", "opened", "expected"),
    [
        pytest.param(OFFICE, "Mon 2026-06-08 10:00", "Tue 2026-06-09 10:00", id="same time"),
        pytest.param(OFFICE, "Sat 2026-06-13 12:00", "Tue 2026-06-16 09:00", id="on a Saturday"),
        pytest.param(OFFICE, "Mon 2026-06-08 18:00", "Wed 2026-06-10 09:00", id="after hours"),
        pytest.param(OFFICE, "Mon 2026-06-08 09:00", "Tue 2026-06-09 09:00", id="at opening"),
        pytest.param(HALF_TUESDAY, "Mon 2026-06-08 15:30", "Wed 2026-06-10 09:00", id="half day"),
        pytest.param(
            HALF_TUESDAY, "Mon 2026-06-08 12:00", "Tue 2026-06-09 12:00", id="at its closing"
        ),
    ],
)
def test_a_business_day_may_go_on_to_the_next_opening(calendar, opened, expected):
    target = Target("business_days", 1, day_rule="next_opening")

    assert due(calendar, target, opened) == expected


@pytest.mark.parametrize(
    ("opened", "days", "expected"),
    [
        pytest.param("Mon 2026-06-08 10:00", 1, "Tue 2026-06-09 17:00", id="inside hours"),
        pytest.param("Mon 2026-06-08 07:00", 1, "Tue 2026-06-09 17:00", id="before hours"),
        pytest.param("Mon 2026-06-08 18:00", 1, "Tue 2026-06-09 17:00", id="after hours"),
        pytest.param("Sat 2026-06-13 12:00", 1, "Mon 2026-06-15 17:00", id="on a Saturday"),
        pytest.param("Wed 2026-06-10 15:00", 3, "Mon 2026-06-15 17:00", id="three days"),
    ],
)
def test_business_days_may_last_to_the_end_of_the_day(opened, days, expected):
    assert due(OFFICE, Target("business_days", days, day_rule="end_of_day"), opened) == expected


@pytest.mark.parametrize(
    ("calendar", "opened", "expected"),
    [
        pytest.param(OFFICE, "Mon 2026-06-08 10:00", "Tue 2026-06-09 17:00", id="inside hours"),
        pytest.param(OFFICE, "Mon 2026-06-08 23:00", "Tue 2026-06-09 17:00", id="after hours"),
        pytest.param(OFFICE, "Fri 2026-06-12 10:00", "Mon 2026-06-15 17:00", id="on a Friday"),
        pytest.param(OFFICE, "Sun 2026-06-14 10:00", "Mon 2026-06-15 17:00", id="on a Sunday"),
        pytest.param(HALF_TUESDAY, "Mon 2026-06-08 10:00", "Tue 2026-06-09 12:00", id="half day"),
        pytest.param(NIGHTS, "Mon 2026-06-08 12:00", "Wed 2026-06-10 00:00", id="open at midnight"),
    ],
)
def test_next_business_day_ends_at_its_last_closing(calendar, opened, expected):
    assert due(calendar, Target("next_business_day"), opened) == expected


@pytest.mark.parametrize(
    ("calendar", "opened", "weeks", "expected"),
    [
        pytest.param(OFFICE, "Wed 2026-06-10 15:00", 1, "Wed 2026-06-17 15:00", id="same time"),
        pytest.param(OFFICE, "Wed 2026-06-10 15:00", 2, "Wed 2026-06-24 15:00", id="two weeks"),
        pytest.param(OFFICE, "Sat 2026-06-13 12:00", 1, "Fri 2026-06-19 17:00", id="on a Saturday"),
        pytest.param(OFFICE, "Mon 2026-06-08 18:00", 1, "Mon 2026-06-15 17:00", id="after hours"),
        pytest.param(OFFICE, "Mon 2026-06-08 08:00", 1, "Fri 2026-06-12 17:00", id="before hours"),
        pytest.param(
            CHRISTMAS, "Fri 2026-12-18 15:00", 1, "Wed 2026-12-23 17:00", id="into a closure"
        ),
        pytest.param(
            CHRISTMAS,
            "Thu 2026-12-24 15:00",
            1,
            "Mon 2027-01-04 09:00",
            id="within a closure: never due before there was service",
        ),
        pytest.param(
            OFFICE, "Wed 2026-03-25 15:00", 1, "Wed 2026-04-01 15:00", id="clocks set forward"
        ),
    ],
)
def test_weeks_keep_the_wall_time_and_come_back_to_service_time(calendar, opened, weeks, expected):
    assert due(calendar, Target("weeks", weeks), opened) == expected


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        pytest.param("Sat 2026-06-13 12:00", "Sat 2026-06-20 12:00", id="on a Saturday"),
        pytest.param("Wed 2026-03-25 15:00", "Wed 2026-04-01 15:00", id="clocks set forward"),
        pytest.param("Sun 2026-03-22 02:30", "Sun 2026-03-29 03:00", id="skipped: end of the gap"),
        pytest.param("Sun 2026-10-18 02:30", "Sun 2026-10-25 02:30", id="read twice: the first"),
    ],
)
def test_weeks_may_be_exact(opened, expected):
    at = wall(BERLIN, opened)

    found = promise(OFFICE, Target("weeks", 1, back="exact"), at)

    assert found.due_at == wall(BERLIN, expected)
    assert (found.starts_at, found.need_seconds) == (at, found.due_at - at)


@pytest.mark.parametrize(
    ("calendar", "target", "opened", "expected"),
    [
        pytest.param(
            OFFICE,
            Target("business_time", 8 * HOUR, goal=4 * HOUR),
            "Thu 2026-06-11 16:00",
            ("Fri 2026-06-12 12:00", "Fri 2026-06-12 16:00"),
            id="4 to 8 hours",
        ),
        pytest.param(
            OFFICE,
            Target("business_days", 3, goal=2),
            "Thu 2026-06-11 16:00",
            ("Mon 2026-06-15 16:00", "Tue 2026-06-16 16:00"),
            id="2 to 3 business days",
        ),
        pytest.param(
            OFFICE,
            Target("business_days", 3, goal=2, day_rule="end_of_day"),
            "Thu 2026-06-11 16:00",
            ("Mon 2026-06-15 17:00", "Tue 2026-06-16 17:00"),
            id="2 to 3 business days, end of day",
        ),
        pytest.param(
            None,
            Target("elapsed", 8 * HOUR, goal=4 * HOUR),
            "Sat 2026-06-13 16:00",
            ("Sat 2026-06-13 20:00", "Sun 2026-06-14 00:00"),
            id="4 to 8 elapsed hours",
        ),
        pytest.param(
            OFFICE,
            Target("weeks", 2, goal=1),
            "Thu 2026-06-11 16:00",
            ("Thu 2026-06-18 16:00", "Thu 2026-06-25 16:00"),
            id="1 to 2 weeks",
        ),
    ],
)
def test_a_range_gives_its_lower_end_as_the_goal(calendar, target, opened, expected):
    found = promise(calendar, target, wall(BERLIN, opened))

    assert (shown(BERLIN, found.due_from), shown(BERLIN, found.due_at)) == expected


def test_elapsed_time_knows_no_calendar():
    opened = wall(BERLIN, "Sat 2026-06-13 12:00:05")

    expected = Promise("running", opened, opened + 1800, None, 1800)
    assert promise(None, Target("elapsed", 1800), opened) == expected
    assert promise(OFFICE, Target("elapsed", 1800), opened) == expected


@pytest.mark.parametrize(
    ("calendar", "opened", "expected"),
    [
        pytest.param(None, "Sat 2026-06-13 12:00", "Sat 2026-06-13 12:00", id="no calendar"),
        pytest.param(OFFICE, "Mon 2026-06-08 12:00", "Mon 2026-06-08 12:00", id="while open"),
        pytest.param(OFFICE, "Sat 2026-06-13 12:00", "Mon 2026-06-15 09:00", id="while closed"),
    ],
)
def test_immediate_is_due_at_the_opening_or_the_next_one(calendar, opened, expected):
    at = wall(BERLIN, expected)

    found = promise(calendar, Target("immediate"), wall(BERLIN, opened))

    assert found == Promise("running", at, at, None, 0)


@pytest.mark.parametrize(
    ("calendar", "outside", "scheduled", "expected"),
    [
        pytest.param(
            OFFICE, "next_opening", "Mon 2026-06-15 10:00", "Mon 2026-06-15 10:00", id="open"
        ),
        pytest.param(
            OFFICE, "next_opening", "Sun 2026-06-14 10:00", "Mon 2026-06-15 09:00", id="closed"
        ),
        pytest.param(
            OFFICE, "next_opening", "Fri 2026-06-12 17:00", "Mon 2026-06-15 09:00", id="at closing"
        ),
        pytest.param(
            OFFICE, "next_opening", "Mon 2026-06-15 09:00", "Mon 2026-06-15 09:00", id="at opening"
        ),
        pytest.param(OFFICE, "exact", "Sun 2026-06-14 10:00", "Sun 2026-06-14 10:00", id="exact"),
        pytest.param(
            None, "next_opening", "Sun 2026-06-14 10:00", "Sun 2026-06-14 10:00", id="no calendar"
        ),
    ],
)
def test_scheduled_is_the_agreed_time_or_the_next_opening(calendar, outside, scheduled, expected):
    opened, agreed = wall(BERLIN, "Mon 2026-06-08 10:00"), wall(BERLIN, scheduled)

    found = promise(calendar, Target("scheduled", outside=outside), opened, scheduled_for=agreed)

    assert found == Promise("scheduled", None, wall(BERLIN, expected), None, 0)


def test_a_scheduled_time_is_not_moved_by_pauses():
    opened, agreed = wall(BERLIN, "Mon 2026-06-08 10:00"), wall(BERLIN, "Mon 2026-06-15 10:00")

    found = promise(OFFICE, Target("scheduled"), opened, ((opened, None),), agreed)

    assert (found.state, found.due_at) == ("scheduled", agreed)


def test_scheduled_has_no_due_time_before_it_is_scheduled():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")

    assert promise(OFFICE, Target("scheduled"), opened) == Promise("awaiting_schedule")


def test_scheduled_for_the_moment_of_opening_is_accepted():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")

    assert promise(OFFICE, Target("scheduled"), opened, scheduled_for=opened).due_at == opened


def test_scheduled_before_the_opening_is_an_error():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")

    with pytest.raises(EngineError) as caught:
        promise(OFFICE, Target("scheduled"), opened, scheduled_for=opened - 1)

    assert caught.value.code == "scheduled_in_past"


def test_no_target_promises_nothing():
    assert promise(None, Target("none"), 0) == Promise("no_target")


@pytest.mark.parametrize("kind", ["business_time", "business_days", "weeks", "next_business_day"])
def test_a_target_that_needs_a_calendar_says_so(kind):
    with pytest.raises(EngineError) as caught:
        promise(None, Target(kind), 0)

    assert (caught.value.code, caught.value.params["missing"]) == ("bad_request", "calendar")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"kind": "elapsed", "amount": -1}, "negative_duration", id="negative"),
        pytest.param(
            {"kind": "elapsed", "amount": 1, "goal": -1}, "negative_duration", id="negative goal"
        ),
        pytest.param({"kind": "elapsed", "amount": 1, "goal": 2}, "bad_request", id="goal beyond"),
        pytest.param({"kind": "elapsed", "amount": 1.5}, "bad_request", id="a fraction"),
        pytest.param({"kind": "elapsed", "amount": True}, "bad_request", id="a truth value"),
        pytest.param({"kind": "immediate", "amount": 60}, "bad_request", id="immediate, but later"),
    ],
)
def test_a_bad_amount_is_refused(fields, code):
    with pytest.raises(EngineError) as caught:
        Target(**fields)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "soon"},
        {"kind": "business_days", "day_rule": "noon"},
        {"kind": "scheduled", "outside": "never"},
        {"kind": "weeks", "back": "forth"},
    ],
)
def test_an_unknown_kind_or_rule_is_a_mistake_of_the_programmer(fields):
    with pytest.raises(ValueError, match="no such target"):
        Target(**fields)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(Target("elapsed", HORIZON_SECONDS + 1), id="elapsed"),
        pytest.param(Target("business_time", 10**30), id="business time"),
        pytest.param(Target("business_days", 10**9), id="business days"),
        pytest.param(Target("weeks", 10**9), id="weeks"),
        pytest.param(Target("weeks", 522, back="exact"), id="exact weeks"),
        pytest.param(Target("business_days", 2700, day_rule="end_of_day"), id="days to their end"),
    ],
)
def test_more_than_ten_years_is_never_open(target):
    with pytest.raises(EngineError) as caught:
        promise(OFFICE, target, wall(BERLIN, "Mon 2026-06-08 10:00"))

    assert caught.value.code == "never_open"


def test_just_under_ten_years_is_found():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")

    assert promise(None, Target("elapsed", HORIZON_SECONDS), opened).due_at == opened + 3653 * DAY
    assert due(OFFICE, Target("weeks", 521), "Mon 2026-06-08 10:00") == "Mon 2036-06-02 10:00"


@pytest.mark.parametrize(
    ("calendar", "target", "expected"),
    [
        pytest.param(OFFICE, Target("elapsed", 1), ALWAYS, id="elapsed"),
        pytest.param(OFFICE, Target("business_time", 1), OFFICE, id="business time"),
        pytest.param(None, Target("immediate"), ALWAYS, id="immediate without calendar"),
        pytest.param(OFFICE, Target("immediate"), OFFICE, id="immediate"),
        pytest.param(OFFICE, Target("weeks", 1), OFFICE, id="weeks"),
        pytest.param(
            OFFICE,
            Target("weeks", 1, back="exact"),
            desk(BERLIN, *CLOCK_ROUND, days=ALL_DAYS),
            id="exact weeks",
        ),
    ],
)
def test_service_calendar(calendar, target, expected):
    assert service_calendar(calendar, target) == expected


def test_a_warning_falls_where_a_share_of_the_service_time_has_passed():
    opened = wall(BERLIN, "Fri 2026-06-12 13:00")
    need = promise(OFFICE, Target("business_time", 8 * HOUR), opened).need_seconds

    at = due_at_service(OFFICE, opened, need * 3 // 4)

    assert shown(BERLIN, at) == "Mon 2026-06-15 11:00"


def test_a_holiday_is_no_business_date():
    calendar = nine_to_five(exceptions=[closed("2026-06-09")])

    assert due(calendar, Target("business_days", 1), "Mon 2026-06-08 10:00") == (
        "Wed 2026-06-10 10:00"
    )
