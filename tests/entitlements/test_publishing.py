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


@pytest.mark.parametrize(
    "rule",
    [
        '[[prices]]\nwhen = { product = ["anvil"] }\npoints = 10\n',
        '[[supported_releases]]\nwhen = { product = ["anvil"] }\nunit = "release"\nback = 1\n',
    ],
    ids=["price", "releases"],
)
def test_what_is_sold_for_a_product_that_nobody_sells_is_refused(alpha, beta, rule):
    with tenant(alpha.tenant), pytest.raises(PolicyIsFaulty) as refused:
        load_document(text=f"{pack_for('alpha', 'metalogix')}\n{rule}", by=None, at=AT)

    assert refused.value.sentences == (
        "A rule names the product “anvil”, but there is none with this code.",
    )


@pytest.mark.parametrize(
    ("now", "is_dropped"),
    [
        (datetime(2030, 3, 5, 4, 30, tzinfo=UTC), False),
        (datetime(2030, 3, 5, 5, 30, tzinfo=UTC), True),
    ],
    ids=["still-the-4th-in-new-york", "over"],
)
def test_contract_is_over_by_the_customers_own_calendar(alpha, without_standard, now, is_dropped):
    with tenant(alpha.tenant):
        alpha.company.time_zone = "America/New_York"
        alpha.company.save(update_fields=["time_zone"])
        type(alpha.contract).objects.update(ends_on=date(2030, 3, 4))
        type(alpha.contract).objects.exclude(company=alpha.company).update(plan="")

        if is_dropped:
            load_document(text=without_standard, by=None, at=now)
        else:
            with pytest.raises(PolicyIsFaulty):
                load_document(text=without_standard, by=None, at=now)

        assert PolicyVersion.objects.count() == 1 + is_dropped
