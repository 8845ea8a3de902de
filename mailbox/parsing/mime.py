"""The tree of a mail's parts, as places in its bytes.

Nothing is copied, and a byte is looked at once for each part around it.

Written anew because the one of Python's library holds every line against every boundary around it,
and reads comments and addresses recursively.
"""

import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailbox.parsing.headers import Headers, read_headers
from mailbox.parsing.limits import Budget
from mailbox.parsing.parameters import read_parameters

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_AS_IT_IS = ("", "7bit", "8bit", "binary")


@dataclass(frozen=True)
class Part:
    """One part: its headers, what it says it is, where its body stands, and what is in it."""

    headers: Headers
    content_type: str
    parameters: Mapping[str, str]
    start: int
    end: int
    children: tuple["Part", ...] = ()
    defects: frozenset[str] = field(default_factory=frozenset)

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        return read_parameters(self.headers.first("content-disposition"))


def read_part(
    raw: bytes, start: int, end: int, budget: Budget, *, depth: int = 0, given: str = "text/plain"
) -> Part:
    """Read a part and all in it. `given` is what it is where it does not say. Raises Unparsable."""
    budget.spend_part(depth)
    headers, body = read_headers(raw, start, end, budget)
    content_type, parameters = read_parameters(headers.first("content-type"))
    if "/" not in content_type:
        content_type = given
    if not content_type.startswith("multipart/"):
        return Part(headers, content_type, parameters, body, end, (), headers.defects)
    boundary = parameters.get("boundary", "").encode("utf-8", errors="replace")
    inner = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    children = tuple(
        read_part(raw, first, last, budget, depth=depth + 1, given=inner)
        for first, last in (divided(raw, body, end, boundary) if boundary else ())
    )
    if children:
        return Part(headers, content_type, parameters, body, end, children, headers.defects)
    # What cannot be divided is shown as it stands: nothing of it shall be lost.
    defects = headers.defects | {"no_parts"}
    return Part(headers, "text/plain", {}, body, end, (), defects)


def divided(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Find where the parts between the lines of a boundary begin and end."""
    first = None
    for line, after, is_last in _boundaries(raw, start, end, boundary):
        if first is not None:
            yield first, max(first, _before_break(raw, line))
        first = after
        if is_last:
            return
    if first is not None:  # the last line is missing: cut off on the way
        yield first, end


def body_of(raw: bytes, part: Part) -> tuple[bytes, str]:
    """Undo the encoding of a part's body; with a defect, "" if there is none."""
    data = raw[part.start : part.end]
    encoding = part.headers.first("content-transfer-encoding").partition(";")[0].strip().lower()
    if encoding == "base64":
        return _from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data), ""
    return data, "" if encoding in _AS_IT_IS else "unknown_encoding"


def _boundaries(
    raw: bytes, start: int, end: int, boundary: bytes
) -> Iterator[tuple[int, int, bool]]:
    """Find the boundary lines: where each begins, where the next does, and whether it closes."""
    mark = b"--" + boundary
    found = start if raw.startswith(mark, start, end) else _next(raw, mark, start, end)
    while found >= 0:
        rest = found + len(mark)
        stop = raw.find(b"\n", rest, end)
        line_end = stop if stop >= 0 else end
        tail = raw[rest : min(line_end, rest + 100)].strip()
        is_last = tail == b"--" or tail.startswith(b"-- ")
        if not tail or is_last:
            yield found, min(line_end + 1, end), is_last
        found = _next(raw, mark, line_end, end)


def _next(raw: bytes, mark: bytes, position: int, end: int) -> int:
    found = raw.find(b"\n" + mark, position, end)
    return found + 1 if found >= 0 else -1


def _before_break(raw: bytes, line: int) -> int:
    """Step back over the line break in front of a boundary: it belongs to the boundary."""
    if raw[line - 1 : line] == b"\n":
        line -= 1
    return line - 1 if raw[line - 1 : line] == b"\r" else line


def _from_base64(data: bytes) -> tuple[bytes, str]:
    plain = data.translate(None, _NOT_BASE64)
    left = len(plain) % 4
    broken = (
        "broken_base64"
        if left == 1 or data.strip(b"\r\n\t =").translate(None, _BASE64 + b"\r\n\t =")
        else ""
    )
    plain = plain[: len(plain) - 1] if left == 1 else plain + b"=" * (-left % 4)
    return binascii.a2b_base64(plain), broken
