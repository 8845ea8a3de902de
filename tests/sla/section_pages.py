"""The pages of sections in tests: every form of them, and what a browser would send."""

from collections.abc import Iterator

from django.forms import Form
from django.http import QueryDict

from sla.forms.sections import SectionPage


def forms_of(page: SectionPage) -> Iterator[Form]:
    for block in page.blocks:
        if hasattr(block, "rows"):
            yield block.rows.management_form
            yield from block.rows.forms
        else:
            yield from getattr(block, "forms", None) or [block.form]


def as_sent(page: SectionPage) -> QueryDict:
    """Fill in a page as a browser would send it unchanged."""
    sent = QueryDict(mutable=True)
    for form in forms_of(page):
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            values = value if isinstance(value, list) else ["on" if value is True else value]
            sent.setlist(field.html_name, [str(one) for one in values])
    return sent
