"""What the database refuses of the ledger although the code tries. As the app role."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F

from accounts.constraints import violated_constraint
from entitlements.corrections import approve_correction, ask_correction
from entitlements.models import (
    Correction,
    MoneyRefund,
    PointsAccount,
    PointsEntry,
    PointsLine,
    PointsLot,
)
from entitlements.refunds import ask_money_refund
from tests.entitlements.ledger.moves import AT, JUNE, SEPTEMBER, account_of, buy, lots, spend


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def enter(company, *lines, points=0, after=None, seq=None, kind="purchase", **facts):
    """Write an entry past the ledger; lines as (account, lot, points), by one statement."""
    account = PointsAccount.objects.get(company=company)
    entry = PointsEntry.objects.create(
        tenant_id=company.tenant_id,
        company=company,
        seq=seq or account.last_seq + 1,
        kind=kind,
        reason_key=facts.pop("key", "by-hand"),
        occurred_at=AT,
        recorded_at=AT,
        points=points,
        balance_after=account.balance + points if after is None else after,
        **facts,
    )
    add_lines(entry, *lines)
    return entry


def add_lines(entry, *lines):
    PointsLine.objects.bulk_create(
        PointsLine(tenant_id=entry.tenant_id, entry=entry, account=account, lot=lot, points=points)
        for account, lot, points in lines
    )


def new_lot(company, points, **facts):
    return PointsLot.objects.create(
        tenant_id=company.tenant_id,
        company=company,
        source="purchase",
        points=points,
        opened_at=AT,
        **facts,
    )


def refused(attempt, *given, **facts):
    """Name the constraint that stops the attempt at once or, at the latest, at commit."""
    with pytest.raises(IntegrityError) as violation, transaction.atomic():
        attempt(*given, **facts)
        execute("SET CONSTRAINTS ALL IMMEDIATE")
    return violated_constraint(violation.value)


@pytest.fixture
def lot(company):
    return buy(company, 50)


LEDGER = [PointsAccount, PointsLot, PointsEntry, PointsLine]


@pytest.mark.parametrize("model", [*LEDGER, Correction, MoneyRefund])
def test_nothing_of_the_ledger_is_removed(lot, model):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (PointsAccount, "balance"),
        (PointsAccount, "last_seq"),
        (PointsLot, "remaining"),
        (PointsLot, "points"),
        (PointsLot, "expires_at"),
        (PointsEntry, "points"),
        (PointsEntry, "reason_key"),
        (PointsLine, "points"),
    ],
)
def test_nothing_of_the_ledger_is_changed(lot, model, column):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute(f"UPDATE {model._meta.db_table} SET {column} = {column}")


def test_the_right_to_lock_an_account_moves_it_nowhere(lot, beta):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        PointsAccount.objects.update(tenant_id=beta.tenant.pk)


def test_lots_and_accounts_begin_empty_whatever_is_said(alpha, company):
    filled = new_lot(company, 50, remaining=50)
    PointsAccount.objects.create(
        tenant_id=company.tenant_id, company=company, balance=500, last_seq=9
    )

    assert PointsLot.objects.get(pk=filled.pk).remaining == 0
    assert account_of(company) == (0, 0)
    # Not for a test to leave behind: at commit the lot would be refused.
    enter(company, ("lot", filled, 50), ("sold", None, -50), points=50)


def test_an_unbalanced_entry_is_refused(company, lot):
    assert (
        refused(enter, company, ("lot", lot, -10), ("spent", None, 9), points=-10)
        == "points_lines_sum_to_zero"
    )
    assert lots() == [("purchase", 50, 50)]


def test_an_entry_with_one_leg_is_refused(company, lot):
    assert refused(enter, company, ("lot", lot, -10), points=-10) == "points_lines_sum_to_zero"


def test_an_entry_without_lines_is_refused_at_commit(company, lot):
    entry = []

    def attempt():
        entry.append(enter(company, points=0))

    # At once it is not: the lines come by the next statement.
    assert refused(attempt) == "points_entry_has_lines"
    assert len(entry) == 1


def test_a_balanced_line_added_later_is_refused(company, lot):
    entry = enter(company, ("sold", None, -10), ("granted", None, 10))

    assert (
        refused(add_lines, entry, ("spent", None, 10), ("granted", None, -10))
        == "points_lines_come_at_once"
    )


def test_lines_that_move_otherwise_than_the_entry_says_are_refused(company, lot):
    assert (
        refused(enter, company, ("lot", lot, -10), ("spent", None, 10), points=-9)
        == "points_lines_move_what_the_entry_says"
    )


@pytest.mark.parametrize(("after", "seq"), [(41, None), (39, None), (40, 9)])
def test_a_balance_that_does_not_run_on_is_refused(company, lot, after, seq):
    wrong = {"points": -10, "after": after, "seq": seq}

    assert (
        refused(enter, company, ("lot", lot, -10), ("spent", None, 10), **wrong)
        == "points_balance_runs_on"
    )


def test_one_number_has_one_entry(company, lot):
    assert (
        refused(enter, company, ("lot", lot, -10), ("spent", None, 10), points=-10, seq=1)
        == "points_entry_seq_once"
    )


def test_more_than_a_lot_has_left_is_refused(company, lot):
    buy(company, 50, "order-2")

    assert (
        refused(enter, company, ("lot", lot, -51), ("spent", None, 51), points=-51)
        == "lot_remaining_from_0_to_its_points"
    )


def test_more_than_a_lot_ever_had_is_refused(company, lot):
    assert (
        refused(enter, company, ("lot", lot, 1), ("spent", None, -1), points=1)
        == "lot_remaining_from_0_to_its_points"
    )


def test_a_negative_balance_is_refused(company, lot):
    assert (
        refused(enter, company, ("lot", lot, -60), ("spent", None, 60), points=-60)
        == "points_balance_after_from_0"
    )


def test_a_lot_that_opens_with_other_than_its_points_is_refused_at_commit(company, lot):
    def attempt():
        enter(company, ("lot", new_lot(company, 50), 20), ("sold", None, -20), points=20)

    assert refused(attempt) == "points_lot_opens_with_its_points"


def test_a_lot_that_never_opens_is_refused_at_commit(company, lot):
    assert refused(new_lot, company, 50) == "points_lot_opens_with_its_points"


def test_a_lot_that_is_over_before_it_opens_is_refused(company, lot):
    assert (
        refused(new_lot, company, 50, expires_at=AT - timedelta(seconds=1))
        == "lot_ends_after_it_opens"
    )


def test_points_of_another_companys_lot_are_refused(alpha, company, lot):
    theirs = buy(alpha.other_company, 50, "order-2")

    assert (
        refused(enter, company, ("lot", theirs, -10), ("spent", None, 10), points=-10)
        == "points_of_the_companys_own_lots"
    )


def test_an_entry_of_a_company_without_an_account_is_refused(alpha, company, lot):
    def attempt():
        entry = PointsEntry.objects.create(
            tenant_id=company.tenant_id,
            company=alpha.other_company,
            seq=1,
            kind="grant",
            reason_key="by-hand",
            occurred_at=AT,
            recorded_at=AT,
            points=0,
            balance_after=0,
        )
        add_lines(entry, ("sold", None, -10), ("granted", None, 10))

    assert refused(attempt) == "points_have_an_account"


def test_one_reason_has_one_entry(company, lot):
    assert (
        refused(enter, company, ("lot", lot, -10), ("spent", None, 10), points=-10, key="order-1")
        == "points_reason_once"
    )


def test_a_spend_names_its_case(company, lot):
    assert (
        refused(enter, company, ("lot", lot, -10), ("spent", None, 10), points=-10, kind="spend")
        == "points_entry_names_its_case"
    )


def test_a_correction_that_nobody_approved_is_refused_at_commit(company, lot):
    assert (
        refused(
            enter,
            company,
            ("lot", lot, -10),
            ("corrected", None, 10),
            points=-10,
            kind="correction",
        )
        == "points_correction_is_approved"
    )


@pytest.fixture
def correction(alpha, company, lot, second_manager):
    return ask_correction(
        company=company, points=-10, lot=lot, reason="twice", by=alpha.manager, at=AT
    )


@pytest.fixture
def refund(company, lot):
    spend(company, 20)
    return ask_money_refund(company=company, case_number=1, by=None, at=AT)


CHANGES = [
    "points = points + 1",
    "asked_by_id = (SELECT max(id) FROM accounts_person)",
    "company_id = (SELECT max(id) FROM accounts_company)",
    "asked_at = asked_at + interval '1 day'",
]


@pytest.mark.parametrize(
    "change", [*CHANGES, "lot_id = NULL", "expires_at = asked_at", "reason = 'another'"]
)
def test_a_correction_that_waits_stays_as_it_was_asked(correction, change):
    attempt = f"UPDATE entitlements_correction SET {change}"

    assert refused(execute, attempt) == "points_request_stays"


@pytest.mark.parametrize("change", [*CHANGES, "case_number = 9", "entry_id = entry_id - 1"])
def test_a_refund_that_waits_stays_as_it_was_asked(refund, change):
    assert (
        refused(execute, f"UPDATE entitlements_moneyrefund SET {change}") == "points_request_stays"
    )


def approve_with(correction, second, entry):
    Correction.objects.filter(pk=correction.pk).update(
        state="approved", decided_by=second, decided_at=AT, entry=entry
    )


@pytest.mark.parametrize("points", [-9, -11])
def test_another_number_of_points_than_was_asked_for_is_refused(
    company, lot, correction, second_manager, points
):
    def attempt():
        legs = ("lot", lot, points), ("corrected", None, -points)
        entry = enter(company, *legs, points=points, kind="correction")
        approve_with(correction, second_manager, entry)

    assert refused(attempt) == "points_correction_is_what_was_asked"


def test_another_lot_than_was_asked_for_is_refused(company, correction, second_manager):
    other = buy(company, 50, "order-2")

    def attempt():
        legs = ("lot", other, -10), ("corrected", None, 10)
        entry = enter(company, *legs, points=-10, kind="correction")
        approve_with(correction, second_manager, entry)

    assert refused(attempt) == "points_correction_is_what_was_asked"


def test_another_end_than_was_asked_for_is_refused(alpha, company, lot, second_manager):
    asked = ask_correction(
        company=company, points=5, expires_at=JUNE, reason="gift", by=alpha.manager, at=AT
    )

    def attempt():
        legs = ("lot", new_lot(company, 5), 5), ("corrected", None, -5)
        entry = enter(company, *legs, points=5, kind="correction")
        approve_with(asked, second_manager, entry)

    assert refused(attempt) == "points_correction_is_what_was_asked"


def test_another_companys_points_than_was_asked_for_are_refused(
    alpha, company, lot, correction, second_manager
):
    theirs = buy(alpha.other_company, 50, "order-2")

    def attempt():
        legs = ("lot", theirs, -10), ("corrected", None, 10)
        entry = enter(alpha.other_company, *legs, points=-10, kind="correction")
        approve_with(correction, second_manager, entry)

    assert refused(attempt) == "points_correction_is_what_was_asked"


def test_an_entry_of_another_kind_is_no_correction(company, lot, correction, second_manager):
    spent = spend(company, 10)

    assert (
        refused(approve_with, correction, second_manager, spent)
        == "points_correction_is_what_was_asked"
    )


def test_one_entry_is_one_correction(alpha, company, lot, correction, second_manager):
    again = ask_correction(
        company=company, points=-10, lot=lot, reason="twice", by=alpha.manager, at=AT
    )
    done = approve_correction(correction_id=correction.pk, by=second_manager, at=AT)

    assert refused(approve_with, again, second_manager, done.entry) == "correction_once_an_entry"


def give_money(company, *, refund_points=20, case_number=1, asks=True):
    """Move what case 1 has spent to the refunds, past `ask_money_refund`."""
    legs = ("spent", None, -20), ("refunded", None, 20)
    entry = enter(company, *legs, kind="money_refund", case_number=1)
    if asks:
        MoneyRefund.objects.create(
            tenant_id=company.tenant_id,
            company=company,
            case_number=case_number,
            points=refund_points,
            entry=entry,
            asked_at=AT,
        )


@pytest.mark.parametrize("wrong", [{"refund_points": 200}, {"case_number": 2}])
def test_a_refund_of_other_than_its_entry_moved_is_refused(company, lot, wrong):
    spend(company, 20)

    assert refused(give_money, company, **wrong) == "points_refund_is_what_was_asked"


def test_points_refunded_that_nobody_asked_for_are_refused(company, lot):
    spend(company, 20)

    assert refused(give_money, company, asks=False) == "points_refund_is_asked_for"


def test_lines_of_another_tenant_are_refused(company, lot, beta):
    entry = PointsEntry.objects.get()

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        PointsLine.objects.create(tenant_id=beta.tenant.pk, entry=entry, account="sold", points=-10)


def test_what_the_trigger_keeps_is_what_the_lines_say(company, lot):
    spend(company, 20)

    assert lots() == [("purchase", 50, 30)]
    assert account_of(company) == (30, 2)
    assert PointsLot.objects.filter(remaining__lt=F("points"), expires_at=SEPTEMBER).count() == 1
