"""Fetching mail by IMAP from mailboxes elsewhere: kept here first, marked or moved there after.

A folder numbers its messages for as long as its UIDVALIDITY stands; all up to `imap_last_uid` is
taken over. A new validity begins anew, and what is fetched twice is one row.
"""

import imaplib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from accounts.secrets import SecretUnreadable
from accounts.tenancy import desk_now, tenant
from mailbox.imap import HEAD_BYTES, connect, ok, quoted, sign_in
from mailbox.models import Mailbox, RawMail
from mailbox.parsing.limits import MOST_BYTES, TOO_BIG
from mailbox.receiving import Came, keep_mail
from outbox.clock import real_now
from outbox.delivery import is_muted
from outbox.egress import AddressRefused, NoAnswer
from outbox.outcomes import one_line

# So many mails of one mailbox in one pass: the others have their turn.
MAILS_PER_PASS = 50
LEASE_SECONDS = 300
# A folder is read from so long before on, where its numbers say nothing to us.
OVERLAP = timedelta(days=2)
# ValueError: names and answers that IMAP cannot carry.
PULL_ERRORS = (
    imaplib.IMAP4.error, OSError, ValueError, SecretUnreadable, AddressRefused, NoAnswer,
)  # fmt: skip

State = RawMail.State
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetched:
    """One message of a folder; `is_cut` where only its headers were fetched, for it is too big."""

    uid: int
    raw: bytes
    is_cut: bool


def pull_due() -> int:
    """Fetch what is new in every mailbox elsewhere, of all tenants; count the mails.

    A server that does not answer costs the others its time-outs and nothing else; a muted system
    leaves all of it to who is in service. Not to be called inside a transaction.
    """
    if is_muted():
        return 0
    return sum(pull_mailbox(tenant_id, mailbox_id) for tenant_id, mailbox_id in mailboxes_to_pull())


def mailboxes_to_pull() -> list[tuple[int, int]]:
    """List (tenant, mailbox) that are fetched from elsewhere, whose turn is longest ago first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mailboxes_to_pull(clock_timestamp())")
        return [(row[0], row[1]) for row in cursor.fetchall()]


def pull_mailbox(tenant_id: int, mailbox_id: int) -> int:
    """Fetch what is new in one mailbox; count the mails. What went wrong is kept on its row."""
    mailbox = _claim(tenant_id, mailbox_id)
    if mailbox is None:
        return 0
    number, error = 0, ""
    try:
        with folder_of(mailbox) as folder:
            for fetched in folder.new_messages():
                _take_over(mailbox, fetched)
                _note_uid(mailbox, folder.validity, fetched.uid)
                number += 1
                error = folder.mark_done(fetched.uid) or error
    except PULL_ERRORS as failed:
        error = one_line(str(failed) or type(failed).__name__)
        logger.warning("mailbox %d of tenant %d: %s", mailbox_id, tenant_id, error)
    _finish(mailbox, error)
    return number


class Folder:
    """A folder on an IMAP server that is open; `validity` is the life of its numbers."""

    def __init__(self, server: imaplib.IMAP4, mailbox: Mailbox) -> None:
        self.server = server
        self.mailbox = mailbox
        name = quoted(mailbox.imap_folder or "INBOX")
        ok(server.select(name))
        _kind, data = server.response("UIDVALIDITY")
        self.validity = int(data[0]) if data and data[0] else 0

    def new_messages(self) -> Iterator[Fetched]:
        """Fetch one message after the other that is not taken over yet, the oldest first.

        Of a folder that was never read, or is numbered anew, only what came lately.
        """
        is_same = self.mailbox.imap_validity == self.validity
        last = self.mailbox.imap_last_uid if is_same else 0
        since = "" if is_same else f" SINCE {_begin(self.mailbox):%d-%b-%Y}"
        found = ok(self.server.uid("SEARCH", f"UID {last + 1}:*{since}"))
        numbers = sorted(int(one) for one in (found[0] or b"").split())
        # A range that ends with the newest names that one even where it is below the first.
        for uid in [one for one in numbers if one > last][:MAILS_PER_PASS]:
            fetched = self._fetch(uid)
            if fetched is not None:
                yield fetched

    def mark_done(self, uid: int) -> str:
        """Mark a message as read, or move it to where the mailbox says; give what is against it."""
        try:
            self._mark_done(uid)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refused:
            return one_line(str(refused))
        return ""

    def _mark_done(self, uid: int) -> None:
        done = self.mailbox.imap_done_folder
        if not done:
            ok(self.server.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)"))
        elif "MOVE" in self.server.capabilities:
            ok(self.server.uid("MOVE", str(uid), quoted(done)))
        else:
            ok(self.server.uid("COPY", str(uid), quoted(done)))
            ok(self.server.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen \\Deleted)"))
            ok(self.server.expunge())

    def _fetch(self, uid: int) -> Fetched | None:
        answer = ok(self.server.uid("FETCH", str(uid), "(RFC822.SIZE)"))
        told = re.search(rb"RFC822\.SIZE (\d+)", _line(answer))
        is_cut = told is not None and int(told[1]) > MOST_BYTES
        wanted = f"(BODY.PEEK[HEADER]<0.{HEAD_BYTES}>)" if is_cut else "(BODY.PEEK[])"
        raw = _literal(ok(self.server.uid("FETCH", str(uid), wanted)))
        return None if raw is None else Fetched(uid, raw, is_cut)


@contextmanager
def folder_of(mailbox: Mailbox) -> Iterator[Folder]:
    """Open the folder of a mailbox, and leave it politely. Raises what is in PULL_ERRORS."""
    server = connect(mailbox)
    try:
        sign_in(server, mailbox.imap_user, mailbox.imap_password.reveal())  # type: ignore[attr-defined]
        yield Folder(server, mailbox)
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            logger.info("mailbox %d: the server was gone before we were", mailbox.pk)


def _take_over(mailbox: Mailbox, fetched: Fetched) -> None:
    """Keep a message, committed before the server hears of it."""
    with tenant(mailbox.tenant_id) as at:
        came = Came(fetched.raw, RawMail.Source.IMAP)
        mail = keep_mail(mailbox, came)
        if fetched.is_cut and mail.state == State.RECEIVED:
            mail.state, mail.why, mail.settled_at = State.QUARANTINED, TOO_BIG, at
            mail.save(update_fields=["state", "why", "settled_at"])


def _claim(tenant_id: int, mailbox_id: int) -> Mailbox | None:
    with tenant(tenant_id):
        now = real_now()
        rows = Mailbox.objects.select_for_update(skip_locked=True, no_key=True)
        mailbox = rows.filter(pk=mailbox_id).exclude(pull_claimed_until__gt=now).first()
        if mailbox is None or not mailbox.is_pulled:
            return None
        mailbox.pull_claimed_until = now + timedelta(seconds=LEASE_SECONDS)
        # Noted already here: one that its reader dies of goes to the end of the line.
        mailbox.pulled_at = desk_now()
        mailbox.save(update_fields=["pull_claimed_until", "pulled_at"])
        return mailbox


def _note_uid(mailbox: Mailbox, validity: int, uid: int) -> None:
    with tenant(mailbox.tenant_id):
        Mailbox.objects.filter(pk=mailbox.pk).update(imap_validity=validity, imap_last_uid=uid)


def _finish(mailbox: Mailbox, error: str) -> None:
    with tenant(mailbox.tenant_id):
        Mailbox.objects.filter(pk=mailbox.pk).update(
            pulled_at=desk_now(), pull_error=error[:300], pull_claimed_until=None
        )


def _begin(mailbox: Mailbox) -> date:
    """Say from which day on a folder is read of which nothing is known, or nothing any more."""
    with tenant(mailbox.tenant_id) as at:
        came = RawMail.objects.filter(mailbox=mailbox, source=RawMail.Source.IMAP)
        newest = came.order_by("-pk").values_list("received_at", flat=True).first()
        return ((newest or at) - OVERLAP).date()


def _line(data: list) -> bytes:
    first = data[0] if data else b""
    return b" ".join(first) if isinstance(first, tuple) else first or b""


def _literal(data: list) -> bytes | None:
    """Find the bytes of a message in an answer; None for one that is gone meanwhile."""
    return next((part[1] for part in data if isinstance(part, tuple)), None)
