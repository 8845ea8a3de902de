"""How the mails of the corpus are put together, and what is claimed of one."""

import base64
from dataclasses import dataclass

SUPPORT = b"support@vendor.example"
VICTIM = "victim@corp.example"
EVIL = "x@evil.example"
WORDS = "It does not start since this morning."


@dataclass(frozen=True)
class Claims:
    """What must be true of a mail once it is read.

    `code`: of Unparsable, "" where it can be read. `sender`: the address of its one sender; None
    where nobody may be taken for it. `says` is in the text, `never` in nothing that is shown;
    `files` are the names of its files. None claims nothing. `killer`: only for a child process.
    """

    code: str = ""
    sender: str | None = VICTIM
    auto: str = "none"
    subject: str | None = None
    says: str | None = None
    fresh: str | None = None
    never: tuple[str, ...] = ()
    files: tuple[str, ...] | None = None
    loops: tuple[str, ...] = ()
    killer: bool = False


@dataclass(frozen=True)
class Hostile:
    name: str
    raw: bytes
    claims: Claims


Made = tuple[str, bytes, Claims]


def mail(
    *lines: str | bytes,
    sender: str | bytes | None = f"From: {VICTIM}",
    subject: str | bytes | None = "Subject: A printer",
    body: str | bytes = WORDS,
    eol: bytes = b"\r\n",
) -> bytes:
    """Put a mail together: given header lines between the usual ones, and a body."""
    usual = [
        b"To: " + SUPPORT,
        b"Message-ID: <m1@corp.example>",
        b"Date: Mon, 1 Jun 2026 10:00:00 +0200",
    ]
    head = [_bytes(line) for line in (sender, subject) if line is not None]
    return eol.join([*head, *usual, *map(_bytes, lines), b"", _bytes(body)])


def parts(
    *inner: bytes, kind: str = "mixed", boundary: str = "=b", more: str = ""
) -> tuple[str, bytes]:
    """Make the header and the body of a multipart."""
    mark = boundary.encode()
    body = b"".join(b"--" + mark + b"\r\n" + one + b"\r\n" for one in inner)
    return (
        f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}',
        body + b"--" + mark + b"--\r\n",
    )


def part(content_type: str, body: str | bytes, *lines: str | bytes) -> bytes:
    """Make one part of a multipart."""
    head = [f"Content-Type: {content_type}".encode(), *map(_bytes, lines)]
    return b"\r\n".join([*head, b"", _bytes(body)])


def plain(words: str = WORDS) -> bytes:
    return part("text/plain; charset=utf-8", words)


def encoded(data: bytes) -> bytes:
    return base64.encodebytes(data)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", errors="surrogateescape")
