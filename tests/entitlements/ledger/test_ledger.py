"""What is added, spent, credited and expires."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.errors import NotAllowed
from entitlements.balances import balance_at, reconcile, spent_on_case, trial_balance, usable_lots
from entitlements.ledger import NotEnoughPoints, expire_lots, lock_points
from entitlements.models import PointsEntry, PointsLot
from tests.entitlements.ledger.moves import (
    AT,
    GRACE,
    JUNE,
    SEPTEMBER,
    account_of,
    buy,
    credit,
    entries,
    legs,
    lots,
    spend,
)


@pytest.mark.parametrize(
    ("source", "counter"),
    [("purchase", "sold"), ("included", "included"), ("grant", "granted")],
)
def test_sp_07_sp_09_sp_14_points_are_bought_included_and_granted(company, source, counter):
    lot = buy(company, 110, source=source)

    entry = PointsEntry.objects.get()
    assert (entry.kind, entry.points, entry.balance_after, entry.seq) == (source, 110, 110, 1)
    assert legs(entry) == [("lot", lot.pk, 110), (counter, None, -110)]
    assert (lot.remaining, lot.source, lot.expires_at) == (110, source, SEPTEMBER)
    assert lots() == [(source, 110, 110)]
    assert account_of(company) == (110, 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"points": 0},
        {"points": -5},
        {"points": 5, "source": "grace"},
        {"points": 5, "ends": AT},
    ],
)
def test_no_lot_without_points_of_another_source_or_over_already(company, facts):
    with pytest.raises(ValueError, match="no lot"):
        buy(company, **facts)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("manager", True), ("account_manager", True), ("agent", False), ("contact", False)],
)
def test_only_who_sells_points_adds_them(alpha, company, role, allowed):
    by = alpha.person_of(role)

    if allowed:
        assert buy(company, 50, by=by).remaining == 50
    else:
        with pytest.raises(NotAllowed):
            buy(company, 50, by=by)


def test_sc_02_sc_04_points_of_different_times_are_combined(company):
    buy(company, 20, "order-1", ends=SEPTEMBER)
    buy(company, 20, "order-2", ends=JUNE)
    buy(company, 20, "order-3", ends=None)

    spend(company, 50)

    assert lots() == [("purchase", 20, 0), ("purchase", 20, 0), ("purchase", 20, 10)]
    assert entries()[-1] == ("spend", -50, 10)


def test_sc_05_what_ends_first_is_spent_first(company):
    buy(company, 20, "order-1", ends=None)
    buy(company, 20, "order-2", ends=SEPTEMBER)
    buy(company, 20, "order-3", ends=JUNE)

    spend(company, 10)

    assert lots() == [("purchase", 20, 20), ("purchase", 20, 20), ("purchase", 20, 10)]
    assert [lot.remaining for lot in usable_lots(company, AT)] == [10, 20, 20]


def test_sc_05_a_lot_is_spent_to_its_last_second_and_not_after(company):
    buy(company, 20, ends=JUNE)

    with pytest.raises(NotEnoughPoints) as refused:
        spend(company, 10, at=JUNE)
    spend(company, 10, at=JUNE - timedelta(seconds=1))

    assert (refused.value.missing, refused.value.balance) == (10, 0)
    assert lots() == [("purchase", 20, 10)]


def test_sc_19_points_must_be_on_hand_and_a_refusal_changes_nothing(company):
    buy(company, 20)

    with pytest.raises(NotEnoughPoints):
        spend(company, 30)

    assert lots() == [("purchase", 20, 20)]
    assert entries() == [("purchase", 20, 20)]


def test_sc_19_points_of_another_company_do_not_count(alpha, company):
    buy(alpha.other_company, 50)

    with pytest.raises(NotEnoughPoints) as refused:
        spend(company, 10)

    assert (refused.value.missing, refused.value.balance) == (10, 0)


def test_sc_20_sc_12_a_case_is_charged_once_however_often_it_is_asked(company):
    buy(company, 20)

    first = spend(company, 10, 7)
    # Nothing would be left for a second one at this price.
    again = spend(company, 30, 7)

    assert again.pk == first.pk
    assert (first.case_number, first.by_id, first.occurred_at) == (7, None, AT)
    assert account_of(company) == (10, 2)


def test_a_repeat_is_harmless_when_nothing_is_left(company):
    buy(company, 10)

    first = spend(company, 10)

    assert spend(company, 10).pk == first.pk


def test_a_repeat_of_an_order_gives_the_first_ones_lot(company):
    first = buy(company, 50, "order-1")
    spend(company, 10)

    again = buy(company, 110, "order-1")

    assert (again.pk, again.points, again.remaining) == (first.pk, 50, 40)
    assert account_of(company) == (40, 2)


def test_a_reason_of_another_company_is_a_mistake(alpha, company):
    buy(alpha.other_company, 50, "order-1")

    with pytest.raises(ValueError, match="another company"):
        buy(company, 50, "order-1")


def test_spending_goes_on_from_an_account_that_is_locked_already(company):
    buy(company, 50)
    account = lock_points(company)

    spend(company, 10, 1, account=account)
    spend(company, 10, 2, account=account)

    assert (account.balance, account.last_seq) == account_of(company) == (30, 3)


def test_sc_21_a_bug_gives_points_back_to_their_own_lot_with_its_end(company):
    lot = buy(company, 50)
    spend(company, 30)

    credited = credit(company)

    assert (credited.kind, credited.points, credited.case_number) == ("credit", 30, 1)
    assert legs(credited) == [("lot", lot.pk, 30), ("spent", None, -30)]
    assert PointsLot.objects.get().expires_at == SEPTEMBER
    assert spent_on_case(company, 1) == 0


def test_sc_21_what_two_expired_lots_gave_comes_back_as_one_grace_lot(company):
    buy(company, 20, "order-1", ends=JUNE)
    buy(company, 20, "order-2", ends=JUNE)
    spend(company, 40)

    credit(company, at=JUNE)

    assert lots() == [("purchase", 20, 0), ("purchase", 20, 0), ("grace", 40, 40)]
    assert PointsLot.objects.get(source="grace").expires_at == GRACE


def test_sc_21_a_grace_that_is_over_is_a_mistake(company):
    buy(company, 20, ends=JUNE)
    spend(company, 20)

    with pytest.raises(ValueError, match="grace"):
        credit(company, at=JUNE, grace=JUNE)


def test_sc_15_a_declined_case_is_reversed_in_full(company):
    buy(company, 50)
    spend(company, 30)

    reversal = credit(company, kind="reversal")

    assert (reversal.kind, reversal.points, reversal.balance_after) == ("reversal", 30, 50)


def test_a_case_is_credited_once_and_again_after_it_was_charged_again(company):
    buy(company, 50)
    spend(company, 30, key="case-1-open")
    first = credit(company)

    assert credit(company).pk == first.pk
    spend(company, 10, key="case-1-again")
    second = credit(company)

    assert (second.pk > first.pk, second.points) == (True, 10)
    assert lots() == [("purchase", 50, 50)]


def test_a_case_that_cost_nothing_has_nothing_to_credit(company):
    assert credit(company) is None


@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        ("manager", "credit", True),
        ("lead", "credit", True),
        ("agent", "credit", False),
        ("agent", "reversal", True),
        # The customer chooses between points and money (SC-21): of its own company only.
        ("contact", "credit", True),
        ("stranger", "credit", False),
        ("dispatcher", "reversal", False),
    ],
)
def test_sc_21_who_may_credit_a_case(alpha, company, role, kind, allowed):
    buy(company, 50)
    spend(company, 30)

    if allowed:
        assert credit(company, kind=kind, by=alpha.person_of(role)).points == 30
    else:
        with pytest.raises(NotAllowed):
            credit(company, kind=kind, by=alpha.person_of(role))


def test_sc_05_expiry_is_an_entry_dated_to_the_lots_end(company):
    buy(company, 20, "order-1", ends=JUNE)
    buy(company, 50, "order-2", ends=SEPTEMBER)
    spend(company, 5)
    later = JUNE + timedelta(hours=3)

    assert balance_at(company, later) == 50
    assert expire_lots(at=later) == 1

    expiry = PointsEntry.objects.get(kind="expiry")
    assert (expiry.occurred_at, expiry.recorded_at) == (JUNE, later)
    assert (expiry.points, expiry.balance_after) == (-15, 50)
    assert lots() == [("purchase", 20, 0), ("purchase", 50, 50)]
    assert balance_at(company, later) == 50
    # What an open case has spent stays spent.
    assert spent_on_case(company, 1) == 5
    assert trial_balance(company) == {"expired": 15, "lot": 50, "sold": -70, "spent": 5}


def test_sc_05_expiry_is_entered_once(alpha, company):
    buy(company, 20, "order-1", ends=JUNE)
    buy(company, 30, "order-2", ends=JUNE)
    buy(alpha.other_company, 40, "order-3", ends=JUNE)

    assert expire_lots(at=JUNE - timedelta(seconds=1)) == 0
    assert expire_lots(at=JUNE) == 3
    assert expire_lots(at=JUNE) == 0
    assert reconcile(SEPTEMBER) == []


def test_sp_14_included_points_that_were_not_used_expire_with_their_term(company):
    term_end = datetime(2027, 1, 1, tzinfo=UTC)
    buy(company, 250, source="included", ends=term_end)
    spend(company, 30)

    expire_lots(at=term_end)

    assert entries() == [("included", 250, 250), ("spend", -30, 220), ("expiry", -220, 0)]
