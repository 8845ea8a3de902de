"""Reading one mail: bytes in, values out."""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

from mailbox.parsing.addresses import Entry, read_addresses
from mailbox.parsing.automatic import MESSAGE_ID, bounce_of, kind_of
from mailbox.parsing.bodies import Reader
from mailbox.parsing.headers import Headers
from mailbox.parsing.limits import (
    EMPTY,
    LONGEST_SUBJECT,
    MOST_BYTES,
    MOST_RECIPIENTS,
    MOST_REFERENCES,
    TOO_BIG,
    TOO_MANY_RECIPIENTS,
    Budget,
    Unparsable,
)
from mailbox.parsing.mail import Address, AuthenticationResult, ParsedMail
from mailbox.parsing.mime import read_part
from mailbox.parsing.quotes import split_quote
from mailbox.parsing.words import decoded_words, one_line

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_ONCE = ("subject", "message-id", "date", "sender", "to", "cc", "content-type", "in-reply-to")
_LOOP = "x-supportdesk-loop"
# Of the oddities of headers: with these, servers on the way may have read another From than we do.
_UNSURE = frozenset({"broken_headers", "space_before_colon", "bare_cr", "nul"})
_RANGE = (0, 253_402_300_799)  # what PostgreSQL and people can still read as a date


def parse(raw: bytes, folder: Path | None = None) -> ParsedMail:
    """Read a mail; its files go to `folder`, if one is given. Raises Unparsable.

    In this process: what a stranger sent belongs to `run_parser`, which can be killed.
    """
    if len(raw) > MOST_BYTES:
        raise Unparsable(TOO_BIG, f"{len(raw)} bytes")
    if not raw.strip():
        raise Unparsable(EMPTY)
    part = read_part(raw, 0, len(raw), Budget())
    headers = part.headers
    subject = one_line(decoded_words(headers.first("subject")), LONGEST_SUBJECT)
    return_path = _return_path(headers)
    content = Reader(raw, folder).read(part)
    fresh, quoted = split_quote(content.text)
    from_, from_defects = _from(headers)
    to, cc = _recipients(headers)
    return ParsedMail(
        message_id=next(iter(_ids(headers, "message-id")), ""),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        date=_date(headers.first("date")),
        from_=from_,
        from_defects=from_defects,
        sender=next(iter(_mailboxes(headers, "sender")), None),
        reply_to=_mailboxes(headers, "reply-to"),
        to=to,
        cc=cc,
        delivered_to=_delivered_to(headers),
        return_path=return_path,
        subject=subject,
        text=content.text,
        html=content.html,
        fresh=fresh,
        quoted=quoted,
        attachments=tuple(content.files),
        auto=kind_of(headers, subject, part, return_path),
        bounce=bounce_of(raw, part),
        authentication=_authentication(headers),
        loops=tuple(one_line(value, 200) for value in headers.all(_LOOP)[:20]),
        defects=tuple(sorted({*headers.defects, *content.defects, *_doubled(headers)})),
    )


def _from(headers: Headers) -> tuple[Address | None, tuple[str, ...]]:
    """Find the one who says to have written it; None and why if nobody can be sure who that is."""
    values = headers.all("from")
    entries = [entry for value in values for entry in read_addresses(value)]
    defects = {defect for entry in entries for defect in entry.defects}
    defects |= headers.defects & _UNSURE
    if not values:
        defects.add("no_from")
    if len(values) > 1:
        defects.add("two_from_headers")
    if len(entries) != 1 and len(values) == 1:
        defects.add("two_mailboxes" if entries else "no_address")
    if any(_is_odd(value) for value in values):
        defects.add("odd_signs")
    if defects:
        return None, tuple(sorted(defects))
    return entries[0].mailbox, ()


def _is_odd(value: str) -> bool:
    """Tell whether there is a control or an invisible sign in it."""
    return one_line(value, len(value)) != " ".join(value.split())


def _recipients(headers: Headers) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    found = {name: _entries(headers, name) for name in ("to", "cc")}
    if sum(len(entries) for entries in found.values()) > MOST_RECIPIENTS:
        raise Unparsable(TOO_MANY_RECIPIENTS, f"more than {MOST_RECIPIENTS}")
    return _addresses(found["to"]), _addresses(found["cc"])


def _entries(headers: Headers, name: str) -> list[Entry]:
    return [entry for value in headers.all(name) for entry in read_addresses(value)]


def _addresses(entries: Sequence[Entry]) -> tuple[Address, ...]:
    return tuple(entry.mailbox for entry in entries if entry.mailbox is not None)


def _mailboxes(headers: Headers, name: str) -> tuple[Address, ...]:
    return _addresses(_entries(headers, name)[:MOST_RECIPIENTS])


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    found = {
        entry.address: None
        for name in _DELIVERED
        for entry in _entries(headers, name)[:MOST_RECIPIENTS]
        if entry.address
    }
    return tuple(found)[:MOST_RECIPIENTS]


def _return_path(headers: Headers) -> str | None:
    """Read the topmost Return-Path; "" is the null sender."""
    if not headers.has("return-path"):
        return None
    value = headers.first("return-path").strip()
    if re.fullmatch(r"<\s*>", value):
        return ""
    return next((entry.address for entry in read_addresses(value) if entry.address), None)


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    """Read Message-IDs, the newest kept where there are too many."""
    found = [one for value in headers.all(name) for one in MESSAGE_ID.findall(value)]
    plain = dict.fromkeys(one for one in found if one.isascii() and one.isprintable())
    return tuple(plain)[-MOST_REFERENCES:]


def _date(value: str) -> int | None:
    try:
        moment = parsedate_to_datetime(value[:100])
        known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = calendar.timegm(known.utctimetuple())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return seconds if _RANGE[0] <= seconds <= _RANGE[1] else None


def _authentication(headers: Headers) -> tuple[AuthenticationResult, ...]:
    found = []
    for value in headers.all("authentication-results")[:50]:
        plain = one_line(value, 4_000)
        words = plain.partition(";")[0].split()
        found.append(AuthenticationResult(words[0].lower() if words else "", plain))
    return tuple(found)


def _doubled(headers: Headers) -> set[str]:
    names = [name for name, _value in headers.fields]
    return {f"two_{name.replace('-', '_')}" for name in _ONCE if names.count(name) > 1}
