"""Backlog by day and load by hour, on the calendar of Paris; the 2nd of March is a Monday."""

from dataclasses import replace
from datetime import date, timedelta

from reports.load import MONTH, WEEK, answered_by_hour, load_of, opened_by_hour
from reports.points import Moved, Spent, moved, spent_by_plan
from tests.cases import MONDAY, after, file_case, reopen_as_agreed
from tests.points import give_points, spend
from tests.reports.conftest import APRIL_1, MARCH, answered
from tickets.actions.ending import close_case, resolve_case

THREE_DAYS = replace(MARCH, first_on=date(2026, 3, 2), last_on=date(2026, 3, 4))


def test_backlog_counts_what_was_reopened_as_it_was_and_once(reported):
    file_case(reported, at=MONDAY - timedelta(days=30))
    case = file_case(reported)
    resolve_case(case_id=case.pk, by=reported.agent, solution="Done.", at=after(1))
    close_case(case_id=case.pk, by=reported.contact, at=after(2))
    reopen_as_agreed(case, reported, at=after(24))

    found = load_of(THREE_DAYS, reported.manager, APRIL_1)

    assert [(one.opened, one.ended, one.open_at_end) for one in found.stretches] == [
        (1, 1, 1),
        (1, 0, 2),
        (0, 0, 2),
    ]


def test_case_that_rests_since_long_stands_in_the_backlog_and_one_that_ended_does_not(reported):
    long_ago = MONDAY - timedelta(days=30)
    file_case(reported, at=long_ago)
    over = file_case(reported, at=long_ago)
    close_case(case_id=over.pk, by=reported.contact, at=long_ago + timedelta(hours=1))

    found = load_of(THREE_DAYS, reported.manager, APRIL_1)

    assert [one.open_at_end for one in found.stretches] == [1, 1, 1]


def test_day_is_that_of_the_vendor_and_what_is_ahead_is_not_told(reported):
    # 23:30 UTC on Monday is Tuesday in Paris.
    file_case(reported, at=after(14.5))

    found = load_of(THREE_DAYS, reported.manager, after(15))

    told = [(one.opened, one.ahead) for one in found.stretches]
    assert told == [(0, False), (1, False), (0, True)]
    assert found.open_at_end == 1


def test_long_span_is_told_by_week_or_month(reported):
    half_a_year = replace(MARCH, first_on=date(2026, 1, 1), last_on=date(2026, 6, 30))
    years = replace(MARCH, first_on=date(2023, 1, 1), last_on=date(2026, 3, 31))
    file_case(reported)

    found = load_of(half_a_year, reported.manager, APRIL_1)
    longer = load_of(years, reported.manager, APRIL_1)

    assert (found.unit, found.opened, found.stretches[0].last_on) == (WEEK, 1, date(2026, 1, 4))
    assert (longer.unit, longer.opened, len(longer.stretches)) == (MONTH, 1, 39)


def test_hours_are_those_of_the_vendors_week(reported):
    answered(reported, at=after(14.5))

    assert opened_by_hour(MARCH, reported.manager).counts == {(1, 0): 1}
    assert answered_by_hour(MARCH, reported.manager).counts == {(1, 1): 1}


def test_points_are_told_by_plan_and_channel_of_the_cases_that_took_them(reported):
    give_points(reported.company, 50, at=MONDAY)
    case = file_case(reported)
    before = {row.kind for row in moved(MARCH)}
    spend(reported.company, 10, case.number, at=after(1))

    assert spent_by_plan(MARCH, reported.manager) == [Spent("standard", "portal", 1, 10, 0)]
    assert "spend" not in before
    assert Moved("spend", 1, -10) in moved(MARCH)
