"""What must hold for any calendar, opening and pauses."""

from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from sla.engine.calendar import (
    due_at,
    is_open,
    next_open,
    open_seconds_between,
    open_stretches,
    open_table,
    parse_calendar,
)
from sla.engine.receipt import receipt
from sla.engine.target import Target, due_at_service, promise

from .desks import ALL_DAYS, nine_to_five
from .wall import DAY, HOUR, wall
from .worlds import ZONES

# A busy machine is no fault, and every run shall draw the same.
RULES = settings(
    deadline=None, derandomize=True, max_examples=80, suppress_health_check=[HealthCheck.too_slow]
)

SPRING = wall("UTC", "Sun 2026-03-01 00:00")
instants = st.integers(SPRING, SPRING + 400 * DAY)
amounts = st.integers(0, 60 * HOUR)
zones = st.sampled_from(ZONES)
times = st.integers(0, 24 * 60 - 1).map(lambda n: f"{n // 60:02}:{n % 60:02}")
intervals = st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]).map(list)
weeks = st.dictionaries(
    st.sampled_from(ALL_DAYS), st.lists(intervals, min_size=1, max_size=3), min_size=1
)
pause_lists = st.lists(
    st.tuples(instants, st.integers(0, 3 * DAY)).map(lambda pair: (pair[0], sum(pair))), max_size=4
).map(tuple)
targets = st.one_of(
    st.builds(Target, st.just("business_time"), amounts),
    st.builds(Target, st.just("business_days"), st.integers(0, 5)),
    st.builds(
        Target, st.just("business_days"), st.integers(1, 5), day_rule=st.just("next_opening")
    ),
    st.builds(Target, st.just("weeks"), st.integers(0, 3)),
    st.just(Target("next_business_day")),
    st.just(Target("immediate")),
)


def given(*strategies):
    return lambda test: RULES(drawn(*strategies)(test))


@st.composite
def calendars(draw):
    exceptions = [
        {"date": f"2026-{month:02}-{day:02}", "intervals": draw(st.lists(intervals, max_size=2))}
        for month, day in draw(
            st.lists(st.tuples(st.integers(3, 12), st.integers(1, 28)), max_size=4)
        )
    ]
    return parse_calendar(
        {"time_zone": draw(zones), "weekly": draw(weeks), "exceptions": exceptions}
    )


@given(calendars(), instants, amounts)
def test_as_many_open_seconds_lie_before_the_due_time_as_were_asked(calendar, start, seconds):
    due = due_at(calendar, start, seconds)

    assert open_seconds_between(calendar, start, due) == seconds


@given(calendars(), instants, amounts.filter(bool))
def test_the_due_time_is_the_first_such_instant(calendar, start, seconds):
    due = due_at(calendar, start, seconds)

    assert open_seconds_between(calendar, start, due - 1) == seconds - 1


@given(calendars(), instants, st.integers(0, 5 * DAY))
def test_counting_is_the_sum_of_the_stretches(calendar, start, length):
    stretches = list(open_stretches(calendar, start, start + length))

    assert sum(b - a for a, b in stretches) == open_seconds_between(calendar, start, start + length)
    assert all(a < b for a, b in stretches)
    assert all(left[1] < right[0] for left, right in zip(stretches, stretches[1:], strict=False))


@given(calendars(), instants, st.integers(0, 5 * DAY), st.integers(0, 5 * DAY))
def test_counting_adds_up_over_any_cut(calendar, a, first, second):
    b, c = a + first, a + first + second

    whole = open_seconds_between(calendar, a, c)

    assert open_seconds_between(calendar, a, b) + open_seconds_between(calendar, b, c) == whole


@given(calendars(), instants)
def test_the_next_opening_is_open_and_nothing_before_it(calendar, start):
    at = next_open(calendar, start)

    assert is_open(calendar, at)
    assert open_seconds_between(calendar, start, at) == 0


@given(calendars(), instants, st.integers(0, 3 * DAY), amounts)
def test_a_later_opening_is_never_due_earlier(calendar, start, later, seconds):
    assert due_at(calendar, start, seconds) <= due_at(calendar, start + later, seconds)


@given(zones, instants, st.integers(0, 8 * DAY), st.integers(0, 5))
def test_a_later_opening_is_never_due_earlier_by_days(zone, start, later, days):
    calendar, target = nine_to_five(zone), Target("business_days", days)

    assert (
        promise(calendar, target, start).due_at <= promise(calendar, target, start + later).due_at
    )


@given(zones, instants, st.integers(0, 5))
def test_days_are_that_many_times_the_service_of_a_day(zone, start, days):
    found = promise(nine_to_five(zone), Target("business_days", days), start)

    assert found.need_seconds == days * 8 * HOUR


@given(calendars(), instants, amounts, pause_lists)
def test_pauses_are_a_set_of_instants(calendar, opened, seconds, pauses):
    plain = due_at_service(calendar, opened, seconds, pauses)
    halves = tuple((start, (start + end) // 2) for start, end in pauses)
    others = tuple(((start + end) // 2, end) for start, end in pauses)

    assert due_at_service(calendar, opened, seconds, pauses[::-1]) == plain
    assert due_at_service(calendar, opened, seconds, pauses + pauses) == plain
    assert due_at_service(calendar, opened, seconds, others + halves) == plain


@given(calendars(), instants, amounts, pause_lists)
def test_unpaused_open_seconds_before_the_due_time_are_what_was_asked(
    calendar, opened, seconds, pauses
):
    due = due_at_service(calendar, opened, seconds, pauses)

    assert open_seconds_between(calendar, opened, due, pauses) == seconds


@given(calendars(), instants, amounts, pause_lists)
def test_a_pause_never_brings_a_due_time_forward(calendar, opened, seconds, pauses):
    assert due_at_service(calendar, opened, seconds, pauses) >= due_at(calendar, opened, seconds)


@given(calendars(), instants, amounts, st.integers(0, 2 * DAY))
def test_what_happens_from_the_due_time_on_changes_nothing(calendar, opened, seconds, after):
    due = due_at(calendar, opened, seconds + 1)

    assert due_at_service(calendar, opened, seconds + 1, ((due + after, None),)) == due


@given(calendars(), targets, instants, pause_lists)
def test_a_receipt_joins_up_and_adds_up(calendar, target, opened, pauses):
    found = promise(calendar, target, opened, pauses)

    intervals = receipt(calendar, target, found, opened, pauses)

    edges = [opened, *(each.end for each in intervals)]
    assert [each.start for each in intervals] == edges[:-1]
    assert edges[-1] == found.due_at
    assert sum(each.counted_seconds for each in intervals) == found.need_seconds
    assert all(each.start < each.end for each in intervals)
    assert all(bool(each.reasons) == (each.why == "closed") for each in intervals)
    assert all(bool(each.window) == (each.why == "open") for each in intervals)


@given(calendars(), targets, instants)
def test_days_and_weeks_are_due_by_their_amount_of_service(calendar, target, opened):
    found = promise(calendar, target, opened)

    served = open_seconds_between(calendar, found.starts_at, found.due_at)

    assert served == found.need_seconds


@given(weeks, zones, instants, amounts)
def test_cutting_an_interval_in_two_changes_nothing(weekly, zone, start, seconds):
    whole = {"mon": [["09:00", "17:00"]], **weekly}
    cut = {"mon": [["12:34", "17:00"], ["09:00", "12:34"]], **weekly}

    due = [
        due_at(parse_calendar({"time_zone": zone, "weekly": week}), start, seconds)
        for week in (whole, cut)
    ]

    assert due[0] == due[1]


@given(calendars(), st.lists(instants, min_size=2, max_size=6), amounts)
def test_what_was_asked_before_changes_nothing(calendar, starts, seconds):
    fresh = []
    for start in starts:
        open_table.cache_clear()
        fresh.append(due_at(calendar, start, seconds))

    again = [due_at(calendar, start, seconds) for start in reversed(starts)]

    assert again[::-1] == fresh
