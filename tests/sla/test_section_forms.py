"""The pages of the policy's sections: every key is there, and nothing changes by itself."""

from dataclasses import replace
from functools import cache

import pytest
from django.http import QueryDict

from sla.editing import with_sections
from sla.documents import fill, policy_of
from sla.engine.document import document_of, parse_document
from sla.engine.sections import POLICY
from sla.forms.sections import SECTIONS, SectionPage
from tests.packs import POLICIES
from tests.sla.everything import EVERYTHING

PACKS = ("metalogix", "scalix", "msp", "datadynamics", "everything")
# Calendars, holidays and targets have pages of their own; a vendor is who it is.
ELSEWHERE = {"vendor", "axes", "calendars", "holidays", "targets"}


@cache
def text_of(name):
    return EVERYTHING if name == "everything" else (POLICIES / f"{name}.toml").read_text()


def forms_of(page):
    for block in page.blocks:
        if hasattr(block, "rows"):
            yield block.rows.management_form
            yield from block.rows.forms
        else:
            yield from getattr(block, "forms", None) or [block.form]


def sent_by(page):
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


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("pack", PACKS)
def test_page_sent_back_as_it_came_changes_nothing(pack, section):
    policy = parse_document(text_of(pack))
    page = SectionPage(section, policy, sent_by(SectionPage(section, policy)))

    assert page.is_valid(), [form.errors for form in forms_of(page)]
    rows = with_sections(fill(document_of(text_of(pack))), page.sections())
    assert policy_of(rows) == policy
