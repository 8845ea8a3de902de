"""Signing in: only the vendor's own people, and a refusal that says what to do."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.db.models import Value

from accounts.actions import add_person, set_password
from accounts.auth import PersonBackend, person_with_email
from accounts.models import Person, email_key
from accounts.tenancy import tenant
from tests.twins import PASSWORD

LOGIN = "/account/login/"
RESET = "/account/password/reset/"


def signed_in_at(vendor, client):
    with tenant(vendor):
        return client.session.get("_auth_user_id")


def sign_in(client, email="contact@acme.test", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("contact", "/"),
        ("company_admin", "/"),
        ("agent", "/desk/"),
        ("lead", "/desk/"),
        ("manager", "/desk/"),
        ("dispatcher", "/desk/"),
        ("account_manager", "/desk/"),
    ],
)
def test_sign_in_leads_to_the_page_of_the_role(alpha, browse, name, home):
    person = alpha.person_of(name)

    response = sign_in(browse(alpha.tenant), person.email)

    assert (response.status_code, response.url) == (302, home)


def test_sign_in_of_an_operator_leads_to_the_front_page(operators, browse):
    with tenant(operators):
        add_person(name="Olga", role="operator", email="olga@platform.test", password=PASSWORD)

    response = sign_in(browse(operators), "olga@platform.test")

    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.parametrize(
    "spelling", ["CONTACT@Acme.test", " contact@acme.test ", "contact@acme.test"]
)
def test_sign_in_takes_the_address_however_it_is_spelt(alpha, browse, spelling):
    response = sign_in(browse(alpha.tenant), spelling)

    assert response.status_code == 302


def test_same_address_signs_in_to_its_own_vendor_only(alpha, beta, browse):
    with tenant(beta.tenant):
        set_password(person=beta.contact, password="another-password-of-beta")

    at_alpha = browse(alpha.tenant)
    refused = sign_in(at_alpha, password="another-password-of-beta")
    accepted = sign_in(at_alpha)

    assert (refused.status_code, accepted.status_code) == (200, 302)
    assert signed_in_at(alpha.tenant, at_alpha) == str(alpha.contact.pk)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("contact@acme.test", "wrong"),
        ("nobody@acme.test", PASSWORD),
        ("", ""),
        ("contact@acme.test", ""),
        ("not an address", PASSWORD),
    ],
)
def test_failed_sign_in_says_so_and_keeps_the_visitor_out(alpha, browse, email, password):
    client = browse(alpha.tenant)

    response = sign_in(client, email, password)

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert signed_in_at(alpha.tenant, client) is None


def test_failed_sign_in_says_the_same_for_known_and_unknown_addresses(alpha, browse):
    known, unknown = (
        sign_in(browse(alpha.tenant), email, "wrong").context["form"].non_field_errors()
        for email in ("contact@acme.test", "nobody@acme.test")
    )

    assert known == unknown
    assert "set a new password below" in known[0]


def test_sign_in_is_refused_to_the_inactive_and_the_passwordless(alpha):
    with tenant(alpha.tenant):
        alpha.colleague.is_active = False
        alpha.colleague.save(update_fields=["is_active"])
        add_person(
            name="Pia", role="contact", company=alpha.company, email="pia@acme.test", password=None
        )
        backend = PersonBackend()

        found = [
            backend.authenticate(None, email=email, password=password)
            for email in ("colleague@acme.test", "pia@acme.test", "", None)
            for password in (PASSWORD, "", "!", None)
        ]

    assert set(found) == {None}


def test_unknown_address_costs_one_hash_like_a_known_one(alpha, monkeypatch):
    hashed = []
    monkeypatch.setattr(
        "accounts.auth.check_password", lambda password, encoded: hashed.append(encoded) or False
    )
    with tenant(alpha.tenant):
        for email in ("contact@acme.test", "nobody@acme.test"):
            PersonBackend().authenticate(None, email=email, password="x")

    assert [encoded == "!" for encoded in hashed] == [False, True]


def test_sixth_wrong_password_is_refused_unread_and_only_for_that_vendor(alpha, beta, browse):
    for _attempt in range(5):
        sign_in(browse(alpha.tenant), password="wrong")

    at_alpha = sign_in(browse(alpha.tenant))
    at_beta = sign_in(browse(beta.tenant))

    assert "Too many attempts" in at_alpha.context["form"].non_field_errors()[0]
    assert at_beta.status_code == 302


def test_counters_of_attempts_belong_to_the_vendor(alpha, beta, browse):
    sign_in(browse(alpha.tenant), password="wrong")

    with tenant(alpha.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache")
        own = [key for (key,) in cursor.fetchall()]
    with tenant(beta.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache")
        foreign = cursor.fetchall()

    assert own
    assert all(key.startswith(f"{alpha.tenant.pk}:") for key in own)
    assert foreign == []


def test_thirty_first_visit_in_a_minute_is_answered_429(alpha, browse):
    client = browse(alpha.tenant)
    for number in range(30):
        sign_in(client, f"someone{number}@acme.test", "wrong")

    response = sign_in(client)

    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert "Wait a minute" in response.content.decode()


def test_session_of_one_vendor_is_nothing_at_another(alpha, beta, browse):
    at_alpha = browse(alpha.tenant, alpha.manager)
    at_beta = browse(beta.tenant)
    at_beta.cookies = at_alpha.cookies

    response = at_beta.get("/account/password/change/")

    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_sessions_are_rows_of_the_vendor(alpha, beta, browse):
    browse(alpha.tenant, alpha.contact)

    with tenant(alpha.tenant):
        own = Session.objects.count()
    with tenant(beta.tenant):
        foreign = Session.objects.count()

    assert (own, foreign) == (1, 0)


@pytest.mark.parametrize("change", ["password", "role", "is_active"])
def test_session_ends_when_the_person_changes(alpha, browse, change):
    client = browse(alpha.tenant, alpha.lead)
    before = client.get("/account/password/change/").status_code
    with tenant(alpha.tenant):
        Person.objects.filter(pk=alpha.lead.pk).update(
            **{"password": {"password": "x"}, "role": {"role": "manager", "tier": None}}.get(
                change, {"is_active": False}
            )
        )

    after = client.get("/account/password/change/")

    assert before == 200
    assert (after.status_code, after.url.split("?")[0]) == (302, LOGIN)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test/", "http://beta.localhost/desk/", "http://localhost/"],
)
def test_sign_in_does_not_lead_to_another_host(alpha, browse, elsewhere):
    response = sign_in(browse(alpha.tenant), next=elsewhere)

    assert response.url == "/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(alpha, browse):
    response = sign_in(browse(alpha.tenant), next="/cases/7/")

    assert response.url == "/cases/7/"


def test_signing_out_ends_the_session(alpha, browse):
    client = browse(alpha.tenant, alpha.contact)

    asked = client.get("/account/logout/")
    response = client.post("/account/logout/")

    assert asked.status_code == 200
    assert (response.status_code, response.url) == (302, LOGIN)
    assert signed_in_at(alpha.tenant, client) is None


def test_password_is_set_anew_by_a_link_to_the_stored_address_that_works_once(alpha, browse):
    client = browse(alpha.tenant)
    client.post(RESET, {"email": "Contact@acme.test"}, headers={"host": "alpha.localhost:6666"})
    link = re.search(r"http://\S+", mail.outbox[0].body).group()
    path = link.removeprefix("http://alpha.localhost:8000")

    page = client.get(path, follow=True)
    new = {"password1": "a-new-password-7", "password2": "a-new-password-7"}
    client.post(page.context["action_url"], new)
    again = browse(alpha.tenant).get(path, follow=True)

    assert mail.outbox[0].to == ["contact@acme.test"]
    assert link.startswith("http://alpha.localhost:8000/account/password/reset/key/")
    assert sign_in(browse(alpha.tenant), password="a-new-password-7").status_code == 302
    assert "used already" in again.content.decode()


def test_reset_link_of_one_vendor_is_nothing_at_another(alpha, beta, browse):
    browse(alpha.tenant).post(RESET, {"email": "contact@acme.test"})
    path = re.search(r"/account/\S+", mail.outbox[0].body).group()

    page = browse(beta.tenant).get(path, follow=True)

    assert "used already" in page.content.decode()


def test_reset_mail_says_how_long_its_link_lives(alpha, browse):
    with tenant(alpha.tenant):
        add_person(name="Nora New", role="lead", email="nora@desk.test")

    for email in ("contact@acme.test", "nora@desk.test"):
        browse(alpha.tenant).post(RESET, {"email": email})

    replacing, first = (message.body for message in mail.outbox)
    assert "within an hour" in replacing
    assert "within 7 days" in first


def test_reset_answers_the_same_for_an_unknown_address_and_sends_nothing(alpha, browse):
    known, unknown = (
        browse(alpha.tenant).post(RESET, {"email": email})
        for email in ("contact@acme.test", "nobody@acme.test")
    )

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [["contact@acme.test"]]


def test_password_is_changed_by_its_owner_who_stays_signed_in(alpha, browse):
    client = browse(alpha.tenant, alpha.contact)
    form = {
        "oldpassword": PASSWORD,
        "password1": "a-new-password-7",
        "password2": "a-new-password-7",
    }

    response = client.post("/account/password/change/", form)
    still_in = client.get("/account/password/change/")

    assert (response.status_code, still_in.status_code) == (302, 200)


@pytest.mark.parametrize(
    "closed", ["signup", "email", "reauthenticate", "confirm-email", "login/code"]
)
def test_what_the_desk_does_not_offer_is_not_there(alpha, browse, closed):
    response = browse(alpha.tenant, alpha.contact).get(f"/account/{closed}/")

    assert response.status_code == 404


def test_address_is_normalised_once_and_compared_plainly(entered, alpha):
    # Only a plain comparison is leakproof, and so may use an index under row-level security.
    plan = Person.objects.filter(email_key=email_key(Value(" Contact@Acme.test"))).explain()

    assert "(email_key)::text = 'contact@acme.test'::text" in plan


def test_person_is_found_by_the_normalised_address(entered, alpha):
    person = add_person(
        name="Ζωή", role="contact", company=alpha.company, email=" Ｚoe.Å@Acme.Test"
    )
    person.refresh_from_db()

    assert person.email_key == "zoe.å@acme.test"
    assert person_with_email("ZOE.Å@ACME.TEST") == person
