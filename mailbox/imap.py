"""The connection to an IMAP server: to a checked address, for a bounded time, with every letter."""

import imaplib
import re
import socket
import ssl
import threading
from base64 import b64encode
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext as _

from mailbox.models import Mailbox
from mailbox.parsing.limits import MOST_BYTES
from outbox.egress import Place, checked_addresses

TIMEOUT_SECONDS = 20
HEAD_BYTES = 64 * 1024
# Longer than this no server may keep us; within the lease.
PULL_SECONDS = 150


class CheckedIMAP4(imaplib.IMAP4):
    """Connects to an address that was looked at, so that a name cannot mean another one then."""

    is_secure = True
    watched: socket.socket | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        self.watchdog = threading.Timer(PULL_SECONDS, self._cut)
        self.watchdog.daemon = True
        self.watchdog.start()
        try:
            super().__init__(*given, **named)
        except BaseException:
            self.watchdog.cancel()
            raise

    def shutdown(self) -> None:
        self.watchdog.cancel()
        super().shutdown()

    def read(self, size: int) -> bytes:
        if size > MOST_BYTES + HEAD_BYTES:
            raise self.abort(_("The mail server sends more than it was asked for."))
        return super().read(size)

    def _cut(self) -> None:
        """End a connection that takes too long, however busy its server makes itself."""
        watched = getattr(self, "sock", None) or self.watched
        if watched is not None:
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        place = Place(self.is_secure, self.host, self.port, "/")
        failure: OSError | None = None
        for address in checked_addresses(place):
            try:
                self.watched = socket.create_connection((str(address), self.port), timeout)
                return self.watched
            except OSError as error:
                failure = error
        raise failure or OSError("no address")


class OpenIMAP4(CheckedIMAP4):
    """Without encryption: only to networks of the installation's own."""

    is_secure = False


class CheckedIMAP4OverTLS(CheckedIMAP4, imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = CheckedIMAP4._create_socket(self, timeout)
        secure = self.ssl_context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.watched = secure
        secure.do_handshake()
        return secure


def connect(mailbox: Mailbox) -> imaplib.IMAP4:
    """Open the connection that a mailbox asks for. Raises what is in `pulling.PULL_ERRORS`."""
    where: dict[str, Any] = {"host": mailbox.imap_host, "port": mailbox.imap_port}
    where["timeout"] = TIMEOUT_SECONDS
    context = ssl.create_default_context()
    if mailbox.imap_security == Mailbox.Security.TLS:
        return CheckedIMAP4OverTLS(ssl_context=context, **where)
    if mailbox.imap_security == Mailbox.Security.NONE:
        return OpenIMAP4(**where)
    server = CheckedIMAP4(**where)
    server.starttls(context)
    return server


def sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    """Sign in; LOGIN takes no letters beyond ASCII, PLAIN does."""
    if f"{user}{password}".isascii():
        ok(server.login(user, password))
    else:
        ok(server.authenticate("PLAIN", lambda _asked: f"\0{user}\0{password}".encode()))


def ok(answer: tuple) -> list:
    """Give what the server answered. Raises IMAP4.error unless it said OK."""
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(_("The mail server said no: %(said)s") % {"said": data})
    return data


def quoted(name: str) -> str:
    """Write the name of a folder for a command."""
    escaped = _in_utf7(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _in_utf7(name: str) -> str:
    """Write the name of a folder as IMAP does (RFC 3501, 5.1.3)."""

    def shifted(letters: re.Match[str]) -> str:
        packed = b64encode(letters[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{packed.replace('/', ',')}-"

    return re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-"))
