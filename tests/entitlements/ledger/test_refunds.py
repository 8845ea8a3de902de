"""The customer takes the money instead of the points: SC-21."""

import pytest
from django.db import IntegrityError, transaction

from accounts.constraints import violated_constraint
from accounts.errors import NotAllowed, NotFound
from entitlements.balances import reconcile, spent_on_case, trial_balance
from entitlements.models import MoneyRefund
from entitlements.refunds import (
    NothingToRefund,
    ReferenceNeeded,
    RefundSettled,
    ask_money_refund,
    decline_money_refund,
    settle_money_refund,
)
from sla.errors import ReasonNeeded
from tests.entitlements.ledger.moves import (
    AT,
    GRACE,
    JUNE,
    buy,
    credit,
    entries,
    legs,
    lots,
    spend,
)


def ask(alpha, by=None):
    return ask_money_refund(company=alpha.company, case_number=1, by=by or alpha.contact, at=AT)


def settle(alpha, refund, reference="card-77", by=None):
    return settle_money_refund(
        refund_id=refund.pk, reference=reference, by=by or alpha.manager, at=AT
    )


def decline(alpha, refund, answer="no bug after all", at=AT):
    return decline_money_refund(
        refund_id=refund.pk, answer=answer, by=alpha.manager, at=at, grace_until=GRACE
    )


def test_sc_21_money_moves_the_points_from_spent_to_refunded(alpha, company):
    buy(company, 50)
    spend(company, 30)

    refund = ask(alpha)

    assert (refund.state, refund.points, refund.case_number) == ("asked", 30, 1)
    assert legs(refund.entry) == [("spent", None, -30), ("refunded", None, 30)]
    assert entries()[-1] == ("money_refund", 0, 20)
    assert lots() == [("purchase", 50, 20)]
    assert trial_balance(company) == {"lot": 20, "refunded": 30, "sold": -50, "spent": 0}
    assert spent_on_case(company, 1) == 0


def test_sc_21_what_was_taken_as_money_does_not_come_back_as_points(alpha, company):
    buy(company, 50)
    spend(company, 30)
    refund = ask(alpha)

    assert ask(alpha).pk == refund.pk
    assert credit(company) is None
    assert lots() == [("purchase", 50, 20)]


def test_sc_21_a_refund_is_settled_by_its_reference_elsewhere(alpha, company):
    buy(company, 50)
    spend(company, 30)
    refund = ask(alpha)

    with pytest.raises(ReferenceNeeded):
        settle(alpha, refund, " ")
    settled = settle(alpha, refund, " card-77 ")

    assert (settled.state, settled.reference, settled.decided_by) == (
        "settled",
        "card-77",
        alpha.manager,
    )
    with pytest.raises(RefundSettled):
        settle(alpha, refund)
    with pytest.raises(RefundSettled):
        decline(alpha, refund)


def test_sc_21_declining_gives_the_points_back(alpha, company):
    lot = buy(company, 50)
    spend(company, 30)
    refund = ask(alpha)

    with pytest.raises(ReasonNeeded):
        decline(alpha, refund, " ")
    declined = decline(alpha, refund)

    assert (declined.state, declined.answer) == ("declined", "no bug after all")
    assert entries()[-1] == ("credit", 30, 50)
    assert lots() == [("purchase", 50, 50)]
    assert trial_balance(company) == {"lot": 50, "refunded": 0, "sold": -50, "spent": 0}
    assert lot.points == 50


def test_sc_21_declined_after_the_lot_ended_the_points_have_a_grace(alpha, company):
    buy(company, 20, "order-1", ends=JUNE)
    buy(company, 50, "order-2")
    spend(company, 30)
    refund = ask(alpha)

    decline(alpha, refund, at=JUNE)

    assert lots() == [("purchase", 20, 0), ("purchase", 50, 50), ("grace", 20, 20)]
    assert reconcile(JUNE) == []


def test_sc_21_declined_gives_back_what_was_refunded_not_what_was_spent_since(alpha, company):
    buy(company, 50)
    spend(company, 30)
    refund = ask(alpha)
    spend(company, 10, key="case-1-again")

    decline(alpha, refund)

    assert lots() == [("purchase", 50, 40)]
    assert spent_on_case(company, 1) == 10


def test_sc_21_charged_again_after_a_credit_it_can_be_had_as_money(alpha, company):
    buy(company, 50)
    spend(company, 30)
    credit(company)
    spend(company, 30, key="case-1-money")

    refund = ask(alpha)

    assert refund.points == 30
    assert lots() == [("purchase", 50, 20)]


def test_nothing_spent_is_nothing_to_refund(alpha, company):
    with pytest.raises(NothingToRefund) as refused:
        ask(alpha)

    assert str(refused.value) == "Case 1 has no points spent that could be refunded."


@pytest.mark.parametrize("role", ["stranger", "agent", "dispatcher"])
def test_others_do_not_choose_for_the_customer(alpha, company, role):
    buy(company, 50)
    spend(company, 30)

    with pytest.raises(NotAllowed):
        ask(alpha, by=alpha.person_of(role))


def test_only_managers_settle(alpha, company):
    buy(company, 50)
    spend(company, 30)
    refund = ask(alpha, by=alpha.lead)

    with pytest.raises(NotAllowed):
        settle(alpha, refund, by=alpha.account_manager)
    with pytest.raises(NotFound):
        settle_money_refund(refund_id=refund.pk + 1, reference="x", by=alpha.manager, at=AT)


def test_the_database_asks_for_the_reference_and_keeps_what_was_decided(alpha, company):
    buy(company, 50)
    spend(company, 30)
    refund = ask(alpha)
    row = MoneyRefund.objects.filter(pk=refund.pk)

    with pytest.raises(IntegrityError) as unpaid, transaction.atomic():
        row.update(state="settled", decided_at=AT)
    settle(alpha, refund)
    with pytest.raises(IntegrityError) as undone, transaction.atomic():
        row.update(state="asked")

    assert violated_constraint(unpaid.value) == "money_refund_settled_elsewhere"
    assert violated_constraint(undone.value) == "points_decision_stays"
