"""Walking through the filing form as a browser does."""

import html
import re
from datetime import datetime

from django.http import HttpResponse
from django.test import Client

from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.models import Product
from tests.portal.vendors import Vendor
from tickets.actions.opening import open_case
from tickets.filing import Wish
from tickets.models import Case

SUBJECT = "Weekly import hangs"
BODY = "It stops at 80 %, since Friday."

# What a customer of each vendor answers, step by step.
ANSWERS = {
    "metalogix": {
        "what": {"case_type": "problem", "subject": SUBJECT},
        "severity": {"severity": "2"},
        "details": {"body": BODY},
    },
    "scalix": {
        "what": {"case_type": "problem", "subject": SUBJECT},
        "details": {"body": BODY},
    },
    "msp": {
        "what": {"case_type": "problem", "subject": SUBJECT},
        "priority": {"priority": "P4"},
        "details": {"body": BODY},
    },
    "datadynamics": {
        "what": {"case_type": "problem", "subject": SUBJECT},
        "severity": {"severity": "2"},
        "priority": {"priority": "normal"},
        "details": {"body": BODY},
    },
}


def words(response: HttpResponse) -> str:
    """Read a page as its reader does: the words, with single blanks."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(text).split())


def fill_in(client: Client, slug: str, **changes: dict[str, str]) -> list[str]:
    """Answer every step in turn and name the steps that were asked.

    `changes` gives other answers to a step, or answers to one that is only asked after a change.
    """
    answers = {"situation": {"environment": "production"}, **ANSWERS[slug], **changes}
    page, asked = client.get("/file/")["Location"], []
    while page != "/file/check/":
        step = page.split("/")[2]
        asked.append(step)
        response = client.post(page, answers[step])
        assert response.status_code == 302, words(response)
        page = response["Location"]
    return asked


def send(client: Client) -> HttpResponse:
    """Press the button of the check page."""
    page = client.get("/file/check/")
    assert page.status_code == 200, page
    sent = {"draft": page.context["draft"].pk, "shown": page.context["shown"]}
    return client.post("/file/send/", sent)


def all_cases(world: Vendor) -> list[Case]:
    with tenant(world.tenant):
        return list(Case.objects.order_by("number"))


def file_cases(
    world: Vendor, number: int, *, at: datetime, contact: Person | None = None, **wish: str
) -> list[Case]:
    """Open cases through the action, for pages that show what is there."""
    contact = contact or world.contact
    with tenant(world.tenant):
        product = Product.objects.get()
        return [
            open_case(
                wish=Wish(
                    company=world.company,
                    contact=contact,
                    channel="portal",
                    product=product,
                    **wish,
                ),
                subject=f"Case {place} of {contact.name}",
                body=BODY,
                by=contact,
                at=at,
            )
            for place in range(1, number + 1)
        ]
