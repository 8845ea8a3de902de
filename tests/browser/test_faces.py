"""The faces in a real browser: a walk through each, with an eye on what only a browser shows."""

import warnings

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.actions import add_person
from accounts.places import host_of
from accounts.queries import operators_tenant
from accounts.tenancy import tenant
from escalation.tick import tick
from outbox.delivery import deliver_due
from supportdesk.demo.sign_ins import OPERATOR
from tests.browser.conftest import CHROMIUM

NO_CHROMIUM = "No chromium, chromium-browser or google-chrome here: nothing is tried in a browser."
if CHROMIUM is None:
    warnings.warn(NO_CHROMIUM, stacklevel=1)  # the reason of a skip is only shown on demand

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

SUBJECT = "Nightly migration stops"
LATE_CASE = "MSP-2 Delgado Foods: Certificate ends soon"


def test_portal(demo, visit):
    host = host_of(demo("metalogix"))

    with visit(host, face="portal", scripts=False) as customer:
        files_a_case_without_scripts(customer)
        answers_without_scripts(customer)
    with visit(host, face="portal") as customer:
        looks_at_cases_and_answers_by_keyboard(customer)
        files_a_case_by_keyboard(customer)


def files_a_case_without_scripts(customer):
    page = customer.page
    customer.open("/account/login/")
    customer.looks_well("sign-in")
    customer.sign_in("customer@demo.example", to="/file/what/")
    customer.looks_well("1-what")
    page.get_by_label("Problem", exact=True).check()
    page.get_by_label("Subject").fill(SUBJECT)
    customer.press("Save and continue")
    customer.looks_well("2-situation")
    page.get_by_label("On which system does it happen?").select_option("production")
    customer.press("Save and continue")
    customer.looks_well("3-severity")
    page.get_by_label("Severity Level 1", exact=True).check()
    customer.press("Save and continue")
    page.get_by_label("Description").fill("It stops at 80 %, since this morning.")
    customer.looks_well("4-details")
    customer.press("Save and continue")
    page.get_by_text("Why this time?").click()
    customer.looks_well("5-check")
    assert customer.says("First response: Tue 5 Mar 2030, 12:")
    customer.press("Send case")
    customer.looks_well("6-filed")
    assert customer.says("Its number: MX-22")
    assert customer.says("Please call now")


def answers_without_scripts(customer):
    customer.open("/cases/7/")
    customer.page.locator("textarea[name=body]").first.fill("It is still so.")
    customer.press("Send to support")
    assert customer.says("It is still so.")


def files_a_case_by_keyboard(customer):
    keyboard = customer.page.keyboard
    customer.open("/file/what/")
    customer.tab_to("problem")
    keyboard.press("Space")
    customer.tab_to("subject")
    keyboard.type("The index is not built")
    customer.tab_to("Save and continue")
    customer.press_enter()
    customer.tab_to("production")
    keyboard.type("Prod")
    customer.tab_to("Save and continue")
    customer.press_enter()
    customer.tab_to("1")
    keyboard.press("Space")
    customer.tab_to("Save and continue")
    customer.press_enter()
    customer.tab_to("body")
    keyboard.type("It ends at once, since this morning.")
    customer.tab_to("Save and continue")
    customer.press_enter()
    customer.tab_to("Send case")
    customer.press_enter()
    assert customer.says("Its number: MX-23")


def looks_at_cases_and_answers_by_keyboard(customer):
    customer.sign_in("customer@demo.example", to="/")
    customer.looks_well("home")
    customer.tab_to("Report something")
    customer.looks_well("cases", "/cases/?view=all")
    customer.looks_well("case-late", "/cases/10/")
    customer.open("/cases/7/")
    customer.looks_well("case-waiting")
    customer.tab_to("body")
    customer.page.keyboard.type("Since Monday. It says “time-out”.")
    customer.tab_to("Send to support")
    customer.press_enter()
    assert customer.says("Your message is with support.")
    assert customer.says("It says “time-out”.")


def test_desk(demo, visit):
    host = host_of(demo("metalogix"))

    with visit(host, face="desk") as agent:
        answers_from_the_queue_by_keyboard(agent)
        opens_a_case_for_a_caller(agent)


def answers_from_the_queue_by_keyboard(agent):
    page = agent.page
    agent.sign_in("agent1@demo.example", to="/desk/")
    agent.looks_well("queue")
    agent.looks_well("breached", "/desk/?view=breached")
    agent.looks_well("nothing", "/desk/?view=mine&page=1")
    agent.open("/desk/")
    agent.tab_to("Permissions are lost on copied lists")
    agent.press_enter()
    agent.looks_well("case")
    agent.tab_to("reply-body")
    page.keyboard.type("We have found the cause.")
    agent.tab_to("Send to Sam Carter")
    agent.press_enter()
    agent.looks_well("case-answered")
    assert agent.says("Sent to Sam Carter.")


def opens_a_case_for_a_caller(agent):
    page = agent.page
    agent.open("/desk/cases/new/?q=berg")
    agent.looks_well("caller-found")
    agent.follow("Jule Bergmann")
    agent.looks_well("caller")
    agent.press("Go on to the case")
    page.get_by_label("Subject").fill(SUBJECT)
    page.get_by_label("What the caller said").fill("The whole farm is down.")
    page.get_by_label("Severity Level 1", exact=True).check()
    agent.looks_well("caller-case")
    agent.press("Open the case")
    agent.looks_well("caller-filed")
    assert agent.says("Read its number out: MX-22")
    assert agent.says("We answer by Tue 5 Mar 2030, 18:")


def test_admin(demo, visit):
    host = host_of(demo("metalogix"))

    with visit(host, face="admin") as manager:
        changes_a_target_and_asks_to_publish_it(manager)
        looks_at_the_policy(manager)
        looks_at_people_and_companies(manager)
    with visit(host, face="admin") as second:
        approves_it(second)
    with visit(host, face="portal") as anybody:
        anybody.looks_well("policy", "/policy/")


def changes_a_target_and_asks_to_publish_it(manager):
    page = manager.page
    manager.sign_in("manager@demo.example", to="/admin/")
    manager.looks_well("index")
    manager.looks_well("policy", "/admin/sla/policydraft/")
    manager.looks_well("targets", "/admin/sla/policydraft/targets/first_response/")
    manager.looks_well("grid", "/admin/sla/policydraft/grid/first_response/")
    cell = page.locator("details", has=page.locator("input[name='cell-0-1-amount']"))
    cell.locator("summary").click()
    cell.locator("input[name='cell-0-1-amount']").fill("4")
    page.keyboard.press("Enter")
    page.wait_for_url("**/policydraft/")
    manager.tab_to("Compare and publish")
    manager.press_enter()
    manager.looks_well("compare")
    manager.press("Ask for approval")
    assert manager.says("Asked.")
    manager.looks_well("request")


def looks_at_the_policy(manager):
    base = "/admin/sla/policydraft"
    pages = {
        "check": "check",
        "ladder": "sections/ladder",
        "clocks": "sections/clocks",
        "retarget": "sections/retarget",
        "calendar": "calendars/portal_amer",
        "holidays": "holidays",
    }
    for name, place in pages.items():
        manager.looks_well(name, f"{base}/{place}/")
    manager.looks_well("replay", "/admin/policy/replay/")
    manager.looks_well("jobs", "/admin/jobs/job/")
    manager.looks_well("brand", "/admin/accounts/brand/")


def approves_it(second):
    second.sign_in("manager2@demo.example", to="/admin/")
    second.page.get_by_role("link", name="Approve or decline").click()
    second.press("Approve and publish")
    assert second.says("is published.")
    second.looks_well("versions", "/admin/sla/policyversion/")
    second.looks_well("version", "/admin/sla/policyversion/2/")


def looks_at_people_and_companies(manager):
    manager.looks_well("people", "/admin/accounts/person/")
    manager.follow("Sam Carter")
    manager.looks_well("person")
    manager.tab_to("Save")


def test_operators(demo, visit):
    vendor = demo("msp")
    for slug in ("datadynamics", "metalogix", "scalix"):
        call_command("load_policy", f"policies/{slug}.toml", verbosity=0)
    with tenant(operators_tenant()):
        add_person(name="Otto", role="operator", email=OPERATOR, password=settings.DEMO_PASSWORD)

    with visit("localhost", face="operators") as operator:
        moves_desk_time_until_a_case_is_late(operator)
    tick()
    deliver_due()
    with visit(host_of(vendor), face="operators") as lead:
        hears_of_the_breach(lead)


def moves_desk_time_until_a_case_is_late(operator):
    operator.looks_well("landing", "/")
    operator.tab_to("Sign in to move desk time")
    operator.press_enter()
    operator.sign_in(OPERATOR, to="/desk-time/")
    operator.looks_well("desk-time")
    operator.press("+ 1 day")
    assert operator.says("Desk time moved forward by 24 h: it is Wed 6 Mar 2030, 15:")
    operator.looks_well("health", "/health/")


def hears_of_the_breach(lead):
    lead.sign_in("lead@demo.example", to="/mailbox/")
    lead.looks_well("mailbox")
    # What one tick finds comes as one mail to each person.
    lead.go(lead.page.get_by_role("link", name="cases more need you").first)
    lead.looks_well("mail")
    told = " ".join(lead.page.locator("main").inner_text().split())
    assert "lead@demo.example" in told
    assert f"{LATE_CASE} P3 High Priority First response is overdue." in told


def test_promise_is_shown_as_choices_are_picked(demo, visit):
    host = host_of(demo("metalogix"))

    with visit(host, face="portal", scripts=False) as customer:
        asks_when_to_hear_back_without_scripts(customer)
    with visit(host, face="portal") as customer:
        picks_and_reads_the_promise_at_once(customer)


def asks_when_to_hear_back_without_scripts(customer):
    customer.sign_in("customer@demo.example", to="/promise/")
    customer.page.get_by_label("Severity").select_option("2")
    customer.press("Show the promise")
    assert customer.says("First response: Tue 5 Mar 2030, 18:")


def picks_and_reads_the_promise_at_once(customer):
    customer.sign_in("customer@demo.example", to="/promise/")
    customer.looks_well("promise")
    with customer.page.expect_response(lambda answer: "severity=2" in answer.url):
        customer.page.get_by_label("Severity").select_option("2")
    customer.page.wait_for_url("**severity=2**")
    assert customer.says("First response: Tue 5 Mar 2030, 18:")
    customer.looks_well("why", "/cases/1/why/first_response-1/")
