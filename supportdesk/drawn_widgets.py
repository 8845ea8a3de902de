"""Inputs and text areas drawn without a template: a page of the desk has twenty of them."""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in ("input", "text", "hidden", "number", "email", "url", "password", "checkbox")
)
TEXTAREA = "django/forms/widgets/textarea.html"


class DrawnWidgets(DjangoTemplates):
    """Draws what Django's own templates of these widgets would; all others by their template."""

    def render(
        self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        if template_name in INPUTS:
            return _input(context["widget"])
        if template_name == TEXTAREA:
            return _text_area(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    attributes = widget["attrs"] if value is None else {"value": str(value)} | widget["attrs"]
    written = _written(attributes)
    return format_html('<input type="{}" name="{}"{}>', widget["type"], widget["name"], written)


def _text_area(widget: Mapping[str, Any]) -> SafeString:
    written, value = _written(widget["attrs"]), widget["value"] or ""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], written, value)


def _written(attributes: Mapping[str, Any]) -> SafeString:
    """Write attributes in their order: True by its name alone, False not at all."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in attributes.items()
            if value is not False
        ),
    )
