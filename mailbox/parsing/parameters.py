"""A header with parameters, such as Content-Type: RFC 2045, and RFC 2231 with its usual faults."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from mailbox.parsing.words import decoded, decoded_words

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))', re.DOTALL)
_NUMBERED = re.compile(r"([^*]+)\*(\d{1,3})?(\*)?")
_MOST_SECTIONS = 100


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Read the value in front, in lower case, and the parameters by lower-case name."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(value):
        quoted, token = match[2], match[3]
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token.strip()
        _keep(match[1].lower(), text, plain, sections)
    for name, found in sections.items():
        plain[name] = _joined(found)
    return value.partition(";")[0].strip().lower(), plain


def file_name(parameters: Mapping[str, str], of_type: Mapping[str, str]) -> str:
    """Find the name that a part gives its file; in the words of the mail, not to be trusted."""
    return decoded_words(parameters.get("filename") or of_type.get("name") or "")


def _keep(
    name: str,
    text: str,
    plain: dict[str, str],
    sections: dict[str, dict[int, tuple[str, bool]]],
) -> None:
    """Keep a parameter; the first of a name counts."""
    match = _NUMBERED.fullmatch(name)
    if match is None:
        plain.setdefault(name, text)
        return
    found = sections.setdefault(match[1], {})
    if len(found) < _MOST_SECTIONS:
        is_encoded = bool(match[3]) or match[2] is None
        found.setdefault(int(match[2] or 0), (text, is_encoded))


def _joined(found: Mapping[int, tuple[str, bool]]) -> str:
    charset, data = "", b""
    for number, (text, is_encoded) in sorted(found.items()):
        if is_encoded and number == min(found) and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        raw = text.encode("utf-8", errors="replace")
        data += unquote_to_bytes(raw) if is_encoded else raw
    return decoded(data, charset)[0]
