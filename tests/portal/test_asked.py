"""What is asked of a customer stands first on the start page, with what to do about it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.models import Bulletin
from entitlements.requests import ask_for_entitlement
from tests.portal.pages import file_cases, words
from tickets.actions.conversation import ask_customer
from tickets.actions.diagnosing import offer_diagnostic
from tickets.actions.ending import resolve_case
from tickets.actions.levels import offer_level

MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def world(vendor, set_desk_time):
    set_desk_time(LATER)
    return vendor("datadynamics")


def file_some(world, number, **facts):
    return file_cases(world, number, at=MONDAY, severity="2", priority="normal", **facts)


def ask_much(world, asked, solved, level, tool):
    common = {"by": world.agent, "at": LATER}
    with tenant(world.tenant):
        ask_customer(case_id=asked.pk, question="Which version?", **common)
        resolve_case(case_id=solved.pk, solution="Restart it.", **common)
        offer_level(
            case_id=level.pk,
            axis="severity",
            level="3",
            kind="workaround",
            reason="Export by hand.",
            **common,
        )
        offer_diagnostic(
            case_id=tool.pk,
            name="Tracer",
            purpose="To see the calls.",
            link="https://files.vendor.test/tracer",
            **common,
        )


def test_dd_39_start_page_says_what_is_asked_and_when_the_case_is_closed(world, browse):
    ask_much(world, *file_some(world, 4))
    file_some(world, 1, contact=world.colleague)

    page = browse(world.tenant, world.contact).get("/")

    told = page.context["home"].asked
    assert [one.kind for one in told] == ["question", "solved", "level", "tool"]
    text = words(page)
    assert "Asked of you 4" in text
    assert "A question about “Case 1 of carla” Which version?" in text
    # A week later, at the same wall time of the customer.
    assert "closed without an answer at Mon 14 Jun 2083, 11:00 EDT" in text
    assert "Is “Case 2 of carla” solved?" in text
    assert "There is a workaround for “Case 3 of carla”: is it less pressing now?" in text
    assert "Terms to accept for the tool “Tracer”" in text
    for one in told:
        assert f'href="/cases/{one.case.number}/#{one.place}"' in page.content.decode()


def test_each_thing_that_is_asked_leads_to_where_it_is_answered(world, browse):
    ask_much(world, *file_some(world, 4))
    client = browse(world.tenant, world.contact)

    for one in client.get("/").context["home"].asked:
        assert f'id="{one.place}"' in client.get(f"/cases/{one.case.number}/").content.decode()


def test_colleague_who_asks_an_admin_waits_on_the_admins_start_page(world, browse):
    with tenant(world.tenant):
        ask_for_entitlement(
            kind="override",
            codes=["licence_missing"],
            subject="Import",
            words="Just this once.",
            asked_of=world.admin,
            by=world.contact,
            at=LATER,
        )

    page = words(browse(world.tenant, world.admin).get("/"))

    assert "carla asks you for an exception Just this once." in page


def test_start_page_costs_the_same_however_much_is_asked(world, browse):
    client = browse(world.tenant, world.contact)
    ask_much(world, *file_some(world, 4))
    client.get("/")

    with CaptureQueriesContext(connection) as one:
        client.get("/")
    for _again in range(5):
        ask_much(world, *file_some(world, 4))
    with CaptureQueriesContext(connection) as six:
        client.get("/")

    assert len(client.get("/").context["home"].asked) == 24
    assert len(six) == len(one)


def test_news_of_the_last_month_are_on_the_start_page_of_who_may_have_them(world, browse):
    with tenant(world.tenant):
        for topic, subject, days in (
            ("releases", "7.8 is out", 1),
            ("releases", "7.7 is out", 31),
            ("no_such_topic", "For others", 1),
        ):
            Bulletin.objects.create(
                tenant=world.tenant,
                topic=topic,
                subject=subject,
                body="Read on.",
                sent_by=world.agent,
                sent_at=LATER - timedelta(days=days),
                recipients=1,
            )

    page = browse(world.tenant, world.contact).get("/")

    assert [note.subject for note in page.context["notices"]] == ["7.8 is out"]
    assert "7.8 is out" in words(page)
