"""What can no longer be changed of a contract once it is signed, and what it is signed with."""

from datetime import UTC, date, datetime

import pytest

from accounts.tenancy import tenant
from entitlements.actions import sign_contract
from entitlements.lines import LineWish
from entitlements.models import Contract, PointsLot
from tests.packs import publish
from tests.portal.pages import words

NOON = datetime(2030, 3, 4, 12, 0, tzinfo=UTC)
SPRING = date(2030, 3, 1)
SOFTWARE = "software_subscription"
ADD = "/admin/entitlements/contract/add/"


@pytest.fixture
def house(alpha, set_desk_time):
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        Contract.objects.all().delete()
    set_desk_time(NOON)
    return alpha


@pytest.fixture
def manager(browse, house):
    return browse(house.tenant, house.manager)


def sign(twin, plan, users):
    with tenant(twin.tenant):
        return sign_contract(
            company=twin.company,
            plan=plan,
            edition="enterprise",
            starts_on=SPRING,
            lines=[LineWish(SOFTWARE, users=users)],
            at=NOON,
        )


def form(**changes):
    facts = {"product": "", "plan": "gold", "edition": "enterprise", "ends_on": ""}
    facts |= {"reseller": "", "renewal_contact": "", "region_override": ""}
    return facts | {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0} | changes


def address_of(contract):
    return f"/admin/entitlements/contract/{contract.pk}/change/"


def fields_of(page):
    return set(page.context["adminform"].form.fields)


def test_company_and_first_day_are_read_only_once_points_were_given(manager, house):
    contract = sign(house, "gold", users=50)

    page = manager.get(address_of(contract))
    forged = form(company=house.other_company.pk, starts_on="2030-04-01", ends_on="2030-06-30")
    answer = manager.post(address_of(contract), forged)

    assert fields_of(page).isdisjoint({"company", "starts_on"})
    assert answer.status_code == 302
    with tenant(house.tenant):
        contract.refresh_from_db()
        left = list(PointsLot.objects.order_by("id").values_list("remaining", "expires_at"))
    assert (contract.company_id, contract.starts_on) == (house.company.pk, SPRING)
    # SP-14: what is left ends with the term, at 24:00 in Berlin.
    assert left[0][0] == 0
    assert left[1:] == [(1500, datetime(2030, 6, 30, 22, tzinfo=UTC))]


def test_first_day_that_has_brought_nothing_can_be_changed(manager, house):
    contract = sign(house, "basic", users=50)

    page = manager.get(address_of(contract))
    answer = manager.post(address_of(contract), form(plan="basic", starts_on="2030-02-01"))

    assert fields_of(page) & {"company", "starts_on"} == {"starts_on"}
    assert answer.status_code == 302
    with tenant(house.tenant):
        assert Contract.objects.get().starts_on == date(2030, 2, 1)


def test_sc_22_plan_of_some_editions_asks_for_the_edition(manager, house):
    page = manager.post(ADD, form(company=house.company.pk, starts_on="2030-03-01", edition=""))

    assert list(page.context["adminform"].form.errors) == ["edition"]
    assert "“Gold Premium Support” is sold only with" in words(page)


def test_sp_04_subscription_of_some_editions_asks_for_the_edition(manager, house):
    line = {"lines-TOTAL_FORMS": 1, "lines-0-subscription": SOFTWARE, "lines-0-users": "5"}
    line |= {"lines-0-starts_on": "", "lines-0-ends_on": ""}
    sent = form(company=house.company.pk, plan="basic", starts_on="2030-03-01", edition="")

    page = manager.post(ADD, sent | line)

    assert list(page.context["adminform"].form.errors) == ["edition"]
    with tenant(house.tenant):
        assert not Contract.objects.exists()
