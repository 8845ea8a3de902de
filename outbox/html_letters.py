"""The same message in HTML: made of its plain text, in the vendor's name and colour.

One text, two forms: whatever a kind, or the vendor in its own words, says in the one is in the
other. Nothing is fetched: no picture, no font, no script; a mail program that shows it asks nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.brand import brand_of
from accounts.colours import Palette, palette_of
from accounts.models import Tenant
from accounts.places import site_url
from outbox.answer_marks import ALL_MARKS
from outbox.texts import FOOT

# The product's own colour, as in static/css/tokens.css.
OWN_COLOUR = "#1c4fb4"
LONGEST_LABEL = 80
_LINK = re.compile(r"https?://[^\s<>\"]+")
_BEHIND_LINKS = ".,;:!?)»“”\"'"
_LABELLED = re.compile(r"(.{1,80}?):? (https?://[^\s<>\"]+)")
_ENTRY = re.compile(r"[-*•] +(.*)")
_RULE = re.compile(r"[-=]{5,}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Block:
    """What stands together: `kind` is p | list | quote | link | head."""

    kind: str
    lines: tuple[SafeString, ...]


@dataclass(frozen=True)
class Words:
    """A message taken apart: the line above which to answer, the text, what stands below it."""

    mark: str
    blocks: tuple[Block, ...]
    foot: tuple[SafeString, ...]


def html_letter(vendor: Tenant, subject: str, body: str) -> str:
    """Write a message in HTML, in the language that is spoken. Reads the vendor's look."""
    site = site_url(vendor)
    return render_to_string(
        "mail/_letter.html",
        {
            "vendor": vendor,
            "subject": subject,
            "language": get_language(),
            "palette": _palette(),
            "words": read_words(body, site),
        },
    )


def read_words(body: str, site: str) -> Words:
    """Take a plain text apart. `site` is the vendor's address: only links to it get a name."""
    plain = _CONTROLS.sub("", body).strip("\n")
    first, _line_end, rest = plain.partition("\n")
    mark = first.strip() if first.strip() in ALL_MARKS else ""
    text, foot, signature = (rest if mark else plain).rpartition(FOOT)
    if not foot:
        text, signature = signature, ""
    blocks = (block for lines in _paragraphs(text) for block in _blocks(lines, site))
    below = tuple(_linked(line, site) for line in signature.strip("\n").split("\n") if line.strip())
    return Words(mark, tuple(blocks), below)


def _palette() -> Palette:
    brand = brand_of()
    return palette_of(brand.colour if brand and brand.colour else OWN_COLOUR)


def _paragraphs(text: str) -> Iterator[list[str]]:
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines = [line.rstrip() for line in paragraph.split("\n") if line.strip()]
        if lines:
            yield lines


def _blocks(lines: Sequence[str], site: str) -> Iterator[Block]:
    """Divide lines that stand together by what they are; a line with a rule below is a heading."""
    if len(lines) > 1 and _RULE.fullmatch(lines[1].strip()):
        yield Block("head", (_linked(lines[0], site),))
        lines = lines[2:]
    if not lines:
        return
    group: list[str] = []
    kind = ""
    for line in lines:
        now = _kind_of(line, kind)
        if now != kind and group:
            yield _block(kind, group, site)
            group = []
        kind = now
        group.append(line)
    yield _block(kind, group, site)


def _kind_of(line: str, before: str) -> str:
    if _ENTRY.fullmatch(line):
        return "list"
    if line.startswith("  ") and before == "list":
        return "list"  # an entry goes on
    return "quote" if line.startswith(">") else "p"


def _block(kind: str, lines: Sequence[str], site: str) -> Block:
    if kind == "list":
        return Block(kind, tuple(_entries(lines, site)))
    if kind == "quote":
        return Block(kind, tuple(_linked(line.lstrip(">").strip(), site) for line in lines))
    if len(lines) == 1 and (named := _named_link(lines[0], site)):
        return Block("link", (named,))
    return Block(kind, tuple(_linked(line, site) for line in lines))


def _entries(lines: Sequence[str], site: str) -> Iterator[SafeString]:
    entries: list[list[str]] = []
    for line in lines:
        match = _ENTRY.fullmatch(line)
        if match:
            entries.append([match[1]])
        else:
            entries[-1].append(line.strip())
    for entry in entries:
        yield mark_safe("<br>".join(_linked(line, site) for line in entry))  # noqa: S308


def _named_link(line: str, site: str) -> SafeString | None:
    """Write "What it is: address" as a link of that name, if it leads to the vendor itself.

    Any other address is shown as it is: words must not hide where they lead.
    """
    match = _LABELLED.fullmatch(line.strip())
    if match is None or not match[2].startswith(site) or len(match[1]) > LONGEST_LABEL:
        return None
    return format_html('<a class="go" href="{}">{}</a>', match[2], match[1].rstrip(":"))


def _linked(line: str, site: str) -> SafeString:
    """Escape a line and make links of its addresses; spaces that set it in are kept."""
    named = _named_link(line, site)
    if named:
        return mark_safe(named.replace(' class="go"', "", 1))  # noqa: S308
    indent = len(line) - len(line.lstrip(" "))
    found = ["&nbsp;" * min(indent, 20)]
    done = indent
    for match in _LINK.finditer(line, indent):
        address = match[0].rstrip(_BEHIND_LINKS)
        found.append(escape(line[done : match.start()]))
        found.append(format_html('<a href="{0}">{0}</a>', address))
        done = match.start() + len(address)
    found.append(escape(line[done:]))
    return mark_safe("".join(found))  # noqa: S308
