"""Contracts run from a day to a day on the customer's own calendar, not on that of UTC."""

from datetime import UTC, date, datetime

import pytest

from accounts.tenancy import tenant
from entitlements.actions import add_product, sign_contract
from portal.filing.draft import read_filing
from tests.cases import file_case
from tests.packs import publish
from tickets.errors import FilingRefused
from tickets.filing import Wish, weigh

# The company is in Berlin, its site in New York.
MONDAY_IN_BERLIN = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
MONDAY_IN_NEW_YORK = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)


def contract_runs(twin, **days):
    type(twin.contract).objects.filter(company=twin.company).update(**days)


def test_contract_begins_with_the_customers_day(metalogix, alpha):
    contract_runs(alpha, starts_on=date(2026, 3, 2))

    case = file_case(alpha, at=MONDAY_IN_BERLIN, product=alpha.product)
    with pytest.raises(FilingRefused):
        file_case(alpha, at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC), product=alpha.product)

    assert case.plan == "standard"


def test_contract_ends_with_the_customers_day(metalogix, alpha):
    contract_runs(alpha, ends_on=date(2026, 3, 2))
    wish = {"contact": alpha.caller, "by": alpha.agent, "product": alpha.product}

    case = file_case(alpha, at=MONDAY_IN_NEW_YORK, **wish)
    with pytest.raises(FilingRefused):
        file_case(alpha, at=datetime(2026, 3, 3, 5, 30, tzinfo=UTC), **wish)

    assert case.time_zone == "America/New_York"


def test_products_are_offered_on_the_customers_day(metalogix, alpha):
    contract_runs(alpha, starts_on=date(2026, 3, 2))
    add_product(code="other", name="cn-alpha-other")

    covered = read_filing(by=alpha.contact, answers={}, at=MONDAY_IN_BERLIN).products

    assert covered == (alpha.product,)


def test_plan_is_that_of_the_products_own_contract(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        other = add_product(code="other", name="cn-alpha-other")
        sign_contract(
            company=alpha.company,
            product=other,
            plan="premium",
            starts_on=date(2026, 1, 1),
            at=MONDAY_IN_BERLIN,
        )
        at = MONDAY_IN_BERLIN

        def plan_for(product):
            wish = Wish(alpha.company, alpha.contact, "portal", product=product)
            weighed = weigh(wish, by=alpha.contact, at=at)
            return weighed.contract.plan if weighed.contract else None

        assert [plan_for(product) for product in (alpha.product, other, None)] == [
            "standard",
            "premium",
            None,
        ]
