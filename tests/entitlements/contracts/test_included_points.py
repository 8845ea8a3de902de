from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_company
from accounts.errors import Invalid, NotAllowed, NotFound
from entitlements import included
from entitlements.actions import change_contract
from entitlements.balances import balance_at, reconcile
from entitlements.bought import bought_by
from entitlements.first_purchase import (
    GrantedAlready,
    ManagerChooses,
    NotTheFirstPurchase,
    grant_first_purchase,
    grants_offered,
)
from entitlements.included import give_all_included
from entitlements.lines import add_line
from entitlements.models import PointsEntry, PointsLot
from entitlements.statement import statement_page
from sla.queries import current_policy
from tests.entitled import end_line
from tests.entitlements.contracts.conftest import AT
from tests.entitlements.contracts.test_signing import sign
from tests.points import spend

# 24:00 on 28 February 2027 in New York.
END_OF_TERM = datetime(2027, 3, 1, 5, tzinfo=UTC)


def lots(company):
    found = PointsLot.objects.filter(company=company).order_by("id")
    return [(lot.source, lot.remaining, lot.expires_at) for lot in found]


@pytest.mark.parametrize(
    ("plan", "points"),
    [
        ("basic_annual", 100),
        ("bronze", 250),
        ("silver", 750),
        ("gold", 1500),
        ("platinum", 3000),
    ],
)
def test_sp_14_term_brings_the_points_of_its_plan_at_signing(company, plan, points):
    sign(company, plan=plan)

    assert lots(company) == [("included", points, END_OF_TERM)]


def test_sp_14_basic_includes_no_points(company):
    sign(company, plan="basic", users=None)

    assert lots(company) == []


def test_sp_10_next_term_brings_points_again_and_once(company):
    sign(company, plan="basic_annual", users=None)

    for moment in (END_OF_TERM - timedelta(seconds=1), END_OF_TERM, END_OF_TERM + timedelta(1)):
        give_all_included(moment)

    assert lots(company) == [
        ("included", 100, END_OF_TERM),
        ("included", 100, datetime(2028, 3, 1, 5, tzinfo=UTC)),
    ]


def test_points_of_a_coming_contract_wait_for_its_first_day(company):
    sign(company, starts_on=date(2026, 5, 1))

    # Midnight in New York.
    begins = datetime(2026, 5, 1, 4, tzinfo=UTC)
    give_all_included(begins - timedelta(seconds=1))
    before = lots(company)
    give_all_included(begins)

    assert before == []
    assert lots(company) == [("included", 1500, datetime(2027, 5, 1, 4, tzinfo=UTC))]


def test_points_end_with_a_term_that_is_cut_off(company):
    sign(company, ends_on=date(2026, 6, 30))

    assert lots(company) == [("included", 1500, datetime(2026, 7, 1, 4, tzinfo=UTC))]


def test_points_live_like_bought_ones_where_the_policy_says_so(company, reworded):
    reworded({'included = "term"': 'included = "life"'})

    sign(company)

    assert lots(company) == [("included", 1500, datetime(2027, 3, 3, 5, tzinfo=UTC))]


def test_sp_12_term_that_begins_without_the_subscription_brings_no_points(company):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=date(2026, 12, 31))

    give_all_included(END_OF_TERM)

    assert lots(company) == [("included", 1500, END_OF_TERM)]


def change(contract, at=AT, **facts):
    for name, value in facts.items():
        setattr(contract, name, value)
    change_contract(contract=contract, at=at)


def test_sp_12_better_plan_tops_the_term_up_and_a_lesser_one_takes_nothing_back(company):
    contract = sign(company, plan="bronze")
    summer = AT + timedelta(days=100)

    for plan in ("gold", "silver", "gold"):
        change(contract, summer, plan=plan)
    give_all_included(summer)

    assert lots(company) == [("included", 250, END_OF_TERM), ("included", 1250, END_OF_TERM)]
    reasons = PointsEntry.objects.order_by("seq").values_list("reason_key", flat=True)
    first = f"included-{contract.pk}-2026-03-01"
    assert list(reasons) == [first, f"{first}-2"]


def test_sp_12_plan_that_its_subscription_brings_back_brings_its_points(company):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=date(2026, 12, 31))
    give_all_included(END_OF_TERM)
    without = len(lots(company))
    add_line(
        contract=contract,
        subscription="software_subscription",
        users=5,
        starts_on=date(2027, 3, 10),
    )

    for days in (1, 20, 21):
        give_all_included(END_OF_TERM + timedelta(days=days))

    assert without == 1
    assert lots(company) == [
        ("included", 1500, END_OF_TERM),
        ("included", 1500, datetime(2028, 3, 1, 5, tzinfo=UTC)),
    ]


# 24:00 on 30 June 2026 in New York.
END_OF_JUNE = datetime(2026, 7, 1, 4, tzinfo=UTC)


def test_sp_14_points_that_are_left_end_with_a_term_that_is_shortened(company):
    contract = sign(company)
    spend(company, 600, 7, at=AT)

    change(contract, ends_on=date(2026, 6, 30))
    change(contract, reseller="Bright Resale")

    assert lots(company) == [("included", 0, END_OF_TERM), ("included", 900, END_OF_JUNE)]
    moved = PointsEntry.objects.order_by("seq").last()
    assert (moved.kind, moved.points, moved.balance_after) == ("included", 0, 900)
    assert moved.reason_key == f"included-{contract.pk}-2026-03-01-end-3"
    assert (balance_at(company, END_OF_JUNE), reconcile(AT)) == (0, [])


def test_sp_14_points_that_are_left_end_with_a_term_that_is_prolonged(company):
    contract = sign(company, plan="bronze", ends_on=date(2026, 6, 30))
    change(contract, plan="silver")

    change(contract, ends_on=None)

    # Those of both plans, in one.
    assert lots(company) == [
        ("included", 0, END_OF_JUNE),
        ("included", 0, END_OF_JUNE),
        ("included", 750, END_OF_TERM),
    ]
    assert reconcile(AT) == []


def test_sp_14_another_end_after_the_term_moves_no_points(company):
    contract = sign(company)

    change(contract, ends_on=date(2028, 2, 29))

    assert lots(company) == [("included", 1500, END_OF_TERM)]


def test_sp_14_points_of_a_term_that_is_over_by_its_new_end_expire(company):
    contract = sign(company)

    change(contract, at=END_OF_JUNE + timedelta(days=9), ends_on=date(2026, 6, 30))

    assert lots(company) == [("included", 0, END_OF_TERM)]
    entry = PointsEntry.objects.order_by("seq").last()
    assert (entry.kind, entry.points, entry.balance_after) == ("expiry", -1500, 0)
    assert reconcile(AT) == []


def test_points_that_live_like_bought_ones_stay_when_the_end_moves(company, reworded):
    reworded({'included = "term"': 'included = "life"'})
    contract = sign(company)

    change(contract, at=AT + timedelta(days=1), ends_on=date(2026, 6, 30))

    assert lots(company) == [("included", 1500, datetime(2027, 3, 3, 5, tzinfo=UTC))]


def test_moved_points_are_named_in_the_statement(company):
    contract = sign(company)
    change(contract, ends_on=date(2026, 6, 30))

    page = statement_page(company, None, "America/New_York")

    assert page.rows[0].what == "Included points end on another day, as their term does"
    assert [part.points for part in page.rows[0].parts] == [-1500, 1500]


def test_sp_14_lots_of_a_term_are_shown_as_one(company):
    contract = sign(company, plan="bronze")
    change(contract, plan="silver")
    spend(company, 100, 7, at=AT)
    change(contract, ends_on=date(2026, 6, 30))

    [shown] = bought_by(company, current_policy(AT).policy, AT).running

    assert (shown.included.points, shown.included.remaining) == (750, 650)
    assert shown.points_end_on == date(2026, 6, 30)


def test_points_of_the_term_before_are_not_shown_with_this_one(company):
    sign(company)
    give_all_included(END_OF_TERM)

    [shown] = bought_by(company, current_policy(AT).policy, END_OF_TERM).running

    assert (shown.included.points, shown.included.remaining) == (1500, 1500)
    assert shown.points_end_on == date(2028, 2, 29)


def test_daily_round_gives_to_so_many_companies_and_the_next_to_the_others(
    company, scalix, monkeypatch
):
    others = [add_company(name=f"cn-alpha-{n}", time_zone="America/New_York") for n in range(2)]
    for one in (company, *others):
        sign(one, starts_on=date(2026, 5, 1))
    monkeypatch.setattr(included, "COMPANIES_A_ROUND", 2)
    begun = datetime(2026, 5, 1, 4, tzinfo=UTC)

    counts = []
    for _round in range(3):
        give_all_included(begun)
        counts.append(PointsLot.objects.count())

    assert counts == [2, 3, 3]


def test_daily_points_reach_only_whose_plan_includes_some(company, scalix):
    sign(company)

    give_all_included(END_OF_TERM)

    assert PointsLot.objects.filter(company=company).count() == 2
    assert not PointsLot.objects.exclude(company=company).exists()


def test_terms_that_have_their_points_cost_no_statements(company):
    def statements():
        with CaptureQueriesContext(connection) as counted:
            give_all_included(AT)
        return len(counted)

    sign(company)
    one = statements()
    for number in range(20):
        sign(add_company(name=f"cn-alpha-{number}", time_zone="America/New_York"))

    assert statements() == one


def test_sp_09_first_purchase_is_offered_and_granted_once(company, scalix):
    sign(company, plan="basic", users=None)
    policy = current_policy(AT).policy
    offered = [grant.code for grant in grants_offered(company, policy)]

    grant_first_purchase(
        company=company, grant="first_purchase", points=20, by=scalix.manager, at=AT
    )

    assert offered == ["first_purchase"]
    assert grants_offered(company, policy) == []
    # Valid for one year: to the end of the anniversary in New York.
    assert lots(company) == [("grant", 20, datetime(2027, 3, 3, 5, tzinfo=UTC))]
    with pytest.raises(GrantedAlready):
        grant_first_purchase(
            company=company, grant="first_purchase", points=20, by=scalix.manager, at=AT
        )


def test_sp_09_amount_is_asked_for_because_the_document_names_none(company, scalix):
    sign(company, plan="basic", users=None)

    with pytest.raises(Invalid) as refused:
        grant_first_purchase(company=company, grant="first_purchase", by=scalix.manager, at=AT)

    assert refused.value.field == "points"
    assert lots(company) == []


def test_sp_09_amount_that_the_policy_leaves_open_is_chosen_by_a_manager_only(company, scalix):
    sign(company, plan="basic", users=None)

    with pytest.raises(ManagerChooses) as refused:
        grant_first_purchase(
            company=company, grant="first_purchase", points=20, by=scalix.account_manager, at=AT
        )

    assert "Ask one to grant them, or to put the figure into the policy." in str(refused.value)
    assert lots(company) == []


def test_amount_of_the_policy_counts_where_it_names_one(company, scalix, reworded):
    reworded({'name = "Points with the first purchase"': 'name = "Welcome"\npoints = 30'})
    sign(company, plan="basic", users=None)

    grant_first_purchase(
        company=company, grant="first_purchase", points=999, by=scalix.account_manager, at=AT
    )

    assert [points for _source, points, _end in lots(company)] == [30]


def test_sp_09_second_purchase_and_other_editions_are_granted_nothing(company, scalix):
    sign(company, plan="basic", users=None)
    sign(company, plan="basic", users=None, product=scalix.product)
    other = add_company(name="cn-alpha-open")
    sign(other, plan="basic", edition="community", users=None)
    policy = current_policy(AT).policy

    assert grants_offered(company, policy) == []
    assert grants_offered(other, policy) == []
    for buyer in (company, other):
        with pytest.raises(NotTheFirstPurchase):
            grant_first_purchase(
                company=buyer, grant="first_purchase", points=5, by=scalix.manager, at=AT
            )


def test_grant_that_the_policy_does_not_have_is_not_there(company, scalix):
    with pytest.raises(NotFound):
        grant_first_purchase(company=company, grant="gift", points=5, by=scalix.manager, at=AT)


def test_agent_grants_nothing(company, scalix):
    sign(company, plan="basic", users=None)

    with pytest.raises(NotAllowed):
        grant_first_purchase(
            company=company, grant="first_purchase", points=5, by=scalix.agent, at=AT
        )
