"""Who is told that something has ended, also after the warnings ahead of it were leapt over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actions import add_company, add_person
from accounts.models import Company
from accounts.tenancy import tenant
from entitlements import daily, ended
from entitlements.actions import sign_contract
from entitlements.daily import daily_tasks
from entitlements.models import PointsEntry
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.entitlements.lifecycle.storage import license_to
from tests.packs import publish
from tests.points import give_points

AT = datetime(2030, 3, 4, 12, 0, tzinfo=UTC)
LAST_DAY = date(2030, 6, 14)
AFTER = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
A_YEAR_ON = AT + timedelta(days=365)


def run_daily(at):
    """Do the daily work as if it were a moment that the desk's clock cannot be moved to."""
    assert [name for name in daily_tasks() if daily._run(name, at).failed] == []


@pytest.fixture
def entered(alpha, monkeypatch):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        run_daily(AT)
        monkeypatch.setattr(ended, "desk_now", lambda: A_YEAR_ON)
        yield alpha


def lapsing(twin):
    """Find or add a company that has bought nothing, with an admin."""
    known = Company.objects.filter(name="cn-alpha-lapsing").first()
    if known is not None:
        return known
    company = add_company(name="cn-alpha-lapsing", time_zone="Europe/Berlin", country="DE")
    add_person(name="cn-alpha-ada", role="company_admin", email="ada@l.test", company=company)
    return company


def sign(twin, **facts):
    terms = {"starts_on": date(2029, 1, 1), "ends_on": LAST_DAY} | facts
    return sign_contract(company=lapsing(twin), plan="basic", product=twin.product, at=AT, **terms)


def told(what):
    found = OutboxMessage.objects.filter(kind="ended", refs__what=what).order_by("pk")
    return [one.recipient.name.rpartition("-")[2] for one in found]


def letter():
    message = OutboxMessage.objects.get(kind="ended")
    known = registered("ended")
    assert known.may_receive(message.recipient, message.refs) is True
    return known.render(message.recipient, message.refs)


def refusal():
    message = OutboxMessage.objects.get(kind="ended")
    return str(registered("ended").may_receive(message.recipient, message.refs))


@pytest.mark.parametrize("at", [AFTER, A_YEAR_ON])
def test_mx_01_end_of_a_contract_is_told_once_also_after_a_leap(entered, at):
    sign(entered)

    run_daily(at)
    run_daily(at + timedelta(hours=2))

    assert told("contract") == ["ada"]
    assert letter().subject == "Your contract has ended on 14 Jun 2030"
    assert "To renew it" in letter().body


def test_contract_is_not_over_on_its_last_day(entered):
    sign(entered)

    ended.tell_of_what_ended(datetime(2030, 6, 14, 12, tzinfo=UTC))

    assert told("contract") == []


def test_renewed_contract_has_not_ended(entered):
    sign(entered)
    sign(entered, starts_on=date(2030, 7, 1), ends_on=None)

    run_daily(A_YEAR_ON)

    assert told("contract") == []


def test_what_is_renewed_before_the_mail_leaves_is_not_told(entered):
    sign(entered)
    run_daily(A_YEAR_ON)
    sign(entered, starts_on=date(2030, 7, 1), ends_on=None)

    assert refusal() == "It is renewed already."


def test_mx_01_end_of_a_licence_is_told_unless_a_longer_one_is_there(entered):
    license_to(entered, valid_until=LAST_DAY)
    license_to(entered, entered.other_company, "SX-2", valid_until=LAST_DAY)
    license_to(entered, entered.other_company, "SX-3")

    run_daily(A_YEAR_ON)

    assert told("licence") == ["company_admin"]
    assert letter().subject.startswith("Your licence of")
    assert "14 Jun 2030 was its last day" in letter().body


def test_sc_05_points_that_have_ended_are_told_with_what_to_do(entered):
    give_points(entered.company, 50, at=AT, days=100)

    run_daily(A_YEAR_ON)
    run_daily(A_YEAR_ON + timedelta(hours=2))

    assert PointsEntry.objects.filter(kind="expiry").count() == 1
    assert told("points") == ["company_admin"]
    assert letter().subject == "50 points have ended"
    assert "For new ones" in letter().body


def test_ends_are_looked_for_after_points_are_entered():
    names = daily_tasks()

    assert names.index("points_expiry") < names.index("ended")
