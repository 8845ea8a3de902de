"""A manager decides about a registration: whose contact it becomes, or why not (DD-17)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core import mail

from accounts.actions import add_person
from accounts.domains import FreeMailDomain, add_domain, company_of_domain
from accounts.errors import Invalid, NameTaken, NotAllowed, NotFound
from accounts.models import Company, Person
from accounts.tenancy import tenant
from entitlements.daily import daily_tasks
from entitlements.licensing import EXPIRED, GOOD, UNVERIFIED
from entitlements.models import Registration
from entitlements.registration import (
    RegistrationDecided,
    accept_registration,
    clear_registrations,
    decline_registration,
)
from entitlements.registration_matches import matches_of
from outbox.models import OutboxMessage
from tests.entitlements.registration.strangers import EMAIL, SAID, ask, license_company, wait
from tests.packs import publish

NO_NUMBER = replace(SAID, licence_number="")


@pytest.fixture
def at(alpha, entered):
    publish(alpha, "datadynamics")
    return entered


@pytest.fixture
def capture(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


@pytest.fixture
def waiting(at, capture) -> Registration:
    return wait(NO_NUMBER, at, capture)


def accept(waiting, alpha, at, **changes):
    facts = {"company": alpha.company, "by": alpha.manager, "at": at}
    return accept_registration(registration_id=waiting.pk, **(facts | changes))


def test_accepted_is_a_contact_of_the_chosen_company_and_is_told(alpha, at, waiting):
    person = accept(waiting, alpha, at)

    assert (person.name, person.email, person.role, person.company, person.may_file) == (
        "Nora New",
        EMAIL,
        "contact",
        alpha.company,
        True,
    )
    waiting.refresh_from_db()
    assert (waiting.state, waiting.person, waiting.decided_by, waiting.decided_at) == (
        "accepted",
        person,
        alpha.manager,
        at,
    )
    message = OutboxMessage.objects.get(kind="registration_accepted")
    assert (message.recipient_id, message.refs) == (person.pk, {"registration": waiting.pk})


def test_accepted_into_a_company_that_is_made(alpha, at, waiting):
    person = accept(waiting, alpha, at, company=None, new_company=" Acme Corp ")

    assert (person.company.name, person.company.time_zone) == ("Acme Corp", "Europe/Berlin")


def test_new_company_of_a_name_that_is_there_is_refused_and_nothing_is_left(alpha, at, waiting):
    with pytest.raises(NameTaken):
        accept(waiting, alpha, at, company=None, new_company=alpha.company.name)

    waiting.refresh_from_db()
    assert (waiting.state, Person.objects.filter(email=EMAIL).count()) == ("waiting", 0)


def test_no_company_is_refused(alpha, at, waiting):
    with pytest.raises(Invalid):
        accept(waiting, alpha, at, company=None)


def test_domain_is_put_on_the_company_s_list_when_wished(alpha, at, waiting):
    accept(waiting, alpha, at, with_domain=True)

    assert company_of_domain("acme.test") == alpha.company


def test_free_mail_domain_never_becomes_a_company_s(alpha, at, capture):
    waiting = wait(replace(NO_NUMBER, email="nora@gmail.com"), at, capture)

    with pytest.raises(FreeMailDomain):
        accept(waiting, alpha, at, with_domain=True)

    assert not Person.objects.filter(email="nora@gmail.com").exists()


@pytest.mark.parametrize(
    "company", [{}, {"company": None, "new_company": "Acme Corp", "with_domain": True}]
)
def test_address_that_has_an_account_by_now_is_told_so_and_waits_no_more(
    alpha, at, waiting, capture, company
):
    add_person(name="Nora", email=EMAIL, role="contact", company=alpha.other_company)

    with capture(execute=True):
        accepted = accept(waiting, alpha, at, **company)

    assert accepted is None
    assert not Registration.objects.exists()
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (
        [EMAIL],
        "[cn-alpha-vendor] You have an account already",
    )
    assert not Company.objects.filter(name="Acme Corp").exists()
    assert company_of_domain("acme.test") is None


def test_declined_is_told_in_the_manager_s_words(alpha, at, waiting, capture):
    with capture(execute=True):
        decline_registration(
            registration_id=waiting.pk, answer=" Write from work. ", by=alpha.manager, at=at
        )

    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == ([EMAIL], "[cn-alpha-vendor] Your registration")
    assert "Hello Nora New,\n" in letter.body
    assert "\n\nWrite from work.\n" in letter.body
    assert not Person.objects.filter(email=EMAIL).exists()


def test_declining_needs_words(alpha, at, waiting):
    with pytest.raises(Invalid):
        decline_registration(registration_id=waiting.pk, answer="  ", by=alpha.manager, at=at)


def test_declined_may_register_again(alpha, at, waiting, capture):
    decline_registration(registration_id=waiting.pk, answer="No.", by=alpha.manager, at=at)

    again = wait(NO_NUMBER, at, capture)

    assert again.pk != waiting.pk


@pytest.mark.parametrize("again", ["accept", "decline"])
def test_what_is_decided_stays_decided(alpha, at, waiting, again):
    decline_registration(registration_id=waiting.pk, answer="No.", by=alpha.manager, at=at)

    with pytest.raises(RegistrationDecided):
        if again == "accept":
            accept(waiting, alpha, at)
        else:
            decline_registration(registration_id=waiting.pk, answer="Ha.", by=alpha.manager, at=at)


@pytest.mark.parametrize(
    "role", ["contact", "company_admin", "agent", "lead", "dispatcher", "account_manager"]
)
def test_only_managers_decide(alpha, at, waiting, role):
    with pytest.raises(NotAllowed):
        accept(waiting, alpha, at, by=alpha.person_of(role))
    with pytest.raises(NotAllowed):
        decline_registration(
            registration_id=waiting.pk, answer="No.", by=alpha.person_of(role), at=at
        )


def test_address_that_is_not_proven_is_not_there_to_decide(alpha, at, capture):
    ask(NO_NUMBER, at, capture)

    with pytest.raises(NotFound):
        accept(Registration.objects.get(), alpha, at)


def test_registration_of_the_other_vendor_is_as_if_there_were_none(alpha, beta, capture):
    publish(beta, "datadynamics")
    with tenant(beta.tenant) as at:
        foreign = wait(NO_NUMBER, at, capture)

    with tenant(alpha.tenant) as at, pytest.raises(NotFound):
        accept(foreign, alpha, at)


def summary(matches):
    return [
        (
            match.company.name,
            match.licence.standing.code if match.licence else None,
            match.domain,
            match.colleagues,
            match.by_name,
        )
        for match in matches
    ]


def test_manager_sees_which_companies_match_and_why(alpha, at, capture):
    license_company(alpha, at, company=alpha.other_company, valid_until=date(2020, 1, 31))
    add_domain(company=alpha.company, domain="acme.test")
    Company.objects.create(tenant=alpha.tenant, name="Acme Holding")
    waiting = wait(SAID, at, capture)

    assert summary(matches_of(waiting, at)) == [
        ("cn-alpha-other_company", EXPIRED, "", 0, False),
        ("cn-alpha-company", None, "acme.test", 3, False),
        ("Acme Holding", None, "", 0, True),
    ]


@pytest.mark.parametrize(("who", "code"), [("manager", GOOD), ("contact", UNVERIFIED)])
def test_match_says_how_the_licence_stands(alpha, at, capture, who, code):
    license_company(alpha, at, by=alpha.person_of(who))
    waiting = wait(replace(SAID, email="nora@elsewhere.test"), at, capture)

    assert summary(matches_of(waiting, at)) == [("cn-alpha-company", code, "", 0, False)]


def test_everybody_s_domain_is_no_match(alpha, at, capture):
    add_person(name="Gil", email="gil@gmail.com", role="contact", company=alpha.company)
    waiting = wait(replace(NO_NUMBER, email="nora@gmail.com"), at, capture)

    assert summary(matches_of(waiting, at)) == []


def test_old_registrations_are_forgotten_daily(alpha, at, capture):
    ask(replace(NO_NUMBER, email="a@x.test"), at, capture)
    Registration.objects.update(link_expires_at=at - timedelta(days=8))
    ask(replace(NO_NUMBER, email="b@x.test"), at, capture)
    declined = wait(NO_NUMBER, at, capture)
    decline_registration(registration_id=declined.pk, answer="No.", by=alpha.manager, at=at)

    assert "registrations" in daily_tasks()
    assert clear_registrations(at + timedelta(days=90)) == 1
    assert set(Registration.objects.values_list("email", flat=True)) == {"b@x.test", EMAIL}
    assert clear_registrations(at + timedelta(days=90, seconds=1)) == 1
    assert clear_registrations(at + timedelta(days=90, seconds=1)) == 0
