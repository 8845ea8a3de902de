"""What somebody has typed into the filing form so far; one draft a person, kept over sign-outs.

The draft's row is also the token against filing twice: `open_case` deletes it, so whoever locks it
second finds none.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.models import CaseDraft


def draft_of(person: Person) -> CaseDraft | None:
    """Find the draft of a person, None if there is none."""
    return CaseDraft.objects.filter(person=person).first()


@transaction.atomic
def keep_draft(*, by: Person, answers: Mapping[str, str], at: datetime) -> CaseDraft:
    """Put answers into the person's draft, beside those it has. Locks the draft."""
    draft, _made = CaseDraft.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        tenant_id=current_tenant_id(), person=by, defaults={"updated_at": at}
    )
    draft.answers = {**draft.answers, **answers}
    draft.updated_at = at
    draft.save(update_fields=["answers", "updated_at"])
    return draft


def lock_draft(*, by: Person, draft_id: int) -> CaseDraft | None:
    """Lock a draft until the transaction ends; None when it is sent, discarded or not yours."""
    drafts = CaseDraft.objects.select_for_update(of=("self",), no_key=True)
    return drafts.filter(pk=draft_id, person=by).first()


@transaction.atomic
def discard_draft(*, by: Person) -> None:
    """Throw the person's draft away; nothing happens when there is none."""
    CaseDraft.objects.filter(person=by).delete()
