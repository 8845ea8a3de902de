"""What a customer says about themselves, and where they are signed in."""

import pytest

from accounts.models import Person
from accounts.tenancy import tenant
from tests.portal.pages import words


@pytest.fixture
def world(vendor):
    return vendor("metalogix")


def test_profile_keeps_name_phone_clock_and_wish(world, browse):
    client = browse(world.tenant, world.contact)
    shown = words(client.get("/profile/"))
    said = {
        "name": " Carla  Cruz ",
        "phone": "+1 202 1",
        "time_zone": "Asia/Tokyo",
        "preferred_channel": "phone",
        "language": "en",
    }

    answer = client.post("/profile/", said)
    after = client.get("/profile/")

    assert "as my company: America/New_York" in shown
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert "JST" in words(after)
    with tenant(world.tenant):
        person = Person.objects.get(pk=world.contact.pk)
    assert (person.name, person.phone) == ("Carla Cruz", "+1 202 1")
    assert (person.time_zone, person.preferred_channel) == ("Asia/Tokyo", "phone")


def test_profile_without_a_name_is_not_kept(world, browse):
    page = browse(world.tenant, world.contact).post("/profile/", {"name": " ", "language": "en"})

    assert page.status_code == 422
    assert "There is a problem Write your name." in words(page)


def test_nobody_is_called_by_an_address_that_would_be_mailed_to_others(world, browse):
    said = {"name": "Win at www.prize.test", "language": "en"}

    page = browse(world.tenant, world.contact).post("/profile/", said)

    assert page.status_code == 422
    assert "There is a problem Write the name alone, without an address in it." in words(page)


def test_signing_out_elsewhere_ends_all_sessions_but_this_one(world, browse):
    here, there = (browse(world.tenant, world.contact) for _browser in range(2))

    here.post("/profile/sign-out/")

    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/")["Location"].startswith("/account/login/")
