from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_company
from accounts.errors import Invalid, NotAllowed, NotFound
from entitlements import daily
from entitlements.actions import change_contract
from entitlements.benefits import benefits_of, deliveries_owed
from entitlements.daily import daily_tasks
from entitlements.deliveries import (
    NoSeatsLeft,
    give_seats_back,
    mark_delivered,
    mark_not_delivered,
    plan_all_deliveries,
    use_seats,
)
from entitlements.models import BenefitItem
from entitlements.terms import due_dates
from sla.queries import current_policy
from tests.entitled import end_line
from tests.entitlements.contracts.conftest import AT
from tests.entitlements.contracts.test_signing import sign

TODAY = date(2026, 3, 2)
LATER = datetime(2026, 5, 20, 12, tzinfo=UTC)
NEXT_TERM = datetime(2027, 3, 1, 5, tzinfo=UTC)


def dues(contract, **facts):
    items = BenefitItem.objects.filter(contract=contract, due_on__isnull=False, **facts)
    return [item.due_on for item in items.order_by("due_on")]


def shown(contract, on_date=TODAY):
    figures = benefits_of(contract, current_policy(AT).policy, on_date)
    return {one.benefit.code: one for one in figures}


@pytest.mark.parametrize(
    ("first", "number", "expected"),
    [
        (date(2026, 3, 1), 1, [date(2027, 2, 28)]),
        (date(2026, 3, 1), 2, [date(2026, 8, 31), date(2027, 2, 28)]),
        (
            date(2026, 1, 31),
            4,
            [date(2026, 4, 29), date(2026, 7, 30), date(2026, 10, 30), date(2027, 1, 30)],
        ),
        # What is no number of months is a number of days.
        (
            date(2026, 1, 1),
            5,
            [
                date(2026, 3, 14),
                date(2026, 5, 26),
                date(2026, 8, 7),
                date(2026, 10, 19),
                date(2026, 12, 31),
            ],
        ),
    ],
)
def test_deliveries_are_spread_evenly(first, number, expected):
    assert due_dates(first, number) == expected


@pytest.mark.parametrize("number", range(1, 40))
def test_last_delivery_is_due_with_the_end_of_the_year(number):
    dates = due_dates(date(2026, 3, 1), number)

    assert (len(set(dates)), dates[-1]) == (number, date(2027, 2, 28))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("bronze", [date(2027, 2, 28)]),
        ("silver", [date(2026, 8, 31), date(2027, 2, 28)]),
        (
            "gold",
            [date(2026, 5, 31), date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28)],
        ),
    ],
)
def test_sp_19_assessments_of_a_term_are_due_from_its_signing_on(company, plan, expected):
    contract = sign(company, plan=plan)

    assert dues(contract, benefit="assessment") == expected


def test_sp_19_platinum_has_one_every_month(company):
    assert len(dues(sign(company, plan="platinum"))) == 12


def test_sp_19_next_term_brings_its_own_once(company):
    contract = sign(company, plan="silver")

    plan_all_deliveries(NEXT_TERM)
    plan_all_deliveries(NEXT_TERM)

    assert dues(contract, term_starts_on=date(2027, 3, 1)) == [
        date(2027, 8, 31),
        date(2028, 2, 29),
    ]
    assert BenefitItem.objects.count() == 4


def run_daily(at):
    """Do the daily work as if it were a moment that the desk's clock cannot be moved to."""
    assert [name for name in daily_tasks() if daily._run(name, at).failed] == []


def test_sp_19_what_fell_due_while_the_daily_work_was_late_is_owed_all_the_same(company):
    contract = sign(company, plan="platinum")
    run_daily(AT)
    two_terms_on = datetime(2028, 5, 20, 12, tzinfo=UTC)

    run_daily(two_terms_on)
    run_daily(two_terms_on)

    firsts = (date(2026, 3, 1), date(2027, 3, 1), date(2028, 3, 1))
    assert [len(dues(contract, term_starts_on=first)) for first in firsts] == [12, 12, 12]


def test_late_daily_work_owes_nothing_of_before_the_contract_was_written_down(company):
    run_daily(AT)
    contract = sign(company, plan="platinum", starts_on=date(2026, 3, 3), at=LATER)

    run_daily(LATER)

    assert dues(contract)[0] == date(2026, 6, 2)
    assert len(dues(contract)) == 10


def test_basic_is_owed_nothing(company):
    assert dues(sign(company, plan="basic", users=None)) == []


def test_what_comes_after_the_end_of_the_contract_is_not_owed(company):
    contract = sign(company)
    contract.ends_on = date(2026, 9, 30)

    change_contract(contract=contract, at=AT)

    assert dues(contract) == [date(2026, 5, 31), date(2026, 8, 31)]


def test_another_plan_changes_what_is_still_to_come(company, scalix):
    contract = sign(company, plan="silver")
    summer = datetime(2026, 9, 1, 12, tzinfo=UTC)
    contract.plan = "gold"

    change_contract(contract=contract, at=summer)

    # What was due under the plan before stays as it was.
    assert dues(contract, number=1) == [date(2026, 8, 31)]
    assert dues(contract) == [date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28)]


def test_contract_that_is_written_down_late_owes_what_is_still_to_come(company):
    contract = sign(company, starts_on=date(2025, 9, 1))

    assert dues(contract) == [date(2026, 5, 31), date(2026, 8, 31)]


def test_what_is_done_stays_when_the_contract_ends(company, scalix):
    contract = sign(company, plan="silver")
    late = BenefitItem.objects.get(contract=contract, due_on=date(2027, 2, 28))
    mark_delivered(item_id=late.pk, by=scalix.manager, at=AT)
    contract.ends_on = date(2026, 6, 30)

    change_contract(contract=contract, at=AT)

    assert dues(contract) == [date(2027, 2, 28)]


def test_sp_12_plan_that_fell_is_owed_nothing_more(company, reworded):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=date(2026, 6, 30))
    reworded({'on_lapse = "keep"': 'on_lapse = "downgrade"\nlapses_to = "basic"'})

    plan_all_deliveries(datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert dues(contract) == [date(2026, 5, 31)]


def test_done_delivery_says_when_and_by_whom_and_can_be_taken_back(company, scalix):
    contract = sign(company)
    item = deliveries_owed().first()

    mark_delivered(item_id=item.pk, note=" Report 7 ", by=scalix.manager, at=AT)

    item.refresh_from_db()
    assert (item.done_on, item.done_by, item.note) == (TODAY, scalix.manager, "Report 7")
    assert shown(contract)["assessment"].done == 1
    assert [one.due_on for one in deliveries_owed()] == [
        date(2026, 8, 31),
        date(2026, 11, 30),
        date(2027, 2, 28),
    ]
    mark_not_delivered(item_id=item.pk, by=scalix.manager)
    item.refresh_from_db()
    assert (item.done_on, item.done_by, item.note) == (None, None, "")


def test_delivery_that_is_not_there_is_not_marked(company, scalix):
    sign(company)

    with pytest.raises(NotFound):
        mark_delivered(item_id=987_654_321, by=scalix.manager, at=AT)


@pytest.mark.parametrize(
    ("plan", "seats"), [("bronze", 1), ("silver", 2), ("gold", 4), ("platinum", 6)]
)
def test_sp_18_plan_has_places_in_training(company, plan, seats):
    training = shown(sign(company, plan=plan))["training"]

    assert (training.number, training.used, training.left) == (seats, 0, seats)


def test_sp_18_basic_has_no_places(company):
    assert "training" not in shown(sign(company, plan="basic", users=None))


def test_sp_18_places_are_used_up_in_a_term_and_are_there_again_in_the_next(company, scalix):
    contract = sign(company)

    use_seats(
        contract=contract,
        benefit="training",
        quantity=3,
        note="Ada, René, Uma",
        by=scalix.manager,
        at=AT,
    )

    training = shown(contract)["training"]
    assert (training.used, training.left) == (3, 1)
    assert [(use.quantity, use.done_on, use.note) for use in training.uses] == [
        (3, TODAY, "Ada, René, Uma")
    ]
    assert shown(contract, date(2027, 3, 1))["training"].left == 4


def use(contract, by, quantity=1, benefit="training"):
    return use_seats(contract=contract, benefit=benefit, quantity=quantity, note="", by=by, at=AT)


def test_more_places_than_are_left_are_refused(company, scalix):
    contract = sign(company)
    use(contract, scalix.manager, 3)

    with pytest.raises(NoSeatsLeft) as refused:
        use(contract, scalix.manager, 2)

    assert str(refused.value) == "Only 1 of 4 are left in this term."
    assert shown(contract)["training"].used == 3


@pytest.mark.parametrize("benefit", ["assessment", "standard_users", "gym"])
def test_what_is_no_seat_is_not_used_up(company, scalix, benefit):
    with pytest.raises(NotFound):
        use(sign(company), scalix.manager, benefit=benefit)


def test_fewer_than_one_place_is_refused(company, scalix):
    with pytest.raises(Invalid):
        use(sign(company), scalix.manager, 0)


def test_place_that_was_not_taken_is_given_back(company, scalix):
    contract = sign(company)
    used = use(contract, scalix.manager)

    give_seats_back(item_id=used.pk, by=scalix.manager)

    assert shown(contract)["training"].left == 4


def test_delivery_is_not_given_back_as_a_seat(company, scalix):
    sign(company)

    with pytest.raises(NotFound):
        give_seats_back(item_id=deliveries_owed().first().pk, by=scalix.manager)


def test_customers_and_agents_write_nothing_down(company, scalix):
    contract = sign(company)
    item = deliveries_owed().first()

    for person in (scalix.agent, company.people.first()):
        with pytest.raises(NotAllowed):
            use(contract, person)
        with pytest.raises(NotAllowed):
            mark_delivered(item_id=item.pk, by=person, at=AT)


@pytest.mark.parametrize(
    ("plan", "is_unlocked"), [("bronze", True), ("silver", True), ("gold", True)]
)
def test_sp_17_premium_unlocks_standard_users(company, plan, is_unlocked):
    users = shown(sign(company, plan=plan))["standard_users"]

    assert (users.is_unlocked, users.ratio) == (is_unlocked, None)


def test_sp_17_basic_unlocks_nothing_and_no_ratio_is_said(company):
    assert "standard_users" not in shown(sign(company, plan="basic_annual", users=None))


def test_sp_11_ratio_of_the_edition_holds_where_the_plan_lifts_none(company, reworded):
    reworded(
        {
            "plans = { bronze = 1, silver = 1, gold = 1, platinum = 1 }": (
                "plans = { bronze = 1, silver = 1, gold = 1, platinum = 1 }\n"
                "editions = { small_business = 3, enterprise = 5 }"
            )
        }
    )

    contract = sign(company, plan="basic", users=None)

    users = shown(contract)["standard_users"]
    assert (users.is_unlocked, users.ratio) == (False, 5)


def test_benefits_cost_two_statements_however_much_is_owed(company, scalix):
    few, many = sign(company, plan="bronze"), sign(add_company(name="cn-alpha-big"), "platinum")
    policy = current_policy(AT).policy
    counted = []
    for contract in (few, many):
        with CaptureQueriesContext(connection) as statements:
            benefits_of(contract, policy, TODAY)
        counted.append(len(statements))

    assert counted == [2, 2]


def test_planning_costs_as_much_for_many_contracts_as_for_one(company):
    def statements(at):
        with CaptureQueriesContext(connection) as counted:
            plan_all_deliveries(at)
        return len(counted)

    sign(company)
    one = statements(NEXT_TERM)
    for number in range(20):
        sign(add_company(name=f"cn-alpha-{number}", time_zone="America/New_York"))

    assert statements(NEXT_TERM) == one
