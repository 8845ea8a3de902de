"""Changing sections of the working copy as its document has them, in the tenant that is entered."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from sla.documents import Rows, assemble, fill, read_rows
from sla.drafting import check_may, lock_draft_as_seen, put_rows
from sla.engine.document import PolicyFaults, document_of, text_of
from sla.errors import PolicyIsFaulty
from sla.faults import fault_sentences
from sla.models import PolicyDraft


@transaction.atomic
def save_section(
    *, by: Person, at: datetime, revision: int, sections: Mapping[str, object]
) -> PolicyDraft:
    """Put `sections`, whole top-level keys of the document, in the place of what the copy says.

    None takes a key out. Raises DraftChanged, NotAllowed, and PolicyIsFaulty with paths of the
    whole document: what is removed here may still be named elsewhere.
    """
    check_may(by, "edit_policy")
    draft = lock_draft_as_seen(revision)
    try:
        rows = with_sections(read_rows(draft), sections)
    except PolicyFaults as found:
        raise PolicyIsFaulty(fault_sentences(found), found.faults) from found
    put_rows(draft, rows, by=by, at=at)
    return draft


def with_sections(rows: Rows, sections: Mapping[str, object]) -> Rows:
    """Put whole keys of a document into a working copy's rows; None takes one out.

    What comes back is complete and in the document's own form. Raises PolicyFaults.
    """
    document = {**assemble(rows), **sections}
    held = {key: value for key, value in document.items() if value is not None}
    return fill(document_of(text_of(held)))
