"""Data Dynamics: severity and priority, national holidays, waiting on the customer."""

import pytest

from tests.stories.forms import words
from tests.stories.house import BODY, House, local

CHICAGO = "America/Chicago"
SUBJECT = "Replication skips files"


def at(text: str):
    return local(CHICAGO, text)


@pytest.fixture
def house(open_house) -> House:
    """The desk sits in Houston; it is the afternoon before Thanksgiving."""
    house = open_house("datadynamics", at("2030-11-27 14:00"))
    house.desk_lives_in(CHICAGO)
    return house


@pytest.fixture
def rick(house):
    return house.customer("Lonestar", CHICAGO, "US")


def levels(severity: str, priority: str) -> tuple[dict[str, str], ...]:
    return (
        {"case_type": "problem", "subject": SUBJECT},
        {"severity": severity},
        {"priority": priority},
        {"body": BODY},
    )


def test_severity_2_before_thanksgiving_is_due_on_friday_and_climbs(house, rick):
    # Acceptance example 9
    desk = house.twin

    check = words(house.answer_steps(rick, *levels("2", "normal")))
    house.file(rick)
    assert "First response: Fri 29 Nov 2030, 14:00 CST · in 2 days at the latest" in check
    assert "Thanksgiving Day" in check
    assert "Fri 29 Nov 2030, 14:00 CST" in house.in_queue(desk.agent, SUBJECT)

    house.let_pass(at("2030-11-29 08:00"))
    assert house.mail_to(desk.agent) == [f"[TW-1] First response is at risk: {SUBJECT}"]
    house.let_pass(at("2030-11-29 14:01"))
    assert house.mail_to(desk.lead)[-1] == f"[TW-1] First response is overdue: {SUBJECT}"
    assert house.mail_to(desk.agent_2) == [f"[TW-1] handed over to your team: {SUBJECT}"]
    house.let_pass(at("2030-12-02 14:01"))
    assert "Level 3 · cn-alpha-team_3" in house.in_queue(desk.agent_3, SUBJECT)

    house.act(desk.agent_3, 1, "Send to Lonestar contact", reply__body="A patch is on its way.")
    page = house.portal_page(rick, 1)
    assert "A patch is on its way." in page
    assert "First response Late Due Fri 29 Nov 2030, 14:00 CST" in page


def test_low_priority_is_never_due_and_never_climbs(house, rick):
    desk = house.twin

    check = words(house.answer_steps(rick, *levels("2", "low")))
    house.file(rick)
    assert "As time allows: no time is promised." in check
    assert "Nothing promised" in house.in_queue(desk.agent, SUBJECT)

    house.let_pass(at("2031-01-27 14:00"))
    assert "Level 1" in house.in_queue(desk.agent, SUBJECT)
    assert house.mail_to(desk.lead) == house.mail_to(desk.agent_2) == []
    assert house.mail_to(rick) == [f"[TW-1] we have your case: {SUBJECT}"]
    assert "We answer as time allows" in house.portal_page(rick, 1)


def test_clock_starts_when_a_low_priority_is_raised(house, rick):
    # DD-22
    desk = house.twin
    house.file(rick, *levels("1", "low"))
    house.let_pass(at("2030-12-03 09:00"))

    house.act(
        desk.agent,
        1,
        "Change the priority",
        priority__level="normal",
        priority__reason="They called: it does matter.",
    )

    assert "We owe you an answer by Tue 3 Dec 2030, 13:00 CST" in house.portal_page(rick, 1)
    assert house.mail_to(rick)[-1] == f"[TW-1] the promise on your case has changed: {SUBJECT}"


def test_high_priority_asks_who_can_be_reached_and_pages_the_desk(house, rick):
    # DD-10
    desk = house.twin
    *steps, details = levels("1", "high")
    page = house.page(rick, "/file/")
    for answers in steps:
        page = house.go_on(rick, page, **answers)
    missing = house.go_on(rick, page, **details)
    check = house.go_on(rick, missing, availability="Rick, 555-0101, all night")
    house.press(rick, check, "Send case")

    assert missing.status_code == 422
    assert "Name somebody on your side who can be reached, and how." in words(missing)
    assert BODY in words(missing)
    house.let_pass(at("2030-11-27 14:01"))
    paged = f"[TW-1] needs you at once: {SUBJECT}"
    assert house.mail_to(desk.agent) == house.mail_to(desk.lead) == [paged]
    assert "Can be reached Rick, 555-0101, all night" in house.desk_page(desk.agent, 1)
    # Four hours of service: it stops on Thursday, not at night.
    assert "Wed 27 Nov 2030, 18:00 CST" in house.in_queue(desk.agent, SUBJECT)


def test_clock_stands_still_while_the_customer_is_asked(house, rick):
    desk = house.twin
    house.file(rick, *levels("2", "normal"))
    house.let_pass(at("2030-11-29 10:00"))

    # Four hours before it is due, support asks; then nothing is owed and nothing fires.
    told = house.act(
        desk.agent, 1, "Send the question to Lonestar contact", ask__body="Which version?"
    )
    assert "The clocks stand still until they answer." in told
    assert "Paused: waiting for the customer" in house.in_queue(desk.agent, SUBJECT, view="waiting")
    assert house.mail_to(rick)[-1] == f"[TW-1] we have a question: {SUBJECT}"
    mails = house.mail_to(desk.lead)
    house.let_pass(at("2030-12-03 10:00"))
    assert house.mail_to(desk.lead) == mails
    page = house.page(rick, "/cases/1/")
    assert "We are waiting for your answer. Until then our clock stands still." in words(page)
    assert "Which version?" in words(page)

    # The answer comes: the desk owes a reply again, one business day from then.
    answered = house.press(rick, page, "Send to support", body="It is 7.8.0.")
    assert "Your message is with support." in answered
    assert "Running Next response" in house.in_queue(desk.agent, SUBJECT)
    assert "Wed 4 Dec 2030, 10:00 CST" in house.in_queue(desk.agent, SUBJECT)
    house.let_pass(at("2030-12-03 10:01"))
    assert house.mail_to(desk.agent)[-1] == f"[TW-1] the customer wrote: {SUBJECT}"
