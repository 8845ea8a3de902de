"""The bar of time: whole numbers that add up, whatever the intervals are."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.bar import NARROWEST, WIDTH, Mark, Segment, Tick, draw_bar
from sla.engine.calendar import parse_calendar
from sla.engine.receipt import Interval, receipt
from sla.engine.target import Target, promise

HOUR = 3600
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = parse_calendar(
    {
        "time_zone": "Europe/Berlin",
        "weekly": {day: [["09:00", "17:00"]] for day in WEEKDAYS},
        "exceptions": [{"date": "2026-03-06", "intervals": [], "name": "Works outing"}],
    }
)


def at(text: str) -> int:
    """Read "02 09:00" as UTC in March 2026; the 2nd is a Monday."""
    day, clock = text.split()
    return int(datetime.fromisoformat(f"2026-03-{day}T{clock}:00+00:00").timestamp())


def told(segments: tuple[Segment, ...]) -> list[tuple[int, str, str, int, int]]:
    """Put segments as (interval, kind, start, x, width)."""
    return [
        (
            one.interval,
            one.kind,
            datetime.fromtimestamp(one.start, UTC).strftime("%d %H:%M"),
            one.x,
            one.width,
        )
        for one in segments
    ]


def drawn(target: Target, opened: str, pauses=(), zone: str = "Europe/Berlin"):
    """Draw what a target comes to on the office's hours."""
    start = at(opened)
    waits = tuple((at(a), at(b)) for a, b in pauses)
    found = promise(OFFICE, target, start, waits)
    intervals = receipt(OFFICE, target, found, start, waits)
    return draw_bar(intervals, zone=zone, goal_at=found.due_from, calendar=OFFICE)


def test_nothing_to_explain_is_no_bar():
    assert draw_bar((), zone="UTC") is None


def test_elapsed_time_is_one_stretch_to_scale():
    bar = drawn(Target("elapsed", 4 * HOUR), "02 10:00")

    assert told(bar.segments) == [(0, "open", "02 10:00", 0, 10_000)]
    assert bar.ticks == ()
    assert bar.marks == (Mark("start", at("02 10:00"), 0), Mark("due", at("02 14:00"), 10_000))
    assert (bar.is_shortened, bar.counted_seconds, bar.kinds) == (False, 4 * HOUR, ("open",))


def test_all_is_to_scale_where_enough_of_the_time_counts():
    bar = drawn(Target("business_time", 16 * HOUR), "02 08:00")

    assert told(bar.segments) == [
        (0, "open", "02 08:00", 0, 2500),
        (1, "closed", "02 16:00", 2500, 5000),
        (2, "open", "03 08:00", 7500, 2500),
    ]
    assert bar.ticks == (Tick(at("02 23:00"), 4687, True),)
    assert not bar.is_shortened


@pytest.mark.parametrize(
    ("opened", "opens", "due"),
    [("10 12:00", "11 08:00", "11 12:00"), ("13 12:00", "16 08:00", "16 12:00")],
    ids=["night", "weekend"],
)
def test_closed_time_is_drawn_shorter_and_what_counts_keeps_one_scale(opened, opens, due):
    bar = drawn(Target("business_time", 8 * HOUR, 6 * HOUR), opened)

    assert told(bar.segments) == [
        (0, "open", opened, 0, 3000),
        (1, "closed", f"{opened[:2]} 16:00", 3000, 4000),
        (2, "open", opens, 7000, 3000),
    ]
    assert bar.is_shortened
    assert bar.marks == (
        Mark("start", at(opened), 0),
        Mark("goal", at(due) - 2 * HOUR, 8500),
        Mark("due", at(due), 10_000),
    )


def test_weekend_beside_nights_is_wider_than_they_are_but_not_by_its_length():
    bar = drawn(Target("business_time", 24 * HOUR), "12 08:00")

    night, weekend = (part for part in bar.segments if part.kind == "closed")
    assert (night.width, weekend.width) == (1333, 2667)
    assert (weekend.end - weekend.start) // (night.end - night.start) == 4


def test_names_of_midnights_leave_room_for_each_other():
    bar = drawn(Target("business_time", 8 * HOUR), "13 12:00")

    assert [(tick.at, tick.x, tick.is_named) for tick in bar.ticks] == [
        (at("13 23:00"), 3437, True),
        (at("14 23:00"), 4937, True),
        (at("15 23:00"), 6437, True),
    ]


def test_closed_date_within_a_closed_stretch_is_a_holiday_of_its_own():
    bar = drawn(Target("business_time", 6 * HOUR), "05 12:00")

    assert [(part[0], part[1], part[2]) for part in told(bar.segments)] == [
        (0, "open", "05 12:00"),
        (1, "closed", "05 16:00"),
        (1, "holiday", "05 23:00"),
        (1, "closed", "06 23:00"),
        (2, "open", "09 08:00"),
    ]
    assert bar.kinds == ("open", "closed", "holiday")


def test_waiting_is_a_stretch_of_its_own():
    bar = drawn(Target("business_time", 4 * HOUR), "02 08:00", [("02 09:00", "02 11:00")])

    assert told(bar.segments) == [
        (0, "open", "02 08:00", 0, 1666),
        (1, "waiting", "02 09:00", 1666, 3334),
        (2, "open", "02 11:00", 5000, 5000),
    ]


def test_midnights_are_those_of_the_viewer():
    bar = drawn(Target("business_time", 12 * HOUR), "02 08:00", zone="America/New_York")

    assert [tick.at for tick in bar.ticks] == [at("03 05:00")]


def test_ticks_of_a_long_time_are_mondays():
    bar = drawn(Target("business_days", 60), "02 08:00")

    days = {datetime.fromtimestamp(tick.at, UTC).strftime("%a") for tick in bar.ticks}
    assert bar.days_apart == 7
    assert days == {"Sun"}  # 23:00 and, in summer, 22:00 UTC
    assert len(bar.ticks) == 12


def test_minute_within_a_month_is_still_seen():
    minute = Interval(at("02 08:00"), at("02 08:01"), 60, "open")
    night = Interval(at("02 08:01"), at("30 08:00"), 0, "waiting")
    hours = Interval(at("30 08:00"), at("30 16:00"), 8 * HOUR, "open")

    bar = draw_bar((minute, night, hours), zone="UTC")

    assert bar.segments[0].width == NARROWEST


KINDS = st.sampled_from(["open", "closed", "waiting", "scheduled"])


@st.composite
def joined_intervals(draw):
    """Draw intervals that join up, as those of a receipt do."""
    start = draw(st.integers(0, 2_000_000_000))
    intervals = []
    for length, why in draw(
        st.lists(st.tuples(st.integers(1, 40 * 86_400), KINDS), min_size=1, max_size=40)
    ):
        counted = length if why == "open" else 0
        intervals.append(Interval(start, start + length, counted, why))
        start += length
    return tuple(intervals)


@given(joined_intervals())
def test_every_interval_is_there_and_the_widths_fill_the_bar(intervals):
    bar = draw_bar(intervals, zone="Europe/Berlin")

    assert [part.interval for part in bar.segments] == list(range(len(intervals)))
    assert sum(part.width for part in bar.segments) == WIDTH
    assert all(part.width > 0 for part in bar.segments)
    assert [part.x for part in bar.segments[1:]] == [
        part.x + part.width for part in bar.segments[:-1]
    ]
    assert [tick.x for tick in bar.ticks] == sorted(tick.x for tick in bar.ticks)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/New_York"])
@given(
    opened=st.integers(at("01 00:00"), at("28 00:00")),
    hours=st.integers(1, 60),
    wait=st.tuples(st.integers(0, 200_000), st.integers(1, 300_000)),
)
def test_counted_seconds_of_the_bar_are_those_of_the_target(zone, opened, hours, wait):
    target = Target("business_time", hours * HOUR)
    waits = ((opened + wait[0], opened + wait[0] + wait[1]),)
    found = promise(OFFICE, target, opened, waits)

    bar = draw_bar(receipt(OFFICE, target, found, opened, waits), zone=zone, calendar=OFFICE)

    assert bar.counted_seconds == target.amount
    assert (bar.segments[0].start, bar.segments[-1].end) == (opened, found.due_at)
