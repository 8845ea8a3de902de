"""The customer's pages about releases, downloads and notifications."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.places import host_of
from accounts.tenancy import tenant
from entitlements.actions import add_product
from entitlements.lines import add_line
from entitlements.models import TopicChoice
from entitlements.releases import add_release
from entitlements.topics import choices_of, stop_token
from portal.lifecycle.picture import draw
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import license_to, offer
from tests.packs import publish
from tests.portal.pages import words

# Noon in Berlin, 30 days before the end of 9.0.
NOW = datetime(2030, 5, 1, 10, 0, tzinfo=UTC)
LAST = date(2030, 5, 31)
ADDRESS = "https://files.example/sp1.zip"


@pytest.fixture
def desk(alpha, set_desk_time):
    """Publish the policy, let 9.0 end on LAST, and give the company a licence."""
    set_desk_time(NOW)
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        license_to(alpha, maintenance_until=date(2030, 12, 31))
        old = add_release(
            product=alpha.product,
            version="9.0",
            released_on=date(2028, 1, 1),
            support_end="day",
            support_ends_on=LAST,
        )
        new = add_release(
            product=alpha.product, version="9.1", released_on=date(2029, 1, 1), support_end="tbd"
        )
    return {"9.0": old, "9.1": new}


def use(twin, release, **changes):
    facts = {"case_type": "problem", "severity": "2", "priority": "normal"} | changes
    with tenant(twin.tenant) as at:
        return file_case(twin, at=at, product=twin.product, release=release, **facts)


@pytest.fixture
def client(alpha, desk, browse) -> Client:
    return browse(alpha.tenant, alpha.contact)


def test_dd_32_page_marks_the_own_release_and_says_what_to_do(alpha, desk, client):
    use(alpha, desk["9.0"])

    page = words(client.get("/support-end/"))

    assert "You use 9.0, and the last day of its support is 31 May 2030." in page
    assert "Cases that are open then go on to their end." in page
    assert "Upgrade to 9.1." in page
    assert "As case TW-1 says" in page
    assert "9.0 you use it" in page
    assert "31 May 2030 by a date of the vendor" in page
    assert "to be determined by the vendor: to be determined" in page
    assert "Supported are the current release and the one before it." in page


def test_acceptance_11_from_the_day_after_the_page_says_that_support_has_ended(
    alpha, desk, client, set_desk_time
):
    use(alpha, desk["9.0"])
    set_desk_time(datetime(2030, 5, 31, 21, 59, tzinfo=UTC))
    last_day = words(client.get("/support-end/"))
    # Midnight in Berlin.
    set_desk_time(datetime(2030, 5, 31, 22, 0, tzinfo=UTC))
    day_after = words(client.get("/support-end/"))

    assert "ends in 0 days" in last_day
    assert "You use 9.0, and its support ended on 31 May 2030." in day_after
    assert "New cases about it are not taken; cases that were open go on" in day_after


def test_colleagues_case_is_not_named(alpha, desk, client):
    use(alpha, desk["9.0"], contact=alpha.colleague)

    page = client.get("/support-end/")

    assert "As a case of your company says." in words(page)
    assert "/cases/1/" not in page.content.decode()


def test_release_that_is_supported_needs_nothing(alpha, desk, client):
    use(alpha, desk["9.1"])

    page = words(client.get("/support-end/"))

    assert "You use 9.1, and it is supported." in page
    assert "Upgrade to" not in page


def test_time_line_is_drawn_in_shares_of_its_width(alpha, desk, client):
    page = client.get("/support-end/")

    (shown,) = page.context["products"]
    assert shown.line.today == draw(shown.table.rows, date(2030, 5, 1)).today
    # From 60 days before 2028 to 240 days after the last known end.
    assert [(bar.x, bar.width, bar.is_open) for bar in shown.line.bars] == [
        ("36.07%", "63.93%", True),
        ("5.08%", "74.68%", False),
    ]
    assert [mark.year for mark in shown.line.years] == [2028, 2029, 2030]
    assert 'style="' not in page.content.decode()


def test_pages_take_as_many_statements_for_many_products_as_for_one(alpha, desk, client):
    def asked(path):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    pages = ("/support-end/", "/downloads/", "/notifications/")
    before = [asked(path) for path in pages]
    with tenant(alpha.tenant):
        for number in range(12):
            product = add_product(code=f"p{number}", name=f"Product {number}")
            license_to(alpha, number=f"P-{number}", product=product)
            for version in ("1.0", "2.0", "3.0"):
                release = add_release(
                    product=product, version=version, released_on=date(2029, 1, 1)
                )
                offer(release)

    assert [asked(path) for path in pages] == before


def test_dd_42_downloads_are_open_with_maintenance_and_their_address_is_on_no_page(
    alpha, desk, client
):
    with tenant(alpha.tenant):
        download = offer(desk["9.1"], published_on=date(2030, 5, 1))

    page = client.get("/downloads/")
    answer = client.get(f"/downloads/{download.pk}/")

    assert "Open to you by maintenance of licence SX-1, until 31 December 2030." in words(page)
    assert "Service Pack 1 new Service pack 1 May 2030" in words(page)
    assert "files.example" not in page.content.decode()
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert "no-store" in answer["Cache-Control"]


def test_dd_42_what_needs_maintenance_names_the_day_it_ended_and_whom_to_ask(alpha, desk, browse):
    with tenant(alpha.tenant):
        download = offer(desk["9.1"])
        license_to(alpha, alpha.other_company, "SX-2", maintenance_until=date(2030, 4, 30))
    stranger = browse(alpha.tenant, alpha.stranger)

    page = stranger.get("/downloads/")
    answer = stranger.get(f"/downloads/{download.pk}/")

    assert "This needs maintenance, and yours ended on 30 April 2030." in words(page)
    assert f"Ask {alpha.canary}vendor" in words(page)
    assert "Service Pack 1 needs maintenance" in words(page)
    assert f"/downloads/{download.pk}/" not in page.content.decode()
    assert answer.status_code == 409
    assert "Yours ended on 30 April 2030." in words(answer)
    assert "files.example" not in page.content.decode() + answer.content.decode()


@pytest.mark.parametrize("who", ["contact", "anonymous"])
def test_download_of_another_vendor_is_as_if_there_were_none(alpha, beta, desk, browse, who):
    with tenant(beta.tenant):
        release = add_release(product=beta.product, version="1", released_on=date(2029, 1, 1))
        download = offer(release)
    client = browse(alpha.tenant, alpha.contact if who == "contact" else None)

    answer, missing = (client.get(f"/downloads/{pk}/") for pk in (download.pk, 987_654))

    assert answer.status_code == missing.status_code == (404 if who == "contact" else 302)


def test_dd_31_topics_are_chosen_by_product(alpha, desk, client):
    page = client.get("/notifications/")
    product = alpha.product.pk
    ticked = {name: field.initial for name, field in page.context["form"].fields.items()}
    assert ticked == {
        f"releases-{product}": True,
        f"hotfixes-{product}": True,
        f"support_end-{product}": True,
    }

    answer = client.post("/notifications/", {f"hotfixes-{product}": "on"}, follow=True)

    assert "Saved. You hear of what is ticked." in words(answer)
    with tenant(alpha.tenant):
        assert choices_of(alpha.contact) == {
            ("releases", product): False,
            ("hotfixes", product): True,
            ("support_end", product): False,
        }


def test_nothing_ticked_is_a_choice_as_well(alpha, desk, client):
    client.post("/notifications/", {})

    with tenant(alpha.tenant):
        assert set(choices_of(alpha.contact).values()) == {False}


def test_sp_04_topic_that_a_company_may_not_have_says_what_it_comes_with(alpha, browse):
    publish(alpha, "scalix")
    client = browse(alpha.tenant, alpha.contact)
    before = words(client.get("/notifications/"))
    with tenant(alpha.tenant):
        alpha.contract.edition = "enterprise"
        add_line(contract=alpha.contract, subscription="software_subscription", users=5)
    after = client.get("/notifications/")

    manager = alpha.account_manager
    assert f"Comes with: Software Subscription Service. Ask {manager.name}: " in before
    assert "Comes with:" not in words(after)
    assert f"technical_notes-{alpha.product.pk}" in after.context["form"].fields


def test_tick_that_was_not_offered_is_not_kept(alpha, browse):
    publish(alpha, "scalix")
    client = browse(alpha.tenant, alpha.contact)

    client.post("/notifications/", {f"technical_notes-{alpha.product.pk}": "on"})

    with tenant(alpha.tenant):
        assert not TopicChoice.objects.filter(topic="technical_notes").exists()


def test_dd_31_mail_is_stopped_with_one_click_by_whoever_has_the_address(alpha, desk):
    # A mail program: no cookie, no token of ours, and the words of RFC 8058.
    client = Client(enforce_csrf_checks=True, headers={"host": host_of(alpha.tenant)})
    with tenant(alpha.tenant):
        path = f"/notifications/stop/{stop_token(alpha.contact, 'releases')}/"

    asked = client.get(path)
    with tenant(alpha.tenant):
        assert choices_of(alpha.contact) == {}
    stopped = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert "You will get no mail about “New product releases” any more." in words(asked)
    assert "You get no mail about “New product releases” any more." in words(stopped)
    with tenant(alpha.tenant):
        assert choices_of(alpha.contact) == {("releases", None): False}
    assert mail.outbox == []


def test_address_of_another_vendor_stops_nothing(alpha, beta, desk, browse):
    with tenant(beta.tenant):
        token = stop_token(beta.contact, "releases")

    answer = browse(alpha.tenant).post(f"/notifications/stop/{token}/")

    assert answer.status_code == 404
    with tenant(beta.tenant):
        assert choices_of(beta.contact) == {}


def test_vendor_without_releases_and_topics_says_so(alpha, browse):
    publish(alpha, "msp")
    client = browse(alpha.tenant, alpha.contact)

    said = [words(client.get(path)) for path in ("/support-end/", "/downloads/", "/notifications/")]

    assert "No releases are listed for your products." in said[0]
    assert "There is nothing to download yet." in said[1]
    assert "There are no topics to choose from." in said[2]
