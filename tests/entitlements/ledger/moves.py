"""Short ways to change points in tests, and to read what became of them."""

from datetime import UTC, datetime

from entitlements.ledger import add_points, credit_case, spend_points
from entitlements.models import PointsAccount, PointsEntry, PointsLine, PointsLot

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)
GRACE = datetime(2027, 1, 1, tzinfo=UTC)


def buy(company, points, key="order-1", *, at=AT, ends=SEPTEMBER, source="purchase", by=None):
    return add_points(
        company=company,
        points=points,
        source=source,
        reason_key=key,
        by=by,
        at=at,
        expires_at=ends,
    )


def spend(company, points, number=1, *, key=None, at=AT, account=None):
    return spend_points(
        company=company,
        points=points,
        reason_key=key or f"case-{number}-open",
        case_number=number,
        by=None,
        at=at,
        account=account,
    )


def credit(company, number=1, *, kind="credit", at=AT, by=None, grace=GRACE):
    return credit_case(
        company=company, case_number=number, kind=kind, by=by, at=at, grace_until=grace
    )


def lots():
    return list(PointsLot.objects.order_by("pk").values_list("source", "points", "remaining"))


def legs(entry):
    rows = PointsLine.objects.filter(entry=entry).order_by("pk")
    return list(rows.values_list("account", "lot_id", "points"))


def entries():
    rows = PointsEntry.objects.order_by("company_id", "seq")
    return list(rows.values_list("kind", "points", "balance_after"))


def account_of(company):
    rows = PointsAccount.objects.filter(company=company)
    return rows.values_list("balance", "last_seq").get()
