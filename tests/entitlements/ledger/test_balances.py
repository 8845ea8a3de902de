"""What the books say, and what the nightly reconciliation finds when somebody has meddled."""

from datetime import timedelta

import pytest
from django.db import connections

from accounts.tenancy import desk_now, tenant
from entitlements.balances import (
    Fault,
    LedgerIsFaulty,
    balance_at,
    reconcile,
    spent_on_case,
    statement_lines,
    trial_balance,
    usable_lots,
)
from entitlements.daily import daily_tasks, keep_tenant
from entitlements.ledger import expire_lots
from entitlements.models import PointsAccount, PointsEntry, PointsLine, PointsLot
from entitlements.points_daily import sound_the_alarm
from tests.entitlements.ledger.moves import AT, JUNE, SEPTEMBER, buy, credit, spend


def test_sc_05_what_is_over_does_not_count_before_its_expiry_is_entered(company):
    buy(company, 20, "order-1", ends=JUNE)
    buy(company, 50, "order-2", ends=SEPTEMBER)
    buy(company, 5, "order-3", ends=None)

    assert [balance_at(company, at) for at in (AT, JUNE, SEPTEMBER)] == [75, 55, 5]
    assert [lot.points for lot in usable_lots(company, JUNE)] == [50, 5]
    expire_lots(at=SEPTEMBER)
    assert balance_at(company, SEPTEMBER) == 5


def test_spent_on_a_case_is_its_own_companys_and_what_it_has_not_got_back(alpha, company):
    buy(company, 50, "order-1")
    buy(alpha.other_company, 50, "order-2")
    spend(company, 30, 1)
    spend(company, 10, 2)

    assert [spent_on_case(company, number) for number in (1, 2, 3)] == [30, 10, 0]
    assert spent_on_case(alpha.other_company, 1) == 0
    credit(company, 1)
    assert spent_on_case(company, 1) == 0


def test_sp_07_a_statement_runs_in_the_order_of_entering_with_lots_and_people(alpha, company):
    buy(company, 50, by=alpha.manager)
    spend(company, 30, at=AT + timedelta(hours=1))
    credit(company, by=alpha.lead, at=AT + timedelta(hours=2))

    def shown(**bounds):
        return [
            (entry.kind, entry.points, entry.balance_after, [line.account for line in entry.legs])
            for entry in statement_lines(company, **bounds)
        ]

    bought = ("purchase", 50, 50, ["lot", "sold"])
    spent = ("spend", -30, 20, ["lot", "spent"])
    credited = ("credit", 30, 50, ["lot", "spent"])
    assert shown() == [bought, spent, credited]
    assert shown(since=AT + timedelta(hours=1)) == [spent, credited]
    assert shown(until=AT + timedelta(hours=1)) == [bought]
    assert [entry.by for entry in statement_lines(company)] == [alpha.manager, None, alpha.lead]


def test_the_books_of_the_tenant_and_of_a_company_are_in_balance(alpha, company):
    buy(company, 50, "order-1")
    buy(alpha.other_company, 30, "order-2", source="grant")
    spend(company, 10)

    assert trial_balance(company) == {"lot": 40, "sold": -50, "spent": 10}
    assert trial_balance() == {"granted": -30, "lot": 70, "sold": -50, "spent": 10}
    assert sum(trial_balance().values()) == 0


def test_daily_work_enters_expiries_and_then_reconciles(company):
    now = desk_now()
    buy(company, 20, at=now - timedelta(days=2), ends=now - timedelta(days=1))
    tasks = [name for name in daily_tasks() if name in {"points_expiry", "points_reconcile"}]

    assert tasks == ["points_expiry", "points_reconcile"]
    keep_tenant(company.tenant_id)

    assert PointsEntry.objects.filter(kind="expiry").count() == 1
    assert reconcile(now) == []


def test_an_expiry_that_nobody_entered_is_found_after_two_days(company):
    lot = buy(company, 20, ends=JUNE)

    assert reconcile(JUNE + timedelta(days=2) - timedelta(seconds=1)) == []
    assert reconcile(JUNE + timedelta(days=2)) == [Fault("expiry_is_late", lot.pk, 20, 0)]


# What only the owner could do, and only past the triggers.
MEDDLING = {
    "a lot": (
        "UPDATE entitlements_pointslot SET remaining = 49",
        ["lot_differs", "account_differs"],
    ),
    "an account": ("UPDATE entitlements_pointsaccount SET balance = 41", ["account_differs"]),
    "a line": (
        "UPDATE entitlements_pointsline SET points = -11 WHERE points = -10",
        ["entry_unbalanced", "entry_moves_otherwise", "lot_differs"],
    ),
    "an entry": (
        "UPDATE entitlements_pointsentry SET points = -9 WHERE points = -10",
        ["entry_moves_otherwise", "balance_does_not_run_on"],
    ),
    "a balance": (
        "UPDATE entitlements_pointsentry SET balance_after = 45 WHERE seq = 2",
        ["balance_does_not_run_on"],
    ),
    "lines that are gone": (
        "DELETE FROM entitlements_pointsline WHERE points IN (-10, 10)",
        ["entry_moves_otherwise", "lot_differs"],
    ),
}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("what", MEDDLING)
def test_reconciliation_finds_what_was_meddled_with(alpha, what):
    sql, codes = MEDDLING[what]
    with tenant(alpha.tenant):
        buy(alpha.company, 50)
        spend(alpha.company, 10)
        assert reconcile(AT) == []

    with connections["owner"].cursor() as cursor:
        cursor.execute(sql)

    with tenant(alpha.tenant):
        found = reconcile(AT)
        with pytest.raises(LedgerIsFaulty, match=codes[0]):
            sound_the_alarm(AT)
    assert [fault.code for fault in found] == codes


def test_another_vendors_books_are_not_seen(alpha, beta):
    with tenant(beta.tenant):
        buy(beta.company, 50)

    with tenant(alpha.tenant):
        seen = [
            model.objects.count() for model in (PointsAccount, PointsLot, PointsEntry, PointsLine)
        ]
        balances = trial_balance()

    assert (seen, balances) == ([0, 0, 0, 0], {})
