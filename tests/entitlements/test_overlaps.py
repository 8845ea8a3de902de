"""A company has one contract at a time for the same."""

from datetime import UTC, date, datetime

import pytest

from entitlements.actions import ContractsOverlap, sign_contract
from entitlements.models import Contract

SPRING, MAY, SUMMER, AUTUMN = (date(2026, month, 1) for month in (3, 5, 6, 9))
END_OF_MAY = date(2026, 5, 31)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def company(entered, alpha):
    Contract.objects.all().delete()
    return alpha.company


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(MAY, None), (MAY, SUMMER), (END_OF_MAY, None), (date(2026, 1, 1), SPRING), (SPRING, MAY)],
)
@pytest.mark.parametrize("is_general", [True, False])
def test_second_contract_for_the_same_days_is_refused(
    company, alpha, starts_on, ends_on, is_general
):
    product = None if is_general else alpha.product
    sign_contract(
        company=company, plan="gold", product=product, starts_on=SPRING, ends_on=END_OF_MAY, at=AT
    )

    with pytest.raises(ContractsOverlap) as refused:
        sign_contract(company=company, product=product, starts_on=starts_on, ends_on=ends_on, at=AT)

    assert refused.value.field == "starts_on"
    assert "(gold, 1 Mar 2026 - 31 May 2026)" in str(refused.value)
    assert Contract.objects.count() == 1


def test_contract_after_the_other_one_and_one_of_another_kind_are_fine(company, alpha):
    sign_contract(company=company, plan="gold", starts_on=SPRING, ends_on=END_OF_MAY, at=AT)

    sign_contract(company=company, plan="next", starts_on=SUMMER, at=AT)
    sign_contract(company=company, plan="own", product=alpha.product, starts_on=SPRING, at=AT)
    sign_contract(company=alpha.other_company, plan="gold", starts_on=SPRING, at=AT)

    assert Contract.objects.count() == 4


def test_open_ended_contract_leaves_no_room_after_it(company):
    sign_contract(company=company, plan="gold", starts_on=SPRING, at=AT)

    with pytest.raises(ContractsOverlap) as refused:
        sign_contract(company=company, plan="next", starts_on=AUTUMN, at=AT)

    assert "1 Mar 2026 - open-ended" in str(refused.value)
