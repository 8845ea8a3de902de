import pytest

from accounts.tenancy import tenant
from escalation.queries import Backlog, tick_backlog
from tests.portal.vendors import open_vendor
from tickets.actions.opening import open_case
from tickets.filing import Wish
from tickets.models import Case


def open_one(world, at):
    with tenant(world.tenant):
        return open_case(
            wish=Wish(company=world.company, contact=world.contact, channel="portal"),
            subject="Nightly export stops",
            body="At 80 %.",
            by=world.contact,
            at=at,
        )


@pytest.fixture
def late_case(db, at):
    """A case whose steps have long been due, for it was opened in March and no tick came."""
    world = open_vendor("msp")
    return world, open_one(world, at)


def test_backlog_counts_what_the_tick_has_not_done(late_case):
    world, case = late_case
    with tenant(world.tenant):
        mark = Case.objects.get(pk=case.pk).next_mark_at

    assert tick_backlog()[world.tenant.pk] == Backlog(1, mark, 0)


def test_backlog_counts_apart_what_was_set_aside(late_case):
    world, case = late_case
    with tenant(world.tenant) as now:
        Case.objects.filter(pk=case.pk).update(
            set_aside_until=now.replace(year=now.year + 1), set_aside_why="ValueError"
        )

    assert tick_backlog()[world.tenant.pk] == Backlog(0, None, 1)


def test_dd_35_health_page_says_that_no_scanner_is_set_up(operators, operator, browse, settings):
    page = "/health/"
    without = browse(operators, operator).get(page).content.decode()
    settings.ATTACHMENT_SCANNER = "tests.tickets.test_files.scan"

    assert "no scanner is set up" in without
    assert "no scanner is set up" not in browse(operators, operator).get(page).content.decode()


def test_backlog_of_a_tenant_that_owes_nothing_is_empty(operators):
    assert tick_backlog()[operators.pk] == Backlog()


def test_health_page_names_vendors_and_no_case(late_case, operators, operator, browse):
    world, case = late_case

    page = browse(operators, operator).get("/health/").content.decode()

    assert world.tenant.name in page
    assert case.subject not in page
    assert world.contact.name not in page
