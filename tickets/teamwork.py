"""What somebody of the desk has typed on a case and not sent: kept for each act, until it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.models import Case
from tickets.teamwork_errors import TextTooLong
from tickets.teamwork_models import ActDraft, HeldAnswer

# A reply with a long log in it; what is longer belongs into a file.
LONGEST_DRAFT = 200_000
# The field of every act in which its words stand.
WORDS = "body"

Answers = Mapping[str, Any]


def drafts_of(person: Person, case: Case) -> dict[str, ActDraft]:
    """Map the acts of a case to what a person has typed for them and not sent."""
    return {draft.act: draft for draft in ActDraft.objects.filter(case=case, person=person)}


@transaction.atomic
def keep_act_draft(*, case: Case, act: str, by: Person, answers: Answers, at: datetime) -> None:
    """Keep what was typed for an act in place of what was kept before; nothing is kept of nothing.

    The case is one that `by` may see. Raises TextTooLong.
    """
    if sum(len(str(value)) for value in answers.values()) > LONGEST_DRAFT:
        raise TextTooLong(field=WORDS, most=LONGEST_DRAFT)
    _keep(case, act, by, answers, at)


def _keep(case: Case, act: str, by: Person, answers: Answers, at: datetime) -> None:
    if not any(str(value).strip() for value in answers.values()):
        discard_act_draft(case=case, act=act, by=by)
        return
    draft = ActDraft(
        tenant_id=current_tenant_id(),
        case=case,
        person=by,
        act=act,
        answers=dict(answers),
        updated_at=at,
    )
    ActDraft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["tenant", "case", "person", "act"],
        update_fields=["answers", "updated_at"],
    )


@transaction.atomic
def put_back(*, case: Case, act: str, by: Person, answers: Answers, at: datetime) -> None:
    """Make a draft of what was about to be sent; what was typed meanwhile stays below it.

    Whatever the length of both: nobody is there to shorten them.
    """
    kept = ActDraft.objects.filter(case=case, person=by, act=act).first()
    typed = str(kept.answers.get(WORDS, "")).strip() if kept else ""
    words = str(answers.get(WORDS, "")).strip()
    if typed and typed != words:
        answers = {**answers, WORDS: f"{words}\n\n{typed}"}
    _keep(case, act, by, answers, at)


def discard_act_draft(*, case: Case, act: str, by: Person) -> None:
    """Throw away what a person has typed for an act; nothing happens when there is none.

    What could not be sent before and became this draft has been dealt with then.
    """
    ActDraft.objects.filter(case=case, person=by, act=act).delete()
    mine = HeldAnswer.objects.filter(case=case, person=by, act=act)
    mine.filter(state=HeldAnswer.State.REFUSED).update(state=HeldAnswer.State.TAKEN_BACK)
