"""What a case costs, before it is sent: beside each way of reporting it and the phone number."""

from datetime import UTC, date, datetime

import pytest

from accounts.actions import add_person
from accounts.models import Company, Person
from accounts.tenancy import tenant
from entitlements.models import Contract, EntitlementRequest, GateOverride, Product
from entitlements.overrides import grant_override
from entitlements.releases import add_release
from tests.portal.pages import all_cases, fill_in, send, words
from tests.portal.scalix import FRIDAY, open_scalix
from tickets.actions.ending import close_case
from tickets.drafts import draft_of


@pytest.fixture
def scalix(db, browse, set_desk_time, monkeypatch):
    def with_points(points):
        return open_scalix(browse, set_desk_time, monkeypatch, points=points)

    return with_points


def check(client):
    return words(client.get("/file/check/"))


def draft_answers(scalix):
    with tenant(scalix.world.tenant):
        return draft_of(scalix.world.contact).answers


def test_sc_03_customer_with_20_points_reads_that_a_call_needs_10_more_and_the_form_can_go(scalix):
    # The issue's own example, and acceptance example 6.
    desk = scalix(20)

    home = words(desk.client.get("/"))
    fill_in(desk.client, "scalix")
    page = check(desk.client)

    assert "A case by phone costs 30 points: 10 more needed , you have 20." in home
    assert "The form costs 10: 20 → 10." in home
    assert "A case by phone costs 30 points." in page
    assert page.count("10 more needed") == 1
    assert "10 points ; 20 → 10" in page
    assert send(desk.client)["Location"] == "/cases/1/filed/"
    assert desk.balance() == 10


def test_who_may_not_see_points_reads_the_cost_and_not_what_is_on_hand(scalix):
    desk = scalix(20)
    with tenant(desk.world.tenant):
        Person.objects.filter(pk=desk.world.contact.pk).update(sees_points=False)

    home = words(desk.client.get("/"))
    step = words(desk.client.get("/file/what/"))
    fill_in(desk.client, "scalix")
    page = check(desk.client)

    assert "A case by phone costs 30 points: too few are left ." in home
    assert "The form costs 10 points." in home
    assert "Too few points are left: a call costs 30 points." in step
    assert "Phone 30 points; too few are left" in page.replace(" ; ", "; ")
    for told in (home, step, page):
        assert "you have" not in told.casefold()
        assert "→" not in told
        assert "more needed" not in told


def test_sc_02_price_of_every_way_stands_beside_the_form(scalix):
    desk = scalix(50)

    page = desk.client.get("/file/what/")

    assert [(price.names, price.points, price.after) for price in page.context["prices"]] == [
        ("E-mail, Online form", 10, 40),
        ("Phone", 30, 20),
    ]
    assert "50 → 40" in words(page)


def test_price_is_drawn_against_what_is_on_hand(scalix):
    desk = scalix(20)

    page = desk.client.get("/file/what/")

    prices = [
        (price.points, price.width, price.paid_width, price.balance_at)
        for price in page.context["prices"]
    ]
    assert prices == [(10, 33, 33, 66), (30, 100, 66, 66)]
    assert '<rect class="price__missing" x="0" y="0" width="100"' in page.content.decode()


def test_sc_19_refusal_names_who_sells_and_says_the_shortage_once(scalix):
    desk = scalix(0)
    with tenant(desk.world.tenant):
        seller = add_person(name="Sal Seller", role="account_manager", email="sal@desk.test")
        Company.objects.filter(pk=desk.world.company.pk).update(account_manager=seller)
    fill_in(desk.client, "scalix")

    shown = desk.client.get("/file/check/")
    page = words(shown)

    assert "Sal Seller sells points to you: " in page
    assert 'href="/points/buy/">Ask for points</a>' in shown.content.decode()
    assert page.count("10 more points needed") == 1
    assert "10 more needed" not in page


def test_sc_22_note_about_another_edition_is_not_told(scalix):
    desk = scalix(50)
    desk.buy_edition("enterprise")

    assert "Not with the Community Edition" not in words(desk.client.get("/file/what/"))


def test_price_that_is_short_says_by_how_much(scalix):
    desk = scalix(20)

    page = words(desk.client.get("/file/what/"))

    assert "Phone 30 points; 10 more needed" in page.replace(" ; ", "; ").replace("  ", " ")


def test_form_to_ask_has_a_field_for_words(scalix):
    desk = scalix(0)
    fill_in(desk.client, "scalix")

    page = desk.client.get("/file/check/").content.decode()

    assert 'name="words"' in page
    assert 'name="asked_of"' in page


def test_sc_20_lots_are_named_in_the_order_in_which_they_are_spent(scalix):
    desk = scalix(50)
    desk.sell(5, until=datetime(2083, 9, 1, 4, 0, tzinfo=UTC))

    fill_in(desk.client, "scalix")
    page = check(desk.client)

    assert "10 points ; 55 → 45" in page
    first, second = page.index("5 points, good until"), page.index("2 Jun 2084")
    assert "31 Aug 2083" in page[first:second]


def test_sc_19_without_points_the_draft_is_kept_and_every_reason_is_shown(scalix):
    desk = scalix(0)

    fill_in(desk.client, "scalix")
    page = check(desk.client)
    refused = send_anyway(desk)

    assert "This cannot be sent as it is" in page
    assert "10 more points needed" in page
    assert refused.status_code == 422
    assert all_cases(desk.world) == []
    assert draft_answers(desk)["subject"] == "Weekly import hangs"


def send_anyway(desk):
    page = desk.client.get("/file/check/")
    sent = {"draft": page.context["draft"].pk, "shown": page.context["shown"]}
    return desk.client.post("/file/send/", sent)


def test_what_is_in_the_way_is_said_from_the_first_step_on(scalix):
    desk = scalix(0)

    page = words(desk.client.get("/file/what/"))

    assert "As it stands this cannot be sent." in page
    assert "10 more points needed" in page


def test_nothing_dearer_is_sent_than_was_read(scalix):
    desk = scalix(20)
    fill_in(desk.client, "scalix")
    page = desk.client.get("/file/check/")
    digest, at, due, points = page.context["shown"].split(".")
    sent = {"draft": page.context["draft"].pk, "shown": f"{digest}.{at}.{due}.5"}

    refused = desk.client.post("/file/send/", sent)

    assert points == "10"
    assert refused.status_code == 422
    assert "Not sent: this is not what you were shown before." in words(refused)
    assert desk.balance() == 20


def test_sc_22_community_edition_reads_that_the_phone_is_not_open_to_it(scalix):
    desk = scalix(50)
    desk.buy_edition("community")

    home = words(desk.client.get("/"))
    fill_in(desk.client, "scalix")
    page = check(desk.client)

    told = "Opening a case by phone is not part of your plan or edition."
    assert told in home
    assert told in page
    assert "Community Edition" in page


def test_sc_19_exception_is_said_and_used(scalix):
    desk = scalix(0)
    fill_in(desk.client, "scalix")
    with tenant(desk.world.tenant):
        grant_override(
            company=desk.world.company,
            contact=desk.world.contact,
            codes=["points_short"],
            reason="The invoice is on its way.",
            by=desk.manager,
            at=FRIDAY,
        )

    page = check(desk.client)
    response = send(desk.client)

    assert "An exception was granted to you" in page
    assert "Nothing: the cost is waived by the exception." in page
    assert response["Location"] == "/cases/1/filed/"
    with tenant(desk.world.tenant):
        assert GateOverride.objects.get().case_number == 1


def test_free_vendor_shows_no_costs(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")

    page = client.get("/file/check/")

    assert page.context["prices"] == []
    assert "What it costs" not in words(page)
    assert "points" not in words(client.get("/"))


def add_releases(world):
    """Two releases of the product: one whose support has ended, one that is supported."""
    with tenant(world.tenant):
        product = Product.objects.get()
        old = add_release(
            product=product,
            version="7.6.0",
            released_on=date(2080, 3, 1),
            support_end="day",
            support_ends_on=date(2083, 6, 3),
        )
        last = add_release(
            product=product,
            version="7.7.0",
            released_on=date(2081, 3, 1),
            support_end="day",
            support_ends_on=date(2083, 6, 4),
        )
        new = add_release(
            product=product, version="7.8.0", released_on=date(2082, 3, 1), support_end="tbd"
        )
    return old, last, new


def test_dd_32_ended_release_is_flagged_in_words_before_it_is_sent(scalix):
    desk = scalix(50)
    add_releases(desk.world)
    desk.client.post("/file/what/", {"case_type": "problem", "subject": "S"})

    page = desk.client.get("/file/release/")

    cards = {card.name: card for card in page.context["cards"]}
    assert list(cards) == ["7.8.0", "7.7.0", "7.6.0"]
    assert "7.6.0" in cards["7.6.0"].refusals[0]
    assert "7.8.0" in cards["7.6.0"].refusals[0]
    assert cards["7.7.0"].refusals == ()
    assert "7.7.0" in cards["7.7.0"].note
    assert cards["7.8.0"].definition == "Supported."


def test_dd_32_last_day_is_taken_with_a_notice(scalix):
    desk = scalix(50)
    _old, last, _new = add_releases(desk.world)

    fill_in(desk.client, "scalix", release={"release": str(last.pk)})
    page = desk.client.get("/file/check/")
    send(desk.client)

    assert [notice for notice in page.context["summary"].notices if "7.7.0" in notice] != []
    (case,) = all_cases(desk.world)
    assert case.release_id == last.pk


def test_dd_32_ended_release_is_refused_and_the_draft_kept(scalix):
    desk = scalix(50)
    old, _last, _new = add_releases(desk.world)

    fill_in(desk.client, "scalix", release={"release": str(old.pk)})
    page = check(desk.client)
    refused = send_anyway(desk)

    assert "This cannot be sent as it is" in page
    assert refused.status_code == 422
    assert draft_answers(desk)["release"] == str(old.pk)


def test_release_is_remembered_from_the_case_before(scalix):
    desk = scalix(50)
    _old, _last, new = add_releases(desk.world)
    fill_in(desk.client, "scalix", release={"release": str(new.pk)})
    send(desk.client)

    desk.client.post("/file/what/", {"case_type": "problem", "subject": "Another"})
    page = desk.client.get("/file/release/")

    assert [card.name for card in page.context["cards"] if card.is_checked] == ["7.8.0"]


def test_release_that_need_not_be_known_may_be_unknown(scalix):
    desk = scalix(50)
    with tenant(desk.world.tenant):
        add_release(
            product=Product.objects.get(),
            version="7.8.0",
            released_on=date(2082, 3, 1),
            support_end="tbd",
        )

    fill_in(desk.client, "scalix", release={"release": "unknown"})
    page = check(desk.client)
    send(desk.client)

    assert "I do not know" in page
    (case,) = all_cases(desk.world)
    assert case.release_id is None


def test_sc_14_wish_to_be_kept_informed_is_kept(scalix):
    desk = scalix(50)

    fill_in(
        desk.client,
        "scalix",
        what={"case_type": "feature_request", "subject": "Dark mode"},
        details={"body": "Please.", "keep_informed": "on"},
    )
    page = check(desk.client)
    send(desk.client)

    assert "what becomes of it" in page
    (case,) = all_cases(desk.world)
    assert case.keep_informed
    assert "what becomes of it" in words(desk.client.get(f"/cases/{case.number}/"))


def test_sc_19_customer_asks_a_named_person_for_points(scalix):
    desk = scalix(0)
    fill_in(desk.client, "scalix")
    form = desk.client.get("/file/check/").context["ask_form"]
    assert [code for code, _name in form.fields["what"].choices] == [
        "pack:pack_50",
        "pack:pack_110",
        "pack:pack_180",
        "override",
    ]

    response = desk.client.post(
        "/file/ask/",
        {"what": "pack:pack_50", "asked_of": desk.world.admin.pk, "words": "We ran out."},
    )

    assert response["Location"] == "/file/check/"
    with tenant(desk.world.tenant):
        asked = EntitlementRequest.objects.get()
        assert (asked.kind, asked.pack, asked.asked_of) == ("pack", "pack_50", desk.world.admin)
        assert asked.words == "We ran out."
    page = check(desk.client)
    assert "50 points" in page
    assert "adele" in page
    assert draft_answers(desk)["subject"] == "Weekly import hangs"


def test_dd_33_customer_asks_for_an_exception_from_all_that_is_refused(scalix):
    desk = scalix(0)
    old, _last, _new = add_releases(desk.world)
    fill_in(desk.client, "scalix", release={"release": str(old.pk)})

    desk.client.post("/file/ask/", {"what": "override", "asked_of": "", "words": ""})

    with tenant(desk.world.tenant):
        asked = EntitlementRequest.objects.get()
        assert asked.kind == "override"
        assert set(asked.codes.split(",")) == {"points_short", "release_unsupported"}
        assert asked.subject == "Weekly import hangs"


def test_whoever_has_no_contract_can_ask_too(scalix):
    desk = scalix(50)
    with tenant(desk.world.tenant):
        Contract.objects.update(starts_on=date(2090, 1, 1))
        desk.world.contact.may_file = True

    page = desk.client.get("/file/")

    # Scalix has a plan for everybody: nothing stands in the way.
    assert page.status_code == 302


def test_sc_18_new_case_about_a_closed_one_shows_its_cost(scalix, set_desk_time):
    # SC-18: after the window a linked new case, with its cost shown.
    desk = scalix(50)
    fill_in(desk.client, "scalix")
    send(desk.client)
    (old,) = all_cases(desk.world)
    with tenant(desk.world.tenant):
        close_case(case_id=old.pk, by=desk.world.contact, at=FRIDAY)
    set_desk_time(datetime(2083, 9, 10, 14, 0, tzinfo=UTC))

    page = words(desk.client.get("/cases/1/"))
    response = desk.client.post("/cases/1/follow/", {"reason": "It is back."})
    shown = check(desk.client)
    send(desk.client)

    assert "Open a new case about it" in page
    assert response["Location"] == "/file/"
    assert "SX-1 Weekly import hangs" in shown
    assert "10 points ; 40 → 30" in shown
    _old, new = all_cases(desk.world)
    assert (new.origin_id, new.origin_kind) == (old.pk, "follow_up")
    assert "SX-2" in words(desk.client.get("/cases/1/"))


def test_promises_are_told_before_the_release_is_asked_for(scalix):
    desk = scalix(50)
    add_releases(desk.world)

    steps = words(desk.client.get("/file/what/"))
    promise = words(desk.client.get("/promise/"))

    assert "Say which release" not in steps
    assert "First response:" in steps
    assert "Say which release" not in promise


@pytest.fixture
def closed(scalix, set_desk_time):
    """Give a desk whose first case is closed for good."""
    desk = scalix(50)
    fill_in(desk.client, "scalix")
    send(desk.client)
    (old,) = all_cases(desk.world)
    with tenant(desk.world.tenant):
        close_case(case_id=old.pk, by=desk.world.contact, at=FRIDAY)
    set_desk_time(datetime(2083, 9, 10, 14, 0, tzinfo=UTC))
    return desk


def test_sc_18_draft_about_something_else_is_not_tied_but_asked_about(closed):
    closed.client.post("/file/what/", {"case_type": "problem", "subject": "Printer"})

    asked = closed.client.post("/cases/1/follow/", {"reason": "It is back."})
    untouched = draft_answers(closed)
    kept = closed.client.post("/cases/1/follow/", {"reason": "It is back.", "draft": "keep"})
    still = draft_answers(closed)
    closed.client.post("/cases/1/follow/", {"reason": "It is back.", "draft": "replace"})

    assert "You have begun another case" in words(asked)
    assert "It is back." in words(asked)
    assert untouched["subject"] == still["subject"] == "Printer"
    assert "origin" not in still
    assert kept["Location"] == "/file/"
    replaced = draft_answers(closed)
    assert (replaced["origin"], replaced["subject"]) == ("1", "Weekly import hangs")
    assert replaced["body"] == "It is back."


def test_sc_18_other_words_about_the_same_case_are_not_dropped(closed):
    closed.client.post("/cases/1/follow/", {"reason": "It is back."})

    again = closed.client.post("/cases/1/follow/", {"reason": "Every night now."})

    assert "Every night now." in words(again)
    assert draft_answers(closed)["body"] == "It is back."


def test_sc_18_each_step_names_the_case_before_and_can_let_go_of_it(closed):
    closed.client.post("/cases/1/follow/", {"reason": "It is back."})
    told = "New case about SX-1: Weekly import hangs"
    step, shown = (words(closed.client.get(path)) for path in ("/file/what/", "/file/check/"))

    closed.client.post("/file/untie/")

    assert told in step
    assert told in shown
    assert told not in words(closed.client.get("/file/what/"))
    assert draft_answers(closed)["body"] == "It is back."


def test_sc_18_words_that_are_too_long_are_shown_again(closed):
    long = "x" * 20_001

    page = closed.client.post("/cases/1/follow/", {"reason": long})

    assert page.status_code == 422
    assert "This is too long: 20001 characters, and 20000 fit." in words(page)
    assert long in page.content.decode()
    with tenant(closed.world.tenant):
        assert draft_of(closed.world.contact) is None
