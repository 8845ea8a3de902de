"""Changing a vendor's policy and loading it from a file, in the tenant that is entered.

Every action locks the working copy first; the working copy is always a policy without faults.
Publishing, approval and withdrawal: `sla.publishing`, `sla.approval`, `sla.withdrawal`.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotFound
from accounts.models import Person
from accounts.zones import moment_text
from sla.comparison import Difference, differences
from sla.documents import CalendarRows, Rows, fill, policy_of, read_rows
from sla.drafting import (
    check_may,
    latest_version,
    lock_draft_as_seen,
    lock_or_make_draft,
    put_rows,
)
from sla.engine.document import (
    PolicyFaults,
    canonical_text,
    checksum,
    document_of,
    frozen_policy,
)
from sla.errors import DraftHasEdits, PolicyIsFaulty, PublishedByPerson
from sla.faults import fault_sentences
from sla.models import PolicyDraft, PolicyVersion, TargetRow
from sla.publishing import Terms, beginning, checked_policy, freeze


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file came to: the version that says it, and whether it is a new one.

    `number` is None after a dry run of a file that would be published; then `changes` says what it
    changes of the latest version, and `objection` what would stand in its way.
    """

    number: int | None
    is_new: bool
    changes: tuple[Difference, ...] = ()
    objection: DomainError | None = None


@transaction.atomic
def load_document(
    *,
    text: str,
    by: Person | None,
    at: datetime,
    source_name: str = "",
    effective_at: datetime | None = None,
    dry_run: bool = False,
    replace_edits: bool = False,
) -> Loaded:
    """Fill the working copy from a document and publish it, in effect from `effective_at` or `at`.

    A vendor's first version is in effect from the beginning unless a date is given.
    A document that says what the latest version says publishes nothing. `by` is None for the
    command line. Raises PolicyIsFaulty with every fault at once, OtherVendor, NotAllowed,
    EffectiveInPast; unless `replace_edits`, DraftHasEdits, and PublishedByPerson where the latest
    version is a person's work.
    """
    check_may(by, "publish_policy")
    policy = checked_policy(text, at, source_name)
    canonical = canonical_text(policy)
    draft = PolicyDraft.objects.first() if dry_run else lock_or_make_draft(at)
    latest = latest_version()
    if latest is not None and latest.checksum == checksum(canonical):
        return Loaded(latest.number, is_new=False)
    objection = None if replace_edits else _objection_to_file(draft, latest)
    if dry_run or draft is None:
        before = frozen_policy(latest.document) if latest else None
        return Loaded(None, True, differences(before, policy), objection)
    if objection is not None:
        raise objection
    put_rows(draft, fill(tomllib.loads(canonical)), by=by, at=at)
    starts_at = beginning(at, effective_at, latest)
    terms = Terms(note=_("Loaded from %(file)s") % {"file": source_name} if source_name else "")
    version = freeze(draft, canonical, terms, by=by, at=at, effective_at=starts_at)
    return Loaded(version.number, is_new=True)


@transaction.atomic
def save_targets(
    *, by: Person, at: datetime, revision: int, targets: Sequence[TargetRow]
) -> PolicyDraft:
    """Put `targets`, unsaved rows in order, in the place of the working copy's targets.

    Raises DraftChanged, NotAllowed, and PolicyIsFaulty with the places of the faults, counted as
    in `targets`.
    """
    return _edit(by, at, revision, lambda rows: replace(rows, targets=targets))


@transaction.atomic
def save_calendar(
    *, by: Person, at: datetime, revision: int, calendar: CalendarRows
) -> PolicyDraft:
    """Put a calendar into the working copy, in the place of the one with its code or at the end.

    Raises DraftChanged, NotAllowed, PolicyIsFaulty.
    """
    return _edit(by, at, revision, lambda rows: _with_calendar(rows, calendar))


@transaction.atomic
def remove_calendar(*, by: Person, at: datetime, revision: int, code: str) -> PolicyDraft:
    """Take a calendar out of the working copy.

    Raises PolicyIsFaulty while a target or another calendar uses it, NotFound, DraftChanged,
    NotAllowed.
    """

    def without(rows: Rows) -> Rows:
        kept = [calendar for calendar in rows.calendars if calendar.row.code != code]
        if len(kept) == len(rows.calendars):
            raise NotFound
        return replace(rows, calendars=kept)

    return _edit(by, at, revision, without)


@transaction.atomic
def undo_edits(*, by: Person, at: datetime, revision: int) -> PolicyDraft:
    """Make the working copy what the latest version that is not withdrawn says.

    Raises DraftChanged, NotAllowed.
    """
    check_may(by, "edit_policy")
    draft = lock_draft_as_seen(revision)
    latest = latest_version()
    if latest is not None:
        put_rows(draft, fill(document_of(latest.document)), by=by, at=at)
        draft.base_version = latest
        draft.save(update_fields=["base_version"])
    return draft


def _edit(by: Person, at: datetime, revision: int, change: Callable[[Rows], Rows]) -> PolicyDraft:
    check_may(by, "edit_policy")
    draft = lock_draft_as_seen(revision)
    rows = change(read_rows(draft))
    try:
        policy_of(rows)
    except PolicyFaults as found:
        raise PolicyIsFaulty(fault_sentences(found), found.faults) from found
    put_rows(draft, rows, by=by, at=at)
    return draft


def _with_calendar(rows: Rows, calendar: CalendarRows) -> Rows:
    codes = [known.row.code for known in rows.calendars]
    calendars = list(rows.calendars)
    if calendar.row.code in codes:
        calendars[codes.index(calendar.row.code)] = calendar
    else:
        calendars.append(calendar)
    return replace(rows, calendars=calendars)


def _objection_to_file(
    draft: PolicyDraft | None, latest: PolicyVersion | None
) -> DomainError | None:
    """Find the work of people that a file would replace: published, or still in the copy."""
    if draft is None or latest is None:
        return None
    if latest.published_by is not None:
        return PublishedByPerson(
            name=latest.published_by.name,
            number=latest.number,
            when=moment_text(latest.published_at, latest.tenant.time_zone),
        )
    return DraftHasEdits() if _has_edits(draft, latest) else None


def _has_edits(draft: PolicyDraft, latest: PolicyVersion) -> bool:
    """Tell whether the working copy says something that the latest version does not."""
    return policy_of(read_rows(draft)) != frozen_policy(latest.document)
