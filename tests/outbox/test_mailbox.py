import pytest
from django.core.mail import EmailMessage

from accounts.tenancy import TenancyError, tenant
from outbox.delivery import deliver_due
from outbox.queries import mailbox


@pytest.fixture(autouse=True)
def use_mailbox(settings):
    settings.EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"


def test_delivered_mail_is_in_the_mailbox_of_its_tenant_only(alpha, beta, queue):
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {"sent": 1}

    with tenant(alpha.tenant) as at:
        (letter,) = mailbox(limit=10)
        assert letter.delivered_at == at
    assert (letter.to_address, letter.subject, letter.body, letter.message_id) == (
        "contact@acme.test",
        "Notice 7",
        "Dear cn-alpha-contact.",
        row.message_id,
    )
    assert letter.headers["From"] == "cn-alpha-vendor <support@localhost>"
    assert letter.headers["Auto-Submitted"] == "auto-generated"
    with tenant(beta.tenant):
        assert mailbox(limit=10) == []


def test_mailbox_lists_the_newest_first_for_one_address_or_all(alpha, queue):
    for number, who in enumerate((alpha.contact, alpha.agent, alpha.contact)):
        queue(alpha, who, dedupe_key=f"n{number}", refs={"case": number})
    deliver_due()

    with tenant(alpha.tenant):
        assert [mail.subject for mail in mailbox(limit=2)] == ["Notice 2", "Notice 1"]
        to_contact = mailbox(limit=10, address=" Contact@ACME.test ")
        assert [mail.subject for mail in to_contact] == ["Notice 2", "Notice 0"]
        assert mailbox(limit=10, address="nobody@acme.test") == []


def test_other_mail_belongs_to_the_tenant_that_is_entered(alpha):
    reset = EmailMessage("Reset", "b", "us@a.test", ["Ann <Ann@acme.test>"], cc=["bob@acme.test"])

    with tenant(alpha.tenant):
        assert reset.send() == 1

        found = sorted((mail.to_address, mail.subject) for mail in mailbox(limit=10))
        assert found == [("ann@acme.test", "Reset"), ("bob@acme.test", "Reset")]


def test_other_mail_outside_of_a_tenant_is_refused(db):
    with pytest.raises(TenancyError):
        EmailMessage("s", "b", "us@a.test", ["ann@acme.test"]).send()
