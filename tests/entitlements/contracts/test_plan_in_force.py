from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entitlements.models import ContractLine
from entitlements.prerequisites import PlanInForce, plan_in_force
from entitlements.terms import Term, case_limit_period
from sla.engine.parts import Plan
from sla.queries import current_policy
from tests.entitled import end_line
from tests.entitlements.contracts.conftest import AT
from tests.entitlements.contracts.test_signing import SOFTWARE, sign

KEPT = 'on_lapse = "keep"'


def policy():
    return current_policy(AT).policy


@pytest.fixture
def gold(company):
    """Gold from 1 March 2026 on, whose subscription ends with May."""
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=date(2026, 5, 31))
    return contract


def test_sp_05_everybody_has_the_default_plan(scalix, company):
    assert plan_in_force(None, policy(), date(2026, 3, 2)) == PlanInForce("basic")


def test_contract_without_a_plan_has_the_default_one(company):
    contract = sign(company, plan="", users=None)

    assert plan_in_force(contract, policy(), date(2026, 3, 2)) == PlanInForce("basic")


def test_plan_counts_while_its_subscription_runs(gold):
    assert plan_in_force(gold, policy(), date(2026, 5, 31)) == PlanInForce("gold")


@pytest.mark.parametrize("on_date", [date(2026, 6, 1), date(2027, 2, 28)])
def test_sp_12_lapsed_plan_is_kept_to_the_end_of_its_term(gold, on_date):
    assert plan_in_force(gold, policy(), on_date) == PlanInForce("gold", SOFTWARE)


def test_sp_12_next_term_does_not_begin_without_the_subscription(gold):
    assert plan_in_force(gold, policy(), date(2027, 3, 1)) == PlanInForce("basic", SOFTWARE)


def test_sp_12_lapsed_plan_falls_at_once_where_the_vendor_says_so(gold, reworded):
    reworded({KEPT: 'on_lapse = "downgrade"\nlapses_to = "basic_annual"'})

    in_force = plan_in_force(gold, policy(), date(2026, 6, 1))

    assert in_force == PlanInForce("basic_annual", SOFTWARE)


def test_renewed_subscription_brings_the_plan_back(gold):
    ContractLine.objects.create(
        tenant=gold.tenant,
        contract=gold,
        subscription=SOFTWARE,
        users=5,
        starts_on=date(2027, 6, 1),
    )

    assert plan_in_force(gold, policy(), date(2027, 5, 31)).plan == "basic"
    assert plan_in_force(gold, policy(), date(2027, 6, 1)) == PlanInForce("gold")


def test_plan_in_force_costs_one_statement_however_many_lines(gold):
    lines = [
        ContractLine(
            tenant=gold.tenant,
            contract=gold,
            subscription=SOFTWARE,
            users=5,
            starts_on=date(2026, 3, 1),
            ends_on=date(2026, 4, 1),
        )
        for _number in range(200)
    ]
    ContractLine.objects.bulk_create(lines)
    in_force = policy()

    with CaptureQueriesContext(connection) as statements:
        plan_in_force(gold, in_force, date(2026, 6, 1))

    assert len(statements) == 1


@pytest.mark.parametrize(
    ("plan", "on_date", "period"),
    [
        # DD-16: no limit, so nothing is counted.
        (Plan("a", "A"), date(2026, 4, 10), None),
        (
            Plan("a", "A", case_limit=5),
            date(2026, 4, 10),
            Term(date(2026, 3, 1), date(2027, 2, 28)),
        ),
        (
            Plan("a", "A", case_limit=5, case_limit_per="month"),
            date(2028, 2, 10),
            Term(date(2028, 2, 1), date(2028, 2, 29)),
        ),
    ],
)
def test_dd_16_days_over_which_cases_are_counted(plan, on_date, period, company):
    contract = sign(company)

    assert case_limit_period(contract, plan, on_date) == period


def test_what_is_not_bought_is_counted_by_the_year():
    plan = Plan("a", "A", case_limit=5)

    period = case_limit_period(None, plan, date(2026, 4, 10))

    assert period == Term(date(2026, 1, 1), date(2026, 12, 31))
