"""The customer's page of the plan: what the company has, and until when."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.actions import sign_contract
from entitlements.deliveries import mark_delivered, use_seats
from entitlements.ledger import add_points
from entitlements.licences import add_licence
from entitlements.lines import LineWish
from entitlements.models import BenefitItem, Contract, Product
from entitlements.releases import add_release
from sla.actions import load_document
from tests.cases import file_case
from tests.entitled import end_line
from tests.packs import pack_for, publish
from tests.portal.pages import words

# A Monday after the clocks of the tests; desk time only moves forward.
NOON = datetime(2030, 3, 4, 12, 0, tzinfo=UTC)
SPRING = date(2030, 3, 1)
SOFTWARE = "software_subscription"


@pytest.fixture
def house(alpha, beta, set_desk_time):
    """Both twins sell what Scalix does; nobody has a contract but by the test."""
    for twin in (alpha, beta):
        publish(twin, "scalix")
        with tenant(twin.tenant):
            Contract.objects.all().delete()
    set_desk_time(NOON)
    return alpha


def sign(twin, plan="gold", edition="enterprise", users=50, **facts):
    lines = [LineWish(SOFTWARE, users=users)] if users else []
    with tenant(twin.tenant):
        return sign_contract(
            company=twin.company,
            plan=plan,
            edition=edition,
            **({"starts_on": SPRING, "lines": lines, "at": NOON} | facts),
        )


def page_of(browse, twin, person=None):
    page = browse(twin.tenant, person or twin.contact).get("/plan/")
    assert page.status_code == 200
    return words(page)


def test_sp_05_company_without_a_contract_has_what_is_open_to_all(house, browse):
    told = page_of(browse, house)

    assert "Basic Technical Support Open to all customers: nothing has to be bought for it." in told
    assert "Nothing of yours is about to end." in told


def test_sp_13_plan_stands_in_its_family(house, browse):
    sign(house, edition="enterprise")

    told = page_of(browse, house)

    assert "Gold Premium Support all products, Enterprise Edition" in told
    assert (
        "Premium: level 3 of 4 Bronze Premium Support Silver Premium Support "
        "Gold Premium Support Platinum Premium Support"
    ) in told


def test_sp_20_term_end_and_reseller_are_told(house, browse):
    sign(house, ends_on=date(2031, 5, 31), reseller="Bright Resale")

    told = page_of(browse, house)

    assert "1 Mar 2030 to 28 Feb 2031 · day 4 of 365" in told
    assert "The contract ends on 31 May 2031. Bought through Bright Resale." in told


def test_mx_01_page_names_the_renewal_address(alpha, browse):
    publish(alpha, "metalogix")

    assert "To renew, contact sales@metalogix.com" in page_of(browse, alpha)


def test_mx_01_renewal_address_goes_before_that_of_sales(alpha, browse):
    both = '[contact]\nrenewal_email = "renew@v.test"\nsales_email = "sales@v.test"\n\n[page]'
    with tenant(alpha.tenant) as at:
        text = pack_for("alpha", "scalix").replace("[page]", both, 1)
        load_document(text=text, by=None, at=at)

    told = page_of(browse, alpha)

    assert "To renew, contact renew@v.test" in told
    assert "sales@v.test" not in told


@pytest.mark.parametrize("path", ["/plan/", "/points/", "/points/statement.csv"])
def test_pages_of_what_was_bought_are_kept_by_nobody(house, browse, path):
    page = browse(house.tenant, house.contact).get(path)

    assert "no-store" in page["Cache-Control"]


def test_dd_16_no_limit_is_told_in_words(alpha, beta, browse):
    publish(alpha, "datadynamics")

    assert "No limit on how many or how often." in page_of(browse, alpha)


def test_limit_of_cases_is_told_with_its_span(alpha, browse):
    with tenant(alpha.tenant) as at:
        text = pack_for("alpha", "metalogix")
        before = '[[plans]]\ncode = "standard"'
        assert before in text
        limited = f'{before}\ncase_limit = 12\ncase_limit_per = "month"'
        load_document(text=text.replace(before, limited), by=None, at=at)

    assert "12 cases a month" in page_of(browse, alpha)


def test_sc_22_channels_are_those_of_the_edition(house, browse):
    sign(house, plan="basic", edition="community", users=None)

    told = page_of(browse, house)

    assert "E-mail Online form Phone (not with this plan and edition)" in told


def test_sp_14_points_of_the_term_are_told_with_their_end(house, browse):
    sign(house)

    told = page_of(browse, house)

    assert "1500 of 1500 points of this term are left, until 28 Feb 2031." in told
    assert "Included points of this term Fri 28 Feb 2031 · 361 days left" in told


def test_sp_04_subscriptions_are_told_with_users_and_end(house, browse):
    contract = sign(house)
    with tenant(house.tenant):
        end_line(line=contract.lines.get(), ends_on=date(2030, 8, 31))

    told = page_of(browse, house)

    assert "Software Subscription Service · 50 users 1 Mar 2030 to 31 Aug 2030" in told
    assert "Software Subscription Service Sat 31 Aug 2030 · 180 days left" in told


def test_sp_12_lapsed_subscription_warns(house, browse):
    contract = sign(house)
    with tenant(house.tenant):
        end_line(line=contract.lines.get(), ends_on=date(2030, 3, 3))

    assert (
        "Gold Premium Support can only be had with Software Subscription Service, which has ended. "
        "You keep the plan until 28 Feb 2031, the end of its term; it is not renewed without the "
        "subscription."
    ) in page_of(browse, house)


def test_sp_17_sp_18_sp_19_benefits_are_told_as_drawn(house, browse):
    contract = sign(house)
    with tenant(house.tenant):
        use_seats(
            contract=contract,
            benefit="training",
            quantity=3,
            note="",
            by=house.manager,
            at=NOON,
        )
        first = BenefitItem.objects.get(due_on=date(2030, 5, 31))
        mark_delivered(item_id=first.pk, by=house.manager, at=NOON)

    told = page_of(browse, house)

    assert "Standard User Unlock" in told
    assert "without limit" in told
    assert "3 of 4 used in this term" in told
    assert "done 4 Mar 2030 due by 31 Aug 2030 due by 30 Nov 2030 due by 28 Feb 2031" in told


def test_sp_19_delivery_that_is_late_is_told_as_late(house, browse):
    sign(house, plan="bronze")
    with tenant(house.tenant):
        BenefitItem.objects.update(due_on=date(2030, 3, 1))

    told = page_of(browse, house)

    assert "late since 1 Mar 2030" in told
    assert "Fri 1 Mar 2030 · 3 days late" in told


def test_company_sees_its_own_contracts_only(house, beta, browse):
    sign(house)
    sign(beta, plan="silver")
    with tenant(house.tenant):
        sign_contract(
            company=house.other_company,
            plan="platinum",
            edition="enterprise",
            starts_on=SPRING,
            lines=[LineWish(SOFTWARE, users=999)],
            at=NOON,
        )

    told = page_of(browse, house)

    assert "999 users" not in told
    assert beta.canary not in told
    assert "Premium: level 3 of 4" in told


def test_coming_contract_stands_apart(house, browse):
    sign(house, plan="basic", ends_on=date(2030, 12, 31))
    sign(house, starts_on=date(2031, 1, 1))

    told = page_of(browse, house)

    assert "Still to come Gold Premium Support all products, Enterprise Edition" in told
    assert "It is renewed already." in told


def test_colleagues_see_it_as_well(house, browse):
    sign(house)

    for person in (house.colleague, house.company_admin):
        assert "Gold Premium Support" in page_of(browse, house, person)


def test_home_leads_to_the_plan(house, browse):
    home = browse(house.tenant, house.contact).get("/")

    assert 'href="/plan/"' in home.content.decode()


def test_page_costs_as_many_statements_for_ten_contracts_as_for_one(house, browse):
    client = browse(house.tenant, house.contact)
    sign(house)
    client.get("/plan/")

    def statements():
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/plan/").status_code == 200
        return len(counted)

    one = statements()
    with tenant(house.tenant):
        for year in range(2010, 2019):
            first = date(year, 1, 1)
            sign_contract(
                company=house.company,
                plan="basic",
                edition="enterprise",
                starts_on=first,
                ends_on=date(year, 12, 31),
                lines=[LineWish(SOFTWARE, users=5)],
                at=NOON,
            )

    assert statements() == one


def test_sp_14_mx_01_dd_33_what_ends_beside_contracts_is_listed(house, browse):
    with tenant(house.tenant):
        product = Product.objects.first()
        release = add_release(
            product=product,
            version="7.8.0",
            released_on=SPRING,
            support_end="day",
            support_ends_on=date(2030, 12, 31),
        )
        file_case(house, product=product, release=release, at=NOON)
        add_points(
            company=house.company,
            points=50,
            source="purchase",
            reason_key="order-1",
            by=None,
            at=NOON,
            expires_at=datetime(2030, 6, 1, 12, tzinfo=UTC),
            pack="pack_50",
        )
        add_licence(
            company=house.company,
            product=product,
            number="LIC-1",
            valid_from=SPRING,
            valid_until=date(2030, 9, 30),
            maintenance_until=date(2030, 4, 30),
            by=house.manager,
            at=NOON,
        )

    told = page_of(browse, house)

    assert "Maintenance of licence LIC-1 Tue 30 Apr 2030 · 57 days left" in told
    assert "50 points, 50 left Sat 1 Jun 2030 · 89 days left" in told
    assert "Licence LIC-1 Mon 30 Sep 2030 · 210 days left" in told
    assert f"Support of {product.name} 7.8.0 Tue 31 Dec 2030 · 302 days left" in told
    assert "Nothing in your contract has an end." not in told


def test_licence_that_another_outlasts_and_one_nobody_verified_are_no_end(house, browse):
    facts = {"company": house.company, "valid_from": SPRING, "at": NOON}
    with tenant(house.tenant):
        product = Product.objects.first()
        for number, year in (("LIC-OLD", 2031), ("LIC-NEW", 2032)):
            add_licence(
                product=product,
                number=number,
                valid_until=date(year, 1, 1),
                by=house.manager,
                **facts,
            )
        add_licence(
            product=product,
            number="LIC-SAID",
            valid_until=date(2033, 1, 1),
            by=house.contact,
            **facts,
        )

    told = page_of(browse, house).partition("What ends or is due next")[2]

    assert "Licence LIC-NEW Thu 1 Jan 2032" in told
    assert "LIC-OLD" not in told
    assert "LIC-SAID" not in told


def test_dd_33_licences_are_told_with_how_they_stand(house, browse):
    with tenant(house.tenant):
        product = Product.objects.first()
        for number, until, by in (
            ("L-OVER", date(2030, 3, 1), house.manager),
            ("L-NEW", None, house.contact),
        ):
            add_licence(
                company=house.company,
                product=product,
                number=number,
                valid_from=date(2029, 3, 1),
                valid_until=until,
                by=by,
                at=NOON,
            )

    told = page_of(browse, house)

    assert "L-OVER ended 1 Mar 2029 to 1 Mar 2030" in told
    assert "L-NEW not verified yet" in told
