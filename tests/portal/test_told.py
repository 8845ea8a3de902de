"""What a customer is told is so for their case, not only for most."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actions import add_person
from accounts.tenancy import tenant
from tests.portal.pages import BODY, SUBJECT, all_cases, file_cases, fill_in, send, words
from tickets.actions.conversation import reply_as_customer, reply_to_case
from tickets.actions.opening import open_case
from tickets.actions.triage import change_priority, schedule_case
from tickets.filing import Wish

THURSDAY = datetime(2083, 3, 11, 15, 0, tzinfo=UTC)  # 10:00 in New York
HOUR = timedelta(hours=1)
CLIMBS = "If it stands still, it goes to the next level of support by itself."
AS_TIME_ALLOWS = "We answer as time allows"
NO_TIME = "The policy names no time for this answer."


@pytest.fixture
def opened(vendor, browse, set_desk_time):
    """Give a way to file one case of a vendor, and read its pages."""

    def open_one(slug, **levels):
        set_desk_time(THURSDAY)
        world = vendor(slug)
        (world.case,) = file_cases(world, 1, at=THURSDAY, **levels)
        world.client = browse(world.tenant, world.contact)
        world.page = f"/cases/{world.case.number}/"
        return world

    return open_one


@pytest.mark.parametrize(
    ("slug", "levels", "climbs"),
    [
        ("msp", {"priority": "P4"}, True),
        ("msp", {"priority": "P6"}, False),
        ("datadynamics", {"severity": "2", "priority": "normal"}, True),
        ("datadynamics", {"severity": "2", "priority": "low"}, False),
        ("metalogix", {"severity": "2"}, True),
        ("metalogix", {"severity": "4"}, False),
    ],
)
def test_only_what_climbs_is_said_to_climb(opened, slug, levels, climbs):
    world = opened(slug, **levels)

    assert (CLIMBS in words(world.client.get(f"{world.page}filed/"))) is climbs


def test_low_priority_is_answered_as_time_allows(opened):
    world = opened("datadynamics", severity="2", priority="low")

    page = words(world.client.get(world.page))

    assert AS_TIME_ALLOWS in page
    assert NO_TIME not in page


def test_later_answer_without_a_time_is_told_neutrally(opened):
    world = opened("datadynamics", severity="2", priority="low")
    with tenant(world.tenant):
        case = {"case_id": world.case.pk}
        reply_to_case(**case, by=world.agent, body="We look at it.", at=THURSDAY + HOUR)
        reply_as_customer(**case, by=world.contact, body="And?", at=THURSDAY + 2 * HOUR)

    page = words(world.client.get(world.page))

    assert NO_TIME in page
    assert AS_TIME_ALLOWS not in page


def test_call_hastens_only_a_first_response_that_is_still_owed(opened):
    world = opened("metalogix", severity="1")
    before = words(world.client.get(world.page))
    with tenant(world.tenant):
        reply_to_case(
            case_id=world.case.pk, by=world.agent, body="We look at it.", at=THURSDAY + HOUR
        )

    after = words(world.client.get(world.page))

    assert "Please call as well" in before
    assert "Please call as well" in after
    assert "Until your call is logged" in before
    assert "Until your call is logged" not in after


def test_agreed_time_is_told_in_the_history_and_beside_it(opened):
    world = opened("msp", priority="P6")
    before = words(world.client.get(world.page))
    monday = datetime(2083, 3, 15, 14, 0, tzinfo=UTC)
    with tenant(world.tenant):
        schedule_case(
            case_id=world.case.pk, scheduled_for=monday, by=world.agent, at=THURSDAY + HOUR
        )

    page = world.client.get(world.page)

    line = page.context["page"].lines[-1]
    assert "First response No time agreed yet" in before
    assert "Running" not in before
    assert (line.title, line.detail) == ("Time agreed", "Mon 15 Mar 2083, 10:00 EDT")
    assert "Agreed time Mon 15 Mar 2083, 10:00 EDT" in words(page)
    assert "Wished time" not in words(page)


def test_named_time_leaves_no_word_of_one_still_to_be_agreed(vendor, browse, set_desk_time):
    set_desk_time(THURSDAY)
    world = vendor("msp")
    client = browse(world.tenant, world.contact)
    fill_in(client, "msp", priority={"priority": "P6"}, when={"scheduled_for": ""})
    undated = words(client.get("/file/check/"))
    client.post("/file/when/", {"scheduled_for": "2083-03-15T10:00"})

    dated = words(client.get("/file/check/"))

    assert "There is no due time until one is agreed." in undated
    assert "There is no due time until one is agreed." not in dated
    assert send(client).status_code == 302
    assert len(all_cases(world)) == 1


def test_list_does_not_promise_a_moment_that_has_passed(opened):
    world = opened("msp", priority="P4")
    with tenant(world.tenant):
        change_priority(
            case_id=world.case.pk,
            priority="P1",
            reason="All are down.",
            by=world.agent,
            at=THURSDAY,
        )

    pages = [words(world.client.get(path)) for path in ("/", "/cases/")]

    assert all("somebody has been called to it" in page for page in pages)
    assert not any("answer by" in page for page in pages)


def test_case_that_the_desk_opened_is_told_as_theirs(vendor, browse, set_desk_time):
    set_desk_time(THURSDAY)
    world = vendor("msp")
    with tenant(world.tenant):
        dispatcher = add_person(name="Dora", role="dispatcher", email="dora@desk.test")
        case = open_case(
            wish=Wish(
                company=world.company,
                contact=world.contact,
                channel="phone",
                product=None,
                priority="P4",
            ),
            subject=SUBJECT,
            body=BODY,
            by=dispatcher,
            at=THURSDAY,
        )

    page = browse(world.tenant, world.contact).get(f"/cases/{case.number}/")

    assert [line.who for line in page.context["page"].lines] == ["Dora"]
