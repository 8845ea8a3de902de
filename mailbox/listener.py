"""The listener for mail servers, SMTP or LMTP. A mail is ours once its row is committed.

An address that nobody has is refused while the server still names recipients; what goes wrong
with the database is told as a trouble for now, so that the server tries again.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections

from accounts.tenancy import tenant
from mailbox.addresses import Route, is_answer, mailbox_of, route_of
from mailbox.errors import NoSuchMailbox
from mailbox.models import RawMail
from mailbox.parsing.limits import MOST_BYTES, MOST_RECIPIENTS
from mailbox.receiving import Came, take_over

KEPT = "250 2.0.0 Kept"
NO_MAILBOX = "550 5.1.1 No such mailbox here"
TOO_MANY = "452 4.5.3 Too many recipients"
LATER = "451 4.3.0 Not now, try again"
TIMEOUT_SECONDS = 60
WORKERS = 4
LONGEST_LINE = 1024 * 1024

logger = logging.getLogger(__name__)


class Handler:
    """What aiosmtpd asks; whatever needs the database is done in threads."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="mail")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        answer = await self._in_thread(lambda: recipient_answer(address))
        if answer == KEPT:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.content or b""
        content = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
        sender, to = envelope.mail_from or "", list(envelope.rcpt_tos)
        return await self._in_thread(lambda: take_in(content, sender, to))

    async def handle_exception(self, error: Exception) -> str:
        """Have the server try again whatever went wrong: nothing is lost, and nothing told."""
        logger.error("a mail server could not be answered", exc_info=error)
        return LATER

    async def _in_thread(self, work: Callable[[], str]) -> str:
        return await asyncio.get_running_loop().run_in_executor(self.pool, _guarded(work))


def recipient_answer(address: str) -> str:
    """Answer whether anybody here has an address; bytes that are no text are nobody's."""
    route = route_of(address) if address.isprintable() else None
    if route is None:
        return NO_MAILBOX
    with tenant(route.tenant_id):
        found = mailbox_of(route.code, even_closed=is_answer(address))
        return KEPT if found is not None else NO_MAILBOX


def take_in(raw: bytes, sender: str, recipients: list[str]) -> str:
    """Keep a mail for every mailbox that its envelope names, each once; then say so.

    Where one of several fails all are tried again: what is kept already is not kept twice.
    """
    if not raw.strip():
        return "554 5.6.0 An empty mail"
    by_route: dict[Route, list[str]] = {}
    for address in recipients:
        route = route_of(address)
        if route is not None:
            by_route.setdefault(route, []).append(address)
    if not by_route:
        return NO_MAILBOX
    kept = False
    for route, to in by_route.items():
        try:
            take_over(route, Came(raw, RawMail.Source.LISTENER, sender, to))
            kept = True
        except NoSuchMailbox:
            logger.info("a mailbox of tenant %d was closed meanwhile", route.tenant_id)
    return KEPT if kept else NO_MAILBOX


def _guarded(work: Callable[[], str]) -> Callable[[], str]:
    def done() -> str:
        close_old_connections()
        try:
            return work()
        except (DatabaseError, OSError):
            logger.exception("a mail could not be kept; its server is told to try again")
            return LATER
        finally:
            close_old_connections()

    return done


class LongLines(SMTP):
    """Takes lines that are longer than they may be: many programs write such mail."""

    line_length_limit = LONGEST_LINE


class LongLinesByLmtp(LMTP):
    """Answers a mail once for each recipient that was taken, as LMTP does (RFC 2033, 4.2)."""

    line_length_limit = LONGEST_LINE
    owed = 0

    async def push(self, status: AnyStr) -> None:
        """Send an answer; that to a mail as often as its server waits for one."""
        times, self.owed = self.owed or 1, 0
        for _recipient in range(times):
            await super().push(status)
        if status[:3] in ("354", b"354") and self.envelope is not None:
            self.owed = len(self.envelope.rcpt_tos)


class Listener(Controller):
    """Runs in a thread of its own; `protocol` is smtp or lmtp."""

    def __init__(self, *, host: str, port: int, protocol: str = "smtp") -> None:
        self.protocol = protocol
        super().__init__(
            Handler(),
            hostname=host,
            port=port,
            data_size_limit=MOST_BYTES,
            timeout=TIMEOUT_SECONDS,
            ident="supportdesk",
        )

    def factory(self) -> SMTP:
        kind = LongLinesByLmtp if self.protocol == "lmtp" else LongLines
        return kind(self.handler, **self.SMTP_kwargs)
