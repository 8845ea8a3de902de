"""The acceptance examples of the requirements that are about time (numbers as there)."""

import pytest

from sla.engine.target import Target, promise

from .desks import US_FEDERAL, desk, nine_to_five
from .wall import HOUR, shown, wall

NEW_YORK, BERLIN, CHICAGO = "America/New_York", "Europe/Berlin", "America/Chicago"
AUCKLAND = "Pacific/Auckland"
METALOGIX_AMER = desk(NEW_YORK, ["07:00", "21:00"])
METALOGIX_EMEA = desk(BERLIN, ["08:00", "19:00"])
TWO_HOURS = Target("business_time", 2 * HOUR)
FOUR_TO_EIGHT = Target("business_time", 8 * HOUR, goal=4 * HOUR)
THREE_DAYS = Target("business_days", 3)
DATA_DYNAMICS_DAYS = desk(CHICAGO, ["00:00", "24:00"], holidays=US_FEDERAL)


@pytest.mark.parametrize(
    ("calendar", "target", "zone", "opened", "expected"),
    [
        pytest.param(
            METALOGIX_AMER,
            TWO_HOURS,
            NEW_YORK,
            "Fri 2026-06-12 20:30",
            "Mon 2026-06-15 08:30",
            id="1 Metalogix Standard severity 1",
        ),
        pytest.param(
            None,
            Target("elapsed", 2 * HOUR),
            NEW_YORK,
            "Fri 2026-06-12 20:30",
            "Fri 2026-06-12 22:30",
            id="1 Metalogix Premium severity 1",
        ),
        pytest.param(
            METALOGIX_AMER,
            TWO_HOURS,
            NEW_YORK,
            "Fri 2026-03-06 20:30",
            "Mon 2026-03-09 08:30",
            id="3 the weekend that the US moves to daylight time",
        ),
        pytest.param(
            nine_to_five(AUCKLAND, holidays=US_FEDERAL),
            Target("business_time", 4 * HOUR),
            AUCKLAND,
            "Fri 2026-06-12 16:30",
            "Mon 2026-06-15 12:30",
            id="4 Scalix Basic in Auckland",
        ),
        pytest.param(
            nine_to_five(AUCKLAND, holidays=US_FEDERAL),
            Target("business_time", 4 * HOUR),
            AUCKLAND,
            "Fri 2026-05-22 16:30",
            "Tue 2026-05-26 12:30",
            id="4 Scalix Basic in Auckland before Memorial Day",
        ),
        pytest.param(
            nine_to_five(NEW_YORK),
            THREE_DAYS,
            NEW_YORK,
            "Wed 2026-06-10 15:00",
            "Mon 2026-06-15 15:00",
            id="8 MSP P4",
        ),
        pytest.param(
            nine_to_five(NEW_YORK),
            Target("business_days", 3, day_rule="end_of_day"),
            NEW_YORK,
            "Wed 2026-06-10 15:00",
            "Mon 2026-06-15 17:00",
            id="MS-08 MSP P4 read as the end of the third day",
        ),
        pytest.param(
            nine_to_five(NEW_YORK),
            Target("weeks", 1),
            NEW_YORK,
            "Wed 2026-06-10 15:00",
            "Wed 2026-06-17 15:00",
            id="8 MSP P5",
        ),
        pytest.param(
            DATA_DYNAMICS_DAYS,
            Target("business_days", 1),
            CHICAGO,
            "Wed 2026-11-25 14:00",
            "Fri 2026-11-27 14:00",
            id="9 Data Dynamics severity 2 before Thanksgiving",
        ),
    ],
)
def test_due_times(calendar, target, zone, opened, expected):
    assert shown(zone, promise(calendar, target, wall(zone, opened)).due_at) == expected


@pytest.mark.parametrize(
    ("opened", "goal", "commitment"),
    [
        pytest.param(
            "Thu 2026-06-11 17:00", "Fri 2026-06-12 10:00", "Fri 2026-06-12 14:00", id="2 in June"
        ),
        pytest.param(
            "Thu 2026-03-12 17:00",
            "Fri 2026-03-13 10:00",
            "Fri 2026-03-13 14:00",
            id="3 when the US has moved to daylight time and Europe has not",
        ),
        pytest.param(
            "Fri 2026-03-27 17:00",
            "Mon 2026-03-30 10:00",
            "Mon 2026-03-30 14:00",
            id="3 over the weekend that Europe moves too",
        ),
    ],
)
def test_metalogix_premium_severity_3_in_berlin(opened, goal, commitment):
    found = promise(METALOGIX_EMEA, FOUR_TO_EIGHT, wall(BERLIN, opened))

    assert (shown(BERLIN, found.due_from), shown(BERLIN, found.due_at)) == (goal, commitment)


def test_8_msp_p6_on_a_sunday_is_told_the_next_window():
    opened = wall(NEW_YORK, "Wed 2026-06-10 15:00")
    agreed = wall(NEW_YORK, "Sun 2026-06-14 10:00")

    found = promise(nine_to_five(NEW_YORK), Target("scheduled"), opened, scheduled_for=agreed)

    assert shown(NEW_YORK, found.due_at) == "Mon 2026-06-15 09:00"


def test_12_a_pause_over_a_night_costs_one_business_hour():
    opened = wall(NEW_YORK, "Mon 2026-06-08 16:00")
    pause = (wall(NEW_YORK, "Mon 2026-06-08 16:30"), wall(NEW_YORK, "Tue 2026-06-09 09:30"))
    target = Target("business_time", 4 * HOUR)

    unpaused = promise(nine_to_five(NEW_YORK), target, opened).due_at
    paused = promise(nine_to_five(NEW_YORK), target, opened, (pause,)).due_at

    assert shown(NEW_YORK, unpaused) == "Tue 2026-06-09 12:00"
    assert shown(NEW_YORK, paused) == "Tue 2026-06-09 13:00"


def test_data_dynamics_severity_1_stops_on_the_observed_holiday():
    calendar = desk(
        CHICAGO,
        ["00:00", "24:00"],
        days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        holidays=US_FEDERAL,
    )
    opened = wall(CHICAGO, "Thu 2026-07-02 22:00")

    # 4 July 2026 is a Saturday: observed on Friday the 3rd, open on the 4th itself.
    found = promise(calendar, Target("business_time", 4 * HOUR), opened)

    assert shown(CHICAGO, found.due_at) == "Sat 2026-07-04 02:00"
