"""Who is told of points, when, and once: low balances, ends, purchases, refunds, faults."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.daily import daily_tasks
from entitlements.ledger import add_points, expire_lots
from entitlements.models import DailyRun
from entitlements.points_notices import (
    tell_asked_refunds,
    tell_expiring_lots,
    tell_low_balances,
    tell_new_entries,
    tell_of_faults,
)
from entitlements.refunds import settle_money_refund
from outbox.models import OutboxMessage
from outbox.registry import Rendered, registered
from sla.actions import load_document
from tests.entitlements.points_pages.conftest import NOW
from tests.factories import CompanyFactory, ContactFactory
from tests.packs import LONG_AGO, pack_for
from tests.points import give_points, refund_asked, spend

CONTACT = '[contact]\nrenewal_email = "renew@v.test"\nsales_email = "sales@v.test"\n\n[page]'


@pytest.fixture
def desk(selling):
    """Be in alpha, which says where points are sold."""
    with tenant(selling.tenant):
        text = pack_for("alpha", "scalix").replace("[page]", CONTACT, 1)
        load_document(text=text, by=None, at=LONG_AGO)
        yield selling


def told(kind):
    messages = OutboxMessage.objects.filter(kind=kind).order_by("pk")
    return [name.rpartition("-")[2] for name in messages.values_list("recipient__name", flat=True)]


def letter(kind, person) -> Rendered:
    """Write the letter of a kind that a person was queued for."""
    message = OutboxMessage.objects.get(kind=kind, recipient=person)
    how = registered(kind)
    assert how.may_receive(person, message.refs) is True
    return how.render(person, message.refs)


def test_daily_tasks_tell_after_the_ledger_has_entered_what_expired():
    names = daily_tasks()

    own = ["points_low", "points_expiring", "points_entries", "points_refunds", "points_faults"]
    assert [name for name in names if name in own] == own
    assert names.index("points_reconcile") < names.index("points_low")


def test_balance_that_falls_to_the_mark_is_told_once(desk):
    give_points(desk.company, 50, at=NOW)
    spend(desk.company, 30, 1, at=NOW)

    tell_low_balances(NOW)
    tell_low_balances(NOW + timedelta(hours=1))

    assert told("points_low") == ["company_admin"]


def test_balance_above_the_mark_is_nobodys_worry(desk):
    give_points(desk.company, 51, at=NOW)
    spend(desk.company, 30, 1, at=NOW)

    tell_low_balances(NOW)

    assert told("points_low") == []


def test_what_goes_on_falling_is_not_told_again_but_after_a_purchase_it_is(desk):
    give_points(desk.company, 50, at=NOW)
    spend(desk.company, 30, 1, at=NOW)
    tell_low_balances(NOW)
    spend(desk.company, 10, 2, at=NOW)
    tell_low_balances(NOW)
    give_points(desk.company, 50, at=NOW)
    spend(desk.company, 50, 3, at=NOW)

    tell_low_balances(NOW)

    assert told("points_low") == ["company_admin", "company_admin"]


def test_low_by_expiry_is_told_as_well(desk):
    give_points(desk.company, 50, at=NOW - timedelta(days=365))
    expire_lots(at=NOW)

    tell_low_balances(NOW)

    assert told("points_low") == ["company_admin"]


def test_low_balance_that_has_risen_before_the_mail_left_is_not_sent(desk):
    give_points(desk.company, 50, at=NOW)
    spend(desk.company, 40, 1, at=NOW)
    tell_low_balances(NOW)
    give_points(desk.company, 50, at=NOW)

    may_receive = registered("points_low").may_receive(
        desk.company_admin, {"company": desk.company.pk}
    )

    assert may_receive == "The balance has risen since."


def test_without_an_admin_of_the_company_its_contacts_who_may_file_are_told(desk):
    company = CompanyFactory()
    ContactFactory(company=company, name="x-filer")
    ContactFactory(company=company, name="x-reader", may_file=False)
    ContactFactory(company=company, name="x-gone", is_active=False)
    give_points(company, 50, at=NOW)
    spend(company, 40, 1, at=NOW)

    tell_low_balances(NOW)

    assert told("points_low") == ["filer"]


@pytest.mark.parametrize(
    ("days", "number"), [(31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7)]
)
def test_sc_05_lot_that_ends_is_told_so_many_days_ahead(desk, days, number):
    # 24:00 of that day in Berlin, whose clocks are put forward on 31 March.
    last_day = datetime(2030, 3, 5, tzinfo=ZoneInfo("Europe/Berlin")) + timedelta(days=days)
    add_points(
        company=desk.company,
        points=50,
        source="purchase",
        reason_key="one",
        by=None,
        at=NOW - timedelta(days=300),
        expires_at=last_day,
    )

    tell_expiring_lots(NOW)

    messages = OutboxMessage.objects.filter(kind="points_expiring")
    assert [message.refs["days"] for message in messages] == ([number] if number else [])


def test_lot_is_told_once_for_each_number_of_days(desk):
    give_points(desk.company, 50, at=NOW - timedelta(days=340))

    for day in range(26):
        tell_expiring_lots(NOW + timedelta(days=day))

    messages = OutboxMessage.objects.filter(kind="points_expiring").order_by("pk")
    assert [message.refs["days"] for message in messages] == [30, 7]


def test_lot_that_is_spent_is_not_told_of(desk):
    give_points(desk.company, 50, at=NOW - timedelta(days=340))
    spend(desk.company, 50, 1, at=NOW)

    tell_expiring_lots(NOW)

    assert told("points_expiring") == []


def test_mx_01_expiry_notice_names_where_to_renew_and_where_to_buy(desk):
    give_points(desk.company, 50, at=NOW - timedelta(days=340))
    tell_expiring_lots(NOW)

    mail = letter("points_expiring", desk.company_admin)

    assert mail.subject == "50 points end on 29 Mar 2030"
    assert "write to sales@v.test." in mail.body
    assert "To renew, write to renew@v.test." in mail.body


def test_mx_01_low_balance_notice_names_where_to_buy(desk):
    give_points(desk.company, 50, at=NOW)
    spend(desk.company, 40, 1, at=NOW)
    tell_low_balances(NOW)

    mail = letter("points_low", desk.company_admin)

    assert mail.subject == "10 points are left"
    assert "For more points, write to sales@v.test." in mail.body
    assert "http://alpha.localhost" in mail.body
    assert "/points/" in mail.body


def test_mx_01_account_manager_is_named_where_the_policy_has_no_address(selling):
    with tenant(selling.tenant):
        give_points(selling.company, 50, at=NOW)
        spend(selling.company, 40, 1, at=NOW)
        tell_low_balances(NOW)

        mail = letter("points_low", selling.company_admin)

    who = selling.account_manager
    assert f"For more points, ask {who.name}: {who.email}." in mail.body


def test_sp_07_purchase_is_told_with_its_reference_and_last_day(desk):
    give_points(desk.company, 50, at=NOW, reference="PO-7")
    tell_new_entries(NOW)
    tell_new_entries(NOW)

    mail = letter("points_added", desk.company_admin)

    assert mail.subject == "50 more points"
    assert "50 points, to be spent until the end of 4 Mar 2031" in mail.body
    assert "Reference: PO-7" in mail.body


def test_included_points_of_a_plan_come_without_a_mail(desk):
    give_points(desk.company, 50, at=NOW, source="included")

    tell_new_entries(NOW)

    assert told("points_added") == []


def test_sc_21_managers_are_told_of_money_to_pay_and_the_asker_of_its_payment(desk):
    refund = refund_asked(desk, at=NOW, by=desk.company_admin)
    tell_asked_refunds(NOW)
    asked = letter("points_refund_asked", desk.manager)
    settle_money_refund(refund_id=refund.pk, reference="CARD-9", by=desk.manager, at=NOW)

    late = registered("points_refund_asked").may_receive(desk.manager, {"refund": refund.pk})

    assert "has chosen money instead of the 10 points that case TW-1 cost" in asked.body
    assert late == "It is decided already."


def test_ledger_that_does_not_add_up_is_told_to_managers_once_a_day(desk):
    DailyRun.objects.create(
        tenant=desk.tenant, name="points_reconcile", ran_at=NOW, failed_at=NOW, why="Fault"
    )

    tell_of_faults(NOW)
    tell_of_faults(NOW + timedelta(hours=1))

    assert told("points_faulty") == ["manager"]
    assert "do not hold" in letter("points_faulty", desk.manager).subject


def test_ledger_that_adds_up_is_no_news(desk):
    DailyRun.objects.create(tenant=desk.tenant, name="points_reconcile", ran_at=NOW)

    tell_of_faults(NOW)

    assert told("points_faulty") == []


def test_notices_take_as_many_statements_for_twenty_companies_as_for_one(desk):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            tell_low_balances(NOW)
            tell_expiring_lots(NOW)
            tell_new_entries(NOW)
        return len(captured)

    def company_at_its_end():
        company = CompanyFactory()
        ContactFactory(company=company)
        give_points(company, 50, at=NOW - timedelta(days=340))
        spend(company, 40, company.pk, at=NOW)

    company_at_its_end()
    few = statements()
    for _number in range(20):
        company_at_its_end()

    assert statements() == few


def test_other_vendors_customers_hear_nothing(desk, beta):
    give_points(desk.company, 50, at=NOW)
    spend(desk.company, 40, 1, at=NOW)

    tell_low_balances(NOW)

    foreign = OutboxMessage.objects.exclude(recipient__tenant=desk.tenant)
    assert not foreign.exists()
    how = registered("points_low")
    assert not how.may_receive(desk.stranger, {"company": desk.company.pk})
