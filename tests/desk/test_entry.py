"""Who comes to the desk, and what the others meet."""

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from tests.desk.conftest import text_of

PAGES = ["/desk/", "/desk/cases/new/", "/desk/cases/1/", "/desk/cases/1/reply/", "/desk/nothing/"]


@pytest.mark.parametrize("page", PAGES[:-1])
def test_without_a_session_one_is_sent_to_the_sign_in_page(desk, case, browse, page):
    answer = browse(desk.twin.tenant).get(page)

    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={page}")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["contact", "company_admin"])
def test_for_customers_there_is_nothing(desk, case, role, page):
    client = desk.client(desk.twin.person_of(role))

    assert client.get(page).status_code == 404
    assert client.post(page, {"reply-body": "Words."}).status_code in (404, 405)
    assert len(desk.said(case)) == 1


@pytest.mark.parametrize("role", ["agent", "lead", "manager", "dispatcher", "account_manager"])
def test_everybody_of_the_desk_sees_queue_and_case(desk, case, role):
    person = desk.twin.person_of(role)

    assert case.subject in text_of(desk.client(person).get("/desk/"))
    assert case.subject in text_of(desk.page(case, person))


def test_link_to_the_admin_is_for_managers(desk):
    assert 'href="/admin/"' in text_of(desk.client(desk.twin.manager).get("/desk/"))
    assert 'href="/admin/"' not in text_of(desk.client().get("/desk/"))


def test_manager_of_a_vendor_without_a_policy_is_led_to_it(alpha, browse):
    answer = browse(alpha.tenant, alpha.manager).get("/desk/", follow=True)

    assert answer.redirect_chain == [("/admin/sla/policydraft/", 302)]
    assert "It begins with the policy" in text_of(answer)


def test_others_of_a_vendor_without_a_policy_are_told_without_a_dead_link(alpha, browse):
    answer = browse(alpha.tenant, alpha.agent).get("/desk/")

    assert answer.status_code == 409
    assert "A manager has to publish one first." in text_of(answer)
    assert "Back to the queue" not in text_of(answer)


def test_times_are_on_the_clock_of_whoever_reads_them(desk, case):
    agent = desk.twin.agent
    agent.time_zone = "Asia/Tokyo"
    with tenant(desk.twin.tenant):
        agent.save(update_fields=["time_zone"])

    assert "Mon 4 Mar 2030, 18:00 JST" in text_of(desk.page(case))
