"""Addresses to which one recipient answers one message: they name it, and cannot be made up.

`reply+<token>@<vendor>.<MAIL_IN_DOMAIN>`. The token has the message, its recipient and who reads
an answer, under a keyed digest that also covers the vendor: of another vendor, or with anything
changed in it, it is none. It is what the server of the recipient sends a bounce to, too.
"""

import hashlib
import hmac
from base64 import b32decode, b32encode
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import Tenant
from outbox.answer_marks import DESK, PUBLIC

REPLY = "reply"
# Takes no answer: only what a mail server says about the message.
NOTHING = "nothing"
AUDIENCES = {b"p": PUBLIC, b"d": DESK, b"n": NOTHING}
CODES = {audience: code for code, audience in AUDIENCES.items()}
ID_BYTES = 6
# 96 bits, and a token of 40 characters: what stands before the @ has room for 64.
MAC_BYTES = 12
TOKEN_BYTES = 1 + 2 * ID_BYTES + MAC_BYTES
TOKEN_LENGTH = 40
SALT = "outbox.reply_addresses"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reply address says: the row of the message, whom it went to, who reads the answer."""

    message_id: int
    recipient_id: int
    audience: str


def takes_mail() -> bool:
    """Tell whether this installation receives mail at all: MAIL_IN_DOMAIN."""
    return bool(settings.MAIL_IN_DOMAIN)


def mail_domain(vendor: Tenant) -> str:
    """Name the domain at which a vendor receives mail."""
    return f"{vendor.slug}.{settings.MAIL_IN_DOMAIN}"


def reply_address(vendor: Tenant, answered: Answered) -> str:
    """Make the address at which one recipient answers one message."""
    return f"{REPLY}+{_token(vendor.pk, answered)}@{mail_domain(vendor)}"


def read_token(tenant_id: int, local_part: str) -> Answered | None:
    """Read what stands before the @ of a reply address; None for one that we have not made.

    However it is capitalised, for servers change that. Takes the time of all keys in any case.
    """
    name, _plus, token = local_part.strip().lower().partition("+")
    if name != REPLY or len(token) != TOKEN_LENGTH:
        return None
    try:
        raw = b32decode(token.upper())
    except ValueError:
        return None
    audience = AUDIENCES.get(raw[:1])
    ids = (raw[1 : 1 + ID_BYTES], raw[1 + ID_BYTES : 1 + 2 * ID_BYTES])
    signed, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    known = [hmac.compare_digest(mac, one) for one in _macs(tenant_id, signed)]
    if audience is None or not any(known):
        return None
    message_id, recipient_id = (int.from_bytes(one) for one in ids)
    return Answered(message_id, recipient_id, audience)


def _token(tenant_id: int, answered: Answered) -> str:
    ids = (answered.message_id, answered.recipient_id)
    signed = CODES[answered.audience] + b"".join(one.to_bytes(ID_BYTES) for one in ids)
    mac = next(_macs(tenant_id, signed))
    return b32encode(signed + mac).decode().lower()


def _macs(tenant_id: int, signed: bytes) -> Iterator[bytes]:
    """Sign with the key of today, then with those that were replaced."""
    for secret in (None, *settings.SECRET_KEY_FALLBACKS):
        value = f"{tenant_id}:{hashlib.sha256(signed).hexdigest()}"
        digest = salted_hmac(SALT, value, secret=secret, algorithm="sha256").digest()
        yield digest[:MAC_BYTES]
