"""However much is told, the database is asked as often."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from tests.api.conftest import House
from tests.api.programs import Program, program
from tests.cases import file_case
from tests.knowledge.writing import published
from tests.points import give_points
from tests.uploads import uploaded
from tickets.actions.conversation import add_note, reply_to_case

MANY = 5


def statements(asking: Program, page: str) -> tuple[int, int]:
    """Count what a page tells, and how often the database is asked for it."""
    asking.get(page)
    with CaptureQueriesContext(connection) as asked:
        told = asking.get(page)
    return len(told["results"]), len(asked)


@pytest.fixture
def full(house: House) -> House:
    """Have several of all that is listed; one case more than the first has much on it."""
    twin = house.twin
    asking = program(twin.tenant, twin.manager)
    managed = {"account_manager": twin.account_manager.pk}
    for number in range(MANY):
        company = asking.post("companies/", {"name": f"Company {number}"} | managed).json()
        asking.post("contacts/", {"name": f"Person {number}", "company": company["id"]})
    with tenant(twin.tenant) as at:
        for number in range(MANY):
            published(twin, f"Article {number}")
            give_points(twin.company, 10, at=at)
            file_case(twin, at=at, severity="3")
    return house


@pytest.mark.parametrize(
    "page",
    ["cases/", "companies/", "contacts/", "articles/", "companies/{company}/points/statement/"],
)
def test_longer_list_asks_no_more_often(full, page):
    asking = program(full.twin.tenant, full.twin.manager)
    path = page.format(company=full.twin.company.pk)

    few, many = (statements(asking, f"{path}?limit={limit}") for limit in (1, MANY))

    assert (few[0], many[0]) == (1, MANY)
    assert few[1] == many[1]


@pytest.mark.parametrize("page", ["timeline/", "attachments/", "notes/"])
def test_case_with_more_on_it_asks_no_more_often(house, page):
    twin, asking = house.twin, program(house.twin.tenant, house.twin.manager)
    path = f"cases/{house.case.number}/{page}"
    few = statements(asking, path)
    with tenant(twin.tenant) as at:
        act = {"case_id": house.case.pk, "by": twin.agent, "at": at}
        for number in range(MANY):
            uploaded(twin.agent, house.case, "reply", at=at, name=f"{number}.log")
            reply_to_case(body="Answer.", **act)
            add_note(body="Note.", **act)

    many = statements(asking, path)

    assert many[0] >= few[0] + MANY
    assert few[1] == many[1]
