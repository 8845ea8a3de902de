"""How long links for passwords live."""

from datetime import timedelta

import pytest

from accounts.actions import add_person
from accounts.password_links import PasswordLinks
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
