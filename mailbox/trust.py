"""Whether a mail is from whom it says: what the server at our own border found, nobody else. Pure.

A border server takes away what mail brings in its name (RFC 8601, 5) and puts its own on top, so of
each method the topmost result counts: one that was forged before stands below it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import authres

from mailbox.parsing import AuthenticationResult

# Proven to be from the address in From; proven not to be; nobody said anything that counts.
PROVEN, FORGED, UNPROVEN = "proven", "forged", "unproven"
_PASS, _FAIL = "pass", "fail"


@dataclass(frozen=True)
class Found:
    """One result: dmarc or dkim, pass or not, and the domain that it is about."""

    method: str
    result: str
    domain: str


def judge_sender(address: str, results: Sequence[AuthenticationResult], ours: Sequence[str]) -> str:
    """Say whether a mail is proven to come from the domain of `address`, by servers of `ours`.

    DMARC decides where it was asked; else a signature by DKIM of that domain, or of one above it.
    SPF alone proves the envelope, not the letter.
    """
    domain = address.rpartition("@")[2].lower().rstrip(".")
    names = {one.strip().lower() for one in ours if one.strip()}
    found = [one for given in results if _is_of(given, names) for one in _read(given)]
    dmarc = next((one for one in found if one.method == "dmarc"), None)
    if dmarc is not None and dmarc.result == _FAIL:
        return FORGED
    if dmarc is not None and dmarc.result == _PASS and dmarc.domain == domain:
        return PROVEN
    signed = _signatures(results, names)
    is_signed = any(one.result == _PASS and _is_aligned(domain, one.domain) for one in signed)
    return PROVEN if is_signed else UNPROVEN


def _signatures(results: Sequence[AuthenticationResult], names: set[str]) -> list[Found]:
    """List the signatures of the topmost header that tells of any: a mail may have several."""
    for given in results:
        own = [one for one in _read(given) if one.method == "dkim"] if _is_of(given, names) else []
        if own:
            return own
    return []


def _is_of(given: AuthenticationResult, names: set[str]) -> bool:
    return given.authserv_id.strip().lower() in names


def _read(given: AuthenticationResult) -> Iterator[Found]:
    """Read the results of one header; nothing of one that is not as it should be."""
    try:
        header = authres.AuthenticationResultsHeader.parse_value(given.value)
    except (authres.AuthResError, ValueError, RecursionError):
        return
    for result in header.results:
        if result.method in ("dmarc", "dkim"):
            named = {(one.type, one.name): str(one.value or "") for one in result.properties}
            key = "from" if result.method == "dmarc" else "d"
            domain = named.get(("header", key), "")
            if result.method == "dkim" and not domain:
                domain = named.get(("header", "i"), "").rpartition("@")[2]
            yield Found(result.method, str(result.result).lower(), domain.lower().rstrip("."))


def _is_aligned(domain: str, signed_by: str) -> bool:
    """Tell whether a domain that signed is that of the sender, or one above it."""
    if "." not in signed_by:
        return False
    return domain == signed_by or domain.endswith(f".{signed_by}")
