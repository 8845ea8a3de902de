"""The first page of the admin: what needs a manager, how much, since when, and where to go."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_company
from accounts.tenancy import tenant
from desk.landing_sections import all_pages
from entitlements.models import Contract, Licence, Registration
from entitlements.registration import digest_of
from jobs.models import Job
from outbox.models import OutboxMessage
from tests.packs import publish

AGO = timedelta(days=2)


@pytest.fixture
def manager(browse, alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    return browse(alpha.tenant, alpha.manager)


def text_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def first_page(manager):
    return text_of(manager.get(reverse("admin:index")))


def trouble(twin, number):
    """Have so many of everything that needs a manager."""
    with tenant(twin.tenant) as at:
        day = at.date()
        for each in range(number):
            name = f"{twin.canary}{each}"
            company = add_company(name=name)
            Contract.objects.create(
                tenant=twin.tenant,
                company=company,
                starts_on=day - timedelta(days=300),
                ends_on=day + timedelta(days=20 + each),
            )
            Licence.objects.create(
                tenant=twin.tenant,
                company=company,
                product=twin.product,
                number=name,
                valid_from=day,
            )
            Registration.objects.create(
                tenant=twin.tenant,
                name=name,
                email=f"new{each}@new.test",
                company_name=name,
                state="waiting",
                token_digest=digest_of(name),
                link_expires_at=at,
                asked_at=at - AGO,
                proven_at=at - AGO,
            )
            OutboxMessage.objects.create(
                tenant=twin.tenant,
                kind="agent_replied",
                recipient=twin.contact,
                dedupe_key=name,
                message_id=f"<{name}@test>",
                state="failed",
                why="The server said no.",
                queued_at=at - AGO,
            )
            Job.objects.create(
                tenant=twin.tenant,
                kind="audit_clocks",
                state="failed",
                why="Broken",
                requested_at=at,
                finished_at=at,
            )


def test_first_page_tells_each_thing_with_its_number_its_oldest_and_where_to_go(
    manager, alpha, beta
):
    trouble(alpha, 3)
    trouble(beta, 5)

    page = manager.get(reverse("admin:index"))

    said = text_of(page)
    for sentence in (
        "3 registrations wait for a decision the oldest since",
        "3 licences were named by customers and are not verified",
        "3 contracts end and none follows them the first on",
        "3 messages were not sent and wait for you the oldest since",
        "3 pieces of long work failed within two weeks",
        "Watching the clocks: not at work never seen",
    ):
        assert sentence in said
    assert reverse("admin:unsent") in page.content.decode()
    assert beta.canary not in said


def test_first_page_asks_as_often_for_fifty_of_everything_as_for_one(browse, manager, alpha, beta):
    asked = []
    for twin, number in ((alpha, 1), (beta, 50)):
        trouble(twin, number)
        client = browse(twin.tenant, twin.manager)
        first_page(client)  # what is read once
        with CaptureQueriesContext(connection) as counted:
            first_page(client)
        asked.append(len(counted))

    assert asked[0] == asked[1] < 60


def test_every_section_leads_somewhere(manager):
    answers = {page.url: manager.get(page.url).status_code for _section, page in all_pages()}

    assert set(answers.values()) == {200}
