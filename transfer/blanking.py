"""What is erased of people's and cases' texts, and how: one list, for persons and for retention."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entitlements.models import EntitlementRequest
from escalation.models import EscalationRequest
from knowledge.models import Feedback
from tickets import storage
from tickets.attachment_models import Attachment
from tickets.files import GONE
from tickets.models import (
    ActDraft,
    Case,
    CaseQuestion,
    CaseRating,
    HeldAnswer,
    InternalNote,
    LevelRequest,
    Message,
    QuestionItem,
    SplitProposal,
    SubjectChange,
    TrackerLink,
)

# What stands where a text was; what must say something still does.
ERASED = _("[erased]")
SHORTEST = 3

Field = tuple[type[models.Model], str, tuple[str, ...]]
# Texts with who wrote them, and with the case that they are about.
WRITTEN: tuple[Field, ...] = (
    (Message, "author", ("body", "quoted")),
    (InternalNote, "author", ("body",)),
    (CaseQuestion, "asked_by", ("why",)),
    (CaseRating, "rated_by", ("words",)),
    (EscalationRequest, "asked_by", ("situation", "reason")),
    (LevelRequest, "asked_by", ("reason",)),
    (SplitProposal, "proposed_by", ("subject", "body")),
    (EntitlementRequest, "asked_by", ("words", "subject")),
    (Feedback, "person", ("words",)),
)
OF_CASE: tuple[Field, ...] = (
    (Message, "case", ("body", "quoted")),
    (InternalNote, "case", ("body",)),
    (CaseQuestion, "case", ("why",)),
    (QuestionItem, "question__case", ("words",)),
    (CaseRating, "case", ("words",)),
    (EscalationRequest, "case", ("situation", "reason", "answer", "end_note")),
    (LevelRequest, "case", ("reason", "answer")),
    (SplitProposal, "case", ("subject", "body")),
    (SubjectChange, "case", ("before", "after")),
    (TrackerLink, "case", ("title", "words")),
    (Case, "pk", ("subject", "availability")),
)
# A file keeps its name as long as it is kept, but for the words that it has of somebody.
NAMED: tuple[Field, ...] = (*OF_CASE, (Attachment, "case", ("name",)))
DROPPED_WITH_CASE: tuple[type[models.Model], ...] = (ActDraft, HeldAnswer)


def blank_written(person_id: int) -> int:
    """Put ERASED in place of all texts that somebody wrote; count the texts."""
    return sum(
        _blank(model._default_manager.filter(**{key: person_id}), names)
        for model, key, names in WRITTEN
    )


def blank_cases(case_ids: Sequence[int]) -> int:
    """Put ERASED in place of all texts of these cases; drafts on them go. Counts the texts."""
    for model in DROPPED_WITH_CASE:
        model._default_manager.filter(case__in=list(case_ids)).delete()
    return sum(
        _blank(model._default_manager.filter(**{f"{key}__in": list(case_ids)}), names)
        for model, key, names in OF_CASE
    )


def _blank(rows: models.QuerySet, names: Iterable[str]) -> int:
    number = 0
    for name in names:
        said = rows.exclude(**{name: ""}).exclude(**{name: str(ERASED)})
        number += said.update(**{name: str(ERASED)})
    return number


def replace_words(case_ids: Sequence[int], words: Iterable[str]) -> int:
    """Put ERASED in place of these words wherever texts of these cases say them; count the texts.

    Whole words only, in any case; what is shorter than three characters is passed by.
    """
    found = pattern(words)
    if found is None:
        return 0
    number = 0
    for model, key, names in NAMED:
        for name in names:
            number += _replace(model, {f"{key}__in": list(case_ids)}, name, found)
    return number


def pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Make what finds any of these words, the longest first; None where none is long enough."""
    known = {word.strip() for word in words if len(word.strip()) >= SHORTEST}
    if not known:
        return None
    parts = (re.escape(word) for word in sorted(known, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _replace(
    model: type[models.Model], which: dict[str, object], name: str, found: re.Pattern[str]
) -> int:
    changed = []
    for row in model._default_manager.filter(**which).only("pk", "tenant", name).iterator():
        before = getattr(row, name)
        after = found.sub(str(ERASED), before)
        if after != before:
            longest = model._meta.get_field(name).max_length  # type: ignore[union-attr]
            setattr(row, name, after[:longest] if longest else after)
            changed.append(row)
    model._default_manager.bulk_update(changed, [name], batch_size=500)
    return len(changed)


def erase_files(files: models.QuerySet[Attachment], at: datetime) -> int:
    """Delete the bytes and the names of files; their rows stay and say so. Locks them."""
    kept = files.exclude(Q(state__in=GONE) & Q(name=str(ERASED)))
    rows = list(kept.select_for_update(of=("self",), no_key=True))
    for row in rows:
        row.state, row.deleted_at = Attachment.State.DELETED, row.deleted_at or at
        row.name, row.finding = str(ERASED), ""
        transaction.on_commit(partial(storage.remove, row.tenant_id, row.uuid))
    Attachment.objects.bulk_update(rows, ["state", "deleted_at", "name", "finding"])
    return len(rows)
