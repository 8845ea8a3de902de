"""Spans on the vendor's calendar. The 24th of October 2026 is a Saturday."""

from datetime import UTC, date, datetime

import pytest

from reports.forms import SpanForm
from reports.spans import Span, span_named

AT = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # Sunday the 25th in Berlin: clocks go back
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("choice", "first_on", "last_on"),
    [
        ("this_week", date(2026, 10, 19), date(2026, 10, 25)),
        ("last_week", date(2026, 10, 12), date(2026, 10, 18)),
        ("this_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("last_month", date(2026, 9, 1), date(2026, 9, 30)),
        ("this_quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("last_quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_span_is_of_the_vendors_own_days(choice, first_on, last_on):
    assert span_named(choice, AT, BERLIN) == Span(first_on, last_on, BERLIN, choice)


def test_day_of_the_turn_of_the_clocks_has_25_hours():
    day = Span(date(2026, 10, 25), date(2026, 10, 25), BERLIN)

    assert (day.since, day.until) == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, []),
        ({"span": "own", "from": "2026-02-03", "to": "2026-02-03"}, []),
        ({"span": "own", "from": "2026-02-03", "to": "2026-02-02"}, ["to"]),
        ({"span": "own", "from": "", "to": "x"}, ["to"]),
        ({"span": "own", "to": "2026-02-02"}, ["from"]),
        ({"span": "own", "from": "2016-02-03", "to": "2026-02-03"}, ["to"]),
        ({"span": "own", "from": "1026-02-03", "to": "1026-02-04"}, ["from", "to"]),
        ({"span": "next_year"}, ["span"]),
    ],
)
def test_form_refuses_days_that_make_no_span_and_falls_back_to_this_month(given, faults):
    form = SpanForm(given, at=AT, zone=BERLIN)

    assert sorted(form.errors) == faults
    assert faults == [] or form.chosen == span_named("this_month", AT, BERLIN)
