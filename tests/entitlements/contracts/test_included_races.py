"""A contract is signed, or its term begins, while the daily work is done. Real connections."""

from datetime import UTC, date, datetime
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError

from accounts.actions import add_company
from accounts.tenancy import tenant
from entitlements import included, ledger
from entitlements.actions import change_contract
from entitlements.balances import reconcile
from entitlements.included import give_all_included
from entitlements.ledger import lock_points
from entitlements.models import PointsAccount, PointsLot
from tests.entitlements.contracts.conftest import AT
from tests.entitlements.contracts.test_signing import sign
from tests.entitlements.ledger.test_races import at_once, kinds_of
from tests.packs import publish

pytestmark = pytest.mark.django_db(transaction=True)

# Midnight of its first day in New York.
BEGINS = datetime(2026, 5, 1, 4, tzinfo=UTC)


@pytest.fixture
def company(alpha):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        return add_company(name="Harbor", time_zone="America/New_York", country="US")


@pytest.fixture
def coming(alpha, company):
    """Sign a contract whose term, and with it the points, is still to come."""
    with tenant(alpha.tenant):
        # Of two that make the account one would wait for the other, lock or no lock.
        lock_points(company)
        return sign(company, starts_on=date(2026, 5, 1))


def inside(twin, act):
    def job():
        with tenant(twin.tenant):
            act()
        return "done"

    return job


def daily(twin, at):
    return inside(twin, lambda: give_all_included(at))


def given(twin):
    with tenant(twin.tenant):
        assert reconcile(BEGINS) == []
        return list(PointsLot.objects.order_by("pk").values_list("source", "points", "remaining"))


def test_sp_14_contract_signed_during_the_daily_work_brings_its_points_once(alpha, company):
    outcomes = at_once(inside(alpha, lambda: sign(company)), *[daily(alpha, AT)] * 4)

    assert outcomes == ["done"] * 5
    assert given(alpha) == [("included", 1500, 1500)]


@pytest.fixture
def meeting(monkeypatch):
    """Make two that are about to enter something wait for each other."""
    barrier, write = Barrier(2), ledger.write_entries

    def write_together(*given):
        try:
            barrier.wait(timeout=2)
        except BrokenBarrierError:
            pass
        return write(*given)

    monkeypatch.setattr(ledger, "write_entries", write_together)
    monkeypatch.setattr(included, "write_entries", write_together, raising=False)


def test_only_the_database_would_stop_points_of_a_term_given_twice(
    alpha, coming, meeting, monkeypatch
):
    # The race is there: both are about to give them, and one daily task fails.
    monkeypatch.setattr(
        ledger, "_locked", lambda company: PointsAccount.objects.filter(company=company).first()
    )

    outcomes = at_once(*[daily(alpha, BEGINS)] * 2)

    assert kinds_of(outcomes) == [IntegrityError.__name__, "str"]


def test_sp_14_term_that_begins_brings_its_points_once_whoever_looks(alpha, coming, meeting):
    changing = inside(alpha, lambda: change_contract(contract=coming, at=BEGINS))

    outcomes = at_once(daily(alpha, BEGINS), changing, *[daily(alpha, BEGINS)] * 2)

    assert outcomes == ["done"] * 4
    assert given(alpha) == [("included", 1500, 1500)]
