"""One search over all that a manager looks after."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_company
from accounts.tenancy import tenant
from entitlements.models import Licence, Release
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import raise_lifecycle
from tests.packs import publish


@pytest.fixture
def manager(browse, alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            raise_lifecycle(twin)
            file_case(twin, severity="2", subject=f"{twin.canary}zebra")
            Licence.objects.update(number=f"{twin.canary}L-77")
            Release.objects.update(version="7.8.9")
    return browse(alpha.tenant, alpha.manager)


def search(manager, text):
    page = manager.get(reverse("admin:search"), {"q": text})
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("lead", "People cn-alpha-lead lead · lead@desk.test"),
        ("contact@acme.test", "cn-alpha-contact contact · cn-alpha-"),
        ("company", "Companies cn-alpha-company"),
        ("zebra", "Cases TW-1: cn-alpha-zebra"),
        ("l-77", "Licences cn-alpha-L-77"),
        ("7.8.9", "Products, releases and teams cn-alpha-"),
        ("e-mail templates", "Pages Texts of messages What customers see and read"),
        ("on call", "Duty roster People of the desk"),
        ("holidays", "Support policy"),
        ("answer of the desk", "Texts of messages An answer of the desk"),
    ],
)
def test_search_finds_each_kind_of_thing_and_no_other_vendors(manager, beta, asked, found):
    page = search(manager, asked)

    assert found in page
    assert beta.canary not in page


@pytest.mark.parametrize("asked", ["", "  ", "%", "'; --", "\x00"])
def test_search_for_nothing_finds_nothing(manager, asked):
    page = manager.get(reverse("admin:search"), {"q": asked})

    assert page.status_code == 200
    assert page.context["found"] == []


def test_search_asks_as_often_for_many_hits_as_for_one(manager, alpha):
    asked = []
    for number in (1, 30):
        with tenant(alpha.tenant):
            for each in range(number):
                add_company(name=f"Quagga {number} {each}")
        with CaptureQueriesContext(connection) as counted:
            page = search(manager, "quagga")
        asked.append(len(counted))

    assert asked[0] == asked[1]
    assert "Companies: all of them" in page
