"""Addresses of a header: RFC 5322 as far as nobody can read it in two ways, the rest is a defect.

What a mail is matched by must be read by us as any mail server reads it. So nothing is mended here:
an address that needs mending is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbox.parsing.mail import Address
from mailbox.parsing.words import decoded_words, one_line

LONGEST_DISPLAY_NAME = 200
_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,.\"]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LITERAL = re.compile(r"\[[^\[\]\\]*\]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_DEEPEST_COMMENT = 5


@dataclass(frozen=True)
class Token:
    """`kind`: atom | quoted | comment | literal | space | special | broken."""

    kind: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One thing between commas: its address, "" where that is not plain, and what is odd."""

    address: str
    name: str
    defects: tuple[str, ...] = ()

    @property
    def mailbox(self) -> Address | None:
        return Address(self.address, self.name) if self.address else None


def read_addresses(value: str) -> list[Entry]:
    """Read all that stands in one header of addresses, in its order."""
    entries: list[Entry] = []
    is_group = False
    for part, end in _parts(list(_tokens(value))):
        if end == ":":
            is_group = True
            continue
        entry = _entry(part)
        if entry is not None:
            extra = ("group",) if is_group or end == ";" else ()
            entries.append(Entry(entry.address, entry.name, entry.defects + extra))
        if end == ";":
            is_group = False
    return entries


def _tokens(value: str) -> Iterator[Token]:
    position = 0
    while position < len(value):
        token, position = _token(value, position)
        yield token


def _token(value: str, position: int) -> tuple[Token, int]:
    sign = value[position]
    if sign == "(":
        return _comment(value, position)
    for first, pattern, kind in (('"', _QUOTED, "quoted"), ("[", _LITERAL, "literal")):
        if sign != first:
            continue
        match = pattern.match(value, position)
        if match is None:
            return Token("broken", value[position:]), len(value)
        text = re.sub(r"\\(.)", r"\1", match[1]) if kind == "quoted" else match[0]
        return Token(kind, text), match.end()
    if sign.isspace():
        return Token("space", " "), position + 1
    match = _ATOM.match(value, position)
    if match is None:
        return Token("special", sign), position + 1
    return Token("atom", match[0]), match.end()


def _comment(value: str, start: int) -> tuple[Token, int]:
    """Pass over a comment; one without an end, or far too deep, breaks the rest."""
    depth, position = 0, start
    while position < len(value):
        sign = value[position]
        if sign == "\\":
            position += 1
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth > _DEEPEST_COMMENT:
                break
            if not depth:
                return Token("comment", value[start + 1 : position]), position + 1
        position += 1
    return Token("broken", value[start:]), len(value)


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], str]]:
    """Divide at commas, colons and semicolons that are in no angle brackets; with what ended it."""
    part: list[Token] = []
    in_angle = False
    for token in tokens:
        if token.kind == "special":
            in_angle = token.text == "<" or (in_angle and token.text != ">")
        if token.kind == "special" and token.text in ",:;" and not in_angle:
            yield part, token.text
            part = []
        else:
            part.append(token)
    yield part, ""


def _entry(tokens: Sequence[Token]) -> Entry | None:
    tokens = _trimmed(tokens)
    if not tokens:
        return None
    if any(token.kind == "broken" for token in tokens):
        return Entry("", _name(tokens), ("broken",))
    opens = [n for n, token in enumerate(tokens) if token == Token("special", "<")]
    return _in_angle(tokens, opens[0]) if opens else _bare(tokens)


def _in_angle(tokens: Sequence[Token], opens: int) -> Entry:
    phrase = tokens[:opens]
    inner, defects = tokens[opens + 1 :], set()
    closes = next((n for n, token in enumerate(inner) if token == Token("special", ">")), None)
    after = _trimmed(inner[closes + 1 :]) if closes is not None else []
    if closes is None or any(token.kind != "comment" for token in after):
        defects.add("broken")
    if any(token.kind == "special" and token.text == "@" for token in phrase):
        defects.add("address_as_name")
    elif any(token.kind == "literal" or token == Token("special", ">") for token in phrase):
        defects.add("broken")
    address, odd = _address(_trimmed(inner[:closes]))
    defects |= odd
    return Entry("" if defects else address, _name(phrase), tuple(sorted(defects)))


def _bare(tokens: Sequence[Token]) -> Entry:
    """Read an address without angle brackets; a comment behind it is its name, as it once was."""
    comments = []
    while tokens and tokens[-1].kind in ("comment", "space"):
        comments.append(tokens[-1].text)
        tokens = tokens[:-1]
    address, defects = _address(tokens)
    name = _shown(" ".join(reversed(comments)))
    return Entry("" if defects else address, name, tuple(sorted(defects)))


def _address(tokens: Sequence[Token]) -> tuple[str, set[str]]:
    """Read `local@domain`, and what keeps it from being a plain one."""
    text = "".join(token.text for token in tokens)
    defects = {
        name
        for name, kinds in (
            ("comment_in_address", ("comment",)),
            ("quoted_local_part", ("quoted",)),
            ("address_literal", ("literal",)),
            ("space_in_address", ("space",)),
        )
        if any(token.kind in kinds for token in tokens)
    }
    if not text.isascii():
        defects.add("not_ascii")
    if "=?" in text:
        defects.add("encoded_word_in_address")
    local, at, domain = text.rpartition("@")
    plain = bool(at) and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not defects and (not plain or len(local) > 64 or len(text) > 254):
        defects.add("no_address")
    return f"{local}@{domain.lower()}", defects


def _trimmed(tokens: Sequence[Token]) -> list[Token]:
    found = list(tokens)
    while found and found[0].kind == "space":
        found.pop(0)
    while found and found[-1].kind == "space":
        found.pop()
    return found


def _name(tokens: Sequence[Token]) -> str:
    return _shown("".join(token.text for token in tokens if token.kind != "comment"))


def _shown(text: str) -> str:
    return one_line(decoded_words(text), LONGEST_DISPLAY_NAME)
