"""Metalogix: severities, two regions, phone and portal. New York, March 2030."""

import pytest

from tests.stories.forms import press, words
from tests.stories.house import BODY, House, local
from tests.twins import PASSWORD

NEW_YORK = "America/New_York"
SUBJECT = "Nightly migration stops"


def at(text: str):
    return local(NEW_YORK, text)


@pytest.fixture
def house(open_house) -> House:
    """The desk sits in New York; it is Monday morning there."""
    house = open_house("metalogix", at("2030-03-04 10:00"))
    house.desk_lives_in(NEW_YORK)
    return house


def severity(code: str) -> tuple[dict[str, str], ...]:
    return (
        {"case_type": "problem", "subject": SUBJECT},
        {"severity": code},
        {"body": BODY},
    )


def test_case_that_nobody_touches_climbs_until_level_3_answers(house):
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")

    the_promise_is_told_before_and_after_the_case_is_sent(house, carter)
    the_case_stands_in_the_queue(house)
    the_team_is_warned(house)
    the_lead_hears_of_the_breach_and_level_2_has_the_case(house, carter)
    level_3_has_the_case_after_eight_more_hours_of_service(house)
    level_3_answers_and_the_customer_reads_it(house, carter)
    the_customer_closes_the_case_and_nothing_more_is_heard_of_it(house, carter)


def the_promise_is_told_before_and_after_the_case_is_sent(house, carter):
    check = words(house.answer_steps(carter, *severity("2")))
    filed = house.file(carter)

    assert "First response: Mon 4 Mar 2030, 18:00 EST · in 8 h at the latest" in check
    assert "Its number: TW-1" in filed
    assert "Mon 4 Mar 2030, 18:00 EST" in filed
    assert house.mail_to(carter) == [f"[TW-1] we have your case: {SUBJECT}"]
    assert "We answer by Mon 4 Mar 2030, 18:00 EST" in house.newest_letter_to(carter)


def the_case_stands_in_the_queue(house):
    row = house.in_queue(house.twin.agent, SUBJECT)

    assert "Running First response · in 8 h Mon 4 Mar 2030, 18:00 EST" in row
    assert "Severity Level 2 (High)" in row
    assert "Harbor Standard" in row
    assert "Level 1 · cn-alpha-team nobody yet" in row


def the_team_is_warned(house):
    house.let_pass(at("2030-03-04 16:00"))  # six of eight hours

    assert house.mail_to(house.twin.agent) == [f"[TW-1] First response is at risk: {SUBJECT}"]
    assert "At risk" in house.in_queue(house.twin.agent, SUBJECT)


def the_lead_hears_of_the_breach_and_level_2_has_the_case(house, carter):
    house.let_pass(at("2030-03-04 18:01"))

    row = house.in_queue(house.twin.agent_2, SUBJECT, view="breached")
    assert house.mail_to(house.twin.lead) == [
        f"[TW-1] First response is at risk: {SUBJECT}",
        f"[TW-1] First response is overdue: {SUBJECT}",
    ]
    assert house.mail_to(house.twin.agent_2) == [f"[TW-1] handed over to your team: {SUBJECT}"]
    assert "Breached First response" in row
    assert "Level 2 · cn-alpha-team_2" in row
    page = house.portal_page(carter, 1)
    assert "Our answer is late. It was due Mon 4 Mar 2030, 18:00 EST" in page


def level_3_has_the_case_after_eight_more_hours_of_service(house):
    # Three on Monday, five on Tuesday.
    house.let_pass(at("2030-03-05 11:59"))
    before = house.in_queue(house.twin.agent, SUBJECT)
    house.let_pass(at("2030-03-05 12:01"))
    after = house.in_queue(house.twin.agent, SUBJECT)

    assert "Level 2" in before
    assert "Level 3 · cn-alpha-team_3" in after
    assert house.mail_to(house.twin.agent_3) == [f"[TW-1] handed over to your team: {SUBJECT}"]


def level_3_answers_and_the_customer_reads_it(house, carter):
    house.let_pass(at("2030-03-05 14:00"))

    told = house.act(
        house.twin.agent_3, 1, "Send to Harbor contact", reply__body="We have found the cause."
    )

    page = house.portal_page(carter, 1)
    assert "Sent to Harbor contact." in told
    assert "We have found the cause." in page
    assert "First response Late Due Mon 4 Mar 2030, 18:00 EST, done Tue 5 Mar 2030" in page
    assert "Handed over by the policy" in page
    assert house.mail_to(carter)[-1] == f"[TW-1] we have answered: {SUBJECT}"
    assert "We have found the cause." in house.newest_letter_to(carter)


def the_customer_closes_the_case_and_nothing_more_is_heard_of_it(house, carter):
    page = house.page(carter, "/cases/1/")
    told = house.press(carter, page, "It is solved, close the case")
    house.let_pass(at("2030-03-12 12:00"))

    assert "The case is closed." in told
    assert SUBJECT not in words(house.page(house.twin.agent, "/desk/"))
    assert "Closed" in house.in_queue(house.twin.agent, SUBJECT, view="all")
    assert house.mail_to(house.twin.agent_3) == [
        f"[TW-1] handed over to your team: {SUBJECT}",
        f"[TW-1] closed by the customer: {SUBJECT}",
    ]


def test_customer_signs_in_with_a_password_and_lands_where_they_were_going(house):
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")
    visitor = house.browse(house.twin.tenant)

    page = visitor.get("/file/", follow=True)
    wrong = press(visitor, page, "Sign in", login=carter.email, password="not-this-one")
    right = press(visitor, wrong, "Sign in", login=carter.email, password=PASSWORD)

    assert page.redirect_chain == [("/account/login/?next=/file/", 302)]
    assert "There is a problem" in words(wrong)
    assert right.redirect_chain[0] == ("/file/", 302)
    assert "Step 1 of 4" in words(right)


@pytest.mark.parametrize(
    ("plan", "promise", "met"),
    [
        ("standard", "Mon 11 Mar 2030, 08:30 EDT", "2030-03-11 08:25"),
        ("premium", "Fri 8 Mar 2030, 22:30 EST", "2030-03-08 22:25"),
    ],
)
def test_severity_1_by_phone_on_a_friday_evening(house, plan, promise, met):
    # Acceptance example 1, over the weekend on which the clocks go forward.
    desk = house.twin
    carter = house.customer("Harbor", NEW_YORK, "US", plan=plan)
    house.let_pass(at("2030-03-08 20:30"))

    # The dispatcher finds the caller by the number on the display and reads the promise out.
    found = house.page(desk.dispatcher, "/desk/cases/new/?q=555+0101")
    assert "Harbor contact" in words(found)
    who = house.page(desk.dispatcher, f"/desk/cases/new/{carter.company_id}/?contact={carter.pk}")
    what = press(house.client(desk.dispatcher), who, "Go on to the case")
    opened = house.press(
        desk.dispatcher, what, "Open the case", subject=SUBJECT, body=BODY, severity="1"
    )
    assert f"We answer by {promise} at the latest." in opened
    assert "Read its number out: TW-1" in opened

    # Team and lead hear of a severity 1 at once; the page says why it is due then.
    house.let_pass(at("2030-03-08 20:31"))
    begun = f"[TW-1] needs you at once: {SUBJECT}"
    assert house.mail_to(desk.agent) == house.mail_to(desk.lead) == [begun]
    assert promise in house.in_queue(desk.agent, SUBJECT)
    assert "Call owed" not in house.in_queue(desk.agent, SUBJECT)

    # Answered in time, though it was warned of, and nobody hears of a breach.
    house.let_pass(at(met))
    assert "At risk" in house.in_queue(desk.agent, SUBJECT)
    house.act(desk.agent, 1, "Send to Harbor contact", reply__body="We are on it.")
    assert "First response Met" in house.portal_page(carter, 1)
    assert f"[TW-1] First response is overdue: {SUBJECT}" not in house.mail_to(desk.lead)


def test_receipt_tells_which_hours_of_the_weekend_counted(house):
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")
    house.let_pass(at("2030-03-08 20:30"))

    house.file(carter, *severity("1"))

    page = house.portal_page(carter, 1)
    assert (
        "Fri 8 Mar 20:30 to Fri 8 Mar 21:00: 30 min count (open Fri 07:00-21:00 America/New_York)."
    ) in page
    assert (
        "Mon 11 Mar 07:00 to Mon 11 Mar 08:30: 1 h 30 min count "
        "(open Mon 07:00-21:00 America/New_York)."
    ) in page
    assert "Together 2 h" in page


def test_severity_1_from_the_portal_owes_a_call_that_shortens_the_promise(house):
    # MX-07
    desk = house.twin
    price = house.customer("Ardent", NEW_YORK, "US", plan="premium")
    house.let_pass(at("2030-03-08 20:30"))

    check = words(house.answer_steps(price, *severity("1")))
    filed = house.file(price)
    assert "This has to be reported by phone as well." in check
    assert "First response: Mon 11 Mar 2030, 08:30 EDT" in check
    assert "Please call now" in filed
    assert "202-609-9100 Dispatch center, answered at any time" in filed
    assert "202-609-9100" in house.newest_letter_to(price)
    row = house.in_queue(desk.agent, SUBJECT)
    assert "Call owed" in row
    assert "Mon 11 Mar 2030, 08:30 EDT" in row

    # The call comes a quarter of an hour later: two hours from then, round the clock.
    house.let_pass(at("2030-03-08 20:45"))
    told = house.act(
        desk.dispatcher,
        1,
        "Log the call",
        call__caller="customer",
        call__body="They called, everything stands still.",
    )
    assert "The call is logged." in told
    row = house.in_queue(desk.agent, SUBJECT)
    assert "Call owed" not in row
    assert "Fri 8 Mar 2030, 22:45 EST" in row
    page = house.portal_page(price, 1)
    assert "We owe you an answer by Fri 8 Mar 2030, 22:45 EST" in page
    assert "promised before Mon 11 Mar 2030, 08:30 EDT; now Fri 8 Mar 2030, 22:45 EST" in page
    assert "Please call as well" not in page


def test_customer_in_berlin_is_promised_by_the_hours_of_europe(house):
    # Acceptance examples 2 and 3: the week in which only the United States have moved their clocks.
    berlin = "Europe/Berlin"
    jule = house.customer("Bergmann", berlin, "DE", plan="premium")
    house.let_pass(local(berlin, "2030-03-14 17:00"))

    check = words(house.answer_steps(jule, *severity("3")))

    assert "First response: Fri 15 Mar 2030, 14:00 CET" in check
    assert "Our aim: Fri 15 Mar 2030, 10:00 CET" in check
