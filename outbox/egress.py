"""Talking to addresses that other people typed in: only to the world outside, and only for so long.

The name is looked up here, each of its addresses is checked, and the connection goes to a checked
address itself: a name that answers differently a second time is never asked a second time. No
redirects are followed and no proxy of the environment is used. Nothing waits longer than
DEADLINE_SECONDS in all, however slowly the other side drips, and no more than 64 kB are read.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from accounts.errors import DomainError, Invalid

DEADLINE_SECONDS = 15.0
CONNECT_SECONDS = 6.0
MOST_READ = 64 * 1024
LONGEST_URL = 2_000
USER_AGENT = "Supportdesk-Hooks/1"

Address = IPv4Address | IPv6Address

# Beside what Python calls private: what carries an older address inside, and what is for examples.
REFUSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(DomainError):
    """The name leads into a network that is not the world outside."""

    code = "address_refused"
    message = _("“%(host)s” leads to %(address)s, which this system does not call.")


class BadAddress(Invalid):
    """It is no address that anything could be sent to."""

    code = "bad_address"
    message = _("This is no address that can be called: it begins with https:// and a host name.")


class NoAnswer(DomainError):
    """Nobody answered: no such name, no connection, no certificate, no time left."""

    code = "no_answer"
    message = _("No answer: %(why)s")
    # The request had left when the answer failed to come: it may have been done.
    was_sent = False


@dataclass(frozen=True)
class Answer:
    """What came back: the status, how long it took, and the beginning of the body."""

    status: int
    milliseconds: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Read the body as text, whatever it is."""
        return self.body.decode("utf-8", errors="replace").replace(
            "\0", "\N{REPLACEMENT CHARACTER}"
        )


@dataclass(frozen=True)
class Place:
    """Where an address leads: scheme, host, port, and the path with its query."""

    is_secure: bool
    host: str
    port: int
    path: str


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    seconds: float = DEADLINE_SECONDS,
) -> Answer:
    """Send one request and read its answer, whatever its status; redirects are answers too.

    No transaction may be open. Raises BadAddress, AddressRefused, NoAnswer.
    """
    place = read_url(url)
    began = time.monotonic()
    connection = _connection(place, until=began + seconds)
    # A time-out of a socket begins anew with every byte; this one does not.
    watch = threading.Timer(seconds, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        answer = _ask(connection, method, place, headers, body)
    except (HTTPError, HTTPException, OSError, ValueError, EOFError) as error:
        if isinstance(error, DomainError):
            raise
        failure = NoAnswer(why=_why(error, time.monotonic() - began >= seconds))
        failure.was_sent = connection.is_sent
        raise failure from error
    finally:
        watch.cancel()
        _close(connection)
    took = int((time.monotonic() - began) * 1000)
    return Answer(answer[0], took, answer[1], answer[2])


def read_url(url: str) -> Place:
    """Take an address apart. Raises BadAddress: not http(s), no host, a password, too long."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise BadAddress(field="url") from error
    host = (parts.hostname or "").rstrip(".")
    is_plain = parts.username is None and parts.password is None and url.isprintable()
    if parts.scheme not in ("https", "http") or not host or not is_plain or len(url) > LONGEST_URL:
        raise BadAddress(field="url")
    if any(sign in url for sign in " \\") or "%" in host:
        raise BadAddress(field="url")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, host, port or (443 if secure else 80), path)


def why_refused(address: Address) -> str:
    """Say which network an address is in that is never called; "" where it may be.

    An older address inside of a newer one (mapped, 6to4, Teredo, NAT64, ISATAP) is looked at too.
    EGRESS_ALLOWED makes exceptions, for what the address is and for nothing inside of it;
    EGRESS_REFUSED are further networks, such as the installation's own.
    """
    if any(address in network for network in _networks(tuple(settings.EGRESS_REFUSED))):
        return str(address)
    if is_allowed(address):
        return ""
    inside = _inside(address)
    if any(why_refused_plain(one) for one in (address, *inside)):
        return str(address)
    return next((str(address) for one in inside if why_refused(one)), "")


def why_refused_plain(address: Address) -> bool:
    """Tell whether an address by itself is not of the world outside."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return False  # what it holds is what counts
    is_odd = address.is_multicast or address.is_reserved or address.is_unspecified
    if isinstance(address, IPv6Address) and address in NAT64:
        return False
    return is_odd or not address.is_global or any(address in network for network in REFUSED)


def is_allowed(address: Address) -> bool:
    """Tell whether the installation makes an exception for an address, and takes http there."""
    return any(address in network for network in _networks(tuple(settings.EGRESS_ALLOWED)))


def check_url(url: str) -> Place:
    """Refuse what can never be called, before it is stored; names are looked up when it is called.

    Raises BadAddress, AddressRefused.
    """
    place = read_url(url)
    try:
        address = ip_address(place.host)
    except ValueError:
        address = None
    if address is not None and why_refused(address):
        raise AddressRefused(field="url", host=place.host, address=str(address))
    if not place.is_secure and not settings.EGRESS_ALLOWED:
        raise BadAddress(field="url")
    return place


def checked_addresses(place: Place) -> list[Address]:
    """Look a name up and check every address; one that may not be called refuses them all.

    Raises AddressRefused, NoAnswer.
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer(why=_("the name cannot be looked up")) from error
    addresses = list(dict.fromkeys(_address(str(info[4][0])) for info in found))
    for address in addresses:
        if why_refused(address) or not (place.is_secure or is_allowed(address)):
            raise AddressRefused(host=place.host, address=str(address))
    if not addresses:
        raise NoAnswer(why=_("the name has no address"))
    return addresses


class _Guarded:
    """Connects to an address that was checked, and to no other."""

    place: Place
    # By the monotonic clock: then it is cut, and no further address is tried.
    until: float
    handle: socket.socket | None = None
    is_cut = is_sent = False

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        for address in checked_addresses(self.place):
            seconds = min(CONNECT_SECONDS, self.until - time.monotonic())
            if seconds <= 0:
                raise TimeoutError
            try:
                made = socket.create_connection((str(address), self.place.port), seconds)
            except OSError as error:
                failure = error
                continue
            # A second handle: TLS takes the first one over, and this one can cut it short then.
            self.handle = made.dup()
            if self.is_cut:  # just before there was anything to cut
                raise TimeoutError
            return made
        raise failure or OSError("no address")


class _GuardedHttp(_Guarded, HTTPConnection):
    pass


class _GuardedHttps(_Guarded, HTTPSConnection):
    pass


def _connection(place: Place, *, until: float) -> Any:
    timeout = CONNECT_SECONDS
    if place.is_secure:
        made: Any = _GuardedHttps(
            place.host, place.port, timeout=timeout, ssl_context=ssl.create_default_context()
        )
    else:
        made = _GuardedHttp(place.host, place.port, timeout=timeout)
    made.place, made.until = place, until
    return made


def _ask(
    connection: Any, method: str, place: Place, headers: Mapping[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    own = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Connection": "close"}
    connection.connect()
    if connection.is_cut:
        raise TimeoutError
    connection.sock.settimeout(DEADLINE_SECONDS)
    connection.is_sent = True
    connection.request(
        method,
        place.path,
        body=body or None,
        headers={**own, **headers},
        preload_content=False,
        decode_content=False,
    )
    response = connection.getresponse()
    text = _read(response)
    kept = {name.lower(): value for name, value in response.headers.items()}
    if connection.is_cut:
        raise TimeoutError
    return response.status, text, kept


def _read(response: Any) -> bytes:
    parts, size = [], 0
    while size < MOST_READ:
        part = response.read1(min(8192, MOST_READ - size))
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _cut(connection: Any) -> None:
    connection.is_cut = True
    if connection.handle is not None:
        with suppress(OSError):  # it had ended already, which is what we want
            connection.handle.shutdown(socket.SHUT_RDWR)


def _close(connection: Any) -> None:
    connection.close()
    if connection.handle is not None:
        connection.handle.close()


def _why(error: Exception, is_late: bool) -> str:
    if is_late or isinstance(error, TimeoutError):
        return str(_("it took too long"))
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return str(_("its certificate is not accepted"))
    if isinstance(error, OSError):
        return " ".join(str(error).split())[:200] or type(error).__name__
    # The words of these hold what was sent, keys among it, or whatever came back.
    if isinstance(error, ValueError) and not isinstance(error, HTTPError):
        return str(_("its address or its key has a sign that cannot be sent"))
    return str(_("what came back is no whole answer of HTTP"))


def _address(text: str) -> Address:
    return ip_address(text.partition("%")[0])


def _inside(address: Address) -> list[Address]:
    """List the older addresses that a newer one carries or stands for."""
    if isinstance(address, IPv4Address):
        return []
    found: list[Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one]
    if address.teredo:
        found.extend(address.teredo)
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if address in NAT64:
        found.append(low)
    if (int(address) >> 32) & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE):
        found.append(low)
    return found


@lru_cache(maxsize=64)
def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)
