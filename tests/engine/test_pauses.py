"""Pauses: the clock does not run while the case waits for the customer."""

import pytest

from sla.engine.calendar import open_seconds_between
from sla.engine.errors import EngineError
from sla.engine.target import Promise, Target, due_at_service, promise

from .desks import closed, nine_to_five
from .wall import HOUR, shown, wall

BERLIN = "Europe/Berlin"
OFFICE = nine_to_five()
FOUR_HOURS = Target("business_time", 4 * HOUR)


def pauses_of(*pairs: tuple[str, str | None]) -> tuple:
    return tuple((wall(BERLIN, a), None if b is None else wall(BERLIN, b)) for a, b in pairs)


@pytest.mark.parametrize(
    ("opened", "pauses", "expected"),
    [
        pytest.param(
            "Mon 2026-06-08 16:00",
            [("Mon 2026-06-08 16:30", "Tue 2026-06-09 09:30")],
            "Tue 2026-06-09 13:00",
            id="over a night it costs one business hour, not seventeen",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 11:00", "Mon 2026-06-08 12:00")],
            "Mon 2026-06-08 15:00",
            id="an hour",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [
                ("Mon 2026-06-08 11:30", "Mon 2026-06-08 12:30"),
                ("Mon 2026-06-08 11:00", "Mon 2026-06-08 12:00"),
            ],
            "Mon 2026-06-08 15:30",
            id="unsorted and overlapping: unioned",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [
                ("Mon 2026-06-08 11:00", "Mon 2026-06-08 12:00"),
                ("Mon 2026-06-08 11:00", "Mon 2026-06-08 12:00"),
            ],
            "Mon 2026-06-08 15:00",
            id="twice the same",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 08:00", "Mon 2026-06-08 09:30")],
            "Mon 2026-06-08 14:00",
            id="before the opening",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 08:00", "Mon 2026-06-08 11:00")],
            "Mon 2026-06-08 15:00",
            id="from before the opening",
        ),
        pytest.param(
            "Mon 2026-06-08 16:00",
            [("Mon 2026-06-08 18:00", "Tue 2026-06-09 08:00")],
            "Tue 2026-06-09 12:00",
            id="while closed",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 15:00", "Mon 2026-06-08 16:00")],
            "Mon 2026-06-08 14:00",
            id="after the due time",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 14:00", None)],
            "Mon 2026-06-08 14:00",
            id="begins at the due instant: too late",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 13:59:59", "Mon 2026-06-08 15:00")],
            "Mon 2026-06-08 15:00:01",
            id="begins a second before the due instant",
        ),
        pytest.param(
            "Mon 2026-06-08 13:00",
            [("Mon 2026-06-08 17:00", "Wed 2026-06-10 12:00")],
            "Mon 2026-06-08 17:00",
            id="begins at the closing that is the due instant",
        ),
        pytest.param(
            "Mon 2026-06-08 10:00",
            [("Mon 2026-06-08 11:00", "Mon 2026-06-08 11:00")],
            "Mon 2026-06-08 14:00",
            id="no length",
        ),
        pytest.param(
            "Sat 2026-06-13 10:00",
            [("Sat 2026-06-13 11:00", "Mon 2026-06-15 10:00")],
            "Mon 2026-06-15 14:00",
            id="over the start of the clock",
        ),
    ],
)
def test_a_pause_costs_the_open_seconds_in_it(opened, pauses, expected):
    found = promise(OFFICE, FOUR_HOURS, wall(BERLIN, opened), pauses_of(*pauses))

    assert (found.state, shown(BERLIN, found.due_at)) == ("running", expected)


def test_a_pause_without_end_leaves_no_due_time():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    pauses = pauses_of(("Mon 2026-06-08 13:00", None))

    found = promise(OFFICE, FOUR_HOURS, opened, pauses)

    assert found == Promise("paused", opened, None, None, 4 * HOUR)


def test_a_pause_without_end_swallows_what_is_said_after_it():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    pauses = pauses_of(
        ("Mon 2026-06-08 13:30", "Mon 2026-06-08 14:00"), ("Mon 2026-06-08 13:00", None)
    )

    assert promise(OFFICE, FOUR_HOURS, opened, pauses).state == "paused"


def test_a_goal_reached_before_the_pause_is_known():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    target = Target("business_time", 4 * HOUR, goal=2 * HOUR)

    found = promise(OFFICE, target, opened, pauses_of(("Mon 2026-06-08 13:00", None)))

    assert (found.due_at, shown(BERLIN, found.due_from)) == (None, "Mon 2026-06-08 12:00")


TWO_OPEN_HOURS = ("Mon 2026-06-08 10:30", "Mon 2026-06-08 12:30")
A_NIGHT = ("Mon 2026-06-08 10:30", "Tue 2026-06-09 04:00")


@pytest.mark.parametrize(
    ("target", "pause", "expected"),
    [
        pytest.param(
            Target("business_days", 1),
            TWO_OPEN_HOURS,
            "Tue 2026-06-09 12:00",
            id="a business day",
        ),
        pytest.param(
            Target("business_days", 1, day_rule="end_of_day"),
            TWO_OPEN_HOURS,
            "Wed 2026-06-10 11:00",
            id="to the end of a business day",
        ),
        pytest.param(
            Target("next_business_day"),
            TWO_OPEN_HOURS,
            "Wed 2026-06-10 11:00",
            id="next business day",
        ),
        pytest.param(Target("weeks", 1), TWO_OPEN_HOURS, "Mon 2026-06-15 12:00", id="a week"),
        pytest.param(
            Target("weeks", 1, back="exact"),
            A_NIGHT,
            "Tue 2026-06-16 03:30",
            id="an exact week: real time",
        ),
        pytest.param(
            Target("elapsed", HOUR), A_NIGHT, "Tue 2026-06-09 04:30", id="an hour elapsed"
        ),
    ],
)
def test_every_target_is_served_around_a_pause(target, pause, expected):
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")

    found = promise(OFFICE, target, opened, pauses_of(pause))

    assert shown(BERLIN, found.due_at) == expected


def test_a_whole_day_on_to_the_next_opening_goes_on_after_a_pause():
    # Opened at 9: a day ends where Tuesday begins; two hours' pause move that to Tuesday at 11.
    opened = wall(BERLIN, "Mon 2026-06-08 09:00")
    target = Target("business_days", 1, day_rule="next_opening")
    pauses = pauses_of(("Mon 2026-06-08 12:00", "Mon 2026-06-08 14:00"))

    assert shown(BERLIN, promise(OFFICE, target, opened).due_at) == "Tue 2026-06-09 09:00"
    assert shown(BERLIN, promise(OFFICE, target, opened, pauses).due_at) == "Tue 2026-06-09 11:00"


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [(None, "Sat 2026-06-13 13:00"), (OFFICE, "Mon 2026-06-15 09:00")],
)
def test_nothing_is_due_at_the_first_open_and_unpaused_instant(calendar, expected):
    opened = wall(BERLIN, "Sat 2026-06-13 12:00")
    pauses = pauses_of(("Sat 2026-06-13 12:00", "Sat 2026-06-13 13:00"))

    assert shown(BERLIN, promise(calendar, Target("immediate"), opened, pauses).due_at) == expected


def test_nothing_is_due_after_a_pause_over_the_first_opening():
    opened = wall(BERLIN, "Sat 2026-06-13 12:00")
    pauses = pauses_of(("Mon 2026-06-15 09:00", "Mon 2026-06-15 10:15"))

    due = promise(OFFICE, Target("immediate"), opened, pauses).due_at

    assert shown(BERLIN, due) == "Mon 2026-06-15 10:15"


def test_open_seconds_leave_out_pauses():
    a, b = wall(BERLIN, "Mon 2026-06-08 10:00"), wall(BERLIN, "Tue 2026-06-09 10:00")
    pauses = pauses_of(
        ("Mon 2026-06-08 09:00", "Mon 2026-06-08 11:00"),
        ("Mon 2026-06-08 16:30", "Mon 2026-06-08 18:00"),
        ("Tue 2026-06-09 09:45", None),
    )

    assert open_seconds_between(OFFICE, a, b, pauses) == 8 * HOUR - HOUR - HOUR // 2 - HOUR // 4


@pytest.mark.parametrize("count", [open_seconds_between, due_at_service])
def test_a_pause_that_ends_before_it_begins_is_an_error(count):
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")

    with pytest.raises(EngineError) as caught:
        count(OFFICE, opened, opened + HOUR, ((opened + 60, opened + 59),))

    assert caught.value.code == "bad_pause"


def test_a_pause_beyond_ten_years_finds_no_due_time():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    pauses = pauses_of(("Mon 2026-06-08 11:00", "Mon 2037-06-08 10:00"))

    with pytest.raises(EngineError) as caught:
        promise(OFFICE, FOUR_HOURS, opened, pauses)

    assert caught.value.code == "never_open"


def test_pauses_far_away_change_nothing():
    opened = wall(BERLIN, "Mon 2026-06-08 10:00")
    pauses = pauses_of(
        ("Thu 1970-01-01 00:00", "Mon 2026-06-08 09:00"), ("Wed 2200-01-01 00:00", None)
    )

    assert promise(OFFICE, FOUR_HOURS, opened, pauses) == promise(OFFICE, FOUR_HOURS, opened)


def test_a_pause_over_a_closed_date_costs_nothing_for_it():
    calendar = nine_to_five(exceptions=[closed("2026-06-09")])
    opened = wall(BERLIN, "Mon 2026-06-08 16:00")
    pauses = pauses_of(("Mon 2026-06-08 16:30", "Wed 2026-06-10 09:30"))

    due = promise(calendar, FOUR_HOURS, opened, pauses).due_at

    assert shown(BERLIN, due) == "Wed 2026-06-10 13:00"
