import email
from email import policy

import pytest
from django.core import mail

from accounts.models import Tenant
from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from outbox.message_ids import thread_headers
from outbox.registry import Rendered, register
from tests.outbox.conftest import state_of


def send(queue, twin, rendered):
    register("letter", may_receive=lambda person, refs: True, render=lambda person, refs: rendered)
    row = queue(twin, twin.contact, kind="letter")
    deliver_due()
    return row


def as_received() -> email.message.EmailMessage:
    (sent,) = mail.outbox
    return email.message_from_bytes(sent.message().as_bytes(), policy=policy.default)


def test_letter_says_who_wrote_it_and_that_a_machine_did(alpha, queue, settings):
    settings.DEFAULT_FROM_EMAIL = "Some Desk <desk@mail.example>"

    row = send(queue, alpha, Rendered(subject="Grüße", body="Zwölf Boxkämpfer.\n", reason=""))

    letter = as_received()
    with tenant(alpha.tenant) as at:
        assert letter["Date"].datetime == at
    assert dict(letter.items()) == {
        "Content-Type": letter["Content-Type"],
        "MIME-Version": "1.0",
        "Subject": "Grüße",
        "From": "cn-alpha-vendor <desk@mail.example>",
        "To": "contact@acme.test",
        "Date": letter["Date"],
        "Message-ID": row.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Supportdesk-Loop": "alpha.localhost",
    }
    assert letter.get_content_type() == "multipart/alternative"
    assert letter.get_body(("plain",)).get_content() == "Zwölf Boxkämpfer.\n"


def test_mail_of_one_thread_refers_to_the_same_root(alpha, queue, settings):
    settings.BASE_HOST = "desk.example"
    headers = thread_headers("case.0b6d7a0c-0d52-4ef5-8b0c-0e1a4f5f8f10")

    send(queue, alpha, Rendered(subject="s", body="b", headers=headers))

    root = "<case.0b6d7a0c-0d52-4ef5-8b0c-0e1a4f5f8f10@desk.example>"
    assert (as_received()["In-Reply-To"], as_received()["References"]) == (root, root)


@pytest.mark.parametrize("thread", ["", "Case", "a b", "a@b", "a\n", "a>", "-a", "a..b"])
def test_thread_has_a_plain_name(thread):
    with pytest.raises(ValueError, match="not the name of a thread"):
        thread_headers(thread)


@pytest.mark.parametrize(
    "line_end", ["\n", "\r\n", "\r", "\x0b", "\x00", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_nothing_in_a_subject_ends_the_header(alpha, queue, line_end):
    send(queue, alpha, Rendered(subject=f"Printer{line_end}Bcc: spy@evil.test", body="b"))

    letter = as_received()
    assert letter["Subject"] == "Printer Bcc: spy@evil.test"
    assert letter["Bcc"] is None
    assert mail.outbox[0].recipients() == ["contact@acme.test"]


def test_nothing_in_a_vendors_name_ends_the_header(alpha, queue):
    with tenant(alpha.tenant):
        Tenant.objects.filter(pk=alpha.tenant.pk).update(name='Big "B"\r\nBcc: spy@evil.test, Inc')

    send(queue, alpha, Rendered(subject="s", body="b"))

    letter = as_received()
    assert letter["From"].addresses[0].display_name == 'Big "B" Bcc: spy@evil.test, Inc'
    assert [who.addr_spec for who in letter["From"].addresses] == ["support@localhost"]
    assert letter["Bcc"] is None


def test_nothing_in_a_kinds_header_ends_it(alpha, queue):
    headers = {"Reply-To": "desk@a.test\r\nBcc: spy@evil.test", "References": "<a@b>\n<c@d>"}

    send(queue, alpha, Rendered(subject="s", body="b", headers=headers))

    letter = as_received()
    assert letter["References"] == "<a@b> <c@d>"
    assert letter["Bcc"] is None
    assert mail.outbox[0].recipients() == ["contact@acme.test"]


@pytest.mark.parametrize("name", ["Bcc", "To", "From", "Message-ID", "message-id", "Subject"])
def test_header_that_a_kind_may_not_set_stops_the_message(alpha, queue, name):
    row = send(queue, alpha, Rendered(subject="s", body="b", headers={name: "x@evil.test"}))

    assert mail.outbox == []
    assert state_of(alpha, row)[0] == "queued"


def test_body_cannot_become_a_header(alpha, queue):
    send(queue, alpha, Rendered(subject="s", body="Bcc: spy@evil.test\n.\nSubject: x\n", reason=""))

    letter = as_received()
    assert (letter["Bcc"], letter["Subject"]) == (None, "s")
    assert letter.get_body(("plain",)).get_content() == "Bcc: spy@evil.test\n.\nSubject: x\n"
