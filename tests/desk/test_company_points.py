"""A company's points at the desk: the desk reads them, who sells records a purchase."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.balances import balance_at
from entitlements.models import PointsLot
from tests.desk.conftest import MONDAY, text_of
from tests.points import give_points, spend

SOLD = {"pack": "pack_50", "reference": "INV-1", "bought_on": "2030-03-04"}


@pytest.fixture
def desk(open_desk):
    """Open alpha's desk, which sells points and whose customers have none yet."""
    desk = open_desk("scalix", is_entitled=False)
    with tenant(desk.twin.tenant):
        desk.twin.contract.plan = "basic"
        desk.twin.contract.save(update_fields=["plan"])
    return desk


@pytest.fixture
def url(desk):
    return reverse("desk:points", args=[desk.twin.company.pk])


def balance(desk):
    with tenant(desk.twin.tenant):
        return balance_at(desk.twin.company, MONDAY)


@pytest.mark.parametrize("who", ["agent", "lead", "dispatcher", "manager", "account_manager"])
def test_everybody_of_the_desk_reads_the_statement(desk, url, who):
    with tenant(desk.twin.tenant):
        give_points(desk.twin.company, 50, at=MONDAY, by=desk.twin.manager)
        spend(desk.twin.company, 10, 7, at=MONDAY)

    page = desk.client(getattr(desk.twin, who)).get(url)

    assert [(row.row.what, row.row.entry.balance_after) for row in page.context["rows"]] == [
        ("Case opened", 40),
        ("Points bought", 50),
    ]
    assert reverse("desk:case", args=[7]) in text_of(page)


@pytest.mark.parametrize("who", ["manager", "account_manager"])
def test_who_sells_records_a_purchase(desk, url, who):
    page = desk.client(getattr(desk.twin, who)).post(url, SOLD)

    assert (page.status_code, page.url) == (302, url)
    assert balance(desk) == 50
    with tenant(desk.twin.tenant):
        lot = PointsLot.objects.get()
    assert (lot.reference, lot.expires_at) == ("INV-1", datetime(2031, 3, 4, 23, tzinfo=UTC))


@pytest.mark.parametrize("who", ["agent", "lead", "dispatcher"])
def test_others_are_neither_offered_the_form_nor_heard(desk, url, who):
    client = desk.client(getattr(desk.twin, who))

    page, answer = client.get(url), client.post(url, SOLD)

    assert "Record the purchase" not in text_of(page)
    assert answer.status_code == 403
    assert balance(desk) == 0


def test_sp_07_second_pack_of_the_same_order_is_recorded_by_its_number(desk, url):
    client = desk.client(desk.twin.account_manager)
    client.post(url, SOLD | {"number": "1"})

    answer = client.post(url, SOLD | {"number": "2"})

    assert answer.status_code == 302
    assert balance(desk) == 100


def test_refused_purchase_shows_what_was_typed(desk, url):
    client = desk.client(desk.twin.account_manager)
    client.post(url, SOLD)

    page = client.post(url, SOLD)

    assert page.status_code == 422
    assert "“INV-1” is recorded already" in text_of(page)
    assert 'value="INV-1"' in text_of(page)
    assert balance(desk) == 50


def test_statement_can_be_taken_away(desk):
    with tenant(desk.twin.tenant):
        give_points(desk.twin.company, 50, at=MONDAY, by=desk.twin.manager)
    url = reverse("desk:points_statement", args=[desk.twin.company.pk])

    lines = b"".join(desk.client().get(url).streaming_content).decode().splitlines()

    assert len(lines) == 2
    assert f"{desk.twin.canary}manager" in lines[1]


def test_page_takes_as_many_statements_at_60_entries(desk, url):
    with tenant(desk.twin.tenant):
        give_points(desk.twin.company, 500, at=MONDAY)
        spend(desk.twin.company, 1, 1, at=MONDAY)
    client = desk.client()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    with tenant(desk.twin.tenant):
        for number in range(2, 61):
            spend(desk.twin.company, 1, number, at=MONDAY)
    with CaptureQueriesContext(connection) as many:
        client.get(url)

    assert len(many) == len(few)


def test_company_of_the_other_vendor_is_as_if_there_were_none(desk, beta):
    client = desk.client(desk.twin.manager)
    urls = [reverse("desk:points", args=[number]) for number in (beta.company.pk, 987_654)]

    pages = [client.get(url) for url in urls]

    assert [page.status_code for page in pages] == [404, 404]
    assert text_of(pages[0]) == text_of(pages[1])


def test_page_is_a_link_away_from_where_callers_are_asked(desk, url):
    page = desk.client().get(reverse("desk:caller", args=[desk.twin.company.pk]))

    assert f'href="{url}"' in text_of(page)


def test_page_is_a_link_away_from_a_case(desk, url):
    with tenant(desk.twin.tenant):
        give_points(desk.twin.company, 50, at=MONDAY)

    page = desk.page(desk.file())

    assert f'href="{url}"' in text_of(page)
