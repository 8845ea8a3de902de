from datetime import UTC, date, datetime

import pytest

from accounts.errors import Invalid
from entitlements.actions import CompanyStays, FirstDayStays, change_contract, sign_contract
from entitlements.lines import (
    EditionNeeded,
    EditionNotOpen,
    LineWish,
    SubscriptionNeeded,
    add_line,
    change_line,
)
from entitlements.models import BenefitItem, Contract, ContractLine, PointsLot
from entitlements.prerequisites import runs_on
from tests.entitled import end_line
from tests.entitlements.contracts.conftest import AT

SPRING = date(2026, 3, 1)
SOFTWARE = "software_subscription"


def sign(company, plan="gold", edition="enterprise", users=50, **facts):
    lines = [LineWish(SOFTWARE, users=users)] if users else []
    facts = {"starts_on": SPRING, "lines": lines, "at": AT} | facts
    return sign_contract(company=company, plan=plan, edition=edition, **facts)


def test_sp_20_contract_through_a_reseller_names_it_and_who_renews(company):
    rene = company.people.get(name="cn-alpha-rene")

    contract = sign(company, reseller="Bright Resale Ltd", renewal_contact=rene)

    contract.refresh_from_db()
    assert (contract.reseller, contract.renewal_contact) == ("Bright Resale Ltd", rene)


def test_renewal_contact_is_of_the_company(company, scalix):
    with pytest.raises(Invalid) as refused:
        sign(company, renewal_contact=scalix.contact)

    assert refused.value.field == "renewal_contact"


def test_renewal_contact_has_an_address(company, scalix):
    with pytest.raises(Invalid) as refused:
        sign_contract(
            company=scalix.company, starts_on=SPRING, renewal_contact=scalix.caller, at=AT
        )

    assert str(refused.value) == "The renewal contact has no mail address."


def test_sp_04_subscription_has_users_and_runs_with_its_contract(company):
    contract = sign(company, plan="basic", users=120, ends_on=date(2026, 12, 31))

    line = ContractLine.objects.get(contract__company=company)

    assert (line.contract, line.subscription, line.users) == (contract, SOFTWARE, 120)
    assert (line.starts_on, line.ends_on) == (SPRING, None)
    days = [date(2026, 2, 28), SPRING, date(2026, 12, 31), date(2027, 1, 1)]
    assert [runs_on(line, day) for day in days] == [False, True, True, False]


def test_subscription_ends_with_its_last_day(company):
    line = sign(company, plan="basic").lines.get()

    end_line(line=line, ends_on=date(2026, 6, 30))

    assert runs_on(line, date(2026, 6, 30))
    assert not runs_on(line, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"users": None}, "users", "Say for how many users: it is sold by the user."),
        ({"subscription": "gym"}, "subscription", "The policy sells no such subscription."),
        ({"starts_on": date(2026, 2, 1)}, "starts_on", "starts before its contract."),
        ({"starts_on": date(2027, 2, 1)}, "starts_on", "starts after the end of its contract."),
        ({"ends_on": date(2027, 2, 1)}, "ends_on", "The subscription ends after its contract."),
        ({"ends_on": date(2026, 2, 1)}, "ends_on", "The subscription ends before it starts."),
    ],
)
def test_line_that_cannot_be_is_refused(company, facts, field, sentence):
    contract = sign(company, plan="basic", users=None, ends_on=date(2026, 12, 31))

    with pytest.raises(Invalid) as refused:
        add_line(contract=contract, **({"subscription": SOFTWARE, "users": 5} | facts))

    assert refused.value.field == field
    assert sentence in str(refused.value)
    assert not ContractLine.objects.filter(contract=contract).exists()


def test_changed_line_is_looked_at_as_a_new_one(company):
    line = sign(company, plan="basic").lines.get()
    line.users = None

    with pytest.raises(Invalid):
        change_line(line=line)

    assert contract_users(company) == 50


def contract_users(company):
    return ContractLine.objects.get(contract__company=company).users


def test_sp_04_subscription_is_open_to_some_editions_only(company):
    contract = sign(company, plan="basic", edition="community", users=None)

    with pytest.raises(EditionNotOpen) as refused:
        add_line(contract=contract, subscription=SOFTWARE, users=5)

    assert str(refused.value) == (
        "“Software Subscription Service” is not sold with the edition “Community Edition”, only "
        "with: Small Business Edition, Enterprise Edition."
    )


def test_plan_is_open_to_some_editions_only(company):
    with pytest.raises(EditionNotOpen) as refused:
        sign(company, edition="community")

    assert (refused.value.field, refused.value.code) == ("edition", "edition_not_sold")
    assert not Contract.objects.filter(company=company).exists()


def test_sp_12_plan_that_needs_a_subscription_is_not_signed_without_it(company):
    with pytest.raises(SubscriptionNeeded) as refused:
        sign(company, users=None)

    assert str(refused.value) == (
        "The plan “Gold Premium Support” can only be had with “Software Subscription Service”. "
        "Add it to this contract, or first to another one of the company, so that it runs on "
        "2 Mar 2026."
    )
    assert refused.value.field == "plan"


def test_sp_12_subscription_of_another_contract_will_do(company, scalix):
    sign(company, plan="basic", product=scalix.product)

    gold = sign(company, users=None)

    assert gold.plan == "gold"


def test_sp_12_subscription_of_another_company_will_not_do(company, scalix):
    sign(scalix.other_company, plan="basic")

    with pytest.raises(SubscriptionNeeded):
        sign(company, users=None)


def test_another_plan_is_asked_for_what_it_needs(company):
    contract = sign(company, plan="basic", users=None)
    contract.plan = "gold"

    with pytest.raises(SubscriptionNeeded):
        change_contract(contract=contract, at=AT)


def test_contract_whose_subscription_lapsed_can_still_be_changed(company):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=date(2026, 4, 30))
    contract.reseller = "Bright Resale Ltd"

    change_contract(contract=contract, at=datetime(2026, 6, 1, tzinfo=UTC))

    contract.refresh_from_db()
    assert contract.reseller == "Bright Resale Ltd"


def test_contract_does_not_leave_its_lines_behind(company):
    contract = sign(company)
    end_line(line=contract.lines.get(), ends_on=date(2026, 12, 31))
    contract.ends_on = date(2026, 6, 30)

    with pytest.raises(Invalid) as refused:
        change_contract(contract=contract, at=AT)

    assert str(refused.value) == "The subscription ends after its contract."


def test_before_a_policy_is_published_anything_is_written_down(entered, alpha):
    contract = sign_contract(
        company=alpha.other_company,
        plan="gold",
        starts_on=SPRING,
        lines=[LineWish("later")],
        at=AT,
    )

    assert [line.subscription for line in contract.lines.all()] == ["later"]


def test_first_day_stays_once_points_or_benefits_were_given_by_it(company):
    contract = sign(company)
    contract.starts_on = date(2026, 4, 1)

    with pytest.raises(FirstDayStays) as refused:
        change_contract(contract=contract, at=AT)

    assert refused.value.field == "starts_on"
    assert "sign a new one from the day that you mean" in str(refused.value)
    assert Contract.objects.get(pk=contract.pk).starts_on == SPRING
    assert PointsLot.objects.filter(company=company).count() == 1


def test_seats_that_were_used_keep_the_first_day_as_well(company, scalix):
    contract = sign(company, plan="basic", users=None)
    BenefitItem.objects.create(
        tenant=scalix.tenant,
        contract=contract,
        benefit="training",
        term_starts_on=SPRING,
        done_on=SPRING,
    )
    contract.starts_on = date(2026, 4, 1)

    with pytest.raises(FirstDayStays):
        change_contract(contract=contract, at=AT)


def test_first_day_that_has_brought_nothing_can_be_changed(company):
    contract = sign(company, plan="basic", users=None)
    contract.starts_on = date(2026, 4, 1)

    change_contract(contract=contract, at=AT)

    assert Contract.objects.get(pk=contract.pk).starts_on == date(2026, 4, 1)


def test_contract_stays_with_its_company(company, scalix):
    contract = sign(company, plan="basic", users=None)
    contract.company = scalix.other_company

    with pytest.raises(CompanyStays) as refused:
        change_contract(contract=contract, at=AT)

    assert refused.value.field == "company"
    assert Contract.objects.get(pk=contract.pk).company == company


def test_sc_22_plan_of_some_editions_is_signed_with_the_edition_only(company):
    with pytest.raises(EditionNeeded) as refused:
        sign(company, edition="", users=None)

    assert (refused.value.field, refused.value.code) == ("edition", "edition_needed")
    assert str(refused.value) == (
        "Say the edition of the contract: “Gold Premium Support” is sold only with: Small Business "
        "Edition, Enterprise Edition."
    )
    assert not Contract.objects.filter(company=company).exists()


def test_sp_04_subscription_of_some_editions_is_signed_with_the_edition_only(company):
    with pytest.raises(EditionNeeded) as refused:
        sign(company, plan="basic", edition="")

    assert "“Software Subscription Service” is sold only with" in str(refused.value)


def test_what_is_sold_with_every_edition_is_signed_without_one(company):
    assert sign(company, plan="basic", edition="", users=None).edition == ""
