"""Two presses of a button, two managers, two registrations of an address. Real connections."""

from dataclasses import replace
from threading import Barrier

import pytest
from django.core import mail
from django.db import IntegrityError

from accounts.actions import add_person
from accounts.errors import EmailTaken
from accounts.models import Person
from accounts.tenancy import tenant
from entitlements import registration
from entitlements.models import Registration
from entitlements.registration import (
    LinkDead,
    RegistrationDecided,
    Step,
    accept_registration,
    decline_registration,
    digest_of,
    prove_address,
    register_customer,
)
from outbox.models import OutboxMessage
from tests.entitlements.registration.strangers import EMAIL, SAID, license_company, link_in
from tests.packs import publish
from tests.sla.test_publishing_races import outcomes_at_once

pytestmark = pytest.mark.django_db(transaction=True)

NO_NUMBER = replace(SAID, licence_number="")


@pytest.fixture(autouse=True)
def open_to_all(alpha):
    publish(alpha, "datadynamics")


def registering(alpha, said):
    def job():
        with tenant(alpha.tenant) as at:
            return register_customer(said=said, at=at)

    return job


def proving(alpha, digest):
    def job():
        with tenant(alpha.tenant) as at:
            reached = prove_address(digest=digest, at=at)
            return reached.step, reached.person is not None

    return job


def accepting(alpha, row):
    def job():
        with tenant(alpha.tenant) as at:
            accept_registration(
                registration_id=row.pk, company=alpha.company, by=alpha.manager, at=at
            )
            return "accepted"

    return job


def declining(alpha, row):
    def job():
        with tenant(alpha.tenant) as at:
            decline_registration(registration_id=row.pk, answer="No.", by=alpha.manager, at=at)
            return "declined"

    return job


def asked(alpha, said) -> str:
    registering(alpha, said)()
    return digest_of(link_in(mail.outbox[-1]))


def people(alpha) -> int:
    with tenant(alpha.tenant):
        return Person.objects.filter(email=EMAIL).count()


def test_two_registrations_of_an_address_at_once_are_one_and_one_link_works(alpha):
    jobs = [registering(alpha, replace(NO_NUMBER, company_name=f"Acme {n}")) for n in range(4)]

    outcomes = outcomes_at_once(*jobs)

    assert outcomes == [None] * 4
    with tenant(alpha.tenant):
        (row,) = Registration.objects.all()
    digests = [digest_of(link_in(letter)) for letter in mail.outbox]
    assert (len(digests), digests.count(row.token_digest)) == (4, 1)


def test_database_refuses_a_second_open_registration_of_an_address(alpha):
    asked(alpha, NO_NUMBER)

    with (
        pytest.raises(IntegrityError, match="one_open_registration_an_address"),
        tenant(alpha.tenant),
    ):
        row = Registration.objects.get()
        row.pk, row.token_digest, row.email = None, "0" * 64, "NORA@acme.test"
        row.save(force_insert=True)


def test_double_click_on_the_link_makes_one_account(alpha):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
    digest = asked(alpha, SAID)

    outcomes = outcomes_at_once(*[proving(alpha, digest) for _ in range(4)])

    assert sorted(outcomes, key=str) == [(Step.ACCEPTED, False)] * 3 + [(Step.ACCEPTED, True)]
    assert people(alpha) == 1


def test_double_click_on_the_link_tells_managers_once(alpha):
    digest = asked(alpha, NO_NUMBER)

    outcomes = outcomes_at_once(proving(alpha, digest), proving(alpha, digest))

    assert outcomes == [(Step.WAITING, False)] * 2
    with tenant(alpha.tenant):
        assert OutboxMessage.objects.filter(kind="registration_waiting").count() == 1


def test_two_decisions_would_both_be_made_without_the_lock(alpha, monkeypatch):
    # The race is there: with plain reads nobody is told that it is decided already.
    proving(alpha, asked(alpha, NO_NUMBER))()
    both_have_read = Barrier(2, timeout=20)

    def read_plainly(condition):
        row = Registration.objects.filter(condition).first()
        both_have_read.wait()
        return row

    monkeypatch.setattr(registration, "_locked", read_plainly)
    with tenant(alpha.tenant):
        row = Registration.objects.get()

    assert RegistrationDecided not in outcomes_at_once(declining(alpha, row), declining(alpha, row))


@pytest.mark.parametrize("other", [accepting, declining])
def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(alpha, other):
    proving(alpha, asked(alpha, NO_NUMBER))()
    with tenant(alpha.tenant):
        row = Registration.objects.get()

    outcomes = outcomes_at_once(accepting(alpha, row), other(alpha, row))

    assert RegistrationDecided in outcomes
    (state,) = [outcome for outcome in outcomes if outcome is not RegistrationDecided]
    with tenant(alpha.tenant):
        assert Registration.objects.get().state == state
    assert people(alpha) == (1 if state == "accepted" else 0)


STRANGERS = replace(NO_NUMBER, name="Eve", company_name="Evil Ltd")


def test_link_would_confirm_other_words_without_the_lock(alpha, monkeypatch):
    # The race is there: what a stranger wrote waits as if the owner of the address had proven it.
    digest = asked(alpha, NO_NUMBER)
    both_have_read = Barrier(2, timeout=20)

    def read_plainly(condition):
        row = Registration.objects.select_related("tenant").filter(condition).first()
        both_have_read.wait()
        return row

    monkeypatch.setattr(registration, "_locked", read_plainly)

    outcomes = outcomes_at_once(proving(alpha, digest), registering(alpha, STRANGERS))

    assert LinkDead not in outcomes
    with tenant(alpha.tenant):
        row = Registration.objects.get()
    assert (row.state, row.company_name) == ("waiting", "Evil Ltd")


@pytest.mark.parametrize("_turn", range(3))
def test_link_confirms_the_words_it_was_made_for_or_nothing(alpha, _turn):
    digest = asked(alpha, NO_NUMBER)

    proven, _nothing = outcomes_at_once(proving(alpha, digest), registering(alpha, STRANGERS))

    with tenant(alpha.tenant):
        row = Registration.objects.get()
    left = {
        (Step.WAITING, False): ("waiting", "Acme Corp"),
        LinkDead: ("asked", "Evil Ltd"),
    }
    assert (row.state, row.company_name) == left[proven]


def test_address_added_by_hand_while_it_is_accepted_is_one_account(alpha):
    proving(alpha, asked(alpha, NO_NUMBER))()
    with tenant(alpha.tenant):
        row = Registration.objects.get()

    def adding():
        with tenant(alpha.tenant):
            add_person(name="Nora", email=EMAIL, role="contact", company=alpha.other_company)
            return "added"

    outcomes = outcomes_at_once(accepting(alpha, row), adding)

    # Whoever comes second finds the account; nothing waits any more.
    assert outcomes in (["accepted", "added"], ["accepted", EmailTaken])
    assert people(alpha) == 1
    with tenant(alpha.tenant):
        assert not Registration.objects.filter(state="waiting").exists()
