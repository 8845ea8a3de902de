"""Who comes into the admin, and what the others meet."""

import pytest
from django.urls import reverse

from desk.admin_site import site

NOT_MANAGERS = [
    "contact", "company_admin", "agent", "lead", "dispatcher", "account_manager",
]  # fmt: skip
PAGES = ["/admin/", "/admin/accounts/person/", "/admin/login/", "/admin/jsi18n/", "/admin/nothing/"]


@pytest.mark.parametrize("page", PAGES)
def test_without_a_session_one_is_sent_to_the_sign_in_page(browse, beta, page):
    answer = browse(beta.tenant).get(page)

    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={page}")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", NOT_MANAGERS)
def test_for_everybody_but_managers_there_is_nothing(browse, beta, role, page):
    client = browse(beta.tenant, beta.person_of(role))

    assert client.get(page).status_code == 404
    assert client.post(page).status_code == 404


def test_manager_sees_the_vendors_name_and_the_models(browse, beta):
    page = browse(beta.tenant, beta.manager).get("/admin/")

    assert page.status_code == 200
    assert f"{beta.canary}vendor" in page.content.decode()


def test_signing_out_leads_to_the_sign_in_page(browse, beta):
    client = browse(beta.tenant, beta.manager)

    assert client.post(reverse("admin:logout")).url == reverse("account_login")
    assert client.get("/admin/").status_code == 302


def test_own_password_is_changed_on_the_one_page_for_it(browse, beta):
    client = browse(beta.tenant, beta.manager)

    assert client.get(reverse("admin:password_change")).url == reverse("account_change_password")
    assert client.get(reverse("admin:password_change_done")).url == reverse("admin:index")


def test_checks_of_the_admin_find_no_fault():
    assert site.check(None) == []
