"""Saying how it was: by one press in a letter, on the start page and on the case."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actions import add_person
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.portal.pages import file_cases, words
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.rating import rate_case
from tickets.models import Case, CaseRating
from tickets.rating import rating_url
from tickets.rating_mail import NOT_BAD_ANY_MORE

MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def world(vendor, set_desk_time):
    set_desk_time(LATER)
    return vendor("datadynamics")


@pytest.fixture
def case(world):
    (case,) = file_cases(world, 1, at=MONDAY, severity="2", priority="normal")
    with tenant(world.tenant):
        resolve_case(case_id=case.pk, solution="Restart it.", by=world.agent, at=LATER)
        return Case.objects.get(pk=case.pk)


def address(world, case, score=""):
    with tenant(world.tenant):
        url = rating_url(case, case.resolved_at, world.contact, score)
    return url[url.index("/rate/") :]


def scores(world):
    with tenant(world.tenant):
        return list(CaseRating.objects.values_list("score", "words"))


def test_opening_the_address_keeps_nothing_and_one_press_does(world, case, browse):
    stranger = browse(world.tenant)
    chosen = stranger.get(address(world, case, "bad"))
    assert scores(world) == []
    assert 'value="bad" id="id_score_2" checked' in chosen.content.decode()
    assert "data-sends-itself" in chosen.content.decode()

    answer = stranger.post(address(world, case), {"score": "bad", "words": ""})
    thanks = stranger.get(answer["Location"])
    stranger.post(address(world, case), {"score": "good", "words": "In the end."})

    assert (answer.status_code, answer["Location"]) == (302, address(world, case))
    assert "Thank you You said: Bad" in words(thanks)
    assert "data-sends-itself" not in thanks.content.decode()
    assert scores(world) == [("good", "In the end.")]


def test_nothing_chosen_is_an_error_beside_the_choice(world, case, browse):
    page = browse(world.tenant).post(address(world, case), {})

    assert page.status_code == 422
    assert "There is a problem Choose one of the three." in words(page)


def test_address_written_for_another_vendor_is_not_there(world, case, vendor, browse):
    other = vendor("msp")

    assert browse(other.tenant).get(address(world, case)).status_code == 404


def test_start_page_asks_for_closed_cases_by_three_buttons(world, case, browse):
    with tenant(world.tenant):
        close_case(case_id=case.pk, by=world.contact, at=LATER)
    client = browse(world.tenant, world.contact)
    before = words(client.get("/"))

    answer = client.post(f"/cases/{case.number}/rate/", {"score": "okay", "back": "home"})
    after = words(client.get("/"))

    assert "Good Okay Bad" in before
    assert answer["Location"] == "/"
    assert "You said: Okay" in after
    assert "Good Okay Bad" not in after
    assert scores(world) == [("okay", "")]


def test_desk_reads_on_the_case_what_was_said(world, case, browse):
    client = browse(world.tenant, world.contact)
    page = words(client.get(f"/cases/{case.number}/"))
    client.post(f"/cases/{case.number}/rate/", {"score": "bad", "words": "It took a week."})

    desk = words(browse(world.tenant, world.agent).get(f"/desk/cases/{case.number}/"))

    assert "How did we do?" in page
    assert "What the customer said of it Bad carla" in desk
    assert "It took a week." in desk


def test_bad_rating_is_told_once_to_owner_and_leads_with_the_words_that_follow(world, case, browse):
    with tenant(world.tenant):
        lead = add_person(name="Lea Lead", role="lead", tier=1, email="lea@desk.test")
        Case.objects.filter(pk=case.pk).update(owner=world.agent)
    client = browse(world.tenant, world.contact)

    for words_after in ("", "It took a week."):
        sent = {"score": "bad", "words": words_after}
        client.post(f"/cases/{case.number}/rate/", sent)

    with tenant(world.tenant):
        rows = OutboxMessage.objects.filter(kind="rated_badly").order_by("recipient__name")
        assert [row.recipient_id for row in rows] == [world.agent.pk, lead.pk]
        assert {row.hold_until for row in rows} == {LATER + timedelta(minutes=10)}
        kind = registered("rated_badly")
        told = kind.render(lead, rows[0].refs)
        assert "the customer was not content" in told.subject
        assert "It took a week." in told.body
        assert "Ana Agent has the case." in told.body
        assert "/desk/cases/1/" in told.body
        assert kind.may_receive(lead, rows[0].refs) is True

        rate_case(case_id=case.pk, score="good", by=world.contact, at=LATER)
        assert kind.may_receive(lead, rows[0].refs) is NOT_BAD_ANY_MORE
