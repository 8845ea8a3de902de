"""Nothing that was typed is lost, and nothing is sent twice."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from accounts.tenancy import tenant
from tests.portal.pages import ANSWERS, BODY, SUBJECT, all_cases, fill_in, send, words
from tests.portal.vendors import open_vendor
from tickets.models import Case, CaseDraft


def test_draft_outlives_a_sign_out(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    client.post("/file/what/", ANSWERS["scalix"]["what"])
    client.logout()

    again = browse(world.tenant, world.contact)

    assert "You have begun a case and not sent it." in words(again.get("/"))
    assert again.get("/file/")["Location"] == "/file/details/"
    assert SUBJECT in again.get("/file/what/").content.decode()


def test_draft_belongs_to_one_person(vendor, browse):
    world = vendor("scalix")
    browse(world.tenant, world.contact).post("/file/what/", ANSWERS["scalix"]["what"])

    other = browse(world.tenant, world.colleague)

    assert other.get("/file/")["Location"] == "/file/what/"
    assert SUBJECT not in other.get("/file/what/").content.decode()


def test_what_is_not_valid_is_kept_too(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)

    client.post("/file/what/", {"case_type": "", "subject": SUBJECT})

    assert SUBJECT in client.get("/file/what/").content.decode()
    assert client.get("/file/check/")["Location"] == "/file/what/"


def test_change_comes_back_to_the_check(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")

    page = client.get("/file/what/?change=1")
    after = client.post(
        "/file/what/", {"case_type": "question", "subject": "Another", "change": "1"}
    )

    assert page.context["back"] == "/file/check/"
    assert after["Location"] == "/file/check/"
    assert "Another" in words(client.get("/file/check/"))
    assert BODY in words(client.get("/file/check/"))


def test_draft_is_thrown_away_on_request(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")

    response = client.post("/file/discard/", follow=True)

    assert "The draft is gone. Nothing was sent." in words(response)
    assert client.get("/file/")["Location"] == "/file/what/"
    assert all_cases(world) == []


def test_a_look_sends_and_throws_away_nothing(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")

    assert client.get("/file/send/")["Location"] == "/file/"
    assert client.get("/file/discard/")["Location"] == "/file/"
    assert client.get("/file/check/").status_code == 200
    assert all_cases(world) == []


def read_of(client) -> dict[str, object]:
    """Give what the button of the check page sends."""
    page = client.get("/file/check/").context
    return {"draft": page["draft"].pk, "shown": page["shown"]}


@pytest.mark.parametrize("shown", [None, "", "...", "x"])
def test_nothing_is_sent_without_the_key_of_what_was_shown(vendor, browse, shown):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")
    sent = {"draft": read_of(client)["draft"]} | ({} if shown is None else {"shown": shown})

    page = client.post("/file/send/", sent)

    assert page.status_code == 422
    assert "Not sent: this is not what you were shown before." in words(page)
    assert all_cases(world) == []


def test_second_press_of_the_button_leads_to_the_one_case(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")
    sent = read_of(client)

    client.post("/file/send/", sent)
    second = client.post("/file/send/", sent, follow=True)

    (case,) = all_cases(world)
    assert second.redirect_chain == [(f"/cases/{case.number}/", 302)]
    assert "This has been sent already; it was not sent a second time." in words(second)


def test_old_check_page_does_not_send_a_newer_draft(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")
    old = read_of(client)
    send(client)
    fill_in(client, "scalix")

    client.post("/file/send/", old)

    assert len(all_cases(world)) == 1
    with tenant(world.tenant):
        assert CaseDraft.objects.count() == 1


def test_draft_of_somebody_else_is_not_sent(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")
    sent = read_of(client)

    response = browse(world.tenant, world.colleague).post("/file/send/", sent)

    assert response["Location"] == "/"
    assert all_cases(world) == []


@pytest.mark.parametrize("draft", ["", "x", "99999999999999999999"])
def test_sending_nothing_leads_back(vendor, browse, draft):
    world = vendor("scalix")

    response = browse(world.tenant, world.contact).post("/file/send/", {"draft": draft})

    assert response.status_code == 302
    assert all_cases(world) == []


def test_draft_that_is_not_answered_to_the_end_is_not_sent(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    client.post("/file/what/", ANSWERS["scalix"]["what"])
    with tenant(world.tenant):
        draft = CaseDraft.objects.get().pk

    response = client.post("/file/send/", {"draft": draft}, follow=True)

    assert response.redirect_chain[-1] == ("/file/details/", 302)
    assert all_cases(world) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_presses_at_once_make_one_case(browse):
    world = open_vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")
    sent = read_of(client)
    browsers = [browse(world.tenant, world.contact) for _press in range(4)]
    together, answers = Barrier(len(browsers)), []

    def press(browser):
        together.wait()
        answers.append(browser.post("/file/send/", sent)["Location"])
        connections.close_all()

    threads = [Thread(target=press, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant(world.tenant):
        (number,) = Case.objects.values_list("number", flat=True)
    assert sorted(answers) == [f"/cases/{number}/"] * 3 + [f"/cases/{number}/filed/"]
