"""Filing through the pages, for each of the four vendors."""

import pytest
from accounts.tenancy import tenant

from tickets.models import Case, CaseDraft

SUBJECT = "Nightly export stops"
BODY = "It stops at 80 %, since Friday."


def answer(client, step, **answers):
    """Send one step and name the page that follows."""
    response = client.post(f"/file/{step}/", answers)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def only_case(world):
    with tenant(world.tenant):
        return Case.objects.get()


def test_metalogix_asks_for_type_and_severity(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)

    assert client.get("/file/")["Location"] == "/file/what/"
    assert answer(client, "what", case_type="problem", subject=SUBJECT) == "/file/severity/"
    assert answer(client, "severity", severity="2") == "/file/details/"
    assert answer(client, "details", body=BODY) == "/file/check/"


def send(client):
    page = client.get("/file/check/")
    assert page.status_code == 200, page
    return client.post("/file/send/", {"draft": page.context["draft"].pk})
