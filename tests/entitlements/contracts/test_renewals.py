from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_company, add_person
from accounts.models import Company, Person
from entitlements.actions import sign_contract
from entitlements.benefits import deliveries_owed
from entitlements.daily import daily_tasks, keep_tenant
from entitlements.deliveries import mark_delivered
from entitlements.lines import add_line
from entitlements.renewals import nearest, tell_of_deliveries, tell_of_ends
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import load_document
from tests.entitled import end_line
from tests.entitlements.contracts.conftest import AT
from tests.entitlements.contracts.test_signing import SOFTWARE, sign
from tests.packs import pack_for

# New York is five hours behind, four in summer.
LAST_DAY = date(2026, 12, 31)


def morning(day):
    """Give nine o'clock of a day in New York, or near it."""
    return datetime(day.year, day.month, day.day, 14, tzinfo=UTC)


def told(kind):
    found = OutboxMessage.objects.filter(kind=kind).order_by("id")
    return [(one.recipient.name.rpartition("-")[2], one.queued_at.date()) for one in found]


def letter(kind):
    message = OutboxMessage.objects.filter(kind=kind).latest("id")
    known = registered(kind)
    assert known.may_receive(message.recipient, message.refs) is True
    return known.render(message.recipient, message.refs)


def refusal(kind):
    message = OutboxMessage.objects.filter(kind=kind).latest("id")
    return str(registered(kind).may_receive(message.recipient, message.refs))


def each_day(first, last, task=tell_of_ends):
    day = first
    while day <= last:
        task(morning(day))
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("ends_on", "on_date", "expected"),
    [
        (date(2026, 12, 31), date(2026, 10, 1), None),
        (date(2026, 12, 31), date(2026, 10, 2), 90),
        (date(2026, 12, 31), date(2026, 11, 30), 90),
        (date(2026, 12, 31), date(2026, 12, 1), 30),
        (date(2026, 12, 31), date(2026, 12, 31), 30),
        (date(2026, 12, 31), date(2027, 1, 1), None),
        (None, date(2026, 12, 31), None),
    ],
)
def test_nearest_number_of_days_counts(ends_on, on_date, expected):
    assert nearest((90, 30), ends_on, on_date) == expected


def test_mx_01_renewal_contact_is_told_90_and_30_days_before_the_end(company):
    rene = company.people.get(name="cn-alpha-rene")
    sign(company, plan="basic", users=None, ends_on=LAST_DAY, renewal_contact=rene)

    each_day(date(2026, 9, 25), date(2027, 1, 5))

    assert told("contract_ends") == [("rene", date(2026, 10, 2)), ("rene", date(2026, 12, 1))]


def test_mx_01_company_admins_are_told_where_nobody_is_named(company):
    add_person(name="cn-alpha-bea", role="company_admin", email="bea@h.test", company=company)
    sign(company, plan="basic", users=None, ends_on=LAST_DAY)

    tell_of_ends(morning(date(2026, 12, 24)))

    assert sorted(name for name, _day in told("contract_ends")) == ["ada", "bea"]


def test_renewal_contact_who_has_left_is_not_told(company):
    rene = company.people.get(name="cn-alpha-rene")
    sign(company, plan="basic", users=None, ends_on=LAST_DAY, renewal_contact=rene)
    Person.objects.filter(pk=rene.pk).update(is_active=False)

    tell_of_ends(morning(date(2026, 12, 24)))

    assert [name for name, _day in told("contract_ends")] == ["ada"]


def test_mx_01_expiry_notice_names_the_renewal_address(company, scalix):
    text = pack_for(scalix.tenant.slug, "metalogix")
    load_document(text=text, by=None, at=AT, effective_at=AT, replace_edits=True)
    contract = sign_contract(
        company=company,
        plan="premium",
        product=scalix.product,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 20),
        at=AT,
    )
    if not OutboxMessage.objects.filter(kind="contract_ends").exists():
        tell_of_ends(AT)

    words = letter("contract_ends")

    assert words.subject == "Your contract ends on 20 Mar 2026"
    assert "Your contract for Premium ends on 20 Mar 2026, its last day." in words.body
    assert f"It covers {contract.product.name}." in words.body
    assert "To renew, contact sales@metalogix.com." in words.body
    assert "/plan/" in words.body


def test_contract_that_goes_on_is_not_announced_to_end(company):
    sign(company, plan="basic", users=None, ends_on=LAST_DAY)
    sign(company, plan="basic", users=None, starts_on=date(2027, 1, 1))

    tell_of_ends(morning(date(2026, 12, 24)))

    assert told("contract_ends") == []


def test_gap_is_no_renewal(company):
    sign(company, plan="basic", users=None, ends_on=LAST_DAY)
    sign(company, plan="basic", users=None, starts_on=date(2027, 1, 2))

    tell_of_ends(morning(date(2026, 12, 24)))

    assert [name for name, _day in told("contract_ends")] == ["ada"]


def test_contract_that_is_renewed_before_the_mail_leaves_is_not_told(company):
    sign(company, plan="basic", users=None, ends_on=LAST_DAY)
    tell_of_ends(morning(date(2026, 12, 24)))

    sign(company, plan="basic", users=None, starts_on=date(2027, 1, 1))

    assert refusal("contract_ends") == "It is renewed already."


def test_sp_04_subscription_that_ends_before_its_contract_is_told_with_its_users(company):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=LAST_DAY)

    tell_of_ends(morning(date(2026, 12, 24)))

    words = letter("subscription_ends")
    assert told("subscription_ends") == [("ada", date(2026, 12, 24))]
    assert "Your subscription Software Subscription Service ends on 31 Dec 2026" in words.body
    assert "It is for 50 users." in words.body
    assert "Gold Premium Support can only be had with this subscription." in words.body


def test_subscription_that_goes_on_is_not_announced_to_end(company):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=LAST_DAY)
    add_line(contract=contract, subscription=SOFTWARE, users=60, starts_on=date(2027, 1, 1))

    tell_of_ends(morning(date(2026, 12, 24)))

    assert told("subscription_ends") == []


def test_subscription_that_ends_with_its_contract_is_part_of_one_letter(company):
    sign(company, ends_on=LAST_DAY)

    tell_of_ends(morning(date(2026, 12, 24)))

    assert told("subscription_ends") == []
    assert "With it end:\n- Software Subscription Service\n" in letter("contract_ends").body


# The letter says what holds when it is sent, so the clock has to stand there.
LAPSED_AT = datetime(2031, 6, 2, 14, tzinfo=UTC)


@pytest.fixture
def lapsed(company, move_to):
    """Let the subscription of a Gold contract from March 2031 end with May, and tell of it."""

    def lapse():
        move_to(LAPSED_AT)
        contract = sign(company, starts_on=date(2031, 3, 1))
        end_line(line=contract.lines.get(), ends_on=date(2031, 5, 31))
        for hours in (0, 1, 30):
            tell_of_ends(LAPSED_AT + timedelta(hours=hours))

    return lapse


def test_sp_12_lapsed_subscription_is_told_once_a_term(lapsed):
    lapsed()

    assert told("subscription_lapsed") == [("ada", LAPSED_AT.date())]


def test_sp_12_letter_says_that_the_plan_is_kept(lapsed):
    lapsed()

    words = letter("subscription_lapsed")

    assert words.subject == "Your plan needs a subscription that has ended"
    assert "You keep Gold Premium Support until 29 Feb 2032, the end of its term." in words.body


def test_sp_12_letter_says_which_plan_holds_instead(lapsed, reworded):
    reworded({'on_lapse = "keep"': 'on_lapse = "downgrade"\nlapses_to = "basic"'})
    lapsed()

    body = letter("subscription_lapsed").body

    assert "Until the subscription is renewed, Basic Technical Support holds instead." in body


def test_lapse_that_is_mended_before_the_mail_leaves_is_not_told(lapsed, company):
    lapsed()

    add_line(
        contract=company.contracts.get(),
        subscription=SOFTWARE,
        users=5,
        starts_on=date(2031, 6, 1),
    )

    assert refusal("subscription_lapsed") == "The subscription is there again."


def test_sp_19_account_manager_is_reminded_before_a_delivery_is_due(company):
    sign(company, plan="silver")

    each_day(date(2026, 8, 10), date(2026, 9, 2), tell_of_deliveries)

    words = letter("delivery_due")
    assert told("delivery_due") == [("account_manager", date(2026, 8, 17))]
    assert words.subject == (
        "cn-alpha-harbor: System usage and performance assessment is due on 31 Aug 2026"
    )
    assert "It brings: System usage and performance assessment, due on 31 Aug 2026" in words.body


def test_sp_19_managers_are_reminded_where_there_is_no_account_manager(company):
    Company.objects.filter(pk=company.pk).update(account_manager=None)
    sign(company, plan="silver")

    tell_of_deliveries(morning(date(2026, 8, 20)))

    assert [name for name, _day in told("delivery_due")] == ["manager"]


def test_delivery_that_is_done_is_not_reminded_of(company, scalix):
    sign(company, plan="silver")
    tell_of_deliveries(morning(date(2026, 8, 20)))
    first = deliveries_owed().first()

    mark_delivered(item_id=first.pk, by=scalix.manager, at=morning(date(2026, 8, 21)))

    assert refusal("delivery_due") == "It is done already."


def test_day_is_the_customers(company):
    sign(company, plan="basic", users=None, ends_on=LAST_DAY)

    # The second of October has begun in Berlin, not in New York.
    tell_of_ends(datetime(2026, 10, 2, 3, 59, tzinfo=UTC))
    before = told("contract_ends")
    tell_of_ends(datetime(2026, 10, 2, 4, 0, tzinfo=UTC))

    assert before == []
    assert [name for name, _day in told("contract_ends")] == ["ada"]


def test_notices_cost_as_many_statements_for_many_contracts_as_for_one(company):
    def statements(day):
        with CaptureQueriesContext(connection) as counted:
            tell_of_ends(morning(day))
            tell_of_deliveries(morning(day))
        return len(counted)

    sign(company, ends_on=LAST_DAY)
    one = statements(date(2026, 12, 24))
    for number in range(12):
        other = add_company(name=f"cn-alpha-{number}", time_zone="America/New_York")
        add_person(
            name=f"cn-alpha-a{number}",
            role="company_admin",
            email=f"a{number}@h.test",
            company=other,
        )
        sign(other, ends_on=LAST_DAY)

    assert statements(date(2026, 12, 24)) == one
    assert OutboxMessage.objects.filter(kind="contract_ends").count() == 13


def test_daily_work_of_one_vendor_tells_nobody_of_the_other(company, beta, move_to):
    sign(company, plan="basic", users=None, ends_on=date(2031, 12, 31))
    move_to(morning(date(2031, 12, 24)))

    run = keep_tenant(company.tenant_id)

    assert run.failed == ()
    assert {"included_points", "deliveries", "ends", "delivery_reminders"} <= set(daily_tasks())
    recipients = OutboxMessage.objects.filter(kind="contract_ends").values_list(
        "recipient__tenant", flat=True
    )
    assert set(recipients) == {company.tenant_id}
