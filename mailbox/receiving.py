"""Taking a mail over: its bytes are on the disk and its row is committed before anybody is told."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.constraints import refused_as
from accounts.errors import DomainError
from accounts.tenancy import current_tenant_id, desk_now, tenant
from mailbox import keeping
from mailbox.addresses import Route, is_answer, mailbox_of
from mailbox.errors import NoSuchMailbox
from mailbox.models import Mailbox, RawMail

MOST_RECIPIENTS_KEPT = 50
# Neither controls nor bytes that were no text can be kept in a column.
CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Came:
    """A mail as a server, a folder or a provider hands it over; the envelope where it is known."""

    raw: bytes
    source: str
    envelope_from: str = ""
    envelope_to: Sequence[str] = field(default=())

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


class KeptAlready(DomainError):
    """The same bytes came to this mailbox before."""

    code = "kept_already"


def take_over(route: Route, came: Came) -> int:
    """Keep a mail for the mailbox of a route, and commit; outside of a tenant. Gives its key.

    The same bytes twice are one row. An answer to a message of ours is taken by a mailbox that is
    closed, too. When this returns the mail cannot be lost any more. Raises
    NoSuchMailbox, OSError, DatabaseError.
    """
    with tenant(route.tenant_id):
        mailbox = mailbox_of(route.code, even_closed=any(map(is_answer, came.envelope_to)))
        if mailbox is None:
            raise NoSuchMailbox
        return keep_mail(mailbox, came).pk


def keep_mail(mailbox: Mailbox, came: Came) -> RawMail:
    """Keep a mail: the bytes first, then the row; the same bytes once. Inside the tenant.

    It is safe once the transaction of the entry has committed. Raises OSError.
    """
    known = RawMail.objects.filter(mailbox=mailbox, sha256=came.sha256).first()
    if known is not None:
        return _with_recipients(known, came)
    mail = RawMail(
        tenant_id=current_tenant_id(),
        mailbox=mailbox,
        source=came.source,
        sha256=came.sha256,
        size_bytes=len(came.raw),
        envelope_from=_plain(came.envelope_from),
        envelope_to=[_plain(one) for one in came.envelope_to[:MOST_RECIPIENTS_KEPT]],
        received_at=desk_now(),
    )
    keeping.write(mail.tenant_id, mail.uuid, came.raw)
    try:
        with refused_as(mail_kept_once_a_mailbox=KeptAlready()):
            mail.save(force_insert=True)
    except KeptAlready:
        keeping.remove(mail.tenant_id, mail.uuid)
        known = RawMail.objects.get(mailbox=mailbox, sha256=came.sha256)
        return _with_recipients(known, came)
    return mail


def _with_recipients(known: RawMail, came: Came) -> RawMail:
    """Note to whom else a mail is that waits to be read: a reply address may be among them."""
    waiting = RawMail.objects.select_for_update(of=("self",), no_key=True)
    row = waiting.filter(pk=known.pk, state=RawMail.State.RECEIVED).first()
    if row is None:
        return known
    to = dict.fromkeys([*row.envelope_to, *map(_plain, came.envelope_to)])
    row.envelope_to = list(to)[:MOST_RECIPIENTS_KEPT]
    row.save(update_fields=["envelope_to"])
    return row


def _plain(address: str) -> str:
    """Keep an address of an envelope so that it can be stored and shown."""
    return CONTROLS.sub("", address).strip()[:320]
