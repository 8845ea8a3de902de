"""Which contract counts for a company, a product and a day."""

from datetime import UTC, date, datetime

import pytest

from accounts.errors import Invalid, NameTaken
from entitlements.actions import add_product, sign_contract
from entitlements.gate import Holdings
from entitlements.holdings import holding_of
from entitlements.models import Contract
from entitlements.queries import contract_of

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def company(entered, alpha):
    Contract.objects.all().delete()
    return alpha.company


def plan_of(company, product, on_date=DAY):
    contract = contract_of(company, product, on_date)
    return contract.plan if contract else None


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "found"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), "gold"),
        (date(2026, 3, 1), None, "gold"),
        (date(2025, 3, 3), date(2026, 3, 1), None),
        (date(2026, 3, 3), None, None),
    ],
)
def test_contract_runs_from_its_first_day_to_its_last(company, alpha, starts_on, ends_on, found):
    sign_contract(company=company, plan="gold", starts_on=starts_on, ends_on=ends_on, at=AT)

    assert plan_of(company, alpha.product) == found


def test_products_own_contract_counts_before_the_general_one(company, alpha):
    other = add_product(code="other", name="Other")
    sign_contract(
        company=company, plan="own", product=alpha.product, starts_on=date(2025, 1, 1), at=AT
    )
    sign_contract(company=company, plan="general", starts_on=date(2026, 1, 1), at=AT)

    found = [plan_of(company, product) for product in (alpha.product, other, None)]

    assert found == ["own", "general", "general"]


def test_later_of_two_alike_counts(company, alpha):
    # Signed before overlaps were refused.
    for plan, day in (
        ("old", date(2025, 1, 1)),
        ("new", date(2026, 1, 1)),
        ("mid", date(2025, 6, 1)),
    ):
        Contract.objects.create(tenant=alpha.tenant, company=company, plan=plan, starts_on=day)

    assert plan_of(company, alpha.product) == "new"
    assert plan_of(company, alpha.product, date(2025, 7, 1)) == "mid"


def test_contract_of_another_company_does_not_count(company, alpha):
    sign_contract(company=alpha.other_company, plan="gold", starts_on=date(2026, 1, 1), at=AT)

    assert plan_of(company, alpha.product) is None


def test_contract_that_ends_before_it_starts_is_refused_in_words(company):
    with pytest.raises(Invalid) as refusal:
        sign_contract(
            company=company,
            plan="gold",
            starts_on=date(2026, 1, 1),
            ends_on=date(2025, 12, 31),
            at=AT,
        )

    assert refusal.value.field == "ends_on"
    assert not Contract.objects.exists()


def test_product_code_is_taken_once(company, alpha):
    with pytest.raises(NameTaken):
        add_product(code=alpha.product.code, name="Again")


@pytest.mark.parametrize(
    ("signed", "found"),
    [
        ([], [None, None, None]),
        (["product"], ["product", None, "product"]),
        (["product", "other"], ["product", "other", None]),
        (["general"], ["general", "general", "general"]),
        (["product", "general"], ["product", "general", "general"]),
        (["product", "other", "general"], ["product", "other", "general"]),
    ],
)
def test_the_same_contract_counts_for_one_case_at_the_gate_and_for_many(
    company, alpha, signed, found
):
    named = {"product": alpha.product, "other": add_product(code="other", name="Other")}
    for plan in signed:
        sign_contract(
            company=company, plan=plan, product=named.get(plan), starts_on=date(2026, 1, 1), at=AT
        )
    gate, holding = Holdings(company), holding_of(company, None, DAY)
    rules = (
        lambda product: contract_of(company, product, DAY),
        lambda product: gate.contract_of(product, DAY),
        holding.contract_for,
    )

    plans = [
        [contract.plan if (contract := rule(product)) else None for product in asked]
        for rule in rules
        for asked in [(named["product"], named["other"], None)]
    ]

    assert plans == [found, found, found]
