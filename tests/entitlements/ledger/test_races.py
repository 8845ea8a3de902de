"""Many who spend at once, and what only a commit can refuse. Real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, connections

from accounts.actions import add_person
from accounts.constraints import violated_constraint
from accounts.tenancy import tenant
from entitlements import ledger
from entitlements.balances import reconcile, trial_balance
from entitlements.corrections import CorrectionSettled, approve_correction, ask_correction
from entitlements.ledger import NotEnoughPoints, expire_lots, lock_points
from entitlements.models import PointsAccount, PointsEntry, PointsLot
from tests.entitlements.ledger.moves import (
    AT,
    JUNE,
    SEPTEMBER,
    account_of,
    buy,
    credit,
    entries,
    lots,
    spend,
)

pytestmark = pytest.mark.django_db(transaction=True)


# The embedded server gives out 80; the tests hold a few themselves.
CONNECTIONS = 70


def at_once(*jobs):
    """Run the jobs on connections of their own; give what came of each, exceptions too.

    No more at a time than the server has connections for: whoever ends makes room for the next.
    """

    def run(job):
        try:
            return job()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(min(len(jobs), CONNECTIONS)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, job) for job in jobs]]


def spender(twin, number, points=10):
    """Spend in a transaction of its own, as a request does."""

    def job():
        with tenant(twin.tenant):
            return spend(twin.company, points, number).pk

    return job


def kinds_of(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


@pytest.fixture
def meeting(monkeypatch):
    """Make two that have both read the lots wait for each other before they write."""
    barrier, met, take = Barrier(2), [], ledger.take

    def take_together(*given):
        try:
            barrier.wait(timeout=2)
            met.append(True)
        except BrokenBarrierError:
            pass
        return take(*given)

    monkeypatch.setattr(ledger, "take", take_together)
    return met


@pytest.fixture
def unlocked(monkeypatch):
    """Read the account where the ledger locks it."""
    monkeypatch.setattr(
        ledger, "_locked", lambda company: PointsAccount.objects.filter(company=company).first()
    )


def test_two_would_spend_the_same_points_without_the_lock(alpha, meeting, unlocked):
    # The race is there: both have read that ten are left. Only the constraints stop the second,
    # and what it gets is no sentence for a customer.
    with tenant(alpha.tenant):
        buy(alpha.company, 10)

    outcomes = at_once(spender(alpha, 1), spender(alpha, 2))

    assert meeting == [True, True]
    assert kinds_of(outcomes) == ["IntegrityError", "int"]
    with tenant(alpha.tenant):
        assert entries() == [("purchase", 10, 10), ("spend", -10, 0)]


def test_forty_would_run_into_each_other_without_the_lock(alpha, unlocked):
    with tenant(alpha.tenant):
        buy(alpha.company, 100)

    kinds = kinds_of(at_once(*[spender(alpha, number) for number in range(1, 41)]))

    # Somebody is refused by a constraint, though not for want of points.
    assert "IntegrityError" in kinds
    with tenant(alpha.tenant):
        assert reconcile(AT) == []


def test_sc_19_sc_20_of_two_one_spends_and_the_other_is_told_what_is_missing(alpha, meeting):
    with tenant(alpha.tenant):
        buy(alpha.company, 10)

    outcomes = at_once(spender(alpha, 1), spender(alpha, 2))

    assert meeting == []
    assert kinds_of(outcomes) == ["NotEnoughPoints", "int"]
    [refused] = [one for one in outcomes if isinstance(one, NotEnoughPoints)]
    assert (refused.missing, refused.balance) == (10, 0)


def test_sc_19_a_hundred_spend_at_once_and_exactly_ten_have_enough(alpha):
    with tenant(alpha.tenant):
        # Several lots, so that debits span them.
        for order in range(4):
            buy(alpha.company, 25, f"order-{order}", ends=None if order % 2 else SEPTEMBER)

    kinds = kinds_of(at_once(*[spender(alpha, number) for number in range(1, 101)]))

    assert kinds == ["NotEnoughPoints"] * 90 + ["int"] * 10
    with tenant(alpha.tenant):
        assert account_of(alpha.company) == (0, 14)
        assert lots() == [("purchase", 25, 0)] * 4
        assert PointsEntry.objects.filter(kind="spend").count() == 10
        assert trial_balance() == {"lot": 0, "sold": -100, "spent": 100}
        assert reconcile(AT) == []


def test_sc_20_one_case_opened_forty_times_at_once_is_charged_once(alpha):
    with tenant(alpha.tenant):
        buy(alpha.company, 50)

    outcomes = at_once(*[spender(alpha, 1)] * 40)

    assert len(set(outcomes)) == 1
    with tenant(alpha.tenant):
        assert entries() == [("purchase", 50, 50), ("spend", -10, 40)]


def test_spending_crediting_expiring_and_buying_at_once_do_not_deadlock(alpha):
    companies = [alpha.company, alpha.other_company]
    with tenant(alpha.tenant):
        for company in companies:
            buy(company, 100, f"order-{company.pk}", ends=JUNE)
            buy(company, 100, f"order-{company.pk}-2")
            spend(company, 30, company.pk)

    def acting(act):
        def job():
            with tenant(alpha.tenant):
                return act()

        return job

    jobs = []
    for turn in range(8):
        for company in companies:
            number = 1000 + turn * 2 + companies.index(company)
            jobs += [
                acting(lambda c=company, n=number: spend(c, 10, n)),
                acting(lambda c=company: credit(c, c.pk, at=JUNE)),
                acting(lambda c=company, n=number: buy(c, 5, f"more-{n}")),
                acting(lambda: expire_lots(at=JUNE)),
            ]

    outcomes = at_once(*jobs)

    assert [one for one in outcomes if isinstance(one, Exception)] == []
    with tenant(alpha.tenant):
        assert reconcile(JUNE) == []
        assert PointsEntry.objects.filter(kind="credit").count() == 2
        assert not PointsLot.objects.filter(expires_at=JUNE, remaining__gt=0).exists()
        assert sum(trial_balance().values()) == 0


def test_two_first_ones_find_the_same_account(alpha):
    def job():
        with tenant(alpha.tenant):
            return lock_points(alpha.company).pk

    outcomes = at_once(*[job] * 8)

    assert len(set(outcomes)) == 1


def test_a_correction_approved_twice_at_once_is_entered_once(alpha):
    with tenant(alpha.tenant):
        second = add_person(name="Second", role="manager", email="second@desk.test")
        asked = ask_correction(
            company=alpha.company, points=5, reason="gift", by=alpha.manager, at=AT
        )

    def job():
        with tenant(alpha.tenant):
            return approve_correction(correction_id=asked.pk, by=second, at=AT)

    outcomes = at_once(job, job)

    assert kinds_of(outcomes) == ["Correction", CorrectionSettled.__name__]
    with tenant(alpha.tenant):
        assert entries() == [("correction", 5, 5)]


def test_an_entry_without_lines_does_not_outlive_the_commit(alpha):
    # By then no tenant is entered any more: the check must not depend on it.
    with pytest.raises(IntegrityError) as violation, tenant(alpha.tenant):
        PointsEntry.objects.create(
            tenant=alpha.tenant,
            company=alpha.company,
            seq=1,
            kind="grant",
            reason_key="by-hand",
            occurred_at=AT,
            recorded_at=AT,
            points=0,
            balance_after=0,
        )

    assert violated_constraint(violation.value) == "points_entry_has_lines"
    with tenant(alpha.tenant):
        assert PointsEntry.objects.count() == 0


def test_a_lot_without_its_opening_line_does_not_outlive_the_commit(alpha):
    with pytest.raises(IntegrityError) as violation, tenant(alpha.tenant):
        PointsLot.objects.create(
            tenant=alpha.tenant, company=alpha.company, source="grant", points=50, opened_at=AT
        )

    assert violated_constraint(violation.value) == "points_lot_opens_with_its_points"
