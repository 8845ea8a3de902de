from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitlements.terms import Term, term_at


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "on_date", "term"),
    [
        (date(2026, 1, 1), None, date(2026, 1, 1), Term(date(2026, 1, 1), date(2026, 12, 31))),
        (date(2026, 1, 1), None, date(2026, 12, 31), Term(date(2026, 1, 1), date(2026, 12, 31))),
        (date(2026, 1, 1), None, date(2027, 1, 1), Term(date(2027, 1, 1), date(2027, 12, 31))),
        (date(2026, 3, 15), None, date(2028, 3, 14), Term(date(2027, 3, 15), date(2028, 3, 14))),
        # The last term is cut off by the end of the contract.
        (
            date(2026, 3, 15),
            date(2027, 6, 30),
            date(2027, 4, 1),
            Term(date(2027, 3, 15), date(2027, 6, 30)),
        ),
        (
            date(2026, 3, 15),
            date(2026, 3, 15),
            date(2026, 3, 15),
            Term(date(2026, 3, 15), date(2026, 3, 15)),
        ),
        # A contract from a leap day.
        (date(2024, 2, 29), None, date(2025, 2, 27), Term(date(2024, 2, 29), date(2025, 2, 27))),
        (date(2024, 2, 29), None, date(2025, 2, 28), Term(date(2025, 2, 28), date(2026, 2, 27))),
        (date(2024, 2, 29), None, date(2028, 2, 28), Term(date(2027, 2, 28), date(2028, 2, 28))),
        (date(2024, 2, 29), None, date(2028, 2, 29), Term(date(2028, 2, 29), date(2029, 2, 27))),
        # Outside of the contract there is none.
        (date(2026, 1, 1), None, date(2025, 12, 31), None),
        (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), None),
    ],
)
def test_term_of_a_day(starts_on, ends_on, on_date, term):
    assert term_at(starts_on, ends_on, on_date) == term


DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(starts_on=DAYS, length=st.integers(0, 4000) | st.none(), ahead=st.integers(0, 5000))
def test_terms_follow_each_other_without_a_gap(starts_on, length, ahead):
    ends_on = None if length is None else starts_on + timedelta(days=length)
    on_date = starts_on + timedelta(days=ahead)

    term = term_at(starts_on, ends_on, on_date)

    if ends_on is not None and on_date > ends_on:
        assert term is None
        return
    assert term.first <= on_date <= term.last
    assert term.days <= 366
    after = term_at(starts_on, ends_on, term.last + timedelta(days=1))
    assert after is None if term.last == ends_on else after.first == term.last + timedelta(days=1)
