"""A manager changes a target: the next case is promised by it, the old one keeps its promise."""

import pytest

from tests.stories.forms import form_of, press, words
from tests.stories.house import BODY, House, local

NEW_YORK = "America/New_York"
SAVE = "Save in the working copy"


def at(text: str):
    return local(NEW_YORK, text)


@pytest.fixture
def house(open_house) -> House:
    return open_house("metalogix", at("2030-03-04 10:00"))


def steps(subject: str) -> tuple[dict[str, str], ...]:
    return (
        {"case_type": "problem", "subject": subject},
        {"severity": "2"},
        {"body": BODY},
    )


def row_with(page, source: str) -> str:
    """Find the row of the table of targets that comes from a source: form-4."""
    values = form_of(page, SAVE).values
    return next(name.removesuffix("-source") for name, value in values.items() if value == [source])


def test_published_target_is_promised_from_then_on_and_old_cases_keep_theirs(house):
    manager = house.twin.manager
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")
    client = house.client(manager)
    house.file(carter, *steps("The old case"))
    assert "Mon 4 Mar 2030, 18:00 EST" in house.portal_page(carter, 1)

    # Standard's eight business hours become four; nothing is promised by that yet.
    page = house.page(manager, "/admin/sla/policydraft/targets/first_response/")
    saved = words(press(client, page, SAVE, **{f"{row_with(page, 'MX-20')}-amount": "4"}))
    assert "Cases feel it once it is published." in saved
    check = words(house.answer_steps(carter, *steps("The new case")))
    assert "Mon 4 Mar 2030, 18:00 EST" in check

    # Compared, then published.
    page = house.page(manager, "/admin/sla/policydraft/publish/")
    compared = words(page)
    assert "8 business hours, Metalogix portal hours" in compared
    assert "4 business hours, Metalogix portal hours" in compared
    published = words(press(client, page, "Publish version 2", note="Faster for Standard"))
    assert "Version 2 is published." in published

    # The draft that was typed before is promised by what is in force when it is sent.
    assert "Mon 4 Mar 2030, 14:00 EST" in words(house.page(carter, "/file/check/"))
    filed = house.file(carter)
    assert "Mon 4 Mar 2030, 14:00 EST" in filed
    new, old = house.portal_page(carter, 2), house.portal_page(carter, 1)
    assert "We owe you an answer by Mon 4 Mar 2030, 14:00 EST" in new
    assert "Version 2 of the support policy" in new
    assert "We owe you an answer by Mon 4 Mar 2030, 18:00 EST" in old
    assert "Version 1 of the support policy" in old

    # Each is late when its own promise says so.
    house.let_pass(at("2030-03-04 14:01"))
    assert "Breached" in house.in_queue(house.twin.lead, "The new case")
    assert "Running" in house.in_queue(house.twin.lead, "The old case")


def test_changed_hours_of_a_calendar_move_the_next_promise(house):
    manager = house.twin.manager
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")
    client = house.client(manager)

    page = house.page(manager, "/admin/sla/policydraft/calendars/portal_amer/")
    hours = {day: "9-17" for day in form_of(page, SAVE).names if day.endswith("mon")}
    press(client, page, SAVE, **hours)
    page = house.page(manager, "/admin/sla/policydraft/publish/")
    press(client, page, "Publish version 2")

    # Seven hours on Monday, from ten to five, and one on Tuesday from seven.
    check = words(house.answer_steps(carter, *steps("The case")))
    assert hours
    assert "First response: Tue 5 Mar 2030, 08:00 EST" in check


def test_customer_and_agent_have_no_way_into_the_policy(house):
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")

    found = [
        house.client(person).get("/admin/sla/policydraft/targets/first_response/").status_code
        for person in (carter, house.twin.agent, house.twin.lead)
    ]

    assert found == [404, 404, 404]
