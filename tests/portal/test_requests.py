"""What a customer asked for, and was asked for, on the page of the plan (SC-19, DD-33)."""

from datetime import UTC, datetime

import pytest

from accounts.tenancy import tenant
from entitlements.models import EntitlementRequest
from entitlements.requests import ask_for_entitlement, decline_request
from outbox.models import OutboxMessage
from tests.packs import publish
from tests.portal.pages import words

NOON = datetime(2030, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def house(alpha, set_desk_time):
    """A vendor without points: an exception is all that can be asked for."""
    publish(alpha, "datadynamics")
    set_desk_time(NOON)
    return alpha


def ask(twin, asked_of=None):
    with tenant(twin.tenant):
        return ask_for_entitlement(
            kind="override",
            codes=["licence_missing"],
            subject="Nightly export",
            words="It is urgent.",
            asked_of=asked_of,
            by=twin.contact,
            at=NOON,
        )


def state_of(twin, request):
    with tenant(twin.tenant):
        found = EntitlementRequest.objects.get(pk=request.pk)
        return found.state, found.answer, found.decided_by_id


def test_exception_asked_for_is_on_the_plan_with_its_answer(house, browse):
    request = ask(house)
    client = browse(house.tenant, house.contact)
    before = words(client.get("/plan/"))
    with tenant(house.tenant):
        decline_request(request_id=request.pk, by=house.manager, at=NOON, answer="Renew first.")

    after = words(client.get("/plan/"))

    assert "Requests" in before
    assert "You asked" in before
    assert "waits" in before
    assert "Renew first." in after
    assert "declined" in after


def test_asker_takes_a_waiting_request_back(house, browse):
    request = ask(house)
    client = browse(house.tenant, house.contact)

    page = words(client.post(f"/requests/{request.pk}/withdraw/", follow=True))
    again = words(client.post(f"/requests/{request.pk}/withdraw/", follow=True))

    assert "You have taken it back." in page
    assert "taken back" in page
    assert "Somebody has decided about this request already." in again
    assert state_of(house, request) == ("declined", "", house.contact.pk)
    with tenant(house.tenant):
        assert not OutboxMessage.objects.filter(kind="entitlement_decided").exists()


def test_nobody_else_takes_it_back(house, browse):
    request = ask(house, asked_of=house.company_admin)

    for person in (house.colleague, house.company_admin, house.stranger):
        answer = browse(house.tenant, person).post(f"/requests/{request.pk}/withdraw/")
        assert answer.status_code == 404

    assert state_of(house, request)[0] == "waiting"


def test_company_admin_who_was_asked_says_no_and_why(house, browse):
    request = ask(house, asked_of=house.company_admin)
    client = browse(house.tenant, house.company_admin)
    page = f"/requests/{request.pk}/refuse/"

    shown = words(client.get("/plan/"))
    unsaid = client.post(page, {"answer": " "})
    said = client.post(page, {"answer": "We renew on Monday."})

    assert "asked you" in shown
    assert "Say no" in shown
    assert unsaid.status_code == 422
    assert "Say why not: your colleague reads it." in words(unsaid)
    assert said["Location"] == "/plan/"
    assert state_of(house, request) == (
        "declined",
        "We renew on Monday.",
        house.company_admin.pk,
    )
    with tenant(house.tenant):
        told = OutboxMessage.objects.get(kind="entitlement_decided")
        assert told.recipient == house.contact


def test_who_was_not_asked_cannot_say_no(house, browse):
    request = ask(house)

    for person in (house.contact, house.company_admin, house.stranger):
        client = browse(house.tenant, person)
        answer = client.post(f"/requests/{request.pk}/refuse/", {"answer": "No."})
        assert answer.status_code == 404

    assert state_of(house, request)[0] == "waiting"
