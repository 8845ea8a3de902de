"""Parts of pages that both faces draw alike: icons, and where a form's faults are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from sla.bar import WIDTH

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


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol in the colour of the text; a word beside it says what it means.

    Raises IconDoesNotExist for one that lucide does not have.
    """
    return _drawn(SYMBOLS.get(name, name))


@lru_cache
def _drawn(name: str) -> SafeString:
    said = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return lucide(name, size=None, **said)


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
