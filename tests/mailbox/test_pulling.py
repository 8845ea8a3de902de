"""Mail that is fetched by IMAP: once, kept before it is marked, and no server keeps us for long."""

import imaplib
import re
import socket
import threading
from datetime import timedelta
from unittest.mock import patch

import pytest

from accounts.secrets import seal
from accounts.tenancy import tenant
from mailbox import imap, keeping, pulling
from mailbox.imap import OpenIMAP4, quoted
from mailbox.models import Mailbox
from mailbox.pulling import pull_due, pull_mailbox
from tests.mailbox.post import written
from tests.mailbox.test_sources import kept


class Imap:
    """A folder that stands in for a server: what imaplib is asked, and what it answers."""

    capabilities = ("IMAP4REV1", "MOVE")

    def __init__(self, mails, validity=7):
        self.mails = dict(mails)
        self.validity = validity
        self.done = []
        self.password = ""
        self.searched = []

    def login(self, user, password):
        self.password = password
        return "OK", [b"in"]

    def select(self, name):
        return ("OK", [b"1"]) if name == '"INBOX"' else ("NO", [b"none"])

    def response(self, name):
        return name, [str(self.validity).encode()]

    def uid(self, command, *given):
        return getattr(self, command.lower())(*given)

    def search(self, words):
        self.searched.append(words)
        first = int(re.search(r"UID (\d+):", words)[1])
        numbers = [uid for uid in self.mails if uid >= first] or [max(self.mails, default=0)]
        return "OK", [" ".join(map(str, numbers)).encode()]

    def fetch(self, uid, wanted):
        raw = self.mails[int(uid)]
        if "SIZE" in wanted:
            size = 30_000_000 if raw.startswith(b"BIG") else len(raw)
            return "OK", [f"1 (UID {uid} RFC822.SIZE {size})".encode()]
        return "OK", [(b"1 (BODY[] {1}", raw), b")"]

    def store(self, uid, how, flags):
        self.done.append((uid, flags))
        return "OK", [b""]

    def authenticate(self, way, answer):
        self.password = (way, answer(b""))
        return "OK", [b"in"]

    def move(self, uid, name):
        if name != '"Done"':
            return "NO", [b"no such folder"]
        self.done.append((uid, name))
        return "OK", [b""]

    def logout(self):
        return "BYE", [b""]


@pytest.fixture
def box(alpha):
    with tenant(alpha.tenant):
        return Mailbox.objects.create(
            tenant=alpha.tenant,
            code="imap",
            authentication="required",
            imap_host="imap.example.com",
            imap_user="imap",
            imap_password=seal("open sesame"),
        )


def pull(box, server):
    with patch.object(pulling, "connect", return_value=server):
        return pull_mailbox(box.tenant_id, box.pk)


def test_folder_is_taken_over_once_and_again_only_where_its_numbers_are_new(alpha, box):
    mails = {5: written(sender="a@b.test", to="x@y.test"), 9: b"BIG header: x\n\n"}
    server = Imap(mails)

    assert (pull(box, server), pull(box, server)) == (2, 0)
    assert server.password == "open sesame"
    assert server.done == [("5", "(\\Seen)"), ("9", "(\\Seen)")]
    assert [(one.state, one.why) for one in kept(alpha)] == [
        ("received", ""),
        ("quarantined", "too_big"),
    ]
    server.mails[10] = written(sender="c@b.test", to="x@y.test")
    assert pull(box, server) == 1
    # Another life of the folder: all is fetched anew, and nothing is kept twice.
    assert pull(box, Imap(server.mails, validity=8)) == 3
    assert len(kept(alpha)) == 3


def test_mail_is_moved_only_after_it_is_kept_and_troubles_are_shown(alpha, box):
    with tenant(alpha.tenant):
        Mailbox.objects.filter(pk=box.pk).update(imap_done_folder="Done")
    server = Imap({1: written(sender="a@b.test", to="x@y.test")})
    with patch.object(keeping, "write", side_effect=OSError("disk full")):
        assert pull(box, server) == 0
    assert server.done == []
    with tenant(alpha.tenant):
        assert Mailbox.objects.get(pk=box.pk).pull_error == "disk full"

    assert pull(box, server) == 1
    assert server.done == [("1", '"Done"')]
    with tenant(alpha.tenant):
        assert Mailbox.objects.get(pk=box.pk).pull_error == ""


def test_fetching_does_not_reach_into_our_own_networks(alpha, box):
    with tenant(alpha.tenant):
        Mailbox.objects.filter(pk=box.pk).update(imap_host="127.0.0.1")

    with patch.object(imaplib, "IMAP4_SSL", side_effect=AssertionError):
        assert pull_mailbox(alpha.tenant.pk, box.pk) == 0

    with tenant(alpha.tenant):
        assert "does not call" in Mailbox.objects.get(pk=box.pk).pull_error


def test_folder_that_is_new_to_us_is_not_read_from_its_first_day(alpha, box):
    server = Imap({5: written(sender="a@b.test", to="x@y.test")})

    pull(box, server)
    pull(box, server)

    with tenant(alpha.tenant):
        came = Mailbox.objects.get(pk=box.pk).mails.get().received_at
    day = came - timedelta(days=2)
    assert server.searched == [f"UID 1:* SINCE {day:%d-%b-%Y}", "UID 6:*"]


def test_folder_for_what_is_done_that_is_not_there_holds_up_nothing(alpha, box):
    with tenant(alpha.tenant):
        Mailbox.objects.filter(pk=box.pk).update(imap_done_folder="Gone")
    server = Imap({n: written(sender="a@b.test", to="x@y.test") for n in (1, 2)})

    assert (pull(box, server), pull(box, server)) == (2, 0)

    assert len(kept(alpha)) == 2
    with tenant(alpha.tenant):
        # The second pass had nothing to move.
        assert Mailbox.objects.get(pk=box.pk).pull_error == ""


@pytest.mark.parametrize(
    ("name", "written_as"),
    [
        ("INBOX", '"INBOX"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("R&D", '"R&-D"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
    ],
)
def test_names_of_folders_are_written_as_imap_wants_them(name, written_as):
    assert quoted(name) == written_as


def test_password_may_have_any_letters(alpha, box):
    with tenant(alpha.tenant):
        Mailbox.objects.filter(pk=box.pk).update(imap_password=seal("öffne dich"))
    server = Imap({})

    assert pull(box, server) == 0

    assert server.password == ("PLAIN", "\0imap\0öffne dich".encode())


def test_settings_that_imap_cannot_carry_stop_nobody_else(alpha, beta, box):
    with patch.object(pulling, "connect", side_effect=UnicodeEncodeError("ascii", "ü", 0, 1, "x")):
        assert pull_due() == 0

    with tenant(alpha.tenant):
        after = Mailbox.objects.get(pk=box.pk)
        assert (after.pull_claimed_until, bool(after.pull_error), after.pulled_at is None) == (
            None,
            True,
            False,
        )


def test_muted_system_leaves_the_mail_to_who_is_in_service(alpha, box, settings):
    settings.OUTBOX_MUTED = True
    with patch.object(pulling, "connect", side_effect=AssertionError):
        assert pull_due() == 0


def test_server_that_never_ends_its_answer_is_cut_off(alpha, monkeypatch):
    """A byte now and then keeps every time-out away; the watchdog does not care."""
    monkeypatch.setattr(imap, "PULL_SECONDS", 0.5)
    monkeypatch.setattr(imap, "checked_addresses", lambda place: ["127.0.0.1"])
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def drip():
        client, _address = listening.accept()
        with client:
            while not over.wait(0.05):
                try:
                    client.sendall(b"*")
                except OSError:
                    return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises((imaplib.IMAP4.error, OSError)):
            OpenIMAP4(host="127.0.0.1", port=listening.getsockname()[1], timeout=20)
    finally:
        over.set()
        dripping.join(10)
        listening.close()


def test_server_sends_no_more_than_a_mail_may_have(monkeypatch):
    monkeypatch.setattr(imap, "checked_addresses", lambda place: ["127.0.0.1"])
    listening = socket.create_server(("127.0.0.1", 0))

    def flood():
        client, _address = listening.accept()
        with client:
            client.sendall(b"* OK hello\r\n")
            client.recv(100)
            client.sendall(b"* 1 FETCH (BODY[] {9999999999}\r\n")
            client.recv(100)

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        with pytest.raises(imaplib.IMAP4.abort, match="more than it was asked for"):
            OpenIMAP4(host="127.0.0.1", port=listening.getsockname()[1], timeout=20)
    finally:
        listening.close()
