"""Scalix: no levels at all, hours in the customer's own zone, and the holidays of the vendor."""

import pytest

from tests.stories.forms import press, words
from tests.stories.house import BODY, House, local

AUCKLAND, KOLKATA, LOS_ANGELES = "Pacific/Auckland", "Asia/Kolkata", "America/Los_Angeles"
SUBJECT = "Mail queue does not empty"
STEPS = ({"case_type": "problem", "subject": SUBJECT}, {"body": BODY})


@pytest.fixture
def house(open_house) -> House:
    """The desk sits in California, where it is Thursday evening."""
    house = open_house("scalix", local(LOS_ANGELES, "2030-10-10 19:00"))
    house.desk_lives_in(LOS_ANGELES)
    return house


def test_case_from_auckland_lies_over_a_holiday_and_climbs_in_its_own_hours(house):
    # Acceptance example 4: Monday the 14th is Columbus Day, though not in New Zealand.
    mere = house.customer("Kowhai", AUCKLAND, "NZ", plan="basic", edition="enterprise")
    house.let_pass(local(AUCKLAND, "2030-10-11 16:30"))

    the_promise_steps_over_the_holiday(house, mere)
    the_agent_reads_both_clocks(house)
    nothing_fires_over_the_long_weekend(house)
    the_case_climbs_in_hours_of_auckland(house)
    level_3_gives_the_solution_and_the_customer_takes_it(house, mere)


def the_promise_steps_over_the_holiday(house, mere):
    check = words(house.answer_steps(mere, *STEPS))
    filed = house.file(mere)

    assert "First response: Tue 15 Oct 2030, 12:30 NZDT" in check
    assert (
        "Fri 11 Oct 17:00 to Tue 15 Oct 09:00: "
        "nothing counts (closed: evening, weekend, holiday (Columbus Day))."
    ) in check
    assert "Together 4 h" in check
    assert "Tue 15 Oct 2030, 12:30 NZDT" in filed
    assert "We answer by Tue 15 Oct 2030, 12:30 NZDT" in house.newest_letter_to(mere)


def the_agent_reads_both_clocks(house):
    # It is still Thursday evening in California.
    row = house.in_queue(house.twin.agent, SUBJECT)
    page = house.desk_page(house.twin.agent, 1)

    assert "Running First response" in row
    assert "Mon 14 Oct 2030, 16:30 PDT" in row
    assert "Kowhai Basic Technical Support" in row
    assert "For the customer Tue 15 Oct 2030, 12:30 NZDT" in page
    assert "Their time now Fri 11 Oct 2030, 16:30 NZDT Pacific/Auckland" in page


def nothing_fires_over_the_long_weekend(house):
    house.let_pass(local(AUCKLAND, "2030-10-15 09:00"))

    assert house.mail_to(house.twin.agent) == []


def the_case_climbs_in_hours_of_auckland(house):
    desk = house.twin

    house.let_pass(local(AUCKLAND, "2030-10-15 11:30"))
    assert house.mail_to(desk.agent) == [f"[TW-1] First response is at risk: {SUBJECT}"]
    house.let_pass(local(AUCKLAND, "2030-10-15 12:31"))
    assert house.mail_to(desk.lead)[-1] == f"[TW-1] First response is overdue: {SUBJECT}"
    assert "Level 1" in house.in_queue(desk.agent, SUBJECT, view="breached")
    house.let_pass(local(AUCKLAND, "2030-10-15 16:31"))
    assert "Level 2" in house.in_queue(desk.agent, SUBJECT)
    house.let_pass(local(AUCKLAND, "2030-10-16 16:31"))
    assert "Level 3" in house.in_queue(desk.agent, SUBJECT)
    assert house.mail_to(desk.agent_3) == [f"[TW-1] handed over to your team: {SUBJECT}"]


def level_3_gives_the_solution_and_the_customer_takes_it(house, mere):
    told = house.act(
        house.twin.agent_3,
        1,
        "Send the solution to Kowhai contact",
        solve__body="Install the update of today.",
    )
    page = house.page(mere, "/cases/1/")
    mail = house.mail_to(mere)[-1]
    closed = house.press(mere, page, "Yes, close the case")

    assert "The solution was sent to Kowhai contact." in told
    assert "Install the update of today." in words(page)
    assert "We think that this is solved. Please say whether it is." in words(page)
    assert mail == f"[TW-1] we have a solution: {SUBJECT}"
    assert "you can open this case again until the end of Tue 14 Jan 2031 NZDT" in closed


def test_case_from_kolkata_is_promised_by_the_clock_there(house):
    desk = house.twin
    priya = house.customer("Tamarind", KOLKATA, "IN", plan="basic", edition="enterprise")
    house.let_pass(local(KOLKATA, "2030-10-16 16:00"))

    house.file(priya, *STEPS)

    # One hour on Wednesday and three on Thursday; 12:00 there is 23:30 the day before.
    assert "Thu 17 Oct 2030, 12:00 IST" in house.portal_page(priya, 1)
    assert "Wed 16 Oct 2030, 23:30 PDT" in house.in_queue(desk.agent, SUBJECT)
    house.act(desk.agent, 1, "Send to Tamarind contact", reply__body="Please restart it.")
    page = house.portal_page(priya, 1)
    assert "First response Met" in page
    assert "Please restart it." in page
    assert "Times are shown in Asia/Kolkata" in page


def test_plan_that_runs_round_the_clock_knows_no_holiday(house):
    elsa = house.customer("Rederi", "Europe/Stockholm", "SE", plan="platinum", edition="enterprise")
    house.let_pass(local("Europe/Stockholm", "2030-10-14 03:00"))

    check = words(house.answer_steps(elsa, *STEPS))

    assert "First response: Mon 14 Oct 2030, 04:00 CEST · in 1 h at the latest" in check


def test_community_edition_is_refused_a_case_by_phone_and_offered_the_rest(house):
    # SC-22
    desk = house.twin
    mere = house.customer("Kowhai", AUCKLAND, "NZ", plan="basic", edition="community")
    client = house.client(desk.agent)
    who = house.page(desk.agent, f"/desk/cases/new/{mere.company_id}/?contact={mere.pk}")

    # Before anything is typed.
    refused = press(client, who, "Go on to the case")
    by_mail = press(client, refused, "Go on to the case", channel="email")
    opened = house.press(desk.agent, by_mail, "Open the case", subject=SUBJECT, body=BODY)

    assert refused.status_code == 422
    assert (
        "Cases by phone are not part of this support. Not with the Community Edition. "
        "Open: E-mail, Online form." in words(refused)
    )
    assert "Read its number out: TW-1" in opened
