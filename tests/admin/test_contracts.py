"""Contracts with their subscriptions in the admin, and what is owed over all of them."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_company
from accounts.tenancy import tenant
from entitlements.actions import sign_contract
from entitlements.benefits import deliveries_owed
from entitlements.lines import LineWish
from entitlements.models import BenefitItem, Contract, ContractLine, PointsLot
from tests.packs import publish
from tests.portal.pages import words

NOON = datetime(2030, 3, 4, 12, 0, tzinfo=UTC)
SPRING = date(2030, 3, 1)
SOFTWARE = "software_subscription"
ADD = "/admin/entitlements/contract/add/"


@pytest.fixture
def house(alpha, beta, set_desk_time):
    """Both twins sell what Scalix does, and have signed nothing."""
    for twin in (alpha, beta):
        publish(twin, "scalix")
        with tenant(twin.tenant):
            Contract.objects.all().delete()
    set_desk_time(NOON)
    return beta


@pytest.fixture
def manager(browse, house):
    return browse(house.tenant, house.manager)


def sign(twin, plan="gold", users=50, **facts):
    with tenant(twin.tenant):
        return sign_contract(
            company=facts.pop("company", twin.company),
            plan=plan,
            edition="enterprise",
            starts_on=SPRING,
            lines=[LineWish(SOFTWARE, users=users)],
            at=NOON,
            **facts,
        )


def line(number, **fields):
    facts = {"subscription": SOFTWARE, "users": "", "starts_on": "", "ends_on": ""} | fields
    return {f"lines-{number}-{name}": value for name, value in facts.items()}


def form(twin, *lines, **changes):
    """Fill in the form of a contract; `lines` as the browser sends them."""
    facts = {"company": twin.company.pk, "product": "", "plan": "gold", "edition": "enterprise"}
    facts |= {"starts_on": "2030-03-01", "ends_on": "", "reseller": "", "renewal_contact": ""}
    known = sum(any("-id" in name for name in one) for one in lines)
    management = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": known}
    sent = {name: value for one in lines for name, value in one.items()}
    return facts | changes | management | sent


def errors_of(page):
    assert page.status_code == 200
    return dict(page.context["adminform"].form.errors)


def page_of_company(client, twin):
    return client.get(f"/admin/entitlements/contract/company/{twin.company.pk}/")


def test_sp_12_contract_and_its_subscription_are_signed_together(manager, house):
    renewer = {"reseller": "Bright Resale", "renewal_contact": house.contact.pk}

    answer = manager.post(ADD, form(house, line(0, users="120"), **renewer))

    assert answer.status_code == 302
    with tenant(house.tenant):
        contract = Contract.objects.get()
        signed = contract.lines.get()
        assert (signed.subscription, signed.users, signed.starts_on) == (SOFTWARE, 120, SPRING)
        assert (contract.reseller, contract.renewal_contact) == ("Bright Resale", house.contact)
        # What the term brings came with it.
        assert PointsLot.objects.get().remaining == 1500
        assert BenefitItem.objects.filter(contract=contract).count() == 4


def test_sp_12_plan_without_its_subscription_is_refused_at_the_plan(manager, house):
    page = manager.post(ADD, form(house))

    assert list(errors_of(page)) == ["plan"]
    assert "can only be had with “Software Subscription Service”" in words(page)
    with tenant(house.tenant):
        assert not Contract.objects.exists()
        assert not PointsLot.objects.exists()


def test_sp_04_line_without_users_is_refused_and_nothing_is_signed(manager, house):
    page = manager.post(ADD, form(house, line(0)))

    assert "Say for how many users: it is sold by the user." in words(page)
    with tenant(house.tenant):
        assert not Contract.objects.exists()


def test_edition_that_the_plan_is_not_open_to_is_refused_there(manager, house):
    page = manager.post(ADD, form(house, line(0, users="5"), edition="community"))

    assert list(errors_of(page)) == ["edition"]


def test_renewal_contact_of_another_company_is_refused(manager, house):
    page = manager.post(ADD, form(house, line(0, users="5"), renewal_contact=house.stranger.pk))

    assert list(errors_of(page)) == ["renewal_contact"]


def test_line_of_another_vendor_stays_as_it_is(manager, alpha, house):
    foreign, own = sign(alpha), sign(house)
    with tenant(alpha.tenant):
        target = foreign.lines.get().pk
    forged = line(0, users="1") | {"lines-0-id": target, "lines-0-contract": own.pk}

    page = manager.post(f"/admin/entitlements/contract/{own.pk}/change/", form(house, forged))

    assert page.status_code == 200
    assert alpha.canary not in page.content.decode()
    with tenant(alpha.tenant):
        assert ContractLine.objects.get().users == 50


def test_line_is_changed_and_ended_in_place(manager, house):
    contract = sign(house)
    with tenant(house.tenant):
        key = contract.lines.get().pk
    changed = line(0, users="80", starts_on="2030-03-01", ends_on="2030-08-31")
    changed |= {"lines-0-id": key, "lines-0-contract": contract.pk}

    answer = manager.post(
        f"/admin/entitlements/contract/{contract.pk}/change/", form(house, changed)
    )

    assert answer.status_code == 302
    with tenant(house.tenant):
        assert list(contract.lines.values_list("users", "ends_on")) == [(80, date(2030, 8, 31))]


def test_contract_and_its_line_are_shortened_together(manager, house):
    contract = sign(house, ends_on=date(2031, 2, 28))
    with tenant(house.tenant):
        row = contract.lines.get()
        row.ends_on = date(2031, 2, 28)
        row.save()
    changed = line(0, users="50", starts_on="2030-03-01", ends_on="2030-06-30")
    changed |= {"lines-0-id": row.pk, "lines-0-contract": contract.pk}

    answer = manager.post(
        f"/admin/entitlements/contract/{contract.pk}/change/",
        form(house, changed, ends_on="2030-06-30"),
    )

    assert answer.status_code == 302
    with tenant(house.tenant):
        # Of four a year one comes before the new end.
        assert [item.due_on for item in deliveries_owed()] == [date(2030, 5, 31)]


def test_company_page_tells_all_that_it_has(manager, house, alpha):
    sign(house, ends_on=date(2031, 2, 28), reseller="Bright Resale")
    sign(alpha)

    told = words(page_of_company(manager, house))

    assert "Gold Premium Support" in told
    assert "Software Subscription Service, 50 users: 1 Mar 2030 to 28 Feb 2031" in told
    assert "Bright Resale" in told
    assert "1500 of 1500 left" in told
    assert "0 of 4 used, 4 left in this term" in told
    assert "Fri 31 May 2030 System usage and performance assessment 88 days left" in told
    assert alpha.canary not in told


def test_sp_09_first_purchase_is_offered_on_the_companys_page(manager, house):
    sign(house)

    page = page_of_company(manager, house)

    assert "Points with the first purchase: this is the company's first purchase." in words(page)
    assert reverse("admin:entitlements_pointsaccount_grant", args=[house.company.pk]) in (
        page.content.decode()
    )


def test_sp_18_seats_are_written_down_and_given_back_and_logged(manager, house):
    contract = sign(house)
    seats = f"/admin/entitlements/benefititem/seats/{contract.pk}/"

    used = manager.post(seats, {"benefit": "training", "quantity": "3", "note": "Ada and two"})
    too_many = manager.post(seats, {"benefit": "training", "quantity": "2", "note": "Bob"})

    assert used["Location"] == f"/admin/entitlements/contract/company/{house.company.pk}/"
    assert too_many.status_code == 422
    assert "Only 1 of 4 are left in this term." in words(too_many)
    assert 'value="Bob"' in too_many.content.decode()
    assert "3 of 4 used, 1 left in this term" in words(page_of_company(manager, house))
    with tenant(house.tenant):
        item = BenefitItem.objects.get(due_on__isnull=True)
    manager.post(f"/admin/entitlements/benefititem/{item.pk}/undo/")
    with tenant(house.tenant):
        assert not BenefitItem.objects.filter(due_on__isnull=True).exists()
        logged = LogEntry.objects.filter(object_id=str(contract.pk)).order_by("pk")
        assert [entry.get_change_message() for entry in logged] == [
            "Used: 3 of Places in technical training",
            "Places in technical training: Given back: 3",
        ]


@pytest.mark.parametrize("quantity", ["0", "-1", "many", ""])
def test_number_of_seats_is_a_whole_number(manager, house, quantity):
    contract = sign(house)

    page = manager.post(
        f"/admin/entitlements/benefititem/seats/{contract.pk}/",
        {"benefit": "training", "quantity": quantity},
        follow=True,
    )

    assert "Say how many: a whole number from 1." in words(page)


def test_seats_are_used_once_however_often_the_button_is_pressed(manager, house):
    contract = sign(house)
    page = page_of_company(manager, house)
    (token,) = re.findall(r'name="once" value="(\w+)"', page.content.decode())
    sent = {"benefit": "training", "quantity": "1", "note": "Ada", "once": token}

    for _press in range(2):
        answer = manager.post(f"/admin/entitlements/benefititem/seats/{contract.pk}/", sent)

    assert answer["Location"] == f"/admin/entitlements/contract/company/{house.company.pk}/"
    assert "it was not done a second time" in words(page_of_company(manager, house))
    with tenant(house.tenant):
        assert BenefitItem.objects.get(due_on__isnull=True).quantity == 1


@pytest.mark.parametrize("which", ["done", "seats"])
def test_note_that_is_too_long_is_said_and_nothing_is_lost(manager, house, which):
    contract = sign(house)
    with tenant(house.tenant):
        item = BenefitItem.objects.filter(due_on__isnull=False).first()
    of = {"done": item.pk, "seats": contract.pk}[which]
    address = {"done": f"{of}/done", "seats": f"seats/{of}"}[which]
    sent = {"benefit": "training", "quantity": "1", "note": "x" * 201, "came_from": "owed"}

    page = manager.post(f"/admin/entitlements/benefititem/{address}/", sent)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["note"]
    assert "x" * 201 in page.content.decode()
    with tenant(house.tenant):
        assert not BenefitItem.objects.filter(done_on__isnull=False).exists()


def test_late_is_what_the_vendors_day_has_passed(manager, house, set_desk_time):
    sign(house)
    with tenant(house.tenant):
        first = BenefitItem.objects.order_by("number").first()
        BenefitItem.objects.filter(pk=first.pk).update(due_on=date(2030, 3, 4))
    # 5 March has begun in Paris, where the vendor is, and not by UTC.
    set_desk_time(datetime(2030, 3, 4, 23, 30, tzinfo=UTC))

    page = manager.get("/admin/entitlements/benefititem/", {"only": "late"})

    assert [row.item.due_on for row in page.context["rows"]] == [date(2030, 3, 4)]


def test_sp_19_what_is_owed_next_is_listed_over_all_contracts(manager, house, alpha):
    sign(house, plan="silver")
    with tenant(house.tenant):
        other = add_company(name="cn-beta-other-one")
    sign(house, plan="bronze", company=other)
    sign(alpha)

    page = manager.get("/admin/entitlements/benefititem/")

    rows = [(row.item.contract.company.name, row.item.due_on) for row in page.context["rows"]]
    assert rows == [
        ("cn-beta-company", date(2030, 8, 31)),
        ("cn-beta-company", date(2031, 2, 28)),
        ("cn-beta-other-one", date(2031, 2, 28)),
    ]
    assert alpha.canary not in page.content.decode()


def test_list_of_what_is_owed_can_be_narrowed(manager, house):
    sign(house)
    with tenant(house.tenant):
        first, second = BenefitItem.objects.order_by("number")[:2]
        BenefitItem.objects.filter(pk=first.pk).update(due_on=date(2030, 3, 1))
        BenefitItem.objects.filter(pk=second.pk).update(due_on=date(2030, 3, 20))

    def listed(which):
        page = manager.get("/admin/entitlements/benefititem/", {"only": which})
        return [row.days_left for row in page.context["rows"]]

    assert listed("late") == [-3]
    assert listed("soon") == [-3, 16]
    assert listed("all") == [-3, 16, 271, 361]
    assert "3 days late" in words(manager.get("/admin/entitlements/benefititem/?only=late"))


def test_sp_19_delivery_is_marked_done_from_the_list_and_undone(manager, house):
    sign(house, plan="bronze")
    with tenant(house.tenant):
        item = BenefitItem.objects.get()

    done = manager.post(
        f"/admin/entitlements/benefititem/{item.pk}/done/",
        {"came_from": "owed", "note": "Report 7"},
    )

    assert done["Location"] == "/admin/entitlements/benefititem/"
    assert "Nothing is owed." in words(manager.get("/admin/entitlements/benefititem/"))
    assert "Done 4 Mar 2030 · Report 7 · cn-beta-manager" in words(page_of_company(manager, house))
    manager.post(f"/admin/entitlements/benefititem/{item.pk}/undo/")
    with tenant(house.tenant):
        assert BenefitItem.objects.get().done_on is None


def test_what_another_vendor_owes_is_not_there(manager, alpha, house):
    contract = sign(alpha)
    with tenant(alpha.tenant):
        item = BenefitItem.objects.first()

    answers = [
        manager.post(f"/admin/entitlements/benefititem/{item.pk}/done/"),
        manager.post(f"/admin/entitlements/benefititem/{item.pk}/undo/"),
        manager.post(f"/admin/entitlements/benefititem/seats/{contract.pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    with tenant(alpha.tenant):
        assert not BenefitItem.objects.filter(done_on__isnull=False).exists()


def test_contracts_are_found_by_when_they_end(manager, house):
    sign(house, ends_on=date(2030, 4, 30))
    with tenant(house.tenant):
        for number, last in enumerate((date(2030, 2, 28), None)):
            sign_contract(
                company=add_company(name=f"cn-beta-{number}"),
                starts_on=date(2029, 3, 1),
                ends_on=last,
                at=NOON,
            )

    def found(which):
        page = manager.get("/admin/entitlements/contract/", {"ends": which})
        return [row.company.name for row in page.context["cl"].result_list]

    assert found("soon") == ["cn-beta-company"]
    assert found("running") == ["cn-beta-1", "cn-beta-company"]
    assert found("over") == ["cn-beta-0"]


def test_pages_cost_as_many_statements_for_twenty_contracts_as_for_one(manager, house):
    def statements(address):
        manager.get(address)
        with CaptureQueriesContext(connection) as counted:
            assert manager.get(address).status_code == 200
        return len(counted)

    pages = ("/admin/entitlements/benefititem/", "/admin/entitlements/contract/")
    sign(house)
    one = [statements(page) for page in pages]
    for number in range(19):
        with tenant(house.tenant):
            company = add_company(name=f"cn-beta-{number}", account_manager=house.account_manager)
        sign(house, company=company)

    assert [statements(page) for page in pages] == one
