"""The start page and the lists: what they show, and what they cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from tests.portal.pages import file_cases, words
from tickets.actions.conversation import ask_customer
from tickets.actions.ending import close_case, resolve_case

MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def world(vendor, set_desk_time):
    set_desk_time(LATER)
    return vendor("datadynamics")


def file_some(world, number, **facts):
    return file_cases(world, number, at=MONDAY, severity="2", priority="normal", **facts)


def test_start_page_sorts_cases_by_whose_turn_it_is(world, browse):
    asked, solved, closed, owed = file_some(world, 4)
    with tenant(world.tenant):
        common = {"by": world.agent, "at": LATER}
        ask_customer(case_id=asked.pk, question="Which version?", **common)
        for case in (solved, closed):
            resolve_case(case_id=case.pk, solution="Restart it.", **common)
        close_case(case_id=closed.pk, **common)

    home = browse(world.tenant, world.contact).get("/").context["home"]

    assert [(one.kind, one.case.pk) for one in home.asked] == [
        ("question", asked.pk),
        ("solved", solved.pk),
    ]
    assert [row.case.pk for row in home.with_support] == [owed.pk]
    assert [case.pk for case, _rating in home.closed] == [closed.pk]


def test_start_page_puts_what_is_late_first_and_then_what_is_due_next(world, browse, set_desk_time):
    (week,) = file_cases(world, 1, at=LATER, severity="4", priority="normal")
    (late,) = file_some(world, 1)
    (day,) = file_cases(world, 1, at=MONDAY + timedelta(hours=30), severity="2", priority="normal")
    set_desk_time(MONDAY + timedelta(hours=31))

    home = browse(world.tenant, world.contact).get("/").context["home"]

    rows = [(row.case.pk, row.situation.kind) for row in home.with_support]
    assert rows == [(late.pk, "late"), (day.pk, "by"), (week.pk, "by")]


def test_start_page_says_what_to_do_where_there_is_nothing(world, browse):
    page = words(browse(world.tenant, world.contact).get("/"))

    assert "Nothing waits for you." in page
    assert "Support has no open case of yours." in page
    assert "281-888-0616" in page


def test_list_shows_my_cases_with_the_next_promise(world, browse):
    file_some(world, 1)
    file_some(world, 1, contact=world.colleague)

    page = words(browse(world.tenant, world.contact).get("/cases/"))

    assert "Case 1 of carla" in page
    assert "Case 1 of colin" not in page
    assert "Tue 8 Jun 2083, 10:00 EDT · in 23 h" in page


def test_company_admin_may_look_at_the_whole_company(world, browse):
    file_some(world, 1)
    admin = browse(world.tenant, world.admin)

    mine, company = admin.get("/cases/"), admin.get("/cases/?scope=company")

    assert "No case is open." in words(mine)
    assert "Case 1 of carla" in words(company)


def test_company_admin_without_own_cases_is_led_to_those_of_the_company(world, browse):
    file_some(world, 3)

    admin = words(browse(world.tenant, world.admin).get("/"))
    colleague = words(browse(world.tenant, world.colleague).get("/"))

    assert "Support has no open case of yours. Your company has 3 open cases." in admin
    assert "Support has no open case of yours." in colleague
    assert "Your company" not in colleague


def test_contact_who_asks_for_the_company_sees_only_the_own_cases(world, browse):
    file_some(world, 1, contact=world.colleague)

    page = words(browse(world.tenant, world.contact).get("/cases/?scope=company&view=all"))

    assert "of colin" not in page


def test_long_list_goes_on_to_the_next_page_and_back(world, browse):
    cases = file_some(world, 27)
    client = browse(world.tenant, world.contact)

    first = client.get("/cases/?sort=newest").context["cases"]
    second = client.get(f"/cases/{first.older}").context["cases"]

    numbers = [row.case.number for page in (first, second) for row in page.rows]
    assert numbers == [case.number for case in reversed(cases)]
    assert (first.newer, second.older) == ("", "")
    assert second.newer == "?sort=newest"


@pytest.mark.parametrize("query", ["view=nonsense", "scope=all"])
def test_unknown_list_is_not_there(world, browse, query):
    assert browse(world.tenant, world.contact).get(f"/cases/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=" + "9" * 30, "level=no&sort=no"])
def test_nonsense_in_the_address_is_left_out_of_it(world, browse, query):
    file_some(world, 1)

    answer = browse(world.tenant, world.contact).get(f"/cases/?{query}")

    assert answer.status_code == 200
    assert len(answer.context["cases"].rows) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=case+2", ["Case 2 of carla"]),
        ("q=DD-1", ["Case 1 of carla"]),
        ("level=severity:1", ["Case 1 of adele"]),
        ("contact=colin", ["Case 1 of colin"]),
        (
            "sort=oldest",
            ["Case 1 of carla", "Case 2 of carla", "Case 1 of colin", "Case 1 of adele"],
        ),
        ("q=nothing+like+it", []),
    ],
)
def test_list_of_the_company_is_narrowed_by_the_address(world, browse, query, found):
    file_some(world, 2)
    file_some(world, 1, contact=world.colleague)
    file_cases(world, 1, at=MONDAY, contact=world.admin, severity="1", priority="normal")
    query = query.replace("colin", str(world.colleague.pk))
    query = query.replace("DD", world.tenant.case_prefix)

    answer = browse(world.tenant, world.admin).get(f"/cases/?scope=company&{query}")

    assert [row.case.subject for row in answer.context["cases"].rows] == found


@pytest.mark.parametrize("path", ["/", "/cases/", "/cases/?scope=company&view=all&q=case"])
def test_list_costs_the_same_for_1_and_for_50_cases(world, browse, path):
    client = browse(world.tenant, world.admin)
    file_some(world, 1, contact=world.admin)
    client.get(path)  # what is cached is cached

    with CaptureQueriesContext(connection) as one:
        client.get(path)
    file_some(world, 49, contact=world.admin)
    with CaptureQueriesContext(connection) as fifty:
        client.get(path)

    assert len(fifty) == len(one)


def test_case_page_costs_the_same_for_1_and_for_50_entries(world, browse):
    (case,) = file_some(world, 1)
    client = browse(world.tenant, world.contact)
    client.get(f"/cases/{case.number}/")

    with CaptureQueriesContext(connection) as one:
        client.get(f"/cases/{case.number}/")
    for _entry in range(50):
        client.post(f"/cases/{case.number}/reply/", {"body": "More."})
    client.get(f"/cases/{case.number}/")
    with CaptureQueriesContext(connection) as fifty:
        client.get(f"/cases/{case.number}/")

    assert len(fifty) == len(one)
