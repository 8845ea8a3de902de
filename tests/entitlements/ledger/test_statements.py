"""How many statements the ledger costs: the same however many lots there are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entitlements import ledger
from entitlements.balances import balance_at, statement_lines, usable_lots
from entitlements.ledger import Kind, Reason, lock_points, write_entry
from entitlements.models import PointsLot
from entitlements.points import take
from tests.entitlements.ledger.moves import AT, SEPTEMBER, account_of, credit, spend

SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


def statements(act):
    """List what the act asks the database, savepoints left out."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return [one["sql"] for one in asked if not one["sql"].startswith(SAVEPOINTS)]


def fill(company, count):
    """Have that many lots of one point each, in one entry; they end one after another."""
    account = lock_points(company)
    made = PointsLot.objects.bulk_create(
        PointsLot(
            tenant_id=company.tenant_id,
            company=company,
            source="purchase",
            points=1,
            opened_at=AT,
            expires_at=SEPTEMBER + timedelta(days=number),
        )
        for number in range(count)
    )
    write_entry(
        account, Reason(Kind.PURCHASE, "order-1", None, AT, AT), [(lot.pk, 1) for lot in made]
    )


@pytest.mark.parametrize("count", [1, 10, 1_000])
def test_sc_04_a_spend_costs_five_statements_at_1_and_at_1000_lots(company, count):
    fill(company, count)

    asked = statements(lambda: spend(company, min(count, 30)))

    assert [sql.split()[0] for sql in asked] == ["SELECT", "SELECT", "INSERT", "INSERT", "INSERT"]
    assert "FOR NO KEY UPDATE" in asked[0]
    assert "outbox_webhookdelivery" in asked[4]  # whether anybody outside listens or not
    assert account_of(company) == (count - min(count, 30), 2)


def test_a_spend_in_a_locked_account_costs_four(company):
    fill(company, 1_000)
    account = lock_points(company)

    assert len(statements(lambda: spend(company, 30, account=account))) == 4


def test_a_spend_of_all_1000_lots_costs_five_too(company):
    fill(company, 1_000)

    assert len(statements(lambda: spend(company, 1_000))) == 5
    assert account_of(company) == (0, 2)


def test_a_spend_reads_no_more_lots_than_it_takes(company, monkeypatch):
    fill(company, 1_000)
    offered = []

    def watched(lots, points, at):
        offered.append(len(lots))
        return take(lots, points, at)

    monkeypatch.setattr(ledger, "take", watched)
    spend(company, 30)

    assert offered == [30]


@pytest.mark.parametrize("count", [1, 1_000])
def test_crediting_costs_the_same_at_1_and_at_1000_lots(company, count):
    fill(company, count)
    spend(company, count)

    assert len(statements(lambda: credit(company))) == 6


@pytest.mark.parametrize("count", [1, 40])
def test_a_statement_of_points_costs_two_however_long_it_is(company, count):
    fill(company, count)
    for number in range(count):
        spend(company, 1, number)

    def read():
        entries = list(statement_lines(company))
        assert sum(line.points for entry in entries for line in entry.legs) == 0

    # Entries with their people, lines with their lots.
    assert len(statements(read)) == 2


def test_the_lots_to_spend_are_found_by_their_index(company):
    fill(company, 1_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = usable_lots(company, AT).explain()

    assert "lot_usable" in plan
    assert balance_at(company, AT) == 1_000
