"""An operator makes a vendor; its first manager comes in by mail and finds an empty desk."""

import re

import pytest
from django.core import mail

from accounts.models import Person, Tenant
from accounts.places import host_of
from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from tests.portal.pages import words

PAGE = "/vendors/new/"
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
