"""The printed table: everybody in it is there, and can sign in."""

import re

import pytest
from django.test import Client

from accounts.models import Person, Tenant
from accounts.queries import operators_tenant
from accounts.tenancy import tenant
from supportdesk.demo.cast import VENDORS
from tests.demo.commands import said_by
from tests.demo.conftest import MOMENTS
from tests.stories.forms import press

pytestmark = pytest.mark.parametrize("seeded", MOMENTS[:1], indirect=True)


@pytest.fixture
def table(seeded, db, settings) -> str:
    settings.DEMO = True
    return said_by("demo_table")


def printed_sign_ins(table: str) -> list[tuple[str, str]]:
    """Read the rows of the table that name an address and a page."""
    return re.findall(r"(\S+@\S+)\s+(/\S*)$", table, re.MULTILINE)


def printed_password(table: str) -> str:
    return re.search(r"Password of all: (\S+)", table)[1]


def sign_in(host: str, email: str, password: str, page: str) -> tuple[str, int]:
    """Go to a page by way of the sign-in form; give where one comes to."""
    client = Client(headers={"host": host})
    form = client.get(page, follow=True)
    landed = press(client, form, "Sign in", login=email, password=password)
    return landed.request["PATH_INFO"], landed.status_code


@pytest.mark.parametrize("slug", [vendor.slug for vendor in VENDORS])
def test_everybody_in_the_table_can_sign_in_and_reaches_their_page(table, settings, slug):
    sign_ins, password = printed_sign_ins(table), printed_password(table)

    landed = {
        email: sign_in(f"{slug}.localhost", email, password, page) for email, page in sign_ins
    }

    assert f"http://{slug}.localhost{settings.SITE_PORT}/desk/" in table
    assert len(sign_ins) == 12
    assert ("manager2@demo.example", "/admin/") in sign_ins
    assert landed == {email: (page, 200) for email, page in sign_ins}


def test_customer_whose_licence_is_over_can_sign_in_where_the_table_says(table):
    host, email = re.search(r"Only at (\w+), .*: (\S+@\S+)", table).groups()

    landed = sign_in(f"{host}.localhost", email, printed_password(table), "/")

    assert landed == ("/", 200)
    with tenant(Tenant.objects.get(slug=host)):
        assert Person.objects.get(email=email).name == "Hank Ford"


def test_operator_in_the_table_can_sign_in_and_move_the_clock(table):
    email = re.search(r"clock as (\S+):", table)[1]

    landed = sign_in("localhost", email, printed_password(table), "/desk-time/")

    assert landed == ("/desk-time/", 200)
    with tenant(operators_tenant()):
        assert list(Person.objects.values_list("email", flat=True)) == [email]
