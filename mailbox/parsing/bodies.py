"""What of a mail is its words, and what are its files."""

import hashlib
import html as html_words
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailbox.parsing.limits import LONGEST_NAME, MOST_HTML, MOST_TEXT
from mailbox.parsing.mail import Attached
from mailbox.parsing.markup import as_text, bare_words, cleaned, is_too_deep
from mailbox.parsing.mime import Part, body_of
from mailbox.parsing.parameters import file_name
from mailbox.parsing.words import clean_text, decoded, one_line

_ENDINGS = {
    "application/ms-tnef": ".dat", "application/pdf": ".pdf", "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m", "application/x-pkcs7-signature": ".p7s",
    "application/zip": ".zip", "image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png",
    "message/delivery-status": ".txt", "message/rfc822": ".eml", "text/calendar": ".ics",
    "text/csv": ".csv", "text/html": ".html", "text/plain": ".txt", "text/rfc822-headers": ".txt",
}  # fmt: skip
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
# What stands in for words that are only in the HTML is short.
_LONGEST_STAND_IN = 300
_WORDS = ("text/plain", "text/html", "text/enriched")


@dataclass
class Content:
    """The words in both forms, and the files, of one part and all in it."""

    text: str = ""
    html: str = ""
    files: list[Attached] = field(default_factory=list)
    defects: set[str] = field(default_factory=set)


class Reader:
    """Reads the parts of one mail; writes its files to `folder`, if there is one."""

    def __init__(self, raw: bytes, folder: Path | None) -> None:
        self._raw = raw
        self._folder = folder
        self._files = 0

    def read(self, part: Part, *, is_related: bool = False) -> Content:
        """Read a part and all in it. `is_related`: it stands beside the HTML that may show it."""
        if part.content_type == "multipart/alternative":
            return self._alternative(part)
        if part.children:
            related = part.content_type == "multipart/related"
            return _joined(
                [
                    self.read(one, is_related=related and bool(n))
                    for n, one in enumerate(part.children)
                ]
            )
        if self._is_words(part):
            return self._words(part)
        return self._file(part, is_inline=is_related)

    def _alternative(self, part: Part) -> Content:
        """Take the first plain and the last HTML of the forms that a mail offers."""
        forms = [self.read(one) for one in part.children]
        both = Content()
        both.text = next((one.text for one in forms if one.text.strip() and not one.html), "")
        both.html = next((one.html for one in reversed(forms) if one.html.strip()), "")
        of_html = next((one.text for one in reversed(forms) if one.html.strip()), "")
        if not both.text or _stands_in(both.text, of_html):
            both.text = of_html or both.text
        both.text = both.text or next((one.text for one in forms if one.text.strip()), "")
        for one in forms:
            both.files += one.files
            both.defects |= one.defects
        return both

    def _is_words(self, part: Part) -> bool:
        if part.content_type not in _WORDS:
            return False
        disposition, parameters = part.disposition
        return disposition != "attachment" and not file_name(parameters, part.parameters)

    def _words(self, part: Part) -> Content:
        data, broken = body_of(self._raw, part)
        most = MOST_TEXT if part.content_type == "text/plain" else MOST_HTML
        words, odd = decoded(data[: most * 4], part.parameters.get("charset", ""))
        content = Content(defects={one for one in (broken, odd, *part.defects) if one})
        if len(words) > most:
            content.defects.add("cut_short")
        words = clean_text(words, most)
        if part.content_type == "text/html" and is_too_deep(words):
            content.text = clean_text(bare_words(words), MOST_TEXT)
            content.defects.add("html_too_deep")
        elif part.content_type == "text/html":
            content.html = cleaned(words)
            content.text = as_text(content.html)
        else:
            content.text = _unflowed(words) if _is_flowed(part) else words
        return content

    def _file(self, part: Part, *, is_inline: bool) -> Content:
        data, broken = body_of(self._raw, part)
        disposition, parameters = part.disposition
        self._files += 1
        path = f"{self._files:03d}"
        if self._folder is not None:
            (self._folder / path).write_bytes(data)
        one = Attached(
            name=safe_name(file_name(parameters, part.parameters), part.content_type, self._files),
            content_type=one_line(part.content_type, 100),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            path=path if self._folder is not None else "",
            inline=is_inline and disposition != "attachment" and part.headers.has("content-id"),
        )
        return Content(files=[one], defects={one for one in (broken, *part.defects) if one})


def safe_name(name: str, content_type: str, number: int) -> str:
    """Make a name that leads no folder and no eye astray, out of what a mail calls a file."""
    last = re.split(r"[/\\]", one_line(name, 10_000))[-1]
    plain = _NOT_IN_NAMES.sub("_", last).strip(" .")
    if not plain.strip("_"):
        return f"attachment-{number}{_ENDINGS.get(content_type, '.bin')}"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _joined(parts: Sequence[Content]) -> Content:
    """Put parts that follow one another together; HTML of all where one of them has some."""
    whole = Content()
    whole.text = "\n\n".join(one.text for one in parts if one.text.strip())[:MOST_TEXT]
    if any(one.html for one in parts):
        forms = (one.html or _as_html(one.text) for one in parts if one.html or one.text.strip())
        whole.html = "\n<hr>\n".join(forms)
    for one in parts:
        whole.files += one.files
        whole.defects |= one.defects
    return whole


def _stands_in(text: str, of_html: str) -> bool:
    """Tell whether a text only says that the words are in the HTML: none of its lines is there."""
    if len(text) > _LONGEST_STAND_IN or len(of_html) <= len(text):
        return False
    words = f" {_bare(of_html)} "
    lines = [bare for bare in map(_bare, text.splitlines()) if bare]
    return not any(f" {line} " in words for line in lines)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _as_html(text: str) -> str:
    return f"<pre>{html_words.escape(text)}</pre>"


def _is_flowed(part: Part) -> bool:
    return part.parameters.get("format", "").lower() == "flowed"


def _unflowed(text: str) -> str:
    """Join the lines that a mail program broke for its own sake: RFC 3676."""
    lines: list[str] = []
    pending = depth = None
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        words = line[marks:].removeprefix(" ")
        if pending is not None and marks == depth and words != "-- ":
            pending += words
        else:
            lines += [pending] if pending is not None else []
            pending, depth = ("> " * marks if marks else "") + words, marks
        if not words.endswith(" ") or words == "-- ":
            lines.append(pending)
            pending = None
    return "\n".join([*lines, *([pending] if pending is not None else [])])
