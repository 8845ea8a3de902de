"""Packs that were bought, each recorded once."""

from datetime import date

import pytest

from accounts.actions import add_company
from accounts.errors import Invalid
from entitlements.balances import balance_at
from entitlements.models import PointsLot
from entitlements.selling import ReferenceTaken, sell_pack
from tests.entitlements.contracts.conftest import AT


@pytest.fixture
def sell(scalix, company):
    def sell_to(pack="pack_50", reference="PO 4711", **facts):
        facts = {"company": company, "by": scalix.manager, "at": AT} | facts
        return sell_pack(pack=pack, reference=reference, bought_on=date(2026, 3, 1), **facts)

    return sell_to


@pytest.mark.parametrize("written", ["PO 4711", "po4711", "  Po  4711 "])
def test_sp_07_purchase_is_recorded_once_however_its_reference_is_written(company, sell, written):
    sell()

    with pytest.raises(ReferenceTaken) as refused:
        sell(reference=written)

    assert refused.value.field == "reference"
    assert "say which of them this is (2 for the second)" in str(refused.value)
    assert balance_at(company, AT) == 50


def test_sp_07_packs_of_one_invoice_are_recorded_each_once(company, sell):
    sell()
    sell(pack="pack_110")
    sell(number=2)

    with pytest.raises(ReferenceTaken):
        sell(number=2)

    lots = PointsLot.objects.order_by("id").values_list("points", "reference")
    assert list(lots) == [(50, "PO 4711"), (110, "PO 4711"), (50, "PO 4711")]
    assert balance_at(company, AT) == 210


def test_reference_of_another_company_is_another_one(sell):
    other = add_company(name="cn-alpha-other-one")

    sell()
    sell(company=other)

    assert PointsLot.objects.count() == 2


def test_longest_reference_is_kept_and_a_longer_one_refused_in_words(sell):
    lot = sell(reference="x" * 100)

    with pytest.raises(Invalid) as refused:
        sell(reference="x" * 101)

    assert (refused.value.field, str(refused.value)) == (
        "reference",
        "A reference has at most 100 characters.",
    )
    assert PointsLot.objects.get() == lot


@pytest.mark.parametrize("number", [0, -1, 100])
def test_number_of_a_pack_on_an_order_is_a_small_one(sell, number):
    with pytest.raises(Invalid) as refused:
        sell(number=number)

    assert refused.value.field == "number"
    assert not PointsLot.objects.exists()
