"""Pages that are older than what they speak of, and buttons that are pressed twice."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from portal.forms import ReplyForm
from portal.page import refusals_into
from sla.actions import load_document
from sla.engine.errors import EngineError
from tests.packs import pack_for
from tests.portal.pages import all_cases, file_cases, fill_in, send, words
from tickets.actions.conversation import reply_to_case
from tickets.actions.ending import resolve_case
from tickets.actions.merging import merge_cases
from tickets.drafts import keep_draft

# 10:00 on a Monday in New York, where the customers are.
MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)
NOT_AS_SHOWN = "Not sent: this is not what you were shown before."


@pytest.fixture
def filed(vendor, browse, set_desk_time):
    """A case of Metalogix, filed on Monday at ten; it is noon now."""
    set_desk_time(MONDAY + timedelta(hours=2))
    world = vendor("metalogix")
    (world.case,) = file_cases(world, 1, at=MONDAY, severity="2")
    world.page = f"/cases/{world.case.number}/"
    world.client = browse(world.tenant, world.contact)
    return world


def kinds(world):
    with tenant(world.tenant):
        return list(world.case.events.order_by("seq").values_list("kind", flat=True))[1:]


def solve(world):
    with tenant(world.tenant):
        resolve_case(
            case_id=world.case.pk, by=world.agent, solution="So.", at=MONDAY + timedelta(hours=1)
        )


def press(world, act, **fields):
    seen = world.client.get(world.page).context["page"].seen
    data = {"seen": seen} | fields
    return [world.client.post(f"{world.page}{act}/", data, follow=True) for _press in range(2)]


def test_reply_pressed_twice_is_sent_once(filed):
    once, again = press(filed, "reply", body=" It still hangs. ")

    assert kinds(filed) == ["customer_replied"]
    assert "Your message is with support." in words(once)
    assert "This has been sent already; it was not sent a second time." in words(again)


def test_same_words_on_a_page_that_shows_the_first_are_sent(filed):
    for _page in range(2):
        press(filed, "reply", body="Any news?")

    assert kinds(filed) == ["customer_replied", "customer_replied"]


def test_reply_pressed_twice_on_a_merged_case_is_led_on_once_and_meant_again_later(
    filed, set_desk_time
):
    into = file_cases(filed, 1, at=MONDAY, severity="2")[0]
    with tenant(filed.tenant):
        at = MONDAY + timedelta(hours=1)
        reply_to_case(case_id=into.pk, by=filed.agent, body="Hello.", at=at)
        merge_cases(case_id=filed.case.pk, into=into.number, by=filed.agent, at=at)

    _once, again = press(filed, "reply", body="Any news?")
    with tenant(filed.tenant):
        told = into.events.filter(kind="customer_replied").count()
    set_desk_time(MONDAY + timedelta(hours=3))
    press(filed, "reply", body="Any news?")

    assert told == 1
    assert "This has been sent already; it was not sent a second time." in words(again)
    with tenant(filed.tenant):
        assert into.events.filter(kind="customer_replied").count() == 2


def test_closing_pressed_twice_is_done_once(filed):
    _once, again = press(filed, "close", body="It was the proxy.")

    assert kinds(filed) == ["closed"]
    assert "This has been sent already" in words(again)


def test_reopening_pressed_twice_is_done_once(filed):
    solve(filed)
    _once, again = press(filed, "reopen", reason="It hangs again.")

    assert kinds(filed) == ["resolved", "reopened"]
    assert "This has been sent already" in words(again)


def test_parting_words_do_not_open_a_solved_case_again(filed):
    solve(filed)

    press(filed, "close", body="Thanks!")

    assert kinds(filed) == ["resolved", "closed"]
    assert "Thanks!" in words(filed.client.get(filed.page))


def test_number_on_the_page_is_of_what_the_customer_reads(filed):
    with tenant(filed.tenant):
        reply_to_case(
            case_id=filed.case.pk, by=filed.agent, body="Hello.", at=MONDAY + timedelta(hours=1)
        )

    assert filed.client.get(filed.page).context["page"].seen == 2


def test_draft_is_sent_as_it_was_shown(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")

    send(client)

    assert len(all_cases(world)) == 1


def test_answer_changed_in_another_window_is_shown_before_it_is_sent(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")
    shown = client.get("/file/check/").context
    with tenant(world.tenant) as at:
        keep_draft(by=world.contact, answers={"severity": "4", "subject": "Other"}, at=at)

    page = client.post("/file/send/", {"draft": shown["draft"].pk, "shown": shown["shown"]})

    assert page.status_code == 422
    assert NOT_AS_SHOWN in words(page)
    assert "Other" in words(page)
    assert all_cases(world) == []

    again = {"draft": page.context["draft"].pk, "shown": page.context["shown"]}
    client.post("/file/send/", again)

    assert [case.subject for case in all_cases(world)] == ["Other"]


def test_policy_changed_meanwhile_is_shown_before_it_is_sent(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")
    shown = client.get("/file/check/").context
    text = pack_for("metalogix", "metalogix").replace("hours = 8", "hours = 16")
    with tenant(world.tenant) as at:
        load_document(text=text, by=None, at=at)

    page = client.post("/file/send/", {"draft": shown["draft"].pk, "shown": shown["shown"]})

    assert NOT_AS_SHOWN in words(page)
    assert all_cases(world) == []


@pytest.mark.parametrize(
    ("now", "is_sent"),
    [
        (datetime(2083, 6, 7, 16, 0, tzinfo=UTC), True),
        (datetime(2083, 6, 8, 1, 0, tzinfo=UTC), False),
    ],
    ids=["a-while-later-on-the-same-day", "after-the-desk-has-closed"],
)
def test_promise_may_move_by_as_long_as_it_was_read(vendor, browse, set_desk_time, now, is_sent):
    # Eight business hours of 7 to 21 in New York: filed at ten they end at 18:00 that day.
    set_desk_time(MONDAY)
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")
    shown = client.get("/file/check/").context
    set_desk_time(now)

    page = client.post("/file/send/", {"draft": shown["draft"].pk, "shown": shown["shown"]})

    assert bool(all_cases(world)) is is_sent
    assert (page.status_code == 302) is is_sent


def test_what_cannot_be_worked_out_is_said_on_the_form_that_was_sent(db):
    form = ReplyForm({"body": "My long words."})

    with refusals_into(form):
        raise EngineError("never_open", zone="Europe/Berlin")

    assert form["body"].value() == "My long words."
    assert list(form.errors) == ["__all__"]
