"""A managed service provider: six priorities, business days, agreed times, global outages."""

import pytest

from tests.stories.forms import press, words
from tests.stories.house import BODY, House, local

NEW_YORK = "America/New_York"
SUBJECT = "Shared folder is full"


def at(text: str):
    return local(NEW_YORK, text)


@pytest.fixture
def house(open_house) -> House:
    """The desk sits in New York; it is Wednesday afternoon, before the clocks go forward."""
    house = open_house("msp", at("2030-03-06 15:00"))
    house.desk_lives_in(NEW_YORK)
    return house


@pytest.fixture
def nora(house):
    return house.customer("Citywide", NEW_YORK, "US")


def priority(code: str, **more: str) -> tuple[dict[str, str], ...]:
    steps = ({"case_type": "problem", "subject": SUBJECT}, {"priority": code})
    return (*steps, more, {"body": BODY}) if more else (*steps, {"body": BODY})


def test_p4_lies_for_three_business_days_and_climbs(house, nora):
    # Acceptance example 8: Wednesday 15:00 to Monday 15:00.
    desk = house.twin

    check = words(house.answer_steps(nora, *priority("P4")))
    house.file(nora)
    assert "First response: Mon 11 Mar 2030, 15:00 EDT" in check
    row = house.in_queue(desk.agent, SUBJECT)
    assert "Running First response" in row
    assert "Mon 11 Mar 2030, 15:00 EDT" in row
    assert "P4 Normal Priority" in row

    # Three quarters of 24 hours of service have passed as Friday ends.
    house.let_pass(at("2030-03-08 16:59"))
    assert house.mail_to(desk.agent) == []
    house.let_pass(at("2030-03-08 17:00"))
    assert house.mail_to(desk.agent) == [f"[TW-1] First response is at risk: {SUBJECT}"]
    house.let_pass(at("2030-03-11 15:01"))
    assert house.mail_to(desk.lead)[-1] == f"[TW-1] First response is overdue: {SUBJECT}"
    assert house.mail_to(desk.agent_2) == [f"[TW-1] handed over to your team: {SUBJECT}"]
    assert "Level 2" in house.in_queue(desk.agent_2, SUBJECT, view="breached")
    house.let_pass(at("2030-03-14 15:01"))
    assert "Level 3" in house.in_queue(desk.agent_3, SUBJECT)
    assert house.mail_to(desk.agent_3) == [f"[TW-1] handed over to your team: {SUBJECT}"]

    house.act(desk.agent_3, 1, "Send to Citywide contact", reply__body="There is room again.")
    page = house.portal_page(nora, 1)
    assert "There is room again." in page
    assert "First response Late" in page
    assert house.mail_to(nora)[-1] == f"[TW-1] we have answered: {SUBJECT}"


def test_p5_is_promised_for_a_week_later_at_the_same_wall_time(house, nora):
    check = words(house.answer_steps(nora, *priority("P5")))

    assert "First response: Wed 13 Mar 2030, 15:00 EDT" in check


def test_p6_outside_the_hours_is_told_before_it_is_sent(house, nora):
    # Acceptance example 8: Sunday 10:00 is told to begin on Monday 09:00.
    desk = house.twin

    check = words(house.answer_steps(nora, *priority("P6", scheduled_for="2030-03-10T10:00")))
    filed = house.file(nora)

    assert "lies outside of our hours: Sun 10 Mar 2030, 10:00 EDT" in check
    assert "We start when we open next: Mon 11 Mar 2030, 09:00 EDT" in check
    assert "We start: Mon 11 Mar 2030, 09:00 EDT" in filed
    assert "Scheduled First response" in house.in_queue(desk.agent, SUBJECT)
    assert "We start at Mon 11 Mar 2030, 09:00 EDT." in house.newest_letter_to(nora)


def test_p6_without_a_date_waits_until_one_is_agreed(house, nora):
    desk = house.twin
    check = words(house.answer_steps(nora, *priority("P6", scheduled_for="")))
    house.file(nora)
    assert "you name a date, or we agree on one with you" in check
    assert "No time agreed yet" in house.in_queue(desk.agent, SUBJECT)

    # No clock runs meanwhile; then the agent agrees on a Saturday, and is told of Monday first.
    house.let_pass(at("2030-03-20 10:00"))
    assert house.mail_to(desk.lead) == []
    page = house.page(desk.agent, "/desk/cases/1/schedule/")
    slot = {"schedule__scheduled_for": "2030-03-23T12:00"}
    warned = press(house.client(desk.agent), page, "Agree on this time", **slot)
    assert "work would start at Mon 25 Mar 2030, 09:00 EDT" in words(warned)
    told = house.press(desk.agent, warned, "Agree on this time")
    assert "Agreed: work starts at Mon 25 Mar 2030, 09:00 EDT." in told
    assert "We start: Mon 25 Mar 2030, 09:00 EDT" in house.portal_page(nora, 1)

    # Nobody comes at nine: the lead hears of it.
    house.let_pass(at("2030-03-25 09:01"))
    assert house.mail_to(desk.lead)[-1] == f"[TW-1] First response is overdue: {SUBJECT}"


def test_only_the_desk_makes_a_case_a_global_outage(house, nora):
    # MS-05: no single customer can know it.
    desk = house.twin
    house.file(nora, *priority("P2"))
    page = house.page(nora, "/file/")
    page = house.go_on(nora, page, case_type="problem", subject="Another one")
    page = house.go_on(nora, page, environment="production")
    assert "P1 Global Outage" not in words(page)
    forged = house.client(nora).post("/file/priority/", {"priority": "P1"})
    assert forged.status_code == 422
    assert house.mail_to(desk.lead) == []

    # An agent sees that everybody is down; team and lead are paged within seconds.
    house.let_pass(at("2030-03-06 15:05"))
    told = house.act(
        desk.agent,
        1,
        "Change the priority",
        priority__level="P1",
        priority__reason="Four customers call about the same thing.",
    )
    assert "The priority was changed." in told
    house.let_pass(at("2030-03-06 15:06"))
    paged = f"[TW-1] needs you at once: {SUBJECT}"
    assert house.mail_to(desk.lead) == [paged]
    assert paged in house.mail_to(desk.agent)
    assert "At once" in house.in_queue(desk.agent, SUBJECT)
    assert "Somebody has been called to it." in house.portal_page(nora, 1)
    assert "Four customers" in house.portal_page(nora, 1)

    # An order to page has no lateness: answered, it is neither kept nor broken.
    house.act(desk.agent, 1, "Log the work", work__body="Looking at the core switch.")
    page = house.portal_page(nora, 1)
    assert "First response Answered" in page
    assert "core switch" not in page
