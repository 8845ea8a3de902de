"""A customer reads the company's points: on hand, lot by lot, and where they went."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_person
from accounts.models import Company
from accounts.tenancy import tenant
from entitlements.expiry import points_end
from entitlements.ledger import add_points, credit_case, expire_lots, spend_points
from entitlements.models import Contract, EntitlementRequest, PointsEntry
from entitlements.refunds import ask_money_refund
from entitlements.requests import decline_request
from sla.queries import current_policy
from tests.portal.pages import file_cases, words

NEW_YORK = "America/New_York"
# Far ahead, for desk time only moves forward; 11:00 in New York.
NOW = datetime(2030, 3, 4, 16, 0, tzinfo=UTC)


class Holder:
    """A company of a vendor that sells points, and what happens to them."""

    def __init__(self, world):
        self.world = world
        self.agent = world.agent

    def lot(self, points, *, at=NOW, expires_at="by policy", source="purchase", pack="", key=None):
        with tenant(self.world.tenant) as now:
            if expires_at == "by policy":
                expires_at = points_end(current_policy(now).policy, at, NEW_YORK)
            return add_points(
                company=self.world.company,
                points=points,
                source=source,
                reason_key=key or f"lot-{PointsEntry.objects.count()}",
                by=None,
                at=at,
                expires_at=expires_at,
                pack=pack,
                reference="PO-7",
            )

    def spend(self, points, number, *, at=NOW, by=None):
        with tenant(self.world.tenant):
            return spend_points(
                company=self.world.company,
                points=points,
                reason_key=f"case-{number}-open",
                case_number=number,
                by=by,
                at=at,
            )


@pytest.fixture
def holder(vendor, set_desk_time):
    world = vendor("scalix", entitled=False)
    set_desk_time(NOW)
    return Holder(world)


@pytest.fixture
def page_for(holder, browse):
    def page(person=None, path="/points/", **query):
        return browse(holder.world.tenant, person or holder.world.contact).get(path, query)

    return page


def rows_of(page):
    return [
        (row.row.what, row.row.entry.points, row.row.entry.balance_after, row.url)
        for row in page.context["page"].rows
    ]


def table_of(response):
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_sc_05_lots_are_listed_with_their_last_day_in_the_customers_zone(holder, page_for):
    holder.lot(50, pack="pack_50")

    text = words(page_for())

    assert "50 points" in text
    assert "50 of 50 left" in text
    assert "the end of Tue 4 Mar 2031 EST" in text.replace("\N{NO-BREAK SPACE}", " ")


def test_sc_04_debit_over_two_lots_is_one_line_that_names_both(holder, page_for):
    holder.lot(15)
    holder.lot(30, at=NOW + timedelta(days=1))
    holder.spend(20, 901, at=NOW + timedelta(days=2))

    page = page_for()

    assert rows_of(page)[0] == ("Case opened", -20, 25, "")
    assert "-15 from a lot good until 4 Mar 2031; -5 from a lot good until 5 Mar 2031" in words(
        page
    )


def test_statement_runs_from_the_newest_entry_with_its_balance(holder, page_for):
    holder.lot(50)
    holder.spend(10, 901)
    with tenant(holder.world.tenant):
        credit_case(
            company=holder.world.company,
            case_number=901,
            kind="credit",
            by=None,
            at=NOW,
            grace_until=NOW + timedelta(days=90),
        )

    assert [row[:3] for row in rows_of(page_for())] == [
        ("Credited back", 10, 50),
        ("Case opened", -10, 40),
        ("Points bought", 50, 50),
    ]


def test_case_is_linked_for_whom_it_is_theirs_to_see_and_is_a_number_for_others(
    holder, page_for, file_one
):
    number = file_one(holder).number

    urls = {
        who: rows_of(page_for(getattr(holder.world, who)))[0][3]
        for who in ("contact", "colleague", "admin")
    }

    link = f"/cases/{number}/"
    assert urls == {"contact": link, "colleague": "", "admin": link}
    assert f"SX-{number}" in words(page_for(holder.world.colleague))


@pytest.fixture
def file_one(db):
    """Open a case by the form, which costs ten points."""

    def file(holder):
        holder.lot(50)
        return file_cases(holder.world, 1, at=NOW)[0]

    return file


def test_sc_02_what_a_case_costs_stands_beside_what_is_on_hand(holder, page_for):
    holder.lot(50)

    prices = {one.name: (one.points, one.cases) for one in page_for().context["page"].prices}

    assert {(10, 5), (30, 1)} <= set(prices.values())


def test_low_balance_is_said(holder, page_for):
    holder.lot(20)

    assert "Only 20 points are left." in words(page_for())


def test_enough_points_are_no_warning(holder, page_for):
    holder.lot(21)

    assert "points are left." not in words(page_for())


def test_sc_19_no_points_says_that_no_case_can_be_opened(holder, page_for):
    assert "No points are left: a case that costs points cannot be opened" in words(page_for())


def test_expired_points_count_no_more_even_before_their_expiry_is_entered(holder, page_for):
    holder.lot(50, at=NOW - timedelta(days=2), expires_at=NOW - timedelta(hours=1))

    page = page_for()

    assert page.context["page"].points.balance == 0
    assert "50 points have just expired" in words(page)


def test_year_filters_the_statement_by_the_customers_calendar(holder, page_for):
    holder.lot(50, at=datetime(2030, 1, 1, 4, 59, tzinfo=UTC), expires_at=None)
    holder.lot(110, at=datetime(2030, 1, 1, 5, 0, tzinfo=UTC), expires_at=None)

    assert [row[1] for row in rows_of(page_for(year="2029"))] == [50]
    assert [row[1] for row in rows_of(page_for(year="2030"))] == [110]
    assert page_for().context["page"].statement.years == (2030, 2029)


def test_year_selects_by_the_moment_that_is_shown(holder, page_for):
    ends = datetime(2029, 12, 31, 12, tzinfo=UTC)
    holder.lot(50, at=datetime(2029, 6, 1, tzinfo=UTC), expires_at=ends)
    with tenant(holder.world.tenant):
        expire_lots(at=datetime(2030, 1, 2, tzinfo=UTC))

    assert [row[1] for row in rows_of(page_for(year="2029"))] == [-50, 50]
    assert page_for().context["page"].statement.years == (2029,)


@pytest.mark.parametrize("year", ["", "x", "-1", "99999999999", "٢٠٣٠"])
def test_year_that_cannot_be_shows_all(holder, page_for, year):
    holder.lot(50)

    assert [row[1] for row in rows_of(page_for(year=year))] == [50]


def test_sc_21_money_asked_for_stands_there_with_its_state(holder, page_for):
    holder.lot(50)
    holder.spend(10, 901)
    with tenant(holder.world.tenant):
        ask_money_refund(
            company=holder.world.company, case_number=901, by=holder.world.admin, at=NOW
        )

    assert "SX-901 : 10 points, to be paid" in words(page_for(holder.world.admin))
    assert "SX-901 : 10 points" not in words(page_for(holder.world.contact))


def test_sc_21_charge_for_the_refund_is_not_told_as_another_case(holder, page_for):
    holder.lot(50)
    holder.spend(10, 901)
    with tenant(holder.world.tenant):
        credit_case(
            company=holder.world.company,
            case_number=901,
            kind="credit",
            by=None,
            at=NOW,
            grace_until=NOW + timedelta(days=90),
        )
        spend_points(
            company=holder.world.company,
            points=10,
            reason_key="case-901-recharge-4",
            case_number=901,
            by=None,
            at=NOW,
        )

    told = [row[0] for row in rows_of(page_for())]

    assert told == [
        "Taken off again for the refund",
        "Credited back",
        "Case opened",
        "Points bought",
    ]


def test_sc_22_community_edition_reads_no_price_of_the_phone(holder, page_for):
    holder.lot(50)
    with tenant(holder.world.tenant):
        Contract.objects.update(edition="community")

    page, buying = page_for(), page_for(path="/points/buy/")

    assert [one.name for one in page.context["page"].prices] == ["E-mail", "Online form"]
    assert [one.name for one in buying.context["prices"]] == ["E-mail", "Online form"]
    assert "Phone" not in words(buying)


def test_customer_reads_no_references_of_orders(holder, page_for):
    holder.lot(50, pack="pack_50")

    page = page_for()

    assert "Points bought: 50 points" in words(page)
    assert "PO-7" not in words(page)


def test_csv_has_both_clocks_and_the_running_balance(holder, page_for):
    holder.lot(50, pack="pack_50")
    holder.spend(10, 901)

    response = page_for(path="/points/statement.csv")

    table = table_of(response)
    assert response["Content-Disposition"] == 'attachment; filename="points-all.csv"'
    assert table[1:] == [
        ["1", "2030-03-04 11:00:00-05:00", "2030-03-04 16:00:00+00:00",
         "Points bought: 50 points", "", "50", "50", "50 to the lot good until 4 Mar 2031"],
        ["2", "2030-03-04 11:00:00-05:00", "2030-03-04 16:00:00+00:00",
         "Case opened", "SX-901", "-10", "40", "10 from the lot good until 4 Mar 2031"],
    ]  # fmt: skip


def test_csv_of_a_year_has_that_year_only(holder, page_for):
    holder.lot(50, at=datetime(2029, 6, 1, tzinfo=UTC), expires_at=None)
    holder.lot(110)

    table = table_of(page_for(path="/points/statement.csv", year="2029"))

    assert [row[5] for row in table[1:]] == ["50"]


def test_vendor_without_points_says_so_and_offers_none(vendor, browse):
    world = vendor("msp")
    client = browse(world.tenant, world.contact)

    page = words(client.get("/points/"))

    assert "counts no points: no case costs any." in page
    assert "/points/" not in client.get("/").content.decode()


def test_statements_do_not_grow_with_entries_and_older_ones_are_a_page_away(holder, page_for):
    holder.lot(50, expires_at=None)
    page_for()
    with CaptureQueriesContext(connection) as few:
        page_for()
    for number in range(1, 71):
        holder.lot(1, expires_at=NOW + timedelta(days=number))
    with CaptureQueriesContext(connection) as many:
        page = page_for()

    assert len(many) - len(few) == 1  # the sum of the lots that are not listed
    assert page.context["page"].statement.older == 22
    assert len(page.context["page"].rows) == 50
    assert [row[2] for row in rows_of(page_for(before="3"))] == [51, 50]
    assert page.context["page"].points.balance == 120
    assert "21 more lots end later, with 70 points." in words(page)


@pytest.fixture
def buying(holder, browse):
    """Ask for a pack as somebody of the company."""

    def ask(person=None, **typed):
        client = browse(holder.world.tenant, person or holder.world.contact)
        sent = {"pack": "pack_110", "asked_of": holder.world.admin.pk, "words": "Please."} | typed
        return client.post("/points/buy/", sent, follow=True)

    return ask


def offered(page):
    return [name for _key, name in page.context["form"].fields["asked_of"].choices]


def test_sp_07_packs_of_the_policy_are_offered_with_what_they_are_enough_for(page_for):
    page = page_for(path="/points/buy/")

    assert [pack.points for _radio, pack in page.context["packs"]] == [50, 110, 180]
    assert "11 cases by" in words(page)


def test_customer_asks_a_named_person_and_sees_that_it_waits(holder, buying, page_for):
    page = buying()

    assert "You have asked adele." in words(page)
    assert "110 points You asked adele" in words(page_for())
    with tenant(holder.world.tenant):
        asked = EntitlementRequest.objects.get()
    assert (asked.kind, asked.pack, asked.words) == ("pack", "pack_110", "Please.")
    assert asked.asked_of_id == holder.world.admin.pk


def test_who_was_asked_sees_it_and_can_pass_it_on(holder, buying, page_for):
    buying()

    text = words(page_for(holder.world.admin))

    assert "carla asked you" in text
    assert "Ask Scalix Support for it" in text


def test_colleague_does_not_see_what_others_asked_for(holder, buying, page_for):
    buying()

    assert "asked adele" not in words(page_for(holder.world.colleague))


def test_while_one_waits_no_other_is_asked_for(holder, buying, page_for):
    buying()

    page = page_for(path="/points/buy/")

    assert "You have asked adele for “110 points”, which waits since" in words(page)
    assert b'<form class="form"' not in page.content


def test_own_admins_come_first_then_who_sells(holder, page_for):
    with tenant(holder.world.tenant):
        add_person(name="Mona Manager", role="manager", email="mona@desk.test")

    assert offered(page_for(path="/points/buy/")) == [
        "adele (company admin)",
        "Mona Manager (manager)",
    ]


def test_account_manager_is_asked_in_place_of_the_managers(holder, page_for):
    with tenant(holder.world.tenant):
        add_person(name="Mona Manager", role="manager", email="mona@desk.test")
        seller = add_person(name="Sal Seller", role="account_manager", email="sal@desk.test")
        Company.objects.filter(pk=holder.world.company.pk).update(account_manager=seller)

    assert offered(page_for(path="/points/buy/")) == [
        "adele (company admin)",
        "Sal Seller (account manager)",
    ]


def test_admin_of_the_company_does_not_ask_herself(holder, page_for):
    assert "adele (company admin)" not in offered(page_for(holder.world.admin, "/points/buy/"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pack": ""}, "Choose a pack."),
        ({"pack": "pack_9000"}, "Select a valid choice."),
        ({"asked_of": "987654"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_sent(holder, buying, typed, said):
    page = buying(**typed)

    assert page.status_code == 422
    assert said in words(page)
    with tenant(holder.world.tenant):
        assert not EntitlementRequest.objects.exists()


def test_declined_request_shows_why(holder, buying, page_for):
    with tenant(holder.world.tenant):
        boss = add_person(name="Mona Manager", role="manager", email="mona@desk.test")
    buying()
    with tenant(holder.world.tenant):
        asked = EntitlementRequest.objects.get()
        decline_request(request_id=asked.pk, by=boss, at=NOW, answer="The budget is spent.")

    assert "declined" in words(page_for())
    assert "The budget is spent." in words(page_for())
