"""Whom a customer can ask for what: points of who sells them, exceptions of who decides."""

import pytest

from accounts.actions import add_person
from accounts.models import Company
from accounts.tenancy import tenant
from entitlements.models import EntitlementRequest
from tests.portal.pages import fill_in, words
from tests.portal.scalix import open_scalix


@pytest.fixture
def refused(db, browse, set_desk_time, monkeypatch):
    """A customer whose draft is refused for want of points, with an account manager of its own."""
    desk = open_scalix(browse, set_desk_time, monkeypatch, points=0)
    with tenant(desk.world.tenant):
        seller = add_person(name="Sal Seller", role="account_manager", email="sal@desk.test")
        Company.objects.filter(pk=desk.world.company.pk).update(account_manager=seller)
        add_person(name="Mia Manager", role="manager", email="mia@desk.test")
    fill_in(desk.client, "scalix")
    return desk


def offered(desk):
    form = desk.client.get("/file/check/").context["ask_form"]
    return {str(name): key for key, name in form.fields["asked_of"].choices}


def test_sc_19_those_without_a_say_in_exceptions_are_offered_for_points_only(refused):
    names = offered(refused)

    assert "Sal Seller, account manager: for points, not for an exception" in names
    assert "Mia Manager, manager" in names


def test_sc_19_exception_is_asked_of_nobody_who_cannot_decide(refused):
    seller = offered(refused)["Sal Seller, account manager: for points, not for an exception"]

    page = refused.client.post("/file/ask/", {"what": "override", "asked_of": seller, "words": ""})

    assert page.status_code == 422
    assert "They do not decide about exceptions: ask somebody else for this." in words(page)
    with tenant(refused.world.tenant):
        assert not EntitlementRequest.objects.exists()


def test_sc_19_exception_is_asked_of_a_manager_beside_the_account_manager(refused):
    manager = offered(refused)["Mia Manager, manager"]

    refused.client.post("/file/ask/", {"what": "override", "asked_of": manager, "words": ""})

    with tenant(refused.world.tenant):
        assert EntitlementRequest.objects.get().asked_of.name == "Mia Manager"
