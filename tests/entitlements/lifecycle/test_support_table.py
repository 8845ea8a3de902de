"""How releases stand on a day, who says so, and what to go to (SC-17, SP-02, DD-32)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.tenancy import tenant
from entitlements.holdings import holding_of, policy_at
from entitlements.release_lists import ending_soon
from entitlements.releases import add_release
from entitlements.support_table import support_for, support_of
from sla.engine.document import parse_document
from sla.engine.parts import Facts
from tests.entitlements.lifecycle.storage import add_table, publish_then
from tests.packs import pack_for

DATADYNAMICS = parse_document(pack_for("alpha", "datadynamics"))
SCALIX = parse_document(pack_for("alpha", "scalix"))


def states(table) -> dict[str, tuple]:
    return {
        row.release.version: (row.state, row.said_by, row.last_day, row.days_left)
        for row in table.rows
    }


def test_dd_32_vendors_own_table(alpha, entered):
    add_table(alpha.product)
    facts = Facts(product=alpha.product.code)

    table = support_of(alpha.product, DATADYNAMICS, facts, date(2017, 5, 31))

    assert states(table) == {
        "7.8.0": ("to_be_determined", "tbd", None, None),
        "7.7.0": ("ends_soon", "month", date(2017, 5, 31), 0),
        "7.6.0": ("ended", "month", date(2016, 8, 31), -273),
    }
    assert (table.newest.version, table.upgrade.version) == ("7.8.0", "7.8.0")


@pytest.mark.parametrize(
    ("on_date", "state"),
    [
        (date(2015, 11, 1), "to_come"),
        (date(2015, 11, 2), "supported"),
        (date(2017, 3, 1), "supported"),
        (date(2017, 3, 2), "ends_soon"),
        (date(2017, 5, 31), "ends_soon"),
        (date(2017, 6, 1), "ended"),
    ],
)
def test_dd_32_state_of_a_release_on_a_day(alpha, entered, on_date, state):
    add_table(alpha.product)

    table = support_of(alpha.product, DATADYNAMICS, Facts(), on_date)

    assert states(table)["7.7.0"][0] == state


def test_sp_02_sc_17_current_major_and_the_two_before_it(alpha, entered):
    for version, year in (("9.4", 2020), ("10.0", 2021), ("11.0", 2022), ("12.0", 2023)):
        add_release(product=alpha.product, version=version, released_on=date(year, 1, 1))
    add_release(product=alpha.product, version="12.1", released_on=date(2024, 1, 1))

    table = support_of(alpha.product, SCALIX, Facts(), date(2024, 6, 1))

    assert states(table) == {
        "12.1": ("supported", "rule", None, None),
        "12.0": ("supported", "rule", None, None),
        "11.0": ("supported", "rule", None, None),
        "10.0": ("supported", "rule", None, None),
        "9.4": ("ended", "rule", date(2022, 12, 31), -518),
    }


def test_policy_without_a_rule_ends_nothing(alpha, entered):
    for year in (2016, 2017, 2018):
        add_release(product=alpha.product, version=f"{year}", released_on=date(year, 1, 1))

    table = support_of(alpha.product, None, Facts(), date(2026, 1, 1))

    assert set(states(table).values()) == {("supported", "nothing", None, None)}


def test_sc_17_rule_of_a_plan_holds_for_the_companies_that_have_it(alpha):
    """SC-17 and SP-02 read apart: the narrow rule for one plan, the wide one for the others."""
    narrow = """[[supported_releases]]
when = { plan = ["basic"] }
unit = "release"
back = 0
source = "SC-17"

[[supported_releases]]"""
    publish_then(alpha, "scalix", **{"[[supported_releases]]": narrow})
    on_date = date(2026, 6, 1)
    with tenant(alpha.tenant) as at:
        alpha.company.contracts.update(plan="basic")
        for version, year in (("10.0", 2021), ("11.0", 2022)):
            add_release(product=alpha.product, version=version, released_on=date(year, 1, 1))
        narrowed, wide = (
            support_for(holding_of(company, policy_at(at), on_date), alpha.product)
            for company in (alpha.company, alpha.other_company)
        )

    assert states(narrowed)["10.0"] == ("ended", "rule", date(2021, 12, 31), -1613)
    assert states(wide)["10.0"][0] == "supported"


def test_ending_soon_is_on_the_vendors_own_day(alpha):
    publish_then(alpha)
    with tenant(alpha.tenant):
        add_table(alpha.product)
        zone = ZoneInfo("Europe/Paris")
        last = datetime(2017, 5, 31, 23, 59, tzinfo=zone)
        after = datetime(2017, 6, 1, 0, 0, tzinfo=zone)

        found = [one.supported.release.version for one in ending_soon(last)]
        assert (found, ending_soon(after)) == (["7.7.0"], [])
