"""Two who decide about the same thing, or about what is being spent, at once. Real connections."""

from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError

from accounts.actions import add_person
from accounts.tenancy import tenant
from entitlements import corrections, ledger, refunds, requests
from entitlements.balances import reconcile, trial_balance
from entitlements.corrections import approve_correction, ask_correction
from entitlements.ledger import NotEnoughPoints, expire_lots
from entitlements.models import (
    Correction,
    EntitlementRequest,
    MoneyRefund,
    PointsAccount,
    PointsLot,
)
from entitlements.refunds import (
    RefundSettled,
    ask_money_refund,
    decline_money_refund,
    settle_money_refund,
)
from entitlements.requests import (
    RequestIsDecided,
    ask_for_entitlement,
    decline_request,
    grant_request,
)
from outbox.models import OutboxMessage
from tests.entitlements.ledger.moves import AT, GRACE, JUNE, buy, lots, spend
from tests.entitlements.ledger.test_races import at_once
from tests.packs import publish

pytestmark = pytest.mark.django_db(transaction=True)


def inside(twin, act, outcome):
    """Do something in a transaction of its own, as a request does, and give a word for it."""

    def job():
        with tenant(twin.tenant):
            act()
        return outcome

    return job


def kind_of(outcome):
    return outcome if isinstance(outcome, str) else type(outcome)


def both_read(monkeypatch, module, model):
    """Read where the module locks, and wait until the other one has read as well."""
    barrier = Barrier(2, timeout=20)

    def read_plainly(pk, _by):
        found = model.objects.select_related("company__tenant").get(pk=pk)
        barrier.wait()
        return found

    monkeypatch.setattr(module, "_locked", read_plainly)


@pytest.fixture
def asked(alpha) -> EntitlementRequest:
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        return ask_for_entitlement(kind="pack", pack="pack_50", by=alpha.contact, at=AT)


def granting(twin, request):
    def grant():
        grant_request(request_id=request.pk, reference="PO-1", by=twin.manager, at=AT)

    return inside(twin, grant, "granted")


def declining(twin, request):
    def decline():
        decline_request(request_id=request.pk, answer="No.", by=twin.manager, at=AT)

    return inside(twin, decline, "declined")


def test_request_would_be_granted_and_declined_without_the_lock(alpha, asked, monkeypatch):
    # The race is there: the points are sold although the customer may read that they are not.
    both_read(monkeypatch, requests, EntitlementRequest)

    outcomes = at_once(granting(alpha, asked), declining(alpha, asked))

    assert outcomes == ["granted", "declined"]


@pytest.mark.parametrize("other", [granting, declining])
def test_sc_19_of_two_decisions_about_a_request_one_counts(alpha, asked, other):
    outcomes = [kind_of(one) for one in at_once(granting(alpha, asked), other(alpha, asked))]

    outcomes.remove(RequestIsDecided)
    with tenant(alpha.tenant):
        asked.refresh_from_db()
        told = OutboxMessage.objects.filter(kind="entitlement_decided", recipient=alpha.contact)
        assert ([asked.state], told.count()) == (outcomes, 1)
        assert PointsLot.objects.count() == (1 if asked.state == "granted" else 0)


@pytest.fixture
def refund(alpha) -> MoneyRefund:
    with tenant(alpha.tenant):
        buy(alpha.company, 50)
        spend(alpha.company, 20)
        return ask_money_refund(company=alpha.company, case_number=1, by=None, at=AT)


def paying(twin, refund):
    def settle():
        settle_money_refund(refund_id=refund.pk, reference="card-77", by=twin.manager, at=AT)

    return inside(twin, settle, "settled")


def refusing(twin, refund):
    def decline():
        decline_money_refund(
            refund_id=refund.pk, answer="No.", by=twin.manager, at=AT, grace_until=GRACE
        )

    return inside(twin, decline, "declined")


def test_only_the_database_would_stop_a_second_decision_about_a_refund(alpha, refund, monkeypatch):
    # The race is there, and what the second one gets is no sentence for a manager.
    both_read(monkeypatch, refunds, MoneyRefund)

    outcomes = at_once(paying(alpha, refund), refusing(alpha, refund))

    assert IntegrityError in map(kind_of, outcomes)


@pytest.mark.parametrize("other", [paying, refusing])
def test_sc_21_of_two_decisions_about_a_refund_one_counts(alpha, refund, other):
    outcomes = [kind_of(one) for one in at_once(refusing(alpha, refund), other(alpha, refund))]

    outcomes.remove(RefundSettled)
    with tenant(alpha.tenant):
        refund.refresh_from_db()
        assert [refund.state] == outcomes
        # Paid, or given back: never both.
        back = {"settled": ("refunded", 20, 30), "declined": ("refunded", 0, 50)}[refund.state]
        name, refunded, left = back
        assert (trial_balance()[name], lots()) == (refunded, [("purchase", 50, left)])
        assert reconcile(AT) == []


@pytest.fixture
def meeting(monkeypatch):
    """Make two that have both read what a lot has left wait for each other before they write."""
    barrier, met = Barrier(2), []

    def together(read):
        def read_together(*given):
            found = read(*given)
            try:
                barrier.wait(timeout=2)
                met.append(True)
            except BrokenBarrierError:
                pass
            return found

        return read_together

    monkeypatch.setattr(corrections, "_left", together(corrections._left))
    monkeypatch.setattr(ledger, "take", together(ledger.take))
    return met


@pytest.fixture
def correction(alpha) -> Correction:
    """Ask for all that a lot has."""
    with tenant(alpha.tenant):
        lot = buy(alpha.company, 20, ends=JUNE)
        return ask_correction(
            company=alpha.company, points=-20, lot=lot, reason="twice", by=alpha.manager, at=AT
        )


def approving(twin, correction):
    def approve():
        approve_correction(correction_id=correction.pk, by=twin.second, at=AT)

    return inside(twin, approve, "approved")


def spending(twin):
    return inside(twin, lambda: spend(twin.company, 20), "spent")


@pytest.fixture
def alpha(alpha):
    with tenant(alpha.tenant):
        alpha.second = add_person(name="Second", role="manager", email="second@desk.test")
    return alpha


def test_a_correction_would_take_what_is_being_spent_without_the_lock(
    alpha, correction, meeting, monkeypatch
):
    # The race is there: both have read that twenty are left.
    monkeypatch.setattr(
        ledger, "_locked", lambda company: PointsAccount.objects.filter(company=company).first()
    )

    outcomes = at_once(approving(alpha, correction), spending(alpha))

    assert meeting == [True, True]
    assert IntegrityError in map(kind_of, outcomes)


def test_a_correction_and_a_case_that_want_the_same_points_at_once(alpha, correction, meeting):
    approved, spent = map(kind_of, at_once(approving(alpha, correction), spending(alpha)))

    assert meeting == []
    assert (approved, spent) in {("approved", NotEnoughPoints), (NotEnoughPoints, "spent")}
    with tenant(alpha.tenant):
        correction.refresh_from_db()
        # What could not be entered waits on.
        assert correction.state == ("approved" if approved == "approved" else "waiting")
        assert lots() == [("purchase", 20, 0)]
        assert reconcile(AT) == []


@pytest.mark.parametrize("_turn", range(4))
def test_a_correction_of_a_lot_that_expires_at_once(alpha, correction, _turn):
    expiring = inside(alpha, lambda: expire_lots(at=JUNE), "expired")

    approved, expired = map(kind_of, at_once(approving(alpha, correction), expiring))

    assert (approved in {"approved", NotEnoughPoints}, expired) == (True, "expired")
    with tenant(alpha.tenant):
        taken_by = "corrected" if approved == "approved" else "expired"
        assert trial_balance() == {"lot": 0, "sold": -20, taken_by: 20}
        assert reconcile(JUNE) == []
