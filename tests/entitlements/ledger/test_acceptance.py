"""The acceptance examples of the points, as they are written."""

from datetime import UTC, datetime

import pytest

from entitlements.balances import balance_at, trial_balance
from entitlements.ledger import NotEnoughPoints, add_points, credit_case, spend_points
from entitlements.models import PointsLine, PointsLot

FIRST_OF_FEBRUARY = datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
TENTH_OF_MARCH = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
GRACE = datetime(2026, 6, 8, 10, 0, tzinfo=UTC)


@pytest.fixture
def company(alpha, entered):
    return alpha.company


def buy(company, points, key, bought_at, ends_at):
    return add_points(
        company=company,
        points=points,
        source="purchase",
        reason_key=key,
        by=None,
        at=bought_at,
        expires_at=ends_at,
    )


def lots():
    return list(PointsLot.objects.order_by("pk").values_list("source", "points", "remaining"))


def legs(entry):
    rows = PointsLine.objects.filter(entry=entry).order_by("pk")
    return list(rows.values_list("account", "lot_id", "points"))


def test_acceptance_5_sc_04_sc_21_spending_across_lots_and_crediting_after_one_expired(company):
    march = datetime(2026, 3, 1, tzinfo=UTC)
    september = datetime(2026, 9, 1, tzinfo=UTC)
    lot_20 = buy(company, 20, "order-1", datetime(2025, 3, 1, tzinfo=UTC), march)
    lot_50 = buy(company, 50, "order-2", datetime(2025, 9, 1, tzinfo=UTC), september)

    spent = spend_points(
        company=company,
        points=30,
        reason_key="case-1-open",
        case_number=1,
        by=None,
        at=FIRST_OF_FEBRUARY,
    )
    assert legs(spent) == [
        ("lot", lot_20.pk, -20),
        ("lot", lot_50.pk, -10),
        ("spent", None, 30),
    ]
    credited = credit_case(
        company=company,
        case_number=1,
        kind="credit",
        by=None,
        at=TENTH_OF_MARCH,
        grace_until=GRACE,
    )

    grace = PointsLot.objects.get(source="grace")
    assert grace.expires_at == GRACE
    assert legs(credited) == [
        ("lot", lot_50.pk, 10),
        ("lot", grace.pk, 20),
        ("spent", None, -30),
    ]
    assert lots() == [("purchase", 20, 0), ("purchase", 50, 50), ("grace", 20, 20)]
    assert balance_at(company, TENTH_OF_MARCH) == 70
    assert trial_balance(company) == {"lot": 70, "sold": -70, "spent": 0}
    assert sum(trial_balance(company).values()) == 0


def test_acceptance_6_sc_03_sc_19_twenty_points_are_ten_short_of_a_call_and_do_for_mail(company):
    buy(company, 20, "order-1", datetime(2025, 9, 1, tzinfo=UTC), None)

    def spend(points):
        return spend_points(
            company=company,
            points=points,
            reason_key="case-1-open",
            case_number=1,
            by=None,
            at=FIRST_OF_FEBRUARY,
        )

    with pytest.raises(NotEnoughPoints) as refused:
        spend(30)
    spend(10)

    assert refused.value.code == "not_enough_points"
    assert (refused.value.missing, refused.value.balance) == (10, 20)
    assert balance_at(company, FIRST_OF_FEBRUARY) == 10
