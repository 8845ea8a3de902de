"""A change of points takes two people."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.constraints import violated_constraint
from accounts.errors import NotAllowed, NotFound
from entitlements.balances import reconcile, trial_balance
from entitlements.corrections import (
    CorrectionSettled,
    CorrectionTooLate,
    NoSecondManager,
    NothingToCorrect,
    approve_correction,
    ask_correction,
    decline_correction,
    take_back_correction,
)
from entitlements.ledger import NotEnoughPoints
from entitlements.models import Correction, PointsEntry, PointsLot
from sla.errors import OthersRequest, OwnRequest, ReasonNeeded
from tests.entitlements.ledger.moves import AT, JUNE, SEPTEMBER, buy, entries, legs, lots

pytestmark = pytest.mark.usefixtures("second_manager")


def ask(alpha, points, lot=None, *, by=None, **facts):
    return ask_correction(
        company=alpha.company,
        points=points,
        lot=lot,
        reason=facts.pop("reason", "counted twice"),
        by=by or alpha.manager,
        at=AT,
        **facts,
    )


def approve(correction, by, at=AT):
    return approve_correction(correction_id=correction.pk, by=by, at=at)


def test_a_correction_changes_nothing_until_another_manager_approves(
    alpha, company, second_manager
):
    lot = buy(company, 50)
    correction = ask(alpha, -20, lot)
    assert lots() == [("purchase", 50, 50)]

    approved = approve(correction, second_manager)

    assert legs(approved.entry) == [("lot", lot.pk, -20), ("corrected", None, 20)]
    assert (approved.state, approved.asked_by, approved.decided_by) == (
        "approved",
        alpha.manager,
        second_manager,
    )
    assert entries()[-1] == ("correction", -20, 30)
    assert trial_balance(company) == {"corrected": 20, "lot": 30, "sold": -50}


def test_what_is_added_is_a_lot_of_its_own(alpha, company, second_manager):
    lot = buy(company, 50)

    approve(ask(alpha, 10, lot), second_manager)
    approve(ask(alpha, 5, expires_at=JUNE), second_manager)
    approve(ask(alpha, 1), second_manager)

    added = PointsLot.objects.filter(source="correction").order_by("pk")
    assert list(added.values_list("points", "remaining", "expires_at")) == [
        (10, 10, SEPTEMBER),
        (5, 5, JUNE),
        (1, 1, None),
    ]
    assert reconcile(AT) == []


def test_what_is_taken_from_no_lot_comes_out_of_what_ends_first(alpha, company, second_manager):
    buy(company, 20, "order-1", ends=SEPTEMBER)
    buy(company, 20, "order-2", ends=JUNE)

    approve(ask(alpha, -30), second_manager)

    assert lots() == [("purchase", 20, 10), ("purchase", 20, 0)]


def test_nobody_approves_or_declines_what_they_asked_for(alpha, company):
    buy(company, 50)
    correction = ask(alpha, -20)

    with pytest.raises(OwnRequest):
        approve(correction, alpha.manager)
    with pytest.raises(OwnRequest):
        decline_correction(correction_id=correction.pk, by=alpha.manager, at=AT, answer="no")


@pytest.mark.parametrize("decided_by", ["asker", "nobody"])
def test_two_people_are_asked_for_by_the_database(alpha, company, decided_by):
    buy(company, 50)
    correction = ask(alpha, -20)
    decided = {
        "state": "approved",
        "decided_at": AT,
        "entry": PointsEntry.objects.get(),
        "decided_by": alpha.manager if decided_by == "asker" else None,
    }

    with pytest.raises(IntegrityError) as violation, transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(**decided)

    assert violated_constraint(violation.value) == "correction_approved_by_another"


def test_what_was_decided_stays_decided(alpha, company, second_manager):
    buy(company, 50)
    correction = ask(alpha, -20)
    decline_correction(correction_id=correction.pk, by=second_manager, at=AT, answer="no")

    with pytest.raises(CorrectionSettled):
        approve(correction, second_manager)
    with pytest.raises(IntegrityError) as violation, transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(state="waiting")

    assert violated_constraint(violation.value) == "points_decision_stays"
    assert entries() == [("purchase", 50, 50)]


def test_only_managers_ask_and_approve(alpha, company):
    buy(company, 50)
    correction = ask(alpha, -20)

    with pytest.raises(NotAllowed):
        ask(alpha, -20, by=alpha.account_manager)
    with pytest.raises(NotAllowed):
        approve(correction, alpha.lead)


def test_who_is_alone_cannot_ask(alpha, company, second_manager):
    second_manager.is_active = False
    second_manager.save()

    with pytest.raises(NoSecondManager):
        ask(alpha, 10)


@pytest.mark.parametrize(
    ("points", "facts", "error"),
    [
        (0, {}, NothingToCorrect),
        (5, {"reason": "  "}, ReasonNeeded),
        (5, {"expires_at": AT}, CorrectionTooLate),
    ],
)
def test_what_cannot_be_asked_for(alpha, company, points, facts, error):
    with pytest.raises(error):
        ask(alpha, points, **facts)


def test_another_companys_lot_is_not_found(alpha, company):
    with pytest.raises(NotFound):
        ask(alpha, -5, buy(alpha.other_company, 50))


@pytest.mark.parametrize(("has_lot", "missing", "balance"), [(True, 5, 20), (False, 5, 20)])
def test_more_than_there_is_is_not_taken(alpha, company, second_manager, has_lot, missing, balance):
    lot = buy(company, 20)
    correction = ask(alpha, -25, lot if has_lot else None)

    with pytest.raises(NotEnoughPoints) as refused:
        approve(correction, second_manager)

    assert (refused.value.missing, refused.value.balance) == (missing, balance)
    assert Correction.objects.get().state == "waiting"


def test_points_that_would_be_over_are_not_added(alpha, company, second_manager):
    correction = ask(alpha, 5, expires_at=JUNE)

    with pytest.raises(CorrectionTooLate):
        approve(correction, second_manager, at=JUNE + timedelta(seconds=1))


def test_the_asker_takes_back_and_nobody_else_while_they_are_there(alpha, company, second_manager):
    correction = ask(alpha, 5)

    with pytest.raises(OthersRequest):
        take_back_correction(correction_id=correction.pk, by=second_manager, at=AT)
    taken_back = take_back_correction(correction_id=correction.pk, by=alpha.manager, at=AT)

    assert taken_back.state == "taken_back"
