"""The acceptance examples of the points, as they are written."""

from datetime import UTC, datetime

import pytest

from entitlements.balances import balance_at, trial_balance
from entitlements.ledger import NotEnoughPoints
from entitlements.models import PointsLot
from tests.entitlements.ledger.moves import buy, credit, legs, lots, spend

FIRST_OF_FEBRUARY = datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
TENTH_OF_MARCH = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
GRACE = datetime(2026, 6, 8, 10, 0, tzinfo=UTC)


def test_acceptance_5_sc_04_sc_21_a_debit_of_two_lots_is_credited_after_one_expired(company):
    march, september = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    lot_20 = buy(company, 20, "order-1", at=datetime(2025, 3, 1, tzinfo=UTC), ends=march)
    lot_50 = buy(company, 50, "order-2", at=datetime(2025, 9, 1, tzinfo=UTC), ends=september)

    spent = spend(company, 30, at=FIRST_OF_FEBRUARY)
    assert legs(spent) == [
        ("lot", lot_20.pk, -20),
        ("lot", lot_50.pk, -10),
        ("spent", None, 30),
    ]
    credited = credit(company, at=TENTH_OF_MARCH, grace=GRACE)

    grace = PointsLot.objects.get(source="grace")
    assert (grace.opened_at, grace.expires_at) == (TENTH_OF_MARCH, GRACE)
    assert legs(credited) == [
        ("lot", lot_50.pk, 10),
        ("lot", grace.pk, 20),
        ("spent", None, -30),
    ]
    assert lots() == [("purchase", 20, 0), ("purchase", 50, 50), ("grace", 20, 20)]
    assert balance_at(company, TENTH_OF_MARCH) == 70
    assert trial_balance(company) == {"lot": 70, "sold": -70, "spent": 0}


def test_acceptance_6_sc_03_sc_19_twenty_points_are_ten_short_of_a_call_and_do_for_mail(company):
    buy(company, 20, at=FIRST_OF_FEBRUARY)

    with pytest.raises(NotEnoughPoints) as refused:
        spend(company, 30, at=FIRST_OF_FEBRUARY)
    spend(company, 10, at=FIRST_OF_FEBRUARY)

    assert refused.value.code == "not_enough_points"
    assert (refused.value.missing, refused.value.balance) == (10, 20)
    assert str(refused.value) == "Points needed beyond those on hand: 10 (on hand: 20)."
    assert balance_at(company, FIRST_OF_FEBRUARY) == 10
