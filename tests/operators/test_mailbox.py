import pytest

from accounts.tenancy import tenant
from outbox.models import DeliveredMail
from tests.cases import file_case
from tests.packs import publish
from tickets.models import Case
from tickets.wording import display_number


def deliver(twin, *, to, subject):
    with tenant(twin.tenant) as at:
        return DeliveredMail.objects.create(
            tenant=twin.tenant,
            to_address=to,
            subject=subject,
            body=f"{subject}: see http://localhost/cases/1/ <b>now</b>",
            message_id=f"<{subject}@test>",
            delivered_at=at,
        )


@pytest.fixture
def mails(demo, alpha, beta):
    return {
        "first": deliver(alpha, to="a@acme.test", subject="cn-alpha-first"),
        "second": deliver(alpha, to="b@acme.test", subject="cn-alpha-second"),
        "foreign": deliver(beta, to="a@acme.test", subject="cn-beta-foreign"),
    }


def test_desk_reads_the_newest_mail_first(mails, alpha, browse):
    page = browse(alpha.tenant, alpha.agent).get("/mailbox/").content.decode()

    assert page.index("cn-alpha-second") < page.index("cn-alpha-first")
    assert "cn-beta-" not in page


def test_mail_about_a_restricted_case_is_read_by_who_may_see_it(mails, alpha, browse):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        file_case(alpha, severity="3")  # the one that the other mails name
        case = file_case(alpha, severity="3")
        Case.objects.filter(pk=case.pk).update(is_restricted=True, team=None)
        number = display_number(case)
    secret = deliver(alpha, to="a@acme.test", subject=f"[{number}] cn-alpha-secret")
    own = deliver(alpha, to=alpha.agent.email, subject=f"[{number}] cn-alpha-own")
    agent, manager = (browse(alpha.tenant, one) for one in (alpha.agent, alpha.manager))

    listed = agent.get("/mailbox/").content.decode()

    assert "cn-alpha-own" in listed and "cn-alpha-first" in listed
    assert "cn-alpha-secret" not in listed
    assert agent.get(f"/mailbox/{secret.pk}/").status_code == 404
    assert agent.get(f"/mailbox/{own.pk}/").status_code == 200
    assert "cn-alpha-secret" in manager.get("/mailbox/").content.decode()


def test_mailbox_is_narrowed_to_one_address(mails, alpha, browse):
    page = browse(alpha.tenant, alpha.agent).get("/mailbox/?to=A@acme.test").content.decode()

    assert "cn-alpha-first" in page
    assert "cn-alpha-second" not in page


def test_mail_is_read_as_text(mails, alpha, browse):
    page = browse(alpha.tenant, alpha.agent).get(f"/mailbox/{mails['first'].pk}/").content.decode()

    assert "&lt;b&gt;now&lt;/b&gt;" in page
    assert 'href="http://localhost/cases/1/"' in page


def test_foreign_and_missing_mail_are_the_same_answer(mails, alpha, browse):
    client = browse(alpha.tenant, alpha.agent)

    foreign = client.get(f"/mailbox/{mails['foreign'].pk}/")
    missing = client.get("/mailbox/999999/")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


@pytest.mark.parametrize("role", ["contact", "company_admin"])
def test_customers_do_not_read_the_mailbox(mails, alpha, browse, role):
    assert browse(alpha.tenant, alpha.person_of(role)).get("/mailbox/").status_code == 403


def test_visitor_is_asked_to_sign_in(mails, alpha, browse):
    response = browse(alpha.tenant).get("/mailbox/")

    assert response["Location"] == "/account/login/?next=/mailbox/"


def test_there_is_no_mailbox_outside_of_a_demonstration(mails, settings, alpha, browse):
    settings.DEMO = False
    client = browse(alpha.tenant, alpha.manager)

    assert client.get("/mailbox/").status_code == 404
    assert client.get(f"/mailbox/{mails['first'].pk}/").status_code == 404


def test_operators_have_a_mailbox_of_their_own(mails, operators, operator, browse):
    page = browse(operators, operator).get("/mailbox/").content.decode()

    assert "cn-" not in page
    assert "No mail has been sent yet." in page
