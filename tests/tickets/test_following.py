"""After the reopen window only a new case can be about the old one, linked and charged (SC-18)."""

from datetime import UTC, datetime

import pytest

from accounts.errors import NotFound
from tests.cases import after, file_case, reopen_as_agreed
from tests.tickets.agreements import balance, entries, scalix
from tickets.actions.declining import decline_case
from tickets.actions.ending import close_case
from tickets.actions.following import follow_case, weigh_follow_up
from tickets.agreement_errors import NotFollowed
from tickets.errors import FilingRefused, ReopenWindowOver
from tickets.filing import Wish
from tickets.models import Case
from tickets.timeline import load_timeline

FIRST_OF_JANUARY = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
FIFTH_OF_APRIL = datetime(2027, 4, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def case(alpha):
    with scalix(alpha, points=50):
        yield file_case(alpha, product=alpha.product)


def wish_about(case, twin, **changes):
    facts = {
        "company": twin.company,
        "contact": twin.contact,
        "channel": "portal",
        "product": twin.product,
        "origin": case,
        "origin_kind": "follow_up",
    }
    return Wish(**facts | changes)


def follow(case, twin, *, at=FIFTH_OF_APRIL, by=None, **changes):
    return follow_case(
        wish=wish_about(case, twin, **changes),
        subject="It is back",
        body="As before.",
        by=by or twin.contact,
        at=at,
    )


def reopen(case, twin, at):
    return reopen_as_agreed(case, twin, at=at)


def test_sc_18_after_the_window_a_new_linked_case_is_opened_and_charged(case, alpha):
    # Acceptance example 7: closed, reopened, closed again; 94 days after the first closure.
    close_case(case_id=case.pk, by=alpha.contact, at=FIRST_OF_JANUARY)
    february, march = (datetime(2027, month, 1, 12, 0, tzinfo=UTC) for month in (2, 3))
    reopen(case, alpha, february)
    close_case(case_id=case.pk, by=alpha.contact, at=march)
    with pytest.raises(ReopenWindowOver):
        reopen(case, alpha, FIFTH_OF_APRIL)

    case.refresh_from_db()
    new = follow(case, alpha)

    assert (new.origin, new.origin_kind) == (case, "follow_up")
    assert case.events.get(kind="followed_up").payload == {"case": new.number}
    assert balance(alpha, FIFTH_OF_APRIL) == 30


def test_sc_18_within_the_window_the_case_is_opened_again_without_a_charge(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))
    case.refresh_from_db()

    reopen(case, alpha, after(3))

    assert balance(alpha, after(3)) == 40


def test_sc_18_within_the_window_another_problem_is_a_new_linked_case(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))
    case.refresh_from_db()

    priced = weigh_follow_up(
        case, load_timeline(case).state().policy, by=alpha.contact, at=after(2)
    )
    new = follow(case, alpha, at=after(2))

    assert (priced.cost.charged, priced.cost.balance) == (10, 40)
    assert (new.origin, new.origin_kind) == (case, "follow_up")
    assert balance(alpha, after(2)) == 30


def test_sc_15_new_case_is_opened_about_a_declined_one(case, alpha):
    decline_case(case_id=case.pk, code="tuning", body="Tuning.", by=alpha.agent, at=after(1))

    assert follow(case, alpha, at=after(2)).origin == case


def test_what_is_open_is_answered_and_not_followed(case, alpha):
    with pytest.raises(NotFollowed):
        follow(case, alpha, at=after(2))


def test_window_ends_with_the_ninetieth_day_at_the_customers(case, alpha):
    # Closed on 2 March 2026; 31 May ends in Berlin at 22:00 UTC.
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    with pytest.raises(ReopenWindowOver):
        reopen(case, alpha, datetime(2026, 5, 31, 22, 0, tzinfo=UTC))
    reopen(case, alpha, datetime(2026, 5, 31, 21, 59, 59, tzinfo=UTC))


def test_refused_new_case_leaves_the_old_one_as_it_is(alpha):
    with scalix(alpha, points=10):
        case = file_case(alpha, product=alpha.product)
        close_case(case_id=case.pk, by=alpha.contact, at=after(1))
        case.refresh_from_db()

        with pytest.raises(FilingRefused):
            follow(case, alpha)

        assert entries(case)[-1] == "closed"


def test_new_case_is_about_a_case_that_one_may_see(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))
    case.refresh_from_db()

    with pytest.raises(NotFound):
        follow(case, alpha, by=alpha.colleague, contact=alpha.colleague)


def test_dd_06_new_case_about_a_restricted_one_is_restricted_too(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=FIRST_OF_JANUARY)
    Case.objects.update(is_restricted=True)

    new = follow(case, alpha)

    assert new.is_restricted
