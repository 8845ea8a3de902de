"""A case that is worked at an agreed time (MS-10)."""

from datetime import UTC, datetime

import pytest

from accounts.tenancy import tenant
from tests.portal.pages import SUBJECT, all_cases, fill_in, send, words
from tickets.models import CaseDraft

THURSDAY = datetime(2083, 3, 11, 15, 0, tzinfo=UTC)  # 10:00 in New York
P6 = {"priority": "P6"}


@pytest.fixture
def client(vendor, browse, set_desk_time):
    world = vendor("msp")
    set_desk_time(THURSDAY)
    found = browse(world.tenant, world.contact)
    found.world = world
    return found


def test_time_is_asked_for_the_level_that_is_scheduled(client):
    asked = fill_in(client, "msp", priority=P6, when={"scheduled_for": "2083-03-15T10:00"})
    send(client)

    (case,) = all_cases(client.world)
    assert asked == ["what", "situation", "priority", "when", "details"]
    assert case.scheduled_for == datetime(2083, 3, 15, 14, 0, tzinfo=UTC)
    assert case.next_due_at == datetime(2083, 3, 15, 14, 0, tzinfo=UTC)


def test_no_date_leaves_the_case_without_a_due_time(client):
    fill_in(client, "msp", priority=P6, when={"scheduled_for": ""})

    check = words(client.get("/file/check/"))
    send(client)

    (case,) = all_cases(client.world)
    assert "no date yet" in check
    assert "At the agreed time: you name a date, or we agree on one with you." in check
    assert case.next_due_at is None


def test_ms_10_time_outside_of_the_hours_is_told_before_saving(client):
    fill_in(client, "msp", priority=P6, when={"scheduled_for": "2083-03-14T10:00"})

    check = words(client.get("/file/check/"))

    assert "lies outside of our hours: Sun 14 Mar 2083, 10:00 EDT" in check
    assert "We start when we open next: Mon 15 Mar 2083, 09:00 EDT" in check
    assert all_cases(client.world) == []


def test_time_within_the_hours_moves_nowhere(client):
    fill_in(client, "msp", priority=P6, when={"scheduled_for": "2083-03-15T10:00"})

    assert "outside of our hours" not in words(client.get("/file/check/"))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            "2083-03-14T02:30",  # the night in which New York puts its clocks forward
            "14 Mar 2083, 02:30 does not exist in America/New_York: the clocks are put forward "
            "then. Choose a time before or after the gap.",
        ),
        ("2083-03-01T10:00", "This time has passed already. Choose a later one."),
        ("3026-11-25T10:00", "This is too far ahead to promise anything. Look at the year again."),
        ("9999-12-31T23:00", "This is too far ahead to promise anything. Look at the year again."),
        ("0001-01-01T00:00", "This time has passed already. Choose a later one."),
        ("next week", "Give a date and a time, like 2026-03-09 14:30."),
    ],
)
def test_time_that_cannot_be_is_refused_and_shown_again(client, text, refusal):
    client.post("/file/what/", {"case_type": "request", "subject": SUBJECT})
    client.post("/file/priority/", P6)

    response = client.post("/file/when/", {"scheduled_for": text})

    assert response.status_code == 422
    assert refusal in words(response)
    assert f'value="{text}"' in response.content.decode()
    assert client.get("/file/check/")["Location"] == "/file/when/"


def test_change_to_a_scheduled_level_asks_for_the_time(client):
    fill_in(client, "msp")

    after = client.post("/file/priority/", {**P6, "change": "1"})

    assert after["Location"] == "/file/when/"


def test_time_is_forgotten_when_the_level_is_not_scheduled_any_more(client):
    fill_in(client, "msp", priority=P6, when={"scheduled_for": "2083-03-15T10:00"})

    after = client.post("/file/priority/", {"priority": "P2", "change": "1"})
    send(client)

    (case,) = all_cases(client.world)
    assert after["Location"] == "/file/check/"
    assert case.scheduled_for is None


@pytest.mark.parametrize("year", ["3026", "9999"])
def test_draft_that_cannot_be_worked_out_leads_to_its_fault_and_can_be_thrown_away(client, year):
    fill_in(client, "msp", priority=P6, when={"scheduled_for": ""})
    with tenant(client.world.tenant):
        CaseDraft.objects.update(
            answers={**CaseDraft.objects.get().answers, "scheduled_for": f"{year}-12-31T23:00"}
        )

    pages = [client.get(path) for path in ("/file/", "/file/check/")]
    details, when = client.get("/file/details/"), client.get("/file/when/")

    assert [page["Location"] for page in pages] == ["/file/when/", "/file/when/"]
    assert [page.status_code for page in (details, when)] == [200, 200]
    assert "Throw the draft away" in words(details)
    assert "Throw the draft away" in words(when)


def test_first_step_has_no_draft_to_throw_away(client):
    assert "Throw the draft away" not in words(client.get("/file/what/"))
