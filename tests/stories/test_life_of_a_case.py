"""One case from its filing to its reopening, and an outage that is more than one customer's.

At each station: what happened, what is owed, to whom, and what fires next.
"""

from datetime import timedelta

import pytest

from accounts.actions import add_team, join_team
from accounts.models import Person
from accounts.tenancy import tenant
from escalation.duty import add_shift
from outbox.queries import mailbox
from tests.stories.forms import words
from tests.stories.house import BODY, House, local

CHICAGO = "America/Chicago"
SUBJECT = "Replication is down"
PAGER = "pager-agent@gateway.test"
DAY = timedelta(days=1)


def at(text: str):
    return local(CHICAGO, text)


@pytest.fixture
def house(open_house) -> House:
    """Data Dynamics on a Monday morning: somebody is on duty, and somebody is of the SWAT team."""
    morning = at("2030-03-04 10:00")
    house = open_house("datadynamics", morning)
    house.desk_lives_in(CHICAGO)
    desk = house.twin
    with tenant(desk.tenant):
        Person.objects.filter(pk=desk.agent.pk).update(pager=PAGER)
        Person.objects.filter(pk=desk.agent_3.pk).update(grade="senior_developer")
        desk.agent_3.refresh_from_db()
        join_team(team=add_team(name="cn-alpha-swat", is_swat=True), person=desk.agent_3)
        shift = {"starts_at": morning - DAY, "ends_at": morning + 14 * DAY}
        add_shift(person_id=desk.agent.pk, team_id=desk.team.pk, by=desk.manager, **shift)
    return house


def pages_of(house: House) -> list[str]:
    with tenant(house.twin.tenant):
        return [mail.subject for mail in mailbox(limit=100, address=PAGER)][::-1]


def next_of(page: str) -> str:
    """Give what a case's page says of the steps that come."""
    ahead = page.partition("What happens next by itself ")[2]
    return ahead.partition(" Play on: ")[0]


def test_case_lives_through_all_that_can_happen_to_it(house):
    rick = house.customer("Lonestar", CHICAGO, "US")

    it_is_filed_with_a_promise(house, rick)
    who_is_on_duty_is_paged_until_they_take_notice(house, rick)
    the_customer_is_asked_with_a_list_and_is_away(house, rick)
    the_answer_starts_what_is_owed(house, rick)
    the_customer_asks_for_an_escalation_and_is_answered(house, rick)
    level_3_has_it_and_solves_it(house, rick)
    it_was_not_solved_and_is_owed_a_reply_again(house, rick)


def it_is_filed_with_a_promise(house, rick):
    filed = house.file(
        rick,
        {"case_type": "problem", "subject": SUBJECT},
        {"severity": "1"},
        {"priority": "high"},
        {"body": BODY, "availability": "Rick, 555-0101"},
    )

    assert "First response: Mon 4 Mar 2030, 14:00 CST · in 4 h at the latest" in filed


def who_is_on_duty_is_paged_until_they_take_notice(house, rick):
    desk = house.twin
    house.let_pass(at("2030-03-04 10:16"))

    first, again = "TW-1 needs you at once", "TW-1 needs you at once (told 2 times)"
    assert pages_of(house) == [first, again]
    page = house.desk_page(desk.agent, 1)
    assert "Can be reached Rick, 555-0101" in page
    told = "First response Why? (First response) Running 3 h 44 min of working time"
    assert told in page
    ahead = next_of(page)
    assert "Mon 4 Mar 2030, 10:30 CST · in 14 min urgent" in ahead
    assert "Page: cn-alpha-agent, cn-alpha-lead Time 3: nobody has acknowledged it." in ahead
    assert "Mon 4 Mar 2030, 14:00 CST · in 3 h 44 min First response overdue Tell the cust" in ahead
    assert "SWAT team works on your case." in house.portal_page(rick, 1)
    assert house.mail_to(rick)[-1] == f"[TW-1] the SWAT team works on it: {SUBJECT}"

    told = house.press(desk.agent, house.page(desk.agent, "/desk/acknowledge/"), "I have seen it")
    house.let_pass(at("2030-03-04 10:46"))

    assert "nobody is told of 1 case again" in told
    assert pages_of(house) == [first, again]
    page = house.desk_page(desk.agent, 1)
    assert "Acknowledged by cn-alpha-agent, Mon 4 Mar 2030, 10:16 CST" in page
    assert "First response Why? (First response) Running" in page


def the_customer_is_asked_with_a_list_and_is_away(house, rick):
    desk = house.twin

    house.act(
        desk.agent,
        1,
        "Send the question to Lonestar contact",
        ask__body="What do the logs say?",
        ask__items="Log files from the time of the problem",
        ask__why="To tell a full disk from a broken one.",
    )

    ahead = next_of(house.desk_page(desk.agent, 1))
    assert "Thu 7 Mar 2030, 10:46 CST · in 3 days" in ahead
    assert "Mon 11 Mar 2030, 10:46 CDT · in 6 days Our question was never answered Close" in ahead
    page = house.page(rick, "/cases/1/")
    for part in (
        "What do the logs say? Log files from the time of the problem",
        "Why we need it: To tell a full disk from a broken one.",
        "Never send a password",
        "Without an answer the case is closed at Mon 11 Mar 2030, 10:46 CDT.",
        "What we promised Nothing is open at the moment.",
    ):
        assert part in words(page)

    noted = house.press(rick, page, "Note that I am away", last_day="2030-03-13")

    assert "away up to and including 13 Mar 2030" in noted
    assert "The customer is away up to and including 13 Mar 2030" in house.desk_page(desk.agent, 1)
    assert "Mon 11 Mar 2030" not in next_of(house.desk_page(desk.agent, 1))


def the_answer_starts_what_is_owed(house, rick):
    desk = house.twin
    house.let_pass(at("2030-03-05 09:00"))

    page = house.page(rick, "/cases/1/")
    house.press(rick, page, "Send to support", body="The disk is fine.")

    page = house.desk_page(desk.agent, 1)
    assert "Customer back" in page
    assert "The customer is away" not in page
    assert "Tue 5 Mar 2030, 13:00 CST · in 4 h Next response overdue" in next_of(page)
    assert "We owe you an answer by Tue 5 Mar 2030, 13:00 CST" in house.portal_page(rick, 1)


def the_customer_asks_for_an_escalation_and_is_answered(house, rick):
    desk = house.twin
    house.let_pass(at("2030-03-05 09:30"))

    page = house.page(rick, "/cases/1/escalation/")
    assert "Whom it reaches the leads of support SWAT team" in words(page)
    asked = {"situation": "We stand still.", "reason": "Since a day."}
    house.press(rick, page, "Ask for the escalation", **asked)
    house.let_pass(at("2030-03-05 09:31"))

    page = house.desk_page(desk.lead, 1)
    assert "The customer asks for an escalation" in page
    assert "Tue 5 Mar 2030, 13:30 CST · in 3 h 59 min urgent Answer to the escalation" in page
    reached = f"[TW-1] the customer asks for an escalation: {SUBJECT}"
    assert [house.mail_to(one)[-1] for one in (desk.lead, desk.agent_3)] == [reached] * 2

    answer = {"answer-escalation__body": "Level 3 has it."}
    house.act(desk.lead, 1, "Send the answer to Lonestar contact", **answer)

    assert "We have answered your escalation Level 3 has it." in house.portal_page(rick, 1)
    assert "Answer to the escalation" not in next_of(house.desk_page(desk.lead, 1))


def level_3_has_it_and_solves_it(house, rick):
    desk = house.twin

    given = {
        "hand-over__team": str(desk.team_3.pk),
        "hand-over__done": "Logs read.",
        "hand-over__needed": "A patch.",
    }
    house.act(desk.agent, 1, "Hand the case over", **given)

    page = house.desk_page(desk.agent_3, 1)
    assert "Done so far: Logs read. What is needed: A patch." in page
    assert "Next response at risk Tell: cn-alpha-agent_3" in next_of(page)

    house.let_pass(at("2030-03-05 11:30"))
    solution = {"solve__body": "Patch 7 mends it."}
    house.act(desk.agent_3, 1, "Send the solution to Lonestar contact", **solution)

    page = house.desk_page(desk.agent_3, 1)
    assert next_of(page) == ""
    held = "Level 1 · cn-alpha-team: 1 h 17 min; Level 3 · cn-alpha-team_3: 1 h 59 min"
    assert held in page
    assert "Patch 7 mends it." in house.portal_page(rick, 1)


def it_was_not_solved_and_is_owed_a_reply_again(house, rick):
    house.let_pass(at("2030-03-06 09:00"))

    page = house.page(rick, "/cases/1/")
    house.press(rick, page, "No, open it again", reason="It stopped again tonight.")
    house.let_pass(at("2030-03-06 09:01"))

    assert "We owe you an answer by Wed 6 Mar 2030, 13:00 CST" in house.portal_page(rick, 1)
    page = house.desk_page(house.twin.agent_3, 1)
    assert "It stopped again tonight." in page
    assert "Level 3 · cn-alpha-team_3" in page
    assert "Wed 6 Mar 2030, 13:00 CST · in 3 h 59 min Next response overdue" in next_of(page)
    assert house.mail_to(house.twin.agent_3)[-1] == f"[TW-1] open again: {SUBJECT}"


def test_p1_takes_the_cases_of_its_incident_along(open_house):
    # MS-05
    begun = local("America/New_York", "2030-03-06 15:00")
    house = open_house("msp", begun)
    house.desk_lives_in("America/New_York")
    desk = house.twin
    nora = house.customer("Citywide", "America/New_York", "US")
    luis = house.customer("Delgado", "America/New_York", "US")
    for person in (nora, luis):
        down = {"case_type": "problem", "subject": f"{person.name}: no mail"}
        house.file(person, down, {"priority": "P2"}, {"body": BODY})
    house.act(desk.lead, 1, "Make it an incident")
    house.act(desk.lead, 1, "Hang them on it", **{"hang-cases__cases": "TW-2"})

    change = {"priority__level": "P1", "priority__reason": "The relay is down for everybody."}
    house.act(desk.lead, 1, "Change the priority", **change)
    house.let_pass(begun + timedelta(minutes=1))

    hanging = house.portal_page(luis, 2)
    assert "P1 Global Outage" in hanging
    assert "It belongs to one incident that several customers have" in hanging
    assert "needs you at once" in " ".join(house.mail_to(desk.lead))
    assert "1 open case, 1 company" in house.desk_page(desk.lead, 1)

    house.act(desk.agent, 1, "Send to 2 people", reply__body="Mail goes another way now.")

    assert "Mail goes another way now." in house.portal_page(luis, 2)
    assert "First response Answered" in house.portal_page(luis, 2)
    assert house.mail_to(luis)[-1].startswith("[TW-2] ")
