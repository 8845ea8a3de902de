"""Changing sections of the working copy as its document has them, in the tenant that is entered."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from sla.actions import _edit
from sla.documents import Rows, assemble, fill
from sla.models import PolicyDraft


@transaction.atomic
def save_section(
    *, by: Person, at: datetime, revision: int, sections: Mapping[str, object]
) -> PolicyDraft:
    """Put `sections`, whole top-level keys of the document, in the place of what the copy says.

    None takes a key out. Raises DraftChanged, NotAllowed, and PolicyIsFaulty with paths of the
    whole document: what is removed here may still be named elsewhere.
    """
    return _edit(by, at, revision, lambda rows: with_sections(rows, sections))


def with_sections(rows: Rows, sections: Mapping[str, object]) -> Rows:
    """Put whole keys of a document into a working copy's rows; None takes one out."""
    document = assemble(rows) | sections
    return fill({key: value for key, value in document.items() if value is not None})
