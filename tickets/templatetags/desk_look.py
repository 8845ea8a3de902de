"""Parts of pages that both faces draw alike: icons, and where a form's faults are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.forms import BaseForm, BoundField
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from sla.bar import WIDTH
from tickets.markup import joined

register = template.Library()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a form, and the link to where it can be mended."""

    message: str
    href: str


# Our word for what a symbol says, and lucide's for what it shows; others go by lucide's own name.
SYMBOLS = {
    "alert": "triangle-alert",
    "arrow": "arrow-right",
    "back": "arrow-left",
    "dash": "minus",
    "late": "circle-alert",
    "person": "user",
    "question": "circle-question-mark",
    "up": "arrow-up",
}


class IconNode(Node):
    """A symbol whose name is known only as the page is drawn."""

    def __init__(self, name: FilterExpression) -> None:
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        return icon(self.name.resolve(context))


def icon(name: str) -> SafeString:
    """Draw a symbol in the colour of the text; a word beside it says what it means.

    Raises IconDoesNotExist for one that lucide does not have.
    """
    return _drawn(SYMBOLS.get(name, name))


@register.tag("icon")
def icon_tag(parser: Parser, token: Token) -> Node:
    """Draw `{% icon "check" %}`; a name that stands in the template is drawn as that is read."""
    _tag, written = token.split_contents()
    name = parser.compile_filter(written)
    is_fixed = isinstance(name.var, str) and not name.filters
    return TextNode(icon(name.var)) if is_fixed else IconNode(name)


@lru_cache
def _drawn(name: str) -> SafeString:
    said = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return lucide(name, size=None, **said)


BOX = (
    '<label class="check" for="{0}"><input type="checkbox" name="{1}" value="{2}" id="{0}"{3}>'
    " <span>{4}</span></label>"
)
CHECKED = {False: "", True: " checked"}


@register.filter
def boxes(field: BoundField) -> SafeString:
    """Draw a box to tick for each choice of a field; of a desk's people there may be many."""
    ticked = {str(one) for one in field.value() or ()}
    parts = (
        (f"{field.auto_id}_{place}", field.html_name, key, CHECKED[str(key) in ticked], name)
        for place, (key, name) in enumerate(field.field.choices)
    )
    return joined(BOX, parts)


@register.filter
def percent(x: int) -> str:
    """Write a place on the bar of time as a share of its width, in the point of SVG."""
    return f"{x * 100 / WIDTH:.2f}%"


@register.filter
def faults(form: BaseForm) -> list[Fault]:
    """List a form's faults, first those of the whole form, then each field's in their order."""
    whole = [Fault(message, "") for message in form.non_field_errors()]
    return whole + [fault for field in form for fault in _faults_of(field)]


def _faults_of(field: BoundField) -> Iterator[Fault]:
    # Of radio buttons the first one takes the focus: the group has no element of its own.
    target = f"{field.auto_id}_0" if field.use_fieldset else field.auto_id
    for message in field.errors:
        yield Fault(message, f"#{target}")
