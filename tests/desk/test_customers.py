"""An account manager's customers: what waits, what is owed, which release ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.models import BenefitItem, Contract, EntitlementRequest, Release
from entitlements.release_lists import ending_soon
from entitlements.releases import add_release
from outbox.registry import registered
from tests.entitlements.lifecycle.storage import license_to
from tests.factories import CompanyFactory, ContactFactory
from tests.packs import publish
from tests.points import override_asked, pack_asked
from tests.portal.pages import words

NOON = datetime(2030, 3, 4, 12, tzinfo=UTC)
URL = "/desk/customers/"


@pytest.fixture
def selling(alpha, beta, set_desk_time):
    for twin in (alpha, beta):
        publish(twin, "scalix")
    set_desk_time(NOON)
    return alpha


@pytest.fixture
def client(selling, browse):
    return browse(selling.tenant, selling.account_manager)


def owe(twin, contract=None, number=1, due_on=date(2030, 3, 1)):
    return BenefitItem.objects.create(
        tenant=twin.tenant,
        contract=contract or twin.contract,
        benefit="assessment",
        term_starts_on=date(2030, 1, 1),
        number=number,
        due_on=due_on,
    )


def end_release(twin, version="9.0"):
    return add_release(
        product=twin.product,
        version=version,
        released_on=date(2028, 1, 1),
        support_end="day",
        support_ends_on=date(2030, 3, 31),
    )


def of_everything(twin, at=NOON - timedelta(hours=1)):
    with tenant(twin.tenant):
        pack_asked(twin, at=at)
        owe(twin)
        license_to(twin)
        end_release(twin)


def test_account_manager_reads_what_waits_is_owed_and_ends(client, selling):
    of_everything(selling)

    page = client.get(URL)
    found, text = page.context["found"], words(page)

    assert [what for _one, what in found.requests] == ["50 points"]
    assert [(row.item.due_on, row.days_left) for row in found.deliveries] == [
        (date(2030, 3, 1), -3)
    ]
    assert [one.ending.supported.release.version for one in found.endings] == ["9.0"]
    assert "3 days late" in text
    assert f"{selling.canary}company: a licence; the release is not known" in text
    assert "they can go to" not in text
    assert "Last day of support: 31 Mar 2030 · 27 days left" in text


def test_companies_of_others_are_not_there(client, selling, beta):
    of_everything(selling)
    of_everything(beta)
    with tenant(selling.tenant):
        company = selling.company
        company.account_manager = selling.manager
        company.save(update_fields=["account_manager"])

    page = client.get(URL)

    found = page.context["found"]
    assert (found.requests, found.deliveries, found.endings) == ((), (), ())
    assert beta.canary not in page.content.decode()


def test_page_is_in_the_navigation_of_account_managers_alone(client, selling, browse):
    link = f'href="{URL}"'

    own = client.get(reverse("desk:queue")).content.decode()
    agents = browse(selling.tenant, selling.agent).get(reverse("desk:queue")).content.decode()

    assert link in own
    assert link not in agents


def test_request_leads_to_where_it_is_decided(client, selling):
    with tenant(selling.tenant):
        asked = override_asked(selling, at=NOON - timedelta(hours=1))

    page = client.get(URL).content.decode()

    assert f'href="{reverse("desk:points_request", args=[asked.pk])}"' in page


@pytest.mark.parametrize(
    ("who", "page"),
    [("account_manager", URL), ("manager", "/admin/entitlements/benefititem/")],
)
def test_mail_about_a_delivery_leads_to_a_page_that_is_open_to_its_reader(selling, who, page):
    person = getattr(selling, who)
    with tenant(selling.tenant):
        item = owe(selling)
        refs = {"item": item.pk, "due": str(item.due_on)}
        letter = registered("delivery_due").render(person, refs)

    assert f"{page}\n" in letter.body


def more_of_everything(twin):
    for number in range(10):
        company = CompanyFactory(account_manager=twin.account_manager)
        contact = ContactFactory(company=company)
        license_to(twin, company, f"MORE-{number}")
        end_release(twin, f"8.{number}")
        contract = Contract.objects.create(
            tenant=twin.tenant, company=company, plan="gold", starts_on=date(2030, 1, 1)
        )
        owe(twin, contract)
        EntitlementRequest.objects.create(
            tenant=twin.tenant,
            company=company,
            asked_by=contact,
            kind="pack",
            pack="pack_50",
            asked_at=NOON,
        )


def test_page_takes_as_many_statements_for_ten_more_companies(client, selling):
    of_everything(selling)
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    with tenant(selling.tenant):
        more_of_everything(selling)
    with CaptureQueriesContext(connection) as many:
        page = client.get(URL)

    assert len(page.context["found"].deliveries) == 11
    assert len(many) == len(few)


def test_endings_take_as_many_statements_for_many_releases_as_for_one(selling):
    with tenant(selling.tenant):
        license_to(selling)
        end_release(selling)
        with CaptureQueriesContext(connection) as few:
            ending_soon(NOON)
        for number in range(10):
            end_release(selling, f"8.{number}")
        with CaptureQueriesContext(connection) as many:
            found = ending_soon(NOON)

        assert Release.objects.count() == len(found) == 11
    assert [(one.known, one.perhaps) for one in found] == [(0, 1)] * 11
    assert len(many) == len(few)
