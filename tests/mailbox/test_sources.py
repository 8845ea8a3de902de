"""How mail comes in: by a mail server, by IMAP, by a provider; kept before anybody is told."""

import hashlib
import hmac
import json
import smtplib
import socket
import socketserver
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.places import host_of
from accounts.secrets import seal
from accounts.tenancy import tenant
from mailbox import keeping, listener
from mailbox.addresses import mailbox_of
from mailbox.hooks import hook_url
from mailbox.listener import Listener, recipient_answer, take_in
from mailbox.models import RawMail
from tests.mailbox.post import written


def kept(twin):
    with tenant(twin.tenant):
        return list(RawMail.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("support@alpha.localhost", "250"),
        ("ESCALATION@Alpha.Localhost", "250"),
        ("reply+whatever@beta.localhost", "250"),
        ("sales@alpha.localhost", "550"),
        ("support@alpha.localhost.evil.example", "550"),
        ("support@gamma.localhost", "550"),
        ("support@localhost", "550"),
        ("@alpha.localhost", "550"),
        ("root", "550"),
        ("support@" + "a" * 400 + ".localhost", "550"),
    ],
)
def test_only_addresses_that_somebody_has_take_mail(alpha, beta, address, answer):
    assert recipient_answer(address)[:3] == answer


def test_mail_is_kept_once_for_each_mailbox_that_the_envelope_names(alpha, beta):
    raw = written(sender="a@b.test", to="x@y.test")
    to = ["support@alpha.localhost", "reply+a@alpha.localhost", "support@beta.localhost"]

    for _again in range(2):
        assert take_in(raw, "a@b.test", to).startswith("250")

    (mail,) = kept(alpha)
    assert (mail.envelope_from, mail.envelope_to, mail.source) == ("a@b.test", to[:2], "listener")
    assert keeping.read(mail.tenant_id, mail.uuid) == raw
    assert [one.envelope_to for one in kept(beta)] == [to[2:]]


def test_server_is_told_to_try_again_while_the_database_is_away(alpha, monkeypatch):
    def away(*_given):
        raise OperationalError("gone")

    monkeypatch.setattr(listener, "route_of", away)
    monkeypatch.setattr(listener, "close_old_connections", lambda: None)

    work = listener._guarded(lambda: take_in(b"x", "", ["support@alpha.localhost"]))

    assert work().startswith("451")


def test_what_was_written_is_gone_when_the_row_is_not_kept(alpha, tmp_path):
    with tenant(alpha.tenant):
        mailbox_of("support")
    with (
        patch.object(keeping, "write", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="disk full"),
    ):
        take_in(b"From: a@b.test\n\nx", "", ["support@alpha.localhost"])

    assert kept(alpha) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_listener_speaks_smtp_and_lmtp(alpha, protocol):
    server = Listener(host="127.0.0.1", port=0, protocol=protocol)
    server.port = free_port()
    server.start()
    raw = written(sender="a@b.test", to="x@y.test")
    speak = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    try:
        with speak("127.0.0.1", server.port) as client:
            refused = client.sendmail(
                "a@b.test", ["support@alpha.localhost", "nobody@alpha.localhost"], raw
            )
        with (
            speak("127.0.0.1", server.port) as client,
            pytest.raises(smtplib.SMTPSenderRefused),
        ):
            client.sendmail("a@b.test", ["support@alpha.localhost"], b"x" * 27_000_000)
    finally:
        server.stop()

    assert refused["nobody@alpha.localhost"][0] == 550
    assert [one.envelope_to for one in kept(alpha)] == [["support@alpha.localhost"]]


@pytest.mark.django_db(transaction=True)
def test_lmtp_answers_a_mail_once_for_each_recipient_that_it_took(alpha, beta):
    server = Listener(host="127.0.0.1", port=free_port(), protocol="lmtp")
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), 20) as client:
            lines = client.makefile("rb")
            raw = written(sender="a@b.test", to="x@y.test")

            def ask(command):
                client.sendall(command.encode() + b"\r\n")
                return lines.readline()[:3]

            lines.readline()
            client.sendall(b"LHLO b.test\r\n")
            while lines.readline()[3:4] == b"-":
                pass
            ask("MAIL FROM:<a@b.test>")
            named = ["support@alpha.localhost", "no@alpha.localhost", "support@beta.localhost"]
            taken = [ask(f"RCPT TO:<{one}>") for one in named]
            assert (taken, ask("DATA")) == ([b"250", b"550", b"250"], b"354")
            client.sendall(raw.replace(b"\n", b"\r\n") + b"\r\n.\r\n")
            assert [lines.readline()[:3] for _recipient in range(2)] == [b"250", b"250"]
            assert ask("NOOP") == b"250"
    finally:
        server.stop()

    assert (len(kept(alpha)), len(kept(beta))) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_fault_of_ours_is_a_trouble_for_now_and_tells_nothing(alpha, monkeypatch):
    def fail(*_given):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(listener, "take_in", fail)
    server = Listener(host="127.0.0.1", port=free_port())
    server.start()
    try:
        with (
            smtplib.SMTP("127.0.0.1", server.port) as client,
            pytest.raises(smtplib.SMTPDataError) as told,
        ):
            client.sendmail("a@b.test", ["support@alpha.localhost"], b"Subject: x\r\n\r\nx")
    finally:
        server.stop()

    assert (told.value.smtp_code, b"secret" in told.value.smtp_error) == (451, False)


def test_bytes_of_an_envelope_that_are_no_text_stop_nothing(alpha):
    assert recipient_answer("support\udcff@alpha.localhost")[:3] == "550"

    assert take_in(b"From: a@b.test\n\nx", "a\udcff@b.test", ["support@alpha.localhost"]) == (
        listener.KEPT
    )

    assert [one.envelope_from for one in kept(alpha)] == ["a@b.test"]


def test_mailbox_that_is_closed_takes_answers_and_nothing_else(alpha):
    with tenant(alpha.tenant):
        box = mailbox_of("support")
        box.is_active = False
        box.save()
    raw = written(sender="a@b.test", to="x@y.test")

    assert recipient_answer("support@alpha.localhost")[:3] == "550"
    assert take_in(raw, "", ["support@alpha.localhost"])[:3] == "550"
    assert kept(alpha) == []
    assert recipient_answer("reply+abc@alpha.localhost")[:3] == "250"
    assert take_in(raw, "", ["reply+abc@alpha.localhost"])[:3] == "250"
    assert len(kept(alpha)) == 1


def free_port():
    with socketserver.TCPServer(("127.0.0.1", 0), None) as probe:
        return probe.server_address[1]


RAW = b"From: a@b.test\nSubject: x\n\nWords.\n"
PROVIDED = {
    "mailgun": lambda key: {
        "body-mime": RAW.decode(),
        "recipient": "support@alpha.localhost",
        "sender": "a@b.test",
        "timestamp": "1700000000",
        "token": "t" * 50,
        "signature": hmac.new(key, b"1700000000" + b"t" * 50, hashlib.sha256).hexdigest(),
    },
    "sendgrid": lambda key: {
        "email": RAW.decode(),
        "envelope": json.dumps({"from": "a@b.test", "to": ["support@alpha.localhost"]}),
    },
    "postmark": lambda key: {
        "RawEmail": RAW.decode(),
        "OriginalRecipient": "support@alpha.localhost",
    },
    "mailersend": lambda key: {
        "type": "inbound.message",
        "data": {
            "raw": RAW.decode(),
            "sender": {"email": "a@b.test"},
            "recipients": {"rcptTo": [{"email": "support@alpha.localhost"}]},
        },
    },
}


@pytest.mark.parametrize("provider", PROVIDED)
def test_provider_brings_a_whole_mail_and_nobody_without_its_key(alpha, beta, provider):
    with tenant(alpha.tenant):
        box = mailbox_of("support")
        box.hook_provider, box.hook_key = provider, seal("a key")
        box.save()
        box.tenant = alpha.tenant
        path = hook_url(box).partition("localhost")[2].partition("/")[2]
    client = Client(headers={"host": host_of(alpha.tenant)})
    elsewhere = Client(headers={"host": host_of(beta.tenant)})

    def post(to, key, at=f"/{path}"):
        fields = PROVIDED[provider](key)
        if provider in ("postmark", "mailersend"):
            body = json.dumps(fields).encode()
            signed = {"Signature": hmac.new(key, body, hashlib.sha256).hexdigest()}
            kind = "application/json"
            return to.post(at, body, content_type=kind, headers=signed).status_code
        return to.post(at, fields).status_code

    assert post(elsewhere, b"a key") == 404
    assert post(client, b"a key", at=f"/{path}".replace("/in/", "/in/9")) == 404
    if provider in ("mailgun", "mailersend"):
        assert post(client, b"b key") == 403
    assert kept(alpha) == kept(beta) == []
    assert post(client, b"a key") == post(client, b"a key") == 200
    (mail,) = kept(alpha)
    assert (mail.source, mail.envelope_to) == ("hook", ["support@alpha.localhost"])
    assert keeping.read(mail.tenant_id, mail.uuid) == RAW.replace(b"\r\n", b"\n")
    assert client.post(f"/{path}", {"text": "parts only"}).status_code in (400, 403)
