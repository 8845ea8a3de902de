"""HTML of other systems as plain text: lines, lists, and the addresses of links. Bounded."""

from html.parser import HTMLParser

LONGEST = 1_000_000
_BREAKS = {"br", "p", "div", "tr", "ul", "ol", "table", "blockquote", "pre", "hr"} | {
    f"h{level}" for level in range(1, 7)
}
_DROPPED = {"script", "style", "head", "title", "template", "svg"}


def plain_text(html: str) -> str:
    """Give the words of an HTML text; lines where blocks end, no two empty ones in a row."""
    walk = _Walk()
    walk.feed(html[:LONGEST])
    walk.close()
    lines = [" ".join(line.split()) for line in "".join(walk.parts).split("\n")]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip()


class _Walk(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.dropped = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropped += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BREAKS:
            self.parts.append("\n")
        elif tag == "a":
            self.links.append(next((value or "" for name, value in attrs if name == "href"), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropped = max(self.dropped - 1, 0)
        elif tag in _BREAKS - {"br", "hr"}:
            self.parts.append("\n")
        elif tag == "a" and self.links:
            href = self.links.pop()
            if href.startswith(("http://", "https://")) and href not in "".join(self.parts[-3:]):
                self.parts.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        if not self.dropped:
            self.parts.append(data.replace("\n", " "))
