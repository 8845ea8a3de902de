"""The plan in short on the start page: hours, points, and what ends next."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.licences import add_licence
from entitlements.models import Contract, Product
from tests.portal.pages import words
from tests.portal.scalix import open_scalix


@pytest.fixture
def scalix(db, browse, set_desk_time, monkeypatch):
    def with_points(points):
        return open_scalix(browse, set_desk_time, monkeypatch, points=points)

    return with_points


def test_card_names_plan_points_and_what_ends_next(scalix):
    desk = scalix(20)
    with tenant(desk.world.tenant):
        Contract.objects.update(ends_on=date(2083, 12, 31))

    page = words(desk.client.get("/"))

    assert "Your plan Basic Technical Support" in page
    assert "20 points left" in page
    assert "Points that end next Bought, 20 left: 2 Jun 2084" in page
    assert "Basic Technical Support until 31 Dec 2083 · 210 days left" in page


def test_card_tells_the_hours_of_today(scalix, set_desk_time):
    desk = scalix(20)
    open_now = words(desk.client.get("/"))
    set_desk_time(datetime(2083, 6, 5, 14, 0, tzinfo=UTC))  # a Saturday

    closed = words(desk.client.get("/"))

    assert "Open now, until" in open_now
    assert "Closed now: opens Mon 7 Jun" in closed.replace("\N{NO-BREAK SPACE}", " ")


def test_vendor_without_points_or_plans_has_a_card_without_them(vendor, browse):
    world = vendor("msp")

    card = browse(world.tenant, world.contact).get("/").context["plan_card"]

    assert (card.plans, card.points, card.points_end) == ((), None, None)


def test_home_costs_a_fixed_number_of_statements(scalix):
    desk = scalix(20)
    desk.client.get("/")

    def statements():
        with CaptureQueriesContext(connection) as counted:
            assert desk.client.get("/").status_code == 200
        return len(counted)

    few = statements()
    for day in range(1, 29):
        desk.sell(5, until=datetime(2084, 5, day, 4, 0, tzinfo=UTC))
    with tenant(desk.world.tenant) as at:
        for number in range(20):
            add_licence(
                company=desk.world.company,
                product=Product.objects.get(),
                number=f"LIC-{number}",
                valid_from=date(2083, 1, 1),
                valid_until=date(2084, 1, 1),
                by=desk.manager,
                at=at,
            )

    assert statements() == few <= 29
