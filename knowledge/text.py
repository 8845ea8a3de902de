"""Article text: CommonMark in, safe HTML out. Pure."""

from collections.abc import Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# No picture is drawn: one from elsewhere would tell who reads what, and of ours there are none.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_PARSER.disable("image")

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "a", "ul", "ol", "li"),
    *("blockquote", "pre", "code", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
FIRST_HEADING, LOWEST_HEADING = 2, 6


def render(text: str) -> SafeString:
    """Draw article text as HTML that is safe to put into a page.

    HTML in the text is shown as it was typed. Its highest headings are of the second level, below
    the title of the page, whichever they are in the text; what is wide (`pre`) takes the focus, so
    that a keyboard can scroll it.
    """
    tokens = _PARSER.parse(text)
    _fit_headings(tokens)
    drawn = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(drawn, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)
    # Of what is left a "<" begins a tag: what was typed has been escaped.
    return mark_safe(clean.replace("<pre>", '<pre tabindex="0">'))


def _fit_headings(tokens: Sequence[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1:]) for token in headings), default=FIRST_HEADING)
    for token in headings:
        level = int(token.tag[1:]) - highest + FIRST_HEADING
        token.tag = f"h{min(level, LOWEST_HEADING)}"
