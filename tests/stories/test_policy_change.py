"""A manager who has never seen the product changes a response time, and takes it back again.

Whom it would have affected last quarter, a colleague's approval, the beginning on a Monday, the
withdrawal, and a customer who reads why a case is due on a Tuesday at 10:00.
"""

import re

import pytest

from accounts.actions import add_person
from accounts.tenancy import tenant
from jobs.models import Job
from jobs.working import work_due
from tests.stories.forms import press, words
from tests.stories.house import BODY, House, local

NEW_YORK = "America/New_York"
SAVE = "Save in the working copy"


def at(text: str):
    return local(NEW_YORK, text)


def case(subject: str) -> tuple[dict[str, str], ...]:
    return ({"case_type": "problem", "subject": subject}, {"severity": "2"}, {"body": BODY})


@pytest.fixture
def house(open_house) -> House:
    """Metalogix in February, with a second manager."""
    house = open_house("metalogix", at("2030-02-04 10:00"))
    with tenant(house.twin.tenant):
        house.second = add_person(
            name="Second Manager", email="second@alpha.test", role="manager", password="x-y-z-1234"
        )
    return house


def test_change_is_weighed_approved_begun_withdrawn_and_understood(house):
    twin, second = house.twin, house.second
    manager = house.client(twin.manager)
    harbor = house.customer("Harbor", NEW_YORK, "US", plan="standard")

    # Last quarter a case was answered after five hours: within eight, not within four.
    house.file(harbor, *case("Last quarter"))
    house.let_pass(at("2030-02-04 15:00"))
    house.act(twin.agent, 1, "Send to Harbor contact", reply__body="Restart it.")
    house.let_pass(at("2030-04-09 10:00"))

    # Standard, severity 2: four hours in place of eight, in the grid of plans and levels.
    grid = house.page(twin.manager, "/admin/sla/policydraft/grid/first_response/")
    saved = words(press(manager, grid, SAVE, **{"cell-0-1-amount": "4"}))
    assert "Cases feel it once it is published." in saved

    # Whom would it have affected?
    ask = house.page(twin.manager, "/admin/policy/replay/")
    press(manager, ask, "Replay", span="quarter")
    work_due(30)
    report = house.page(twin.manager, _newest_report(house))
    assert "1 promise would be late instead of kept" in words(report)

    # A colleague approves it from next Monday on.
    page = house.page(twin.manager, "/admin/sla/policydraft/publish/")
    compared = words(page)
    assert "Standard, Severity Level 2 (High), first response" in compared
    asked = words(press(manager, page, "Ask for approval", when="monday", note="Faster"))
    assert "waits for their approval" in asked
    house.let_pass(at("2030-04-09 10:30"))
    assert any("approv" in subject for subject in house.mail_to(second))
    request = house.page(second, _address_of_request(house))
    approved = words(press(house.client(second), request, "Approve and publish"))
    assert "Version 2" in approved

    # Until Monday the old promise holds, from then on the new one.
    before = words(house.answer_steps(harbor, *case("Before Monday")))
    assert "First response: Tue 9 Apr 2030, 18:30 EDT" in before
    house.let_pass(at("2030-04-15 20:00"))
    filed = house.file(harbor)
    assert "Tue 16 Apr 2030, 10:00 EDT" in filed

    # Why Tuesday at ten? The customer reads it.
    why = house.portal_page(harbor, 2)
    assert "We owe you an answer by Tue 16 Apr 2030, 10:00 EDT" in why
    assert "Mon 15 Apr 20:00 to Mon 15 Apr 21:00: 1 h" in why
    assert "Tue 16 Apr 07:00 to Tue 16 Apr 10:00: 3 h" in why
    assert "Version 2 of the support policy" in why

    # Withdrawn: new cases are promised as before, this one keeps what it was promised.
    page = house.page(twin.manager, "/admin/sla/policyversion/2/withdraw/")
    gone = words(press(manager, page, "Withdraw Version 2", reason="Too few people"))
    assert "Withdrawn by" in gone
    again = words(house.answer_steps(harbor, *case("After the withdrawal")))
    assert "First response: Tue 16 Apr 2030, 14:00 EDT" in again
    assert "Tue 16 Apr 2030, 10:00 EDT" in house.portal_page(harbor, 2)


def _newest_report(house: House) -> str:
    with tenant(house.twin.tenant):
        return f"/admin/policy/replay/{Job.objects.latest('pk').pk}/"


def _address_of_request(house: House) -> str:
    """Find the link in the letter to the second manager."""
    letter = house.newest_letter_to(house.second)
    return re.search(r"https?://[^/\s]+(/admin/\S+)", letter)[1]
