"""The queue under somebody's hands: single keys, ticking a stretch of rows, and what is new."""

import pytest
from django.conf import settings

from accounts.places import host_of
from accounts.tenancy import desk_now, tenant
from tests.browser.conftest import CHROMIUM
from tests.browser.test_faces import NO_CHROMIUM
from tests.portal.vendors import open_vendor
from tickets.actions.opening import open_case
from tickets.filing import Wish

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

LOOK = 16_000  # ms: a little more than between two looks for news
FOCUSED = "document.activeElement.innerText || document.activeElement.id"


@pytest.fixture
def world(transactional_db):
    """Open a desk with four cases, and an agent who can sign in."""
    found = open_vendor("metalogix")
    with tenant(found.tenant):
        found.agent.set_password(settings.DEMO_PASSWORD)
        found.agent.save(update_fields=["password"])
    for number in range(1, 5):
        file(found, f"Copy {number} stops")
    return found


def file(world, subject):
    wish = Wish(company=world.company, contact=world.contact, channel="portal", severity="3")
    said = {"subject": subject, "body": "So."}
    with tenant(world.tenant):
        open_case(wish=wish, by=world.contact, at=desk_now(), **said)


@pytest.fixture
def agent(world, visit):
    with visit(host_of(world.tenant), face="desk") as visitor:
        visitor.page.clock.install()
        visitor.sign_in("ana@desk.test", to="/desk/")
        yield visitor


def test_single_keys_lead_through_the_list_into_a_case_and_its_forms(agent):
    page, press = agent.page, agent.page.keyboard.press

    for key in "jjjk":
        press(key)
    assert page.evaluate(FOCUSED) == "Copy 2 stops"
    agent.press_enter()
    assert agent.says("Copy 2 stops")
    press("r")
    assert page.evaluate(FOCUSED) == "id_reply-body"
    page.keyboard.type("jir?")
    page.locator("#id_reply-body").evaluate("field => field.blur()")
    press("i")

    assert page.evaluate(FOCUSED) == "id_note-body"
    assert page.locator("#id_reply-body").input_value() == "jir?"
    page.locator("#id_note-body").evaluate("field => field.blur()")
    press("?")
    page.get_by_role("dialog").get_by_text("Keys of the desk").wait_for()


def test_shift_ticks_the_rows_between_and_they_are_changed_together(agent):
    boxes = agent.page.locator("[data-pick]")

    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])

    assert agent.says("3 cases ticked")
    assert [box.is_checked() for box in boxes.all()] == [True, True, True, False]
    agent.looks_well("queue-ticked")
    agent.press("Change the ticked cases")
    assert agent.says("Change 3 cases")


def test_what_is_new_is_said_and_the_list_stays_until_it_is_asked_for(world, agent):
    rows = agent.page.locator("[data-row]")
    file(world, "A new one")

    agent.page.clock.fast_forward(LOOK)
    agent.page.get_by_role("link", name="1 new case · show").wait_for()

    assert rows.count() == 4
    agent.follow("1 new case · show")
    assert rows.count() == 5
