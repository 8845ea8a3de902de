"""An operator makes a vendor; its first manager comes in by mail and finds an empty desk."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail

from accounts.actions import add_person, set_password
from accounts.errors import Invalid
from accounts.models import Person, Tenant
from accounts.places import host_of
from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from supportdesk.operators.inviting import make_vendor
from tests.portal.pages import words

PAGE = "/vendors/new/"
AGAIN = "/vendors/harbor/invite/"
# Desk time only moves forward.
LATER = datetime(2083, 6, 4, 14, 0, tzinfo=UTC)
ASKED = {
    "slug": "harbor",
    "name": "Harbor Software",
    "time_zone": "Europe/Lisbon",
    "case_prefix": "HS",
    "manager_name": "Mara Manager",
    "manager_email": "mara@harbor.test",
}


@pytest.fixture
def made(settings, operators, operator, browse, django_capture_on_commit_callbacks):
    """Make the vendor as an operator does, outside of a demonstration, and deliver the mail."""
    settings.DEMO = False
    with django_capture_on_commit_callbacks(execute=True):
        answer = browse(operators, operator).post(PAGE, ASKED)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    deliver_due()
    return Tenant.objects.get(slug="harbor")


def test_vendor_is_made_with_its_first_manager(made):
    assert (made.name, made.time_zone, made.case_prefix) == (
        "Harbor Software",
        "Europe/Lisbon",
        "HS",
    )
    with tenant(made):
        manager = Person.objects.get()
        assert (manager.name, manager.email, manager.role) == (
            "Mara Manager",
            "mara@harbor.test",
            "manager",
        )
        assert not manager.has_usable_password()


def test_manager_sets_a_password_by_mail_and_begins_with_the_policy(made, browse):
    (letter,) = mail.outbox
    assert letter.to == ["mara@harbor.test"]
    link = re.search(
        rf"http://{re.escape(host_of(made))}:8000(/account/password/reset/key/\S+)", letter.body
    )
    assert link

    client = browse(made)
    form = client.get(link[1], follow=True)
    client.post(
        form.request["PATH_INFO"],
        {"password1": "a-long-harbor-wall", "password2": "a-long-harbor-wall"},
    )
    client.post("/account/login/", {"login": "mara@harbor.test", "password": "a-long-harbor-wall"})

    assert "Begin with an empty policy" in words(client.get("/admin/sla/policydraft/"))


def test_manager_has_the_password_of_all_in_a_demonstration(
    demo, operators, operator, browse, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        browse(operators, operator).post(PAGE, ASKED)

    vendor = Tenant.objects.get(slug="harbor")
    answer = browse(vendor).post(
        "/account/login/", {"login": "mara@harbor.test", "password": demo.DEMO_PASSWORD}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")


def test_link_of_one_vendor_opens_nothing_at_another(made, alpha, browse):
    link = re.search(r":8000(/account/password/reset/key/\S+)", mail.outbox[0].body)

    page = browse(alpha.tenant).get(link[1], follow=True)

    assert 'name="password1"' not in page.content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"slug": "alpha"}, "The name “alpha” is already taken"),
        ({"slug": "Not a host"}, "Enter a valid value"),
        ({"case_prefix": "abc"}, "Enter a valid value"),
        ({"time_zone": "Mars/Olympus"}, "not one of the available choices"),
        ({"manager_email": "mara"}, "Enter a valid email address"),
        ({"manager_name": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    alpha, operators, operator, browse, change, told
):
    answer = browse(operators, operator).post(PAGE, ASKED | change)

    assert answer.status_code == 422
    assert told in words(answer)
    assert not Tenant.objects.filter(name="Harbor Software").exists()


def test_way_to_it_is_only_shown_to_operators(demo, operators, operator, browse):
    assert f'href="{PAGE}"' in browse(operators, operator).get("/").content.decode()
    assert f'href="{PAGE}"' not in browse(operators).get("/").content.decode()


def test_there_is_no_such_page_at_a_vendor(alpha, browse):
    assert browse(alpha.tenant, alpha.manager).get(PAGE).status_code == 404


def test_every_fault_is_told_at_once(alpha, operators, operator, browse):
    faults = {"slug": "alpha", "case_prefix": "AB1", "manager_name": "", "manager_email": "mara"}

    told = words(browse(operators, operator).post(PAGE, ASKED | faults))

    assert "The name “alpha” is already taken" in told
    assert "Enter a valid value" in told
    assert "This field is required" in told
    assert "Enter a valid email address" in told


def test_manager_who_could_not_be_added_is_refused_before_the_vendor_is_made(
    demo, operators, operator, browse, django_capture_on_commit_callbacks
):
    # In a demonstration the password is given, and this address says it.
    asked = ASKED | {"manager_email": f"{demo.DEMO_PASSWORD}@h.test"}

    with django_capture_on_commit_callbacks(execute=True):
        answer = browse(operators, operator).post(PAGE, asked)

    assert answer.status_code == 422
    assert "The password is too similar to the e-mail address" in words(answer)
    assert not Tenant.objects.filter(slug="harbor").exists()


def test_maker_refuses_such_a_manager_before_anything_is_made(operators, operator):
    facts = {key: ASKED[key] for key in ("slug", "name", "time_zone", "case_prefix")}

    with tenant(operators), pytest.raises(Invalid) as refused:
        make_vendor(by=operator, manager_name="Mara", manager_email="mara", **facts)

    assert refused.value.field == "manager_email"
    assert not Tenant.objects.filter(slug="harbor").exists()


def test_maker_is_told_what_comes_next(settings, operators, operator, browse):
    settings.DEMO = False
    client = browse(operators, operator)

    told = words(client.post(PAGE, ASKED, follow=True))

    assert "A mail with a link to set a password goes to mara@harbor.test" in told
    assert "begins with the support policy, at http://harbor.localhost:8000/admin/" in told
    assert "Invite its first manager again" in told


def invite_again(client, callbacks, email):
    data = {"manager_name": "Mara Manager", "manager_email": email}
    with callbacks(execute=True):
        answer = client.post(AGAIN, data)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    deliver_due()
    return [letter.to for letter in mail.outbox]


@pytest.mark.parametrize("email", ["mara@harbor.test", "mara@harbour.test"])
def test_first_manager_is_invited_again_at_the_same_or_another_address(
    made, operators, operator, browse, set_desk_time, django_capture_on_commit_callbacks, email
):
    set_desk_time(LATER)
    client = browse(operators, operator)

    sent = invite_again(client, django_capture_on_commit_callbacks, email)

    assert sent == [["mara@harbor.test"], [email]]


def test_nobody_is_invited_where_a_manager_has_a_password(
    made, operators, operator, browse, django_capture_on_commit_callbacks
):
    with tenant(made):
        set_password(person=Person.objects.get(), password="a-long-harbor-wall")
    client = browse(operators, operator)

    sent = invite_again(client, django_capture_on_commit_callbacks, "eve@harbor.test")

    assert sent == [["mara@harbor.test"]]
    with tenant(made):
        assert Person.objects.count() == 1


def test_somebody_else_of_the_vendor_does_not_become_a_manager(
    made, operators, operator, browse, django_capture_on_commit_callbacks
):
    with tenant(made):
        add_person(name="Lea Lead", role="lead", email="lea@harbor.test")
    client = browse(operators, operator)

    sent = invite_again(client, django_capture_on_commit_callbacks, "lea@harbor.test")

    assert sent == [["mara@harbor.test"]]
    with tenant(made):
        assert Person.objects.filter(role="manager").count() == 1


@pytest.mark.parametrize("slug", ["nobody", "operators"])
def test_there_is_nobody_to_invite_where_there_is_no_vendor(operators, operator, browse, slug):
    assert browse(operators, operator).get(f"/vendors/{slug}/invite/").status_code == 404
