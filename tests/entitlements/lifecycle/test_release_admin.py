"""The manager's pages of releases, licences, downloads and notes: what they do, and to whom."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.admin.models import LogEntry

from accounts.tenancy import tenant
from entitlements.models import Bulletin, Download, Licence, Release
from entitlements.releases import add_release
from entitlements.topics import choose_topics
from jobs.models import Job
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import license_to
from tests.packs import publish
from tests.portal.pages import words

RELEASES = "/admin/entitlements/release/"
LICENCES = "/admin/entitlements/licence/"
WRITE = "/admin/entitlements/bulletin/write/"


@pytest.fixture
def manager(alpha, browse):
    publish(alpha, "datadynamics")
    return browse(alpha.tenant, alpha.manager)


def rows(twin, model):
    with tenant(twin.tenant):
        return list(model.objects.order_by("pk"))


def sent_release(twin, **changes):
    return {
        "product": twin.product.pk,
        "version": "7.8.0",
        "released_on": "2026-01-01",
        "support_end": "month",
        "support_ends_on": "2030-02-03",
    } | changes


def test_release_is_added_with_its_month_as_a_last_day_and_written_into_the_log(manager, alpha):
    answer = manager.post(f"{RELEASES}add/", sent_release(alpha))

    (release,) = rows(alpha, Release)
    assert answer.status_code == 302
    assert release.support_ends_on == date(2030, 2, 28)
    with tenant(alpha.tenant):
        assert [entry.object_repr for entry in LogEntry.objects.all()] == ["7.8.0"]
        assert not Job.objects.exists()


def test_release_is_announced_when_that_is_ticked(manager, alpha):
    manager.post(f"{RELEASES}add/", sent_release(alpha, announce="on"))

    (release,) = rows(alpha, Release)
    (job,) = rows(alpha, Job)
    assert (job.kind, job.params) == ("tell_topic", {"about": "release", "id": release.pk})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": "seven"}, "Begin the version with its number, as in 7.8.0."),
        ({"support_ends_on": ""}, "Say the last day of support."),
        ({"support_end": "tbd"}, "Leave the day empty, or choose that support ends with a month"),
    ],
)
def test_release_that_cannot_be_is_refused_on_the_form(manager, alpha, changes, said):
    answer = manager.post(f"{RELEASES}add/", sent_release(alpha, **changes))

    assert answer.status_code == 200
    assert said in words(answer)
    assert rows(alpha, Release) == []


def test_release_that_is_there_is_refused_on_the_form(manager, alpha):
    for version in ("7.8.0", "7.8"):
        answer = manager.post(f"{RELEASES}add/", sent_release(alpha, version=version))

    assert "There is a release with the numbers of “7.8” already." in words(answer)
    assert len(rows(alpha, Release)) == 1


def test_dd_32_days_of_support_are_changed_in_the_grid(manager, alpha):
    manager.post(f"{RELEASES}add/", sent_release(alpha))
    (release,) = rows(alpha, Release)
    sent = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": release.pk,
        "form-0-released_on": "2026-01-01",
        "form-0-support_end": "day",
        "form-0-support_ends_on": "",
        "_save": "Save",
    }

    refused = manager.post(RELEASES, sent)
    manager.post(RELEASES, sent | {"form-0-support_ends_on": "2031-05-06"})

    assert "Say the last day of support." in words(refused)
    (release,) = rows(alpha, Release)
    assert (release.support_end, release.support_ends_on) == ("day", date(2031, 5, 6))


def test_grid_says_how_each_release_stands(manager, alpha):
    with tenant(alpha.tenant):
        for year in (2017, 2018, 2019):
            add_release(product=alpha.product, version=f"{year}", released_on=date(year, 1, 1))

    page = words(manager.get(RELEASES))

    # Current and previous; the third went when the first came.
    assert "ended, last day 31 Dec 2018" in page
    assert page.count("supported") >= 2


def test_dd_32_customers_on_a_release_that_ends_are_listed(alpha, browse, set_desk_time):
    set_desk_time(datetime(2030, 5, 1, 10, tzinfo=UTC))
    publish(alpha, "datadynamics")
    manager = browse(alpha.tenant, alpha.manager)
    with tenant(alpha.tenant) as at:
        license_to(alpha)
        license_to(alpha, alpha.other_company, "SX-2")
        release = add_release(
            product=alpha.product,
            version="9.0",
            released_on=date(2028, 1, 1),
            support_end="day",
            support_ends_on=date(2030, 5, 31),
        )
        file_case(
            alpha,
            at=at,
            product=alpha.product,
            release=release,
            case_type="problem",
            severity="2",
            priority="normal",
        )

    ending = words(manager.get(f"{RELEASES}ending/"))
    page = words(manager.get(f"{RELEASES}{release.pk}/customers/"))

    assert f"{alpha.canary}product 9.0 31 May 2030 30 days 1 known, 1 perhaps" in ending
    assert "ends soon, last day 31 May 2030." in page
    assert f"{alpha.canary}company TW-1 {alpha.account_manager.name}" in page
    assert f"{alpha.canary}other_company a licence; the release is not known" in page


def test_dd_33_button_puts_down_who_has_verified_a_licence(manager, alpha):
    with tenant(alpha.tenant):
        licence = license_to(alpha, by=alpha.contact)
    page = f"{LICENCES}{licence.pk}/"

    before = words(manager.get(f"{page}change/"))
    manager.post(f"{page}verify/")
    after = words(manager.get(f"{page}change/"))

    assert "Nobody has verified this licence: it opens nothing yet." in before
    assert "I have verified it" not in after
    assert f"by {alpha.manager.name}" in after
    (licence,) = rows(alpha, Licence)
    assert licence.verified_by_id == alpha.manager.pk
    with tenant(alpha.tenant):
        assert LogEntry.objects.get().get_change_message() == "Verified"


def test_licence_that_a_manager_adds_is_verified_by_them(manager, alpha):
    sent = {
        "company": alpha.company.pk,
        "product": alpha.product.pk,
        "number": "SX-1",
        "edition": "",
        "valid_from": "2026-01-01",
        "maintenance_until": "2026-12-31",
    }

    answer = manager.post(f"{LICENCES}add/", sent)
    twice = manager.post(f"{LICENCES}add/", sent)

    assert answer.status_code == 302
    (licence,) = rows(alpha, Licence)
    assert licence.verified_by_id == alpha.manager.pk
    assert "There is a licence with the number “SX-1” already." in words(twice)


def test_download_is_added_and_announced(manager, alpha):
    with tenant(alpha.tenant):
        release = add_release(product=alpha.product, version="7.8.0", released_on=date(2026, 1, 1))
    sent = {
        "release": release.pk,
        "kind": "fix",
        "name": "Hotfix 14",
        "address": "ftp://files.example/14.zip",
        "published_on": "2026-02-01",
        "announce": "on",
    }

    refused = manager.post("/admin/entitlements/download/add/", sent)
    manager.post(
        "/admin/entitlements/download/add/", sent | {"address": "https://files.example/14.zip"}
    )

    assert "Give the full address, from https:// on." in words(refused)
    (download,) = rows(alpha, Download)
    (job,) = rows(alpha, Job)
    assert job.params == {"about": "download", "id": download.pk}


def test_sc_01_note_is_sent_after_its_number_was_seen(alpha, browse):
    publish(alpha, "scalix")
    manager = browse(alpha.tenant, alpha.manager)
    with tenant(alpha.tenant):
        wish = {("best_practices", None): True}
        choose_topics(person=alpha.contact, by=alpha.contact, wishes=wish)
    sent = {"topic": "best_practices", "product": "", "subject": "Tips", "body": "Words."}

    at_once = manager.post(WRITE, sent | {"send": "1"})
    assert rows(alpha, Bulletin) == []
    assert "It goes to 1 person." in words(at_once)
    shown = {"shown_for": at_once.context["form"]["shown_for"].value()}
    # Another topic than the number was shown for.
    other = manager.post(WRITE, sent | shown | {"topic": "support_end", "send": "1"})
    assert "This topic is chosen by product: say for which." in words(other)
    assert rows(alpha, Bulletin) == []
    answer = manager.post(WRITE, sent | shown | {"send": "1"})

    assert answer.status_code == 302
    (note,) = rows(alpha, Bulletin)
    assert (note.recipients, note.sent_by_id) == (1, alpha.manager.pk)
    page = words(manager.get(f"/admin/entitlements/bulletin/{note.pk}/"))
    assert "Best practices and technical tips" in page


def test_note_is_sent_once_however_often_the_button_is_pressed(alpha, browse):
    publish(alpha, "scalix")
    manager = browse(alpha.tenant, alpha.manager)
    with tenant(alpha.tenant):
        wish = {("best_practices", None): True}
        choose_topics(person=alpha.contact, by=alpha.contact, wishes=wish)
    sent = {"topic": "best_practices", "product": "", "subject": "Tips", "body": "Words."}
    form = manager.post(WRITE, sent | {"once": "its-own-token"}).context["form"]
    sent |= {name: form[name].value() for name in ("shown_for", "once")}

    for _press in range(2):
        answer = manager.post(WRITE, sent | {"send": "1"}, follow=True)

    assert sent["once"] == "its-own-token"
    assert "it was not done a second time" in words(answer)
    assert len(rows(alpha, Bulletin)) == 1
    assert len(rows(alpha, Job)) == 1


def test_nobody_to_write_to_is_said_before_sending(alpha, browse):
    publish(alpha, "scalix")
    sent = {"topic": "best_practices", "product": "", "subject": "Tips", "body": "Words."}

    answer = browse(alpha.tenant, alpha.manager).post(WRITE, sent)

    assert "Nobody may have this topic and wants to hear of it." in words(answer)
