"""A stranger registers, proves the address, and becomes a contact or waits (DD-17)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import Value

from accounts.actions import add_person
from accounts.domains import add_domain
from accounts.errors import Invalid, UnknownTimeZone
from accounts.models import Person, email_key
from accounts.tenancy import tenant
from entitlements.models import Registration
from entitlements.registration import (
    Asked,
    LinkDead,
    Reached,
    RegistrationClosed,
    Step,
    behind_link,
    digest_of,
    prove_address,
    register_customer,
)
from outbox.models import OutboxMessage
from tests.entitlements.registration.strangers import (
    EMAIL,
    SAID,
    ask,
    license_company,
    link_in,
    wait,
)
from tests.packs import publish

NO_NUMBER = replace(SAID, licence_number="")


@pytest.fixture
def at(alpha, entered, django_capture_on_commit_callbacks):
    """Be inside a vendor where registration is open."""
    publish(alpha, "datadynamics")
    return entered


@pytest.fixture
def capture(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def newcomer() -> Person | None:
    return Person.objects.filter(email_key=email_key(Value(EMAIL))).first()


def state() -> str:
    return Registration.objects.get().state


def test_dd_17_verified_licence_and_a_colleague_s_domain_open_an_account_at_once(
    alpha, at, capture
):
    license_company(alpha, at)
    token = ask(SAID, at, capture)

    reached = prove_address(digest=digest_of(token), at=at)

    person = newcomer()
    assert reached == Reached(Step.ACCEPTED, person)
    assert (person.name, person.role, person.company, person.may_file, person.is_active) == (
        "Nora New",
        "contact",
        alpha.company,
        True,
        True,
    )
    assert (person.phone, person.time_zone) == ("+49 30 1", "Europe/Berlin")
    assert not person.has_usable_password()
    assert OutboxMessage.objects.get(recipient=person).kind == "registration_accepted"


def test_dd_17_domain_on_a_company_s_list_opens_an_account_without_a_number(alpha, at, capture):
    add_domain(company=alpha.other_company, domain="acme.test")

    prove_address(digest=digest_of(ask(NO_NUMBER, at, capture)), at=at)

    assert newcomer().company == alpha.other_company


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        (None, NO_NUMBER),
        (None, SAID),
        ({}, replace(SAID, licence_number="LIC-2")),
        ({}, replace(SAID, email="nora@elsewhere.test")),
        ({}, replace(SAID, email="nora@gmail.com")),
        ({"valid_until": date(2020, 1, 31)}, SAID),
        ({"valid_from": date(2990, 1, 1)}, SAID),
    ],
    ids=[
        "neither",
        "no such licence",
        "another number",
        "another domain",
        "free mail",
        "expired",
        "not begun",
    ],
)
def test_dd_17_registration_is_pending_until_verified(alpha, at, capture, licence, said):
    if licence is not None:
        license_company(alpha, at, **licence)

    reached = prove_address(digest=digest_of(ask(said, at, capture)), at=at)

    assert reached == Reached(Step.WAITING)
    assert (state(), newcomer()) == ("waiting", None)


def test_dd_33_licence_that_nobody_has_verified_is_recorded_and_opens_nothing(alpha, at, capture):
    license_company(alpha, at, by=alpha.contact)

    waiting = wait(SAID, at, capture)

    assert waiting.licence_number == "LIC-1"
    assert newcomer() is None


def test_dd_33_expired_licence_opens_nothing_even_with_a_known_domain(alpha, at, capture):
    license_company(alpha, at, valid_until=date(2020, 1, 31))
    add_domain(company=alpha.company, domain="acme.test")

    assert wait(SAID, at, capture).state == "waiting"


def test_licence_of_one_company_and_the_domain_of_another_wait_for_a_person(alpha, at, capture):
    license_company(alpha, at)
    add_domain(company=alpha.other_company, domain="acme.test")

    assert wait(SAID, at, capture).state == "waiting"


def test_licence_s_last_day_counts_on_the_company_s_calendar(alpha, entered, capture):
    publish(alpha, "datadynamics")
    license_company(alpha, entered, valid_until=date(2026, 3, 1))
    # Berlin is an hour ahead: there it is still the 1st at 22:30 UTC, not any more at 23:00.
    last = datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC)
    token = ask(SAID, last, capture)
    other = ask(replace(SAID, email="olaf@acme.test"), last, capture)

    reached = [
        prove_address(digest=digest_of(token), at=last).step,
        prove_address(digest=digest_of(other), at=last + timedelta(seconds=1)).step,
    ]

    assert reached == [Step.ACCEPTED, Step.WAITING]


@pytest.mark.parametrize("written", [" lic-1", "Lic - 1 ", "LIC-\t1"])
def test_number_is_found_however_it_is_written(alpha, at, capture, written):
    license_company(alpha, at)

    prove_address(digest=digest_of(ask(replace(SAID, licence_number=written), at, capture)), at=at)

    assert newcomer().company == alpha.company


def test_what_is_the_person_s_is_emptied_once_there_is_one(alpha, at, capture):
    license_company(alpha, at)

    prove_address(digest=digest_of(ask(SAID, at, capture)), at=at)

    left = Registration.objects.get()
    assert (left.name, left.email, left.email_key, left.phone) == ("", "", None, "")
    assert EMAIL not in str(left)
    OutboxMessage.objects.all().delete()
    left.person.delete()
    assert not Registration.objects.exists()


def test_managers_are_told_once_that_somebody_waits(alpha, at, capture):
    wait(NO_NUMBER, at, capture)

    messages = OutboxMessage.objects.filter(kind="registration_waiting")
    assert [message.recipient_id for message in messages] == [alpha.manager.pk]


def test_link_is_in_the_mail_alone(alpha, at, capture, caplog):
    caplog.set_level("DEBUG")
    token = ask(SAID, at, capture)

    row = Registration.objects.values().get()
    assert token not in str(row)
    assert row["token_digest"] == digest_of(token)
    assert token not in caplog.text
    assert len(token) == 43


def test_mail_with_the_link_has_nothing_that_the_stranger_wrote(alpha, at, capture):
    ask(replace(SAID, name="Win at evil.test", company_name="evil.test"), at, capture)

    (letter,) = mail.outbox
    assert "evil" not in letter.body + letter.subject
    assert letter.to == [EMAIL]


def test_link_works_once(alpha, at, capture):
    license_company(alpha, at)
    digest = digest_of(ask(SAID, at, capture))
    prove_address(digest=digest, at=at)

    again = prove_address(digest=digest, at=at)

    assert again == Reached(Step.ACCEPTED)
    assert Person.objects.filter(email=EMAIL).count() == 1


def test_link_is_dead_after_48_real_hours(alpha, at, capture):
    digest = digest_of(ask(SAID, at, capture))
    asked = Registration.objects.get()
    lives = asked.link_expires_at - datetime.now(UTC)
    assert timedelta(hours=47, minutes=59) < lives <= timedelta(hours=48)
    assert behind_link(digest=digest).step is Step.PROVE
    Registration.objects.update(link_expires_at=datetime.now(UTC))

    with pytest.raises(LinkDead):
        prove_address(digest=digest, at=at)
    with pytest.raises(LinkDead):
        behind_link(digest=digest)
    assert state() == "asked"


def test_desk_time_that_moves_on_ends_no_link(alpha, at, capture):
    digest = digest_of(ask(SAID, at, capture))

    assert prove_address(digest=digest, at=at + timedelta(days=30)).step is Step.WAITING


def test_newer_link_ends_the_older_and_brings_what_was_said_last(alpha, at, capture):
    older = ask(SAID, at, capture)
    newer = ask(replace(SAID, company_name="Acme GmbH", email=" NORA@Acme.test"), at, capture)

    with pytest.raises(LinkDead):
        prove_address(digest=digest_of(older), at=at)
    assert prove_address(digest=digest_of(newer), at=at).step is Step.WAITING
    assert Registration.objects.get().company_name == "Acme GmbH"


def test_link_shows_whose_words_it_would_confirm(alpha, at, capture):
    ask(SAID, at, capture)
    strangers = ask(replace(SAID, name="Eve", company_name="Evil Ltd"), at, capture)

    asked = behind_link(digest=digest_of(strangers))

    assert (asked.step, asked.said.name, asked.said.company_name) == (
        Step.PROVE,
        "Eve",
        "Evil Ltd",
    )


def test_link_that_was_used_shows_nobody_s_words(alpha, at, capture):
    token = ask(NO_NUMBER, at, capture)
    prove_address(digest=digest_of(token), at=at)

    assert behind_link(digest=digest_of(token)) == Asked(Step.WAITING)


def test_who_has_an_account_gets_a_mail_that_says_so_and_leaves_no_row(alpha, at, capture):
    with capture(execute=True):
        register_customer(said=replace(SAID, email="CONTACT@acme.test"), at=at)

    (letter,) = mail.outbox
    assert letter.subject == "[cn-alpha-vendor] You have an account already"
    assert "/register/link/" not in letter.body
    assert not Registration.objects.exists()


def test_who_waits_gets_a_mail_that_says_so_and_changes_nothing(alpha, at, capture):
    waiting = wait(NO_NUMBER, at, capture)

    with capture(execute=True):
        register_customer(said=replace(NO_NUMBER, company_name="Other"), at=at)

    assert mail.outbox[-1].subject == "[cn-alpha-vendor] We are looking at your registration"
    waiting.refresh_from_db()
    assert waiting.company_name == "Acme Corp"
    assert Registration.objects.count() == 1


def test_who_was_added_meanwhile_is_led_to_the_account(alpha, at, capture):
    license_company(alpha, at)
    digest = digest_of(ask(SAID, at, capture))
    add_person(name="Nora", email=EMAIL, role="contact", company=alpha.company)

    reached = prove_address(digest=digest, at=at)

    assert reached == Reached(Step.HAS_ACCOUNT)
    assert not Registration.objects.exists()


def test_nobody_registers_where_it_is_closed(alpha, entered, capture):
    publish(alpha, "metalogix")

    with pytest.raises(RegistrationClosed), capture(execute=True):
        register_customer(said=SAID, at=entered)

    assert (mail.outbox, Registration.objects.count()) == ([], 0)


def test_nobody_registers_without_a_policy(alpha, entered):
    with pytest.raises(RegistrationClosed):
        register_customer(said=SAID, at=entered)


def test_link_waits_where_registration_was_closed_meanwhile(alpha, at, capture):
    digest = digest_of(ask(SAID, at, capture))
    publish(alpha, "metalogix")

    with pytest.raises(RegistrationClosed):
        prove_address(digest=digest, at=at)

    assert state() == "asked"


def test_name_that_is_an_address_is_refused(alpha, at):
    with pytest.raises(Invalid, match="without an address"):
        register_customer(said=replace(SAID, name="Win at www.prize.test"), at=at)


def test_time_zone_that_is_none_is_refused(alpha, at):
    with pytest.raises(UnknownTimeZone):
        register_customer(said=replace(SAID, time_zone="Mars/Olympus"), at=at)


def test_link_of_one_vendor_is_none_at_the_other(alpha, beta, capture):
    publish(alpha, "datadynamics")
    publish(beta, "datadynamics")
    with tenant(alpha.tenant) as at:
        digest = digest_of(ask(SAID, at, capture))

    with tenant(beta.tenant) as at, pytest.raises(LinkDead):
        prove_address(digest=digest, at=at)


def test_licence_and_domain_of_the_other_vendor_open_nothing(alpha, beta, capture):
    publish(beta, "datadynamics")
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
        add_domain(company=alpha.company, domain="new.test")

    with tenant(beta.tenant) as at:
        waiting = wait(replace(SAID, email="nora@new.test"), at, capture)
        assert waiting.state == "waiting"


def test_same_address_registers_at_both_vendors(alpha, beta, capture):
    for twin in (alpha, beta):
        publish(twin, "datadynamics")
        with tenant(twin.tenant) as at:
            license_company(twin, at)
            prove_address(digest=digest_of(ask(SAID, at, capture)), at=at)
            assert newcomer().company == twin.company
    assert {letter.body.split("//")[1].split(".")[0] for letter in mail.outbox} == {
        "alpha",
        "beta",
    }
    assert link_in(mail.outbox[0]) != link_in(mail.outbox[1])


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "waiting"}, "registration_proven_before_more"),
        ({"decided_at": datetime(2026, 3, 2, tzinfo=UTC)}, "registration_decided_at_a_moment"),
        ({"email": ""}, "registration_says_who_once"),
        (
            {
                "state": "declined",
                "proven_at": datetime(2026, 3, 2, tzinfo=UTC),
                "decided_at": datetime(2026, 3, 2, tzinfo=UTC),
            },
            "registration_declined_with_words",
        ),
    ],
)
def test_database_keeps_what_a_registration_says_true(alpha, at, capture, changes, constraint):
    ask(SAID, at, capture)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Registration.objects.update(**changes)
