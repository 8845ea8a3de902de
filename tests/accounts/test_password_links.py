"""How long links for passwords live."""

from datetime import timedelta

import pytest
from django.contrib.admin import site

from accounts.actions import add_person, set_password
from accounts.auth import AccountAdapter
from accounts.models import Person
from accounts.password_links import PasswordLinks
from accounts.person_admin import PersonAdmin
from accounts.tenancy import tenant


class OldLinks(PasswordLinks):
    """Makes links of some time ago."""

    age = timedelta()

    def make_token(self, user):
        made = self._num_seconds(self._now() - self.age)
        return self._make_token_with_timestamp(user, made, self.secret)


@pytest.mark.parametrize(
    ("password", "age", "is_good"),
    [
        (None, timedelta(days=6, hours=23), True),
        (None, timedelta(days=7, hours=1), False),
        ("correct-horse-battery", timedelta(minutes=59), True),
        ("correct-horse-battery", timedelta(minutes=61), False),
    ],
)
def test_dd_17_first_password_can_be_chosen_for_days_and_another_one_for_an_hour(
    alpha, password, age, is_good
):
    with tenant(alpha.tenant):
        person = add_person(name="Nora New", role="lead", email="nora@desk.test", password=password)
        links = OldLinks()
        links.age = age

        assert links.check_token(person, links.make_token(person)) is is_good


def test_link_works_once(alpha):
    with tenant(alpha.tenant):
        person = add_person(name="Nora New", role="lead", email="nora@desk.test")
        token = PasswordLinks().make_token(person)
        person.set_password("correct-horse-battery")
        person.save()

        assert not PasswordLinks().check_token(person, token)


def test_pages_for_passwords_use_these_links(settings):
    assert (
        settings.ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR == "accounts.password_links.PasswordLinks"
    )


def test_password_that_is_chosen_lets_nobody_in_again_who_was_shut_out_meanwhile(alpha):
    with tenant(alpha.tenant):
        as_read = Person.objects.get(pk=alpha.contact.pk)
        Person.objects.filter(pk=as_read.pk).update(is_active=False)

        AccountAdapter().set_password(as_read, "correct-horse-battery")

        person = Person.objects.get(pk=as_read.pk)
        assert (person.is_active, person.check_password("correct-horse-battery")) == (False, True)


def test_form_of_a_manager_leaves_a_password_that_is_chosen_meanwhile(alpha):
    with tenant(alpha.tenant):
        as_read = Person.objects.get(pk=alpha.contact.pk)
        set_password(person=alpha.contact, password="quite-another-horse")
        as_read.phone = "+33 1"

        PersonAdmin(Person, site).change_row(as_read)

        person = Person.objects.get(pk=as_read.pk)
        assert (person.phone, person.check_password("quite-another-horse")) == ("+33 1", True)
