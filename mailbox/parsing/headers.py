"""A block of headers: its end, its fields, and what is odd about it."""

import re
from dataclasses import dataclass

from mailbox.parsing.limits import HEADER_TOO_LONG, MOST_ONE_HEADER_BYTES, Budget, Unparsable
from mailbox.parsing.words import header_text

_NAME = re.compile(rb"([!-9;-~]{1,100})([ \t]*):")
# What the file of a mailbox has in front of a mail.
_ENVELOPE = re.compile(rb">?From ")


@dataclass(frozen=True)
class Headers:
    """Fields in their order: lower-case name, unfolded raw value. `defects` as codes."""

    fields: tuple[tuple[str, bytes], ...] = ()
    defects: frozenset[str] = frozenset()

    def all(self, name: str) -> list[str]:
        """List the values of all fields of a name."""
        return [header_text(value) for known, value in self.fields if known == name]

    def first(self, name: str) -> str:
        """Read the first field of a name, "" if there is none."""
        return next(iter(self.all(name)), "")

    def has(self, *names: str) -> bool:
        """Tell whether there is a field of any of these names."""
        return any(known in names for known, _value in self.fields)


def read_headers(raw: bytes, start: int, end: int, budget: Budget) -> tuple[Headers, int]:
    """Read the headers from `start` on, and where the body begins. Raises Unparsable.

    A line that is no header ends them: it belongs to the body.
    """
    fields: list[tuple[str, bytearray]] = []
    defects: set[str] = set()
    position, body = start, end
    while position < end:
        line, after = _line(raw, position, end)
        if not line:
            body = after
            break
        if not _take(line, fields, defects, is_first=position == start):
            body = position
            defects.add("broken_headers")
            break
        position = after
        budget.spend_header(len(line) + 1)
    return _finished(fields, defects), body


def _line(raw: bytes, position: int, end: int) -> tuple[bytes, int]:
    """Read a line and where the next one begins."""
    # A line that has no end may not cost more than what it could be at most.
    stop = min(end, position + MOST_ONE_HEADER_BYTES + 2)
    found = raw.find(b"\n", position, stop)
    if found < 0 and stop < end:
        raise Unparsable(HEADER_TOO_LONG, f"more than {MOST_ONE_HEADER_BYTES} bytes")
    until = found if found >= 0 else end
    line = raw[position:until]
    return line[:-1] if line.endswith(b"\r") else line, until + 1 if found >= 0 else end


def _take(
    line: bytes, fields: list[tuple[str, bytearray]], defects: set[str], *, is_first: bool
) -> bool:
    """Put a line to the fields; False if it is none."""
    if line[:1] in b" \t":
        if not fields:
            return False
        fields[-1][1].extend(b" " + line.strip(b" \t"))
        if len(fields[-1][1]) > MOST_ONE_HEADER_BYTES:
            raise Unparsable(HEADER_TOO_LONG, f"more than {MOST_ONE_HEADER_BYTES} bytes")
        return True
    if is_first and _ENVELOPE.match(line):
        return True
    match = _NAME.match(line)
    if match is None:
        return False
    if match[2]:
        defects.add("space_before_colon")
    fields.append((match[1].decode("ascii").lower(), bytearray(line[match.end() :].strip(b" \t"))))
    return True


def _finished(fields: list[tuple[str, bytearray]], defects: set[str]) -> Headers:
    done = tuple((name, bytes(value)) for name, value in fields)
    if any(b"\r" in value for _name, value in done):
        defects.add("bare_cr")
    if any(b"\0" in value for _name, value in done):
        defects.add("nul")
    if any(not value.isascii() for _name, value in done):
        defects.add("eight_bit_header")
    return Headers(done, frozenset(defects))
