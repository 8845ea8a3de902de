"""Who is told that support, a licence or its maintenance ends: when, once, and in which words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.actions import add_product
from entitlements.daily import daily_tasks
from entitlements.lifecycle_notices import (
    due_warning,
    notice_licence_ends,
    notice_support_ends,
)
from entitlements.releases import add_release, change_release
from entitlements.topics import choose_topics, stop_topic
from outbox.delivery import deliver_due
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import license_to
from tests.packs import publish

LAST = date(2030, 5, 31)


def noon(month: int, day: int, year: int = 2030) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=UTC)


# 90 and 30 days before the last day.
NINETY, THIRTY = noon(3, 2), noon(5, 1)


@pytest.fixture
def ending(alpha):
    """Publish the policy, and let 9.0 end on LAST: the company is on it, the other one on 9.1."""
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        old = add_release(
            product=alpha.product,
            version="9.0",
            released_on=date(2028, 1, 1),
            support_end="day",
            support_ends_on=LAST,
        )
        new = add_release(
            product=alpha.product,
            version="9.1",
            released_on=date(2029, 1, 1),
            support_end="tbd",
        )
        license_to(alpha)
        license_to(alpha, alpha.other_company, "SX-2")
        _file_on(alpha, old, alpha.company, alpha.contact)
        _file_on(alpha, new, alpha.other_company, alpha.stranger)
    return old


def _file_on(twin, release, company, contact):
    file_case(
        twin,
        at=noon(2, 1),
        company=company,
        contact=contact,
        product=twin.product,
        release=release,
        case_type="problem",
        severity="2",
        priority="normal",
    )


def told(twin, kind: str) -> list[str]:
    """Name whom messages of a kind are queued to, without the canary."""
    rows = OutboxMessage.objects.filter(kind=kind).select_related("recipient")
    return sorted(row.recipient.name.removeprefix(twin.canary) for row in rows)


EVERYBODY = ["colleague", "company_admin", "contact"]


@pytest.mark.parametrize(
    ("on_date", "due"),
    [
        (date(2030, 3, 1), None),
        (date(2030, 3, 2), 90),
        (date(2030, 4, 30), 90),
        (date(2030, 5, 1), 30),
        (date(2030, 5, 31), 30),
        (date(2030, 6, 1), None),
    ],
)
def test_dd_32_warning_is_due_90_and_30_days_ahead(on_date, due):
    assert due_warning(LAST, on_date, (90, 30)) == due


def test_dd_31_contacts_on_a_release_that_ends_are_told_twice_and_once_each(alpha, ending):
    found = []
    with tenant(alpha.tenant):
        for at in (noon(3, 1), NINETY, NINETY, noon(4, 30), THIRTY, noon(5, 31), noon(6, 1)):
            notice_support_ends(at)
            found.append(told(alpha, "support_ends"))

    twice = sorted(EVERYBODY * 2)
    assert found == [[], EVERYBODY, EVERYBODY, EVERYBODY, twice, twice, twice]


def test_dd_32_account_managers_are_told_which_customers_are_on_it(alpha, ending):
    with tenant(alpha.tenant):
        notice_support_ends(NINETY)
        notice_support_ends(THIRTY)

        assert told(alpha, "support_ends_customers") == ["account_manager"] * 2
        message = OutboxMessage.objects.filter(kind="support_ends_customers").latest("pk")
        letter = registered(message.kind).render(message.recipient, message.refs)
    assert "/desk/customers/" in letter.body


def test_dd_31_after_an_outage_only_the_nearest_warning_is_sent(alpha, ending):
    with tenant(alpha.tenant):
        notice_support_ends(noon(5, 20))

        assert told(alpha, "support_ends") == EVERYBODY


def test_day_that_moves_makes_another_warning(alpha, ending):
    with tenant(alpha.tenant):
        notice_support_ends(NINETY)
        ending.support_ends_on = date(2030, 5, 20)
        change_release(release=ending)
        notice_support_ends(noon(3, 3))

        assert told(alpha, "support_ends") == sorted(EVERYBODY * 2)


def test_dd_31_who_stopped_the_topic_is_not_told(alpha, ending):
    with tenant(alpha.tenant):
        stop_topic(person=alpha.contact, topic="support_end")
        product = ("support_end", alpha.product.pk)
        choose_topics(person=alpha.colleague, by=alpha.colleague, wishes={product: False})
        notice_support_ends(NINETY)

        assert told(alpha, "support_ends") == ["company_admin"]


def test_licensed_company_whose_release_nobody_knows_is_told_as_well(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        add_release(
            product=alpha.product,
            version="9.0",
            released_on=date(2028, 1, 1),
            support_end="day",
            support_ends_on=LAST,
        )
        license_to(alpha)
        notice_support_ends(NINETY)

        assert told(alpha, "support_ends") == EVERYBODY


def test_dd_32_end_by_the_rule_is_warned_of_once_the_next_release_has_a_day(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        license_to(alpha)
        for version, day in (("9.0", date(2028, 1, 1)), ("9.1", date(2029, 1, 1))):
            add_release(product=alpha.product, version=version, released_on=day)
        notice_support_ends(NINETY)
        before = told(alpha, "support_ends")
        # Current and previous: 9.0 goes when 9.2 comes.
        add_release(product=alpha.product, version="9.2", released_on=date(2030, 6, 1))
        notice_support_ends(NINETY)

        assert (before, told(alpha, "support_ends")) == ([], EVERYBODY)
        refs = OutboxMessage.objects.filter(kind="support_ends").first().refs
        assert refs["last_day"] == "2030-05-31"


def test_notices_are_daily_work():
    assert {"support_end_notices", "licence_notices"} <= set(daily_tasks())


def test_warning_says_what_ends_when_and_what_to_do(alpha, ending, set_desk_time):
    set_desk_time(NINETY)
    with tenant(alpha.tenant) as at:
        notice_support_ends(at)
    deliver_due()

    told_of_it = {one.to[0]: one for one in mail.outbox if "support ends" in one.subject.lower()}
    told_of_it |= {one.to[0]: one for one in mail.outbox if "Support for" in one.subject}
    sent = told_of_it[alpha.contact.email]
    assert sent.subject == f"Support for {alpha.canary}product 9.0 ends on 31 May 2030"
    assert "As a case of your company says, you use" in sent.body
    assert "cases that are open on that day go on to their end" in sent.body
    assert "upgrade to 9.1" in sent.body
    assert "/notifications/stop/" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    managers = told_of_it[alpha.account_manager.email]
    assert f"- {alpha.canary}company (TW-1)" in managers.body
    assert "other_company" not in managers.body


def test_warning_of_a_day_that_has_moved_does_not_leave(alpha, ending, set_desk_time):
    set_desk_time(NINETY)
    with tenant(alpha.tenant) as at:
        notice_support_ends(at)
        ending.support_ends_on = date(2031, 5, 31)
        change_release(release=ending)
    deliver_due()

    assert [one for one in mail.outbox if "Support for" in one.subject] == []
    with tenant(alpha.tenant):
        rows = OutboxMessage.objects.filter(kind="support_ends")
        assert {row.why for row in rows} == {"The end of support is another day by now."}


@pytest.mark.parametrize(
    ("ends", "what"),
    [
        ({"valid_until": LAST}, "licence"),
        ({"maintenance_until": LAST}, "maintenance"),
        # It takes its maintenance with it: said once.
        ({"valid_until": LAST, "maintenance_until": LAST}, "licence"),
    ],
)
def test_mx_01_dd_33_admins_are_told_before_a_licence_or_its_maintenance_ends(alpha, ends, what):
    publish(alpha, "datadynamics")
    found = []
    with tenant(alpha.tenant):
        license_to(alpha, **ends)
        for at in (noon(3, 1), NINETY, NINETY, THIRTY, noon(6, 1)):
            notice_licence_ends(at)
            found.append(told(alpha, "licence_ends"))
        refs = {row.refs["what"] for row in OutboxMessage.objects.filter(kind="licence_ends")}

    once = ["company_admin"]
    assert found == [[], once, once, once * 2, once * 2]
    assert refs == {what}


def test_renewed_licence_is_not_warned_of(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        license_to(alpha, valid_until=LAST, maintenance_until=LAST)
        license_to(alpha, number="SX-2", valid_from=LAST, maintenance_until=date(2031, 5, 31))
        notice_licence_ends(NINETY)

        assert told(alpha, "licence_ends") == []


@pytest.mark.parametrize(
    ("other", "told_of"),
    [
        # Whatever goes on does so for its own company and its own product alone.
        ({"company": "other_company"}, ["company_admin"]),
        ({"product": "other_product"}, ["company_admin"]),
        ({"by": "contact"}, ["company_admin"]),
        ({}, []),
    ],
)
def test_only_a_verified_licence_of_the_same_product_goes_on(alpha, other, told_of):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        alpha.other_product = add_product(name="Another", code="another")
        license_to(alpha, valid_until=LAST)
        whose = {name: getattr(alpha, value) for name, value in other.items()}
        license_to(alpha, whose.pop("company", None), "SX-2", **whose)
        notice_licence_ends(NINETY)

        assert told(alpha, "licence_ends") == told_of


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Etc/GMT+12", datetime(2030, 3, 2, 12, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2030, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_warning_is_due_on_the_company_s_own_calendar(alpha, zone, first):
    publish(alpha, "datadynamics")
    alpha.company.time_zone = zone
    with tenant(alpha.tenant):
        alpha.company.save()
        license_to(alpha, valid_until=LAST)

        notice_licence_ends(first - timedelta(seconds=1))
        assert told(alpha, "licence_ends") == []
        notice_licence_ends(first)
        assert told(alpha, "licence_ends") == ["company_admin"]


def test_licence_notices_take_as_many_statements_for_many_licences(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        license_to(alpha, valid_until=LAST)
        one = statements_of_licence_notices()
        for number in range(20):
            company = alpha.other_company if number % 2 else alpha.company
            license_to(alpha, company, f"SX-2-{number}", valid_until=LAST)

        many = statements_of_licence_notices()

        # Nobody of the other company is an admin, and it has no account manager.
        assert told(alpha, "licence_ends") == ["company_admin"] * 11
    assert len(many) == len(one)
    (reading,) = [sql for sql in many if 'ORDER BY "entitlements_licence"."id"' in sql]
    # What ends after the furthest warning and a day, 91 days from 2 March, is not even read.
    assert "'2030-03-01'::date AND '2030-06-01'::date" in reading


def statements_of_licence_notices():
    with CaptureQueriesContext(connection) as seen:
        notice_licence_ends(NINETY)
    return [query["sql"] for query in seen]


def test_licence_that_nobody_verified_is_not_warned_of(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        license_to(alpha, valid_until=LAST, by=alpha.contact)
        notice_licence_ends(NINETY)

        assert told(alpha, "licence_ends") == []


def test_mx_01_licence_notice_names_who_renews_it(alpha, set_desk_time):
    publish(alpha, "datadynamics")
    set_desk_time(NINETY)
    with tenant(alpha.tenant) as at:
        license_to(alpha, maintenance_until=LAST)
        notice_licence_ends(at)
    deliver_due()

    (sent,) = mail.outbox
    assert sent.to == [alpha.company_admin.email]
    assert sent.subject == f"Maintenance of {alpha.canary}product ends on 31 May 2030"
    manager = alpha.account_manager
    assert f"To renew it, write to {manager.name}: {manager.email}" in sent.body


def test_company_without_admins_is_told_by_its_account_manager(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        alpha.company_admin.is_active = False
        alpha.company_admin.save()
        license_to(alpha, valid_until=LAST)
        notice_licence_ends(NINETY)

        assert told(alpha, "licence_ends") == ["account_manager"]


def test_notices_are_the_vendors_own(alpha, beta, ending):
    with tenant(alpha.tenant):
        notice_support_ends(NINETY)
    with tenant(beta.tenant):
        notice_support_ends(NINETY)

        assert not OutboxMessage.objects.exists()
