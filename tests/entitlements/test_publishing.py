from datetime import UTC, date, datetime

import pytest

from accounts.tenancy import tenant
from sla.actions import load_document
from sla.errors import PolicyIsFaulty
from sla.models import PolicyVersion
from tests.packs import pack_for, publish

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def without_standard(alpha, beta):
    """Call the plan "standard" something else, while both twins hold contracts for it."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    return pack_for("alpha", "metalogix").replace('"standard"', '"classic"')


def test_plan_that_a_contract_names_is_not_dropped(alpha, without_standard):
    with tenant(alpha.tenant), pytest.raises(PolicyIsFaulty) as refused:
        load_document(text=without_standard, by=None, at=AT)

    assert refused.value.sentences == (
        "The plan “standard” is dropped, but 2 contracts name it: change them first.",
    )


def test_plan_of_an_ended_contract_may_go(alpha, without_standard):
    with tenant(alpha.tenant):
        for contract in (alpha.contract, alpha.other_contract):
            contract.ends_on = date(2026, 1, 31)
            contract.save(update_fields=["ends_on"])

        load_document(text=without_standard, by=None, at=AT)

        assert PolicyVersion.objects.count() == 2


def test_rule_for_a_product_that_nobody_sells_is_refused(alpha, beta):
    text = pack_for("alpha", "metalogix").replace(
        'when = { severity = ["1"] }', 'when = { severity = ["1"], product = ["product", "anvil"] }'
    )

    with tenant(alpha.tenant), pytest.raises(PolicyIsFaulty) as refused:
        load_document(text=text, by=None, at=AT)

    assert refused.value.sentences == (
        "A rule names the product “anvil”, but there is none with this code.",
    )
