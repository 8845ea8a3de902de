"""The pages on which a stranger becomes a customer, and what they never tell (DD-17)."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import set_password
from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.models import Registration
from outbox.delivery import deliver_due
from tests.entitlements.registration.strangers import EMAIL, license_company, link_in
from tests.packs import publish
from tests.portal.pages import words

PAGE = "/register/"
SENT = "/register/sent/"
CONFIRM = "/register/confirm/"
SAID = {
    "name": "Nora New",
    "email": EMAIL,
    "company_name": "Acme Corp",
    "licence_number": "LIC-1",
    "phone": "",
    "time_zone": "",
}
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def alpha(alpha):
    publish(alpha, "datadynamics")
    return alpha


@pytest.fixture
def stranger(browse, alpha):
    return browse(alpha.tenant)


@pytest.fixture
def register(django_capture_on_commit_callbacks):
    def post(client, **changes):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(PAGE, SAID | changes)

    return post


def path_in(letter) -> str:
    return f"/register/link/{link_in(letter)}/"


def test_dd_17_sign_in_page_leads_to_a_new_account(stranger):
    page = stranger.get("/account/login/")

    assert f'<a href="{PAGE}">Create an account</a>' in page.content.decode()
    assert "With the number of your licence we recognise your company at once." in words(
        stranger.get(PAGE)
    )


def test_dd_17_stranger_registers_proves_the_address_and_signs_in(
    alpha, stranger, register, browse
):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
    sent = register(stranger)
    assert (sent.status_code, sent["Location"]) == (302, SENT)
    (letter,) = mail.outbox

    asked = stranger.get(path_in(letter), follow=True)
    assert asked.redirect_chain == [(CONFIRM, 302)]
    assert "Confirm my address" in words(asked)
    ready = stranger.post(CONFIRM, follow=True)
    assert "Your account is ready" in words(ready)
    choose = re.search(r'href="(/account/password/reset/key/[^"]+)"', ready.content.decode())[1]
    form = stranger.get(choose, follow=True)
    stranger.post(
        form.request["PATH_INFO"],
        {"password1": "a-long-harbor-wall", "password2": "a-long-harbor-wall"},
    )
    signed_in = stranger.post("/account/login/", {"login": EMAIL, "password": "a-long-harbor-wall"})

    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")
    assert stranger.get("/").status_code == 200


def test_welcome_mail_leads_to_a_first_password(alpha, stranger, register, browse):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
    register(stranger)
    stranger.get(path_in(mail.outbox[0]))
    stranger.post(CONFIRM)

    deliver_due()

    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (
        [EMAIL],
        "[cn-alpha-vendor] Your account is ready",
    )
    key = re.search(r"(/account/password/reset/key/\S+)", letter.body)[1]
    assert "Choose a new password" in words(browse(alpha.tenant).get(key, follow=True))


def test_dd_17_stranger_without_a_licence_reads_that_somebody_looks_at_it(stranger, register):
    register(stranger, licence_number="")
    stranger.get(path_in(mail.outbox[0]))

    page = stranger.post(CONFIRM, follow=True)

    assert "We are looking at it" in words(page)
    assert "/account/password/" not in page.content.decode()


def test_manager_gets_mail_that_leads_to_the_registration(alpha, stranger, register, browse):
    register(stranger, licence_number="")
    stranger.get(path_in(mail.outbox[0]))
    stranger.post(CONFIRM)

    deliver_due()

    letter = mail.outbox[-1]
    assert letter.to == [alpha.manager.email]
    path = re.search(r"(/admin/entitlements/registration/\d+/)", letter.body)[1]
    assert "Nora New" in words(browse(alpha.tenant, alpha.manager).get(path))


def test_what_the_button_would_confirm_is_said_before_it_is_pressed(stranger, register):
    register(stranger)
    register(stranger, name="Eve Evil", company_name="Evil Ltd", licence_number="LIC-9")

    older = words(stranger.get(path_in(mail.outbox[0]), follow=True))
    page = words(stranger.get(path_in(mail.outbox[1]), follow=True))

    assert "This link does not work" in older
    said, _button, _rest = page.partition("Confirm my address")
    for fact in ("Eve Evil", EMAIL, "Evil Ltd", "LIC-9"):
        assert fact in said
    assert "Did you not write this? Then do not confirm it" in said


def test_opening_the_link_alone_proves_nothing(alpha, stranger, register):
    register(stranger)

    stranger.get(path_in(mail.outbox[0]), follow=True)

    with tenant(alpha.tenant):
        assert Registration.objects.get().state == "asked"


def test_link_that_was_used_elsewhere_offers_no_password(alpha, stranger, register, browse):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
    register(stranger)
    stranger.get(path_in(mail.outbox[0]))
    stranger.post(CONFIRM)
    other = browse(alpha.tenant)

    page = other.get(path_in(mail.outbox[0]), follow=True)
    again = other.post(CONFIRM, follow=True)

    for answer in (page, again):
        assert "Your account is ready" in words(answer)
        assert "/account/password/reset/key/" not in answer.content.decode()


def test_first_password_is_offered_until_there_is_one(alpha, stranger, register):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
    register(stranger)
    stranger.get(path_in(mail.outbox[0]))
    stranger.post(CONFIRM)
    with tenant(alpha.tenant):
        set_password(person=Person.objects.get(email=EMAIL), password="a-long-harbor-wall")

    page = stranger.get(CONFIRM)

    assert "/account/password/reset/key/" not in page.content.decode()


@pytest.mark.parametrize("path", ["/register/link/nonsense/", CONFIRM])
def test_link_that_is_none_says_what_to_do(stranger, path):
    page = stranger.get(path, follow=True)

    assert page.status_code == 200
    assert "This link does not work" in words(page)
    assert "Ask for a new link" in words(page)


def shown_after(client, register, **changes):
    """Give all that a browser gets for one registration."""
    answer = register(client, **changes)
    page = client.get(answer["Location"])
    # They differ from one second, or one visitor, to the next.
    passing = ("Set-Cookie", "Expires")
    headers = {name: value for name, value in answer.items() if name not in passing}
    return answer.status_code, headers, CSRF.sub("", page.content.decode())


@pytest.mark.parametrize(
    "known", ["contact@acme.test", "manager@desk.test", "CONTACT@ACME.test", "waits@acme.test"]
)
def test_page_never_tells_whether_an_address_is_known(alpha, browse, register, known):
    waiting = browse(alpha.tenant)
    register(waiting, email="waits@acme.test", licence_number="")
    waiting.get(path_in(mail.outbox[-1]))
    waiting.post(CONFIRM)

    pages = [
        shown_after(browse(alpha.tenant), register, email=email)
        for email in (known, "nobody@nowhere.test")
    ]

    assert pages[0] == pages[1]
    # A mail leaves in both cases, in the same way: the time tells nothing either.
    assert [letter.to for letter in mail.outbox[-2:]] == [[known], ["nobody@nowhere.test"]]


def test_page_never_tells_whether_a_licence_or_company_is_known(alpha, browse, register):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)

    pages = [
        shown_after(browse(alpha.tenant), register, **said)
        for said in (
            {"company_name": alpha.company.name},
            {"licence_number": "none", "company_name": "x"},
        )
    ]

    assert pages[0] == pages[1]


def test_mail_server_that_is_gone_tells_nothing(alpha, stranger, register, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    sent = register(stranger)

    assert (sent.status_code, sent["Location"]) == (302, SENT)
    assert "on_commit" in caplog.text
    assert "/register/link/" not in caplog.text


def test_sixth_mail_to_an_address_within_an_hour_is_refused(alpha, browse, register):
    answers = [register(browse(alpha.tenant)).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_limit_is_the_same_for_a_known_address(alpha, browse, register):
    known = alpha.contact.email
    answers = [register(browse(alpha.tenant), email=known).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]


def test_limit_of_one_vendor_is_not_the_other_s(alpha, beta, browse, register):
    publish(beta, "datadynamics")
    for _ in range(6):
        register(browse(alpha.tenant))

    assert register(browse(beta.tenant)).status_code == 302


def test_form_that_is_not_right_says_so_and_sends_nothing(stranger, register):
    page = register(stranger, email="nora", company_name="")

    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == ["company_name", "email"]
    assert 'value="Nora New"' in page.content.decode()
    assert mail.outbox == []


def test_registering_needs_the_token_against_forgery(alpha, browse):
    client = browse(alpha.tenant)
    client.handler.enforce_csrf_checks = True

    assert client.post(PAGE, SAID).status_code == 403
    assert client.post(CONFIRM).status_code == 403


def test_closed_vendor_says_whom_to_ask(beta, browse, register):
    publish(beta, "metalogix")
    client = browse(beta.tenant)

    assert "Ask cn-beta-vendor to add you" in words(client.get(PAGE))
    assert register(client).status_code == 409
    assert PAGE not in client.get("/account/login/").content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize(("who", "home"), [("contact", "/"), ("agent", "/desk/")])
@pytest.mark.parametrize("path", [PAGE, CONFIRM, SENT, "/register/link/x/"])
def test_who_is_signed_in_needs_no_account(alpha, browse, who, home, path):
    answer = browse(alpha.tenant, alpha.person_of(who)).get(path)

    assert (answer.status_code, answer["Location"]) == (302, home)


def test_operators_have_no_such_page(operators, browse):
    client = browse(operators)

    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/account/login/").content.decode()


def waiting_page(alpha, client, register, **changes) -> str:
    register(client, **({"licence_number": ""} | changes))
    client.get(path_in(mail.outbox[-1]))
    client.post(CONFIRM)
    with tenant(alpha.tenant):
        row = Registration.objects.get(state="waiting")
    return reverse("admin:entitlements_registration_page", args=[row.pk])


def test_manager_accepts_into_the_company_that_matches(alpha, stranger, register, browse):
    page = waiting_page(alpha, stranger, register)
    manager = browse(alpha.tenant, alpha.manager)
    shown = words(manager.get(page))
    assert "cn-alpha-company 3 of its people have addresses there" in shown
    assert "Registrations: 1 to decide" in words(manager.get("/admin/entitlements/registration/"))

    answer = manager.post(page, {"decision": "accept", "company": alpha.company.pk})

    assert answer.status_code == 302
    with tenant(alpha.tenant):
        assert Person.objects.get(email=EMAIL).company == alpha.company
    done = words(manager.get(page))
    assert "Accepted" in done
    assert "Decline" not in done


def test_manager_accepts_into_a_company_by_name_and_keeps_the_domain(
    alpha, stranger, register, browse
):
    page = waiting_page(alpha, stranger, register)
    manager = browse(alpha.tenant, alpha.manager)
    choice = {"decision": "accept", "company": "other", "with_domain": "on"}

    missed = manager.post(page, choice | {"company_name": "Nobody Ltd"})
    taken = manager.post(page, choice | {"company_name": alpha.other_company.name.upper()})

    assert "No company is listed under this name." in words(missed)
    assert (missed.status_code, taken.status_code) == (422, 302)
    with tenant(alpha.tenant):
        assert Person.objects.get(email=EMAIL).company == alpha.other_company
        assert [one.domain for one in alpha.other_company.domains.all()] == ["acme.test"]


def test_manager_makes_the_company(alpha, stranger, register, browse):
    page = waiting_page(alpha, stranger, register)
    manager = browse(alpha.tenant, alpha.manager)

    manager.post(page, {"decision": "accept", "company": "new", "company_name": "Acme Corp"})

    with tenant(alpha.tenant):
        assert Person.objects.get(email=EMAIL).company.name == "Acme Corp"


def test_free_mail_address_is_pointed_out_and_its_domain_is_not_offered(
    alpha, stranger, register, browse
):
    page = waiting_page(alpha, stranger, register, email="nora@gmail.com")

    shown = browse(alpha.tenant, alpha.manager).get(page)

    assert "anybody can have an address at gmail.com" in words(shown)
    assert "with_domain" not in shown.content.decode()


def test_name_alone_chooses_no_company(alpha, stranger, register, browse):
    said = {"email": "nora@gmail.com", "company_name": alpha.company.name}
    page = waiting_page(alpha, stranger, register, **said)
    manager = browse(alpha.tenant, alpha.manager)

    shown = manager.get(page)
    answer = manager.post(page, {"decision": "accept", "company_name": alpha.company.name})

    assert "its name is alike" in words(shown)
    assert " checked" not in shown.content.decode()
    assert "Choose the company." in words(answer)


def test_manager_declines_with_words(alpha, stranger, register, browse):
    page = waiting_page(alpha, stranger, register)
    manager = browse(alpha.tenant, alpha.manager)

    silent = manager.post(page, {"decision": "decline", "answer": ""})
    answer = manager.post(page, {"decision": "decline", "answer": "Write from work."})
    late = {"decision": "accept", "company": "new", "company_name": "Acme Corp"}
    told = manager.post(page, late, follow=True)

    assert "Say why, so that they know what to do." in words(silent)
    assert (silent.status_code, answer.status_code) == (422, 302)
    assert "This has been decided already: it is declined." in words(told)
    assert "Not accepted" in words(stranger.get(CONFIRM))


def test_manager_of_the_other_vendor_sees_no_registration(alpha, beta, stranger, register, browse):
    page = waiting_page(alpha, stranger, register, name="cn-alpha-nora")
    manager = browse(beta.tenant, beta.manager)

    assert manager.get(page).status_code == 404
    listed = manager.get("/admin/entitlements/registration/")
    assert "cn-alpha-nora" not in listed.content.decode()


def test_who_comes_too_often_reads_the_true_wait_and_loses_nothing(alpha, browse, register):
    for _ in range(5):
        register(browse(alpha.tenant))

    refused = register(browse(alpha.tenant), company_name="Typed Works")

    assert refused.status_code == 429
    assert "Send it again in 60 minutes." in words(refused)
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert 'value="Typed Works"' in refused.content.decode()


def test_visitor_may_ask_twenty_times_an_hour(alpha, browse, register):
    answers = [
        register(browse(alpha.tenant), email=f"n{number}@acme.test").status_code
        for number in range(21)
    ]

    assert answers == [302] * 20 + [429]


@pytest.mark.parametrize("path", [PAGE, SENT, CONFIRM])
def test_pages_of_registration_are_kept_by_nobody(stranger, path):
    assert "no-store" in stranger.get(path)["Cache-Control"]


def test_new_link_ends_what_the_one_before_led_to(alpha, stranger, register):
    with tenant(alpha.tenant) as at:
        license_company(alpha, at)
    register(stranger)
    stranger.get(path_in(mail.outbox[0]))
    stranger.post(CONFIRM)

    stranger.get("/register/link/another-token/")
    page = words(stranger.get(CONFIRM))

    assert "This link does not work" in page
    assert "Choose a password" not in page
