"""Rows of the admin's lists whose cells say what they are, for screens without room for a table."""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def named_cells(cells: Iterable[SafeString], headers: list[Mapping[str, Any]]) -> SafeString:
    """Write the cells of a row, each with the name of its column: `<td data-name="Plan" …>`.

    The box that chooses a row has none: what stands above it is a box too.
    """
    names = ["" if "<" in str(header["text"]) else str(header["text"]) for header in headers]
    named = (_named(cell, name) for cell, name in zip_longest(cells, names, fillvalue=""))
    return format_html_join("", "{}", ((cell,) for cell in named))


def _named(cell: SafeString, name: str) -> SafeString:
    before, tag, rest = cell.partition("<t")
    if not name or not tag:
        return cell
    # A letter follows, `d` or `h`: the rest of what Django has written and escaped.
    named = format_html('<t{} data-name="{}"', rest[:1], capfirst(name))
    return mark_safe(f"{before}{named}{rest[1:]}")  # noqa: S308
