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
    harbor = house.customer("Harbor", NEW_YORK, "US", plan="standard")
    last_quarter(house, harbor)
    four_hours_for_standard(house)
    assert "1 promise would be late instead of kept" in replayed(house)
    assert "Version 2" in approved_from_monday(house)

    # Until Monday the old promise holds, from then on the new one.
    before = words(house.answer_steps(harbor, *case("Before Monday")))
    house.let_pass(at("2030-04-15 20:00"))
    filed = house.file(harbor)
    assert "First response: Tue 9 Apr 2030, 18:30 EDT" in before
    assert "Tue 16 Apr 2030, 10:00 EDT" in filed

    # Why Tuesday at ten? The customer reads it.
    why = house.portal_page(harbor, 2)
    assert "We owe you an answer by Tue 16 Apr 2030, 10:00 EDT" in why
    assert "Mon 15 Apr 20:00 to Mon 15 Apr 21:00: 1 h" in why
    assert "Tue 16 Apr 07:00 to Tue 16 Apr 10:00: 3 h" in why
    assert "Version 2 of the support policy" in why

    # Withdrawn: new cases are promised as before, this one keeps what it was promised.
    page = house.page(house.twin.manager, "/admin/sla/policyversion/2/withdraw/")
    gone = house.press(house.twin.manager, page, "Withdraw Version 2", reason="Too few people")
    again = words(house.answer_steps(harbor, *case("After the withdrawal")))
    assert "Withdrawn by" in gone
    assert "First response: Tue 16 Apr 2030, 14:00 EDT" in again
    assert "Tue 16 Apr 2030, 10:00 EDT" in house.portal_page(harbor, 2)


def last_quarter(house: House, customer) -> None:
    """Have a case answered after five hours: within eight, not within four. Then April comes."""
    house.file(customer, *case("Last quarter"))
    house.let_pass(at("2030-02-04 15:00"))
    house.act(house.twin.agent, 1, "Send to Harbor contact", reply__body="Restart it.")
    house.let_pass(at("2030-04-09 10:00"))


def four_hours_for_standard(house: House) -> None:
    """Change severity 2 of the cheaper plan in the grid of plans and levels."""
    manager = house.client(house.twin.manager)
    grid = house.page(house.twin.manager, "/admin/sla/policydraft/grid/first_response/")
    saved = words(press(manager, grid, SAVE, **{"cell-0-1-amount": "4"}))
    assert "Cases feel it once it is published." in saved


def replayed(house: House) -> str:
    """Ask whom it would have affected last quarter, and give the words of the report."""
    ask = house.page(house.twin.manager, "/admin/policy/replay/")
    house.press(house.twin.manager, ask, "Replay", span="quarter")
    work_due(30)
    return words(house.page(house.twin.manager, _newest_report(house)))


def approved_from_monday(house: House) -> str:
    """Ask a colleague, who finds the link in a letter; give the words of where one comes to."""
    manager = house.twin.manager
    page = house.page(manager, "/admin/sla/policydraft/publish/")
    asked = house.press(manager, page, "Ask for approval", when="2030-04-15", note="Faster")
    house.let_pass(at("2030-04-09 10:30"))
    assert "Standard, Severity Level 2 (High), first response" in words(page)
    assert "waits for their approval" in asked
    request = house.page(house.second, _address_of_request(house))
    return house.press(house.second, request, "Approve and publish")


def _newest_report(house: House) -> str:
    with tenant(house.twin.tenant):
        return f"/admin/policy/replay/{Job.objects.latest('pk').pk}/"


def _address_of_request(house: House) -> str:
    """Find the link in the letter to the second manager."""
    letter = house.newest_letter_to(house.second)
    return re.search(r"https?://[^/\s]+(/admin/\S+)", letter)[1]
