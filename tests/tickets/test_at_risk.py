"""The last quarter of the promised service time is "at risk", the same on every page."""

from datetime import UTC, datetime

import pytest

from accounts.tenancy import tenant
from desk.queue import read_queue
from tests.cases import file_case
from tests.packs import publish
from tickets.actions.conversation import ask_customer, reply_as_customer
from tickets.filters import Address
from tickets.reading import case_state, clock_views

# Friday 16:00 in Berlin, where the desk is open from 8 to 19: eight hours are over on Monday 13:00.
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)


def shown(case, person, at):
    view = clock_views(case_state(case), at, for_customer=True)[0]
    row = read_queue(person, Address(), "1", at).rows[0]
    return view.state, row.state


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (FRIDAY, "running"),
        (datetime(2026, 3, 8, 20, 0, tzinfo=UTC), "running"),
        (datetime(2026, 3, 9, 9, 59, 59, tzinfo=UTC), "running"),
        (datetime(2026, 3, 9, 10, 0, tzinfo=UTC), "due_soon"),
        (datetime(2026, 3, 9, 12, 0, tzinfo=UTC), "due_soon"),
        (datetime(2026, 3, 9, 12, 0, 1, tzinfo=UTC), "overdue"),
    ],
    ids=["at-first", "sunday-night", "before-the-quarter", "the-quarter", "when-due", "after"],
)
def test_weekend_brings_no_promise_into_danger(metalogix, alpha, at, state):
    case = file_case(alpha, severity="2", at=FRIDAY)

    assert shown(case, alpha.agent, at) == (state, state)


def test_pause_moves_the_danger(metalogix, alpha):
    case = file_case(alpha, severity="2", at=FRIDAY)
    before = case.clocks.get(kind="no_progress").at_risk_at
    asked, answered = (datetime(2026, 3, 9, hour, tzinfo=UTC) for hour in (8, 9))
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=asked)
    waiting = case.clocks.get(kind="no_progress", ended_at=None).at_risk_at
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="This.", at=answered)

    after = case.clocks.get(kind="no_progress", ended_at=None).at_risk_at
    assert (before, waiting) == (datetime(2026, 3, 9, 10, 0, tzinfo=UTC), None)
    assert after == datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


def test_order_to_page_is_never_at_risk(alpha):
    publish(alpha, "msp")
    with tenant(alpha.tenant):
        case = file_case(alpha, priority="P1", by=alpha.agent, channel="phone", at=FRIDAY)

        assert case.clocks.get(kind="first_response").at_risk_at is None
