"""HTML of a mail: what of it may be shown, and its words as plain text."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

from mailbox.parsing.limits import MOST_HTML, MOST_TEXT

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul",
}  # fmt: skip
# Taken out with all that is in them.
_WITH_CONTENT = {
    "applet", "audio", "canvas", "embed", "frameset", "head", "iframe", "math", "noembed",
    "noframes", "noscript", "object", "script", "select", "style", "svg", "template", "textarea",
    "title", "video", "xmp",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_BLOCKS = {
    "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "table", "tr", "ul",
}  # fmt: skip
# What begins with an empty line.
_APART = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "ul", "ol", "table"}
# HTML ends these by itself, so that there may be any number of them without an end.
_ENDED = {
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "param", "source", "tbody", "td", "th", "tr", "track", "wbr",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,30})")
# Deeper than any mail program writes; cleaning takes time by the square of it.
_DEEPEST = 500
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_DEEPEST_QUOTE = 20


def cleaned(html: str) -> str:
    """Take out of HTML all that acts, fetches, hides or dresses up; images too."""
    return nh3.clean(
        html[:MOST_HTML],
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
    )


def is_too_deep(html: str) -> bool:
    """Tell whether more elements stand in each other than can be cleaned in time."""
    depth = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _ENDED:
            continue
        depth = max(depth - 1, 0) if match[1] else depth + 1
        if depth > _DEEPEST:
            return True
    return False


def bare_words(html: str) -> str:
    """Take all that looks like a tag out, where nothing better can be done."""
    words = unescape(re.sub(r"<[^<>]*>", " ", html))
    return re.sub(r"[ \t]+", " ", words).strip()


def as_text(html: str) -> str:
    """Write cleaned HTML as plain text: lines, lists, quotes by ">", addresses of links."""
    walk = _Walk()
    walk.feed(html)
    walk.close()
    return walk.text()


class _Walk(HTMLParser):
    """Collects lines. What was cleaned has no comment, script or broken tag in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._size = 0
        self._quotes = 0
        self._pre = 0
        self._lists: list[int] = []  # the number of the last entry; -1 for one with dots
        self._links: list[tuple[str, str]] = []

    def text(self) -> str:
        """Join what was collected; never two empty lines."""
        self._end_line()
        while self._lines and not self._lines[-1].strip("> "):
            self._lines.pop()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_line()
        if tag in _APART and not self._lists:
            self._empty_line()
        if tag == "br":
            self._end_line(keep_empty=True)
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", self._line))
        elif tag in ("td", "th"):
            self._line += "  " if self._line.strip() else ""
        elif tag == "hr":
            self._put("-----")
        else:
            self._open(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._end_link(*self._links.pop())
        if tag in _BLOCKS:
            self._end_line()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote" and self._quotes:
            self._quotes -= 1
        elif tag == "pre" and self._pre:
            self._pre -= 1
        if tag in _APART and not self._lists:
            self._empty_line()

    def handle_data(self, data: str) -> None:
        if self._pre:
            *whole, last = data.split("\n")
            for line in whole:
                self._put(line)
                self._end_line(keep_empty=True)
            self._put(last)
            return
        words = _SPACES.sub(" ", data)
        self._put(words.lstrip(" ") if not self._line or self._line.endswith(" ") else words)

    def _open(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag == "li":
            self._open_entry()

    def _open_entry(self) -> None:
        kind = self._lists[-1] if self._lists else -1
        if kind >= 0:
            self._lists[-1] = kind + 1
        indent = "  " * min(max(len(self._lists) - 1, 0), _DEEPEST_QUOTE)
        self._line = indent + ("* " if kind < 0 else f"{kind + 1}. ")

    def _end_link(self, href: str, before: str) -> None:
        """Write the address of a link behind its words, unless they are the address."""
        words = self._line[len(before) :].strip() if self._line.startswith(before) else self._line
        bare = href.removeprefix("mailto:").removeprefix("tel:")
        if bare and words.rstrip("/") not in (bare.rstrip("/"), href.rstrip("/")):
            self._put(f" <{bare}>" if self._line.strip() else bare)

    def _put(self, text: str) -> None:
        if self._size + len(self._line) < MOST_TEXT:
            self._line += text

    def _end_line(self, *, keep_empty: bool = False) -> None:
        line = self._line.rstrip(" ")
        self._line = ""
        if not (line or keep_empty) or self._size > MOST_TEXT:
            return
        quotes = "> " * min(self._quotes, _DEEPEST_QUOTE)
        self._lines.append((quotes + line).rstrip(" "))
        self._size += len(line) + len(quotes) + 1

    def _empty_line(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(("> " * min(self._quotes, _DEEPEST_QUOTE)).rstrip(" "))
            self._size += 1
