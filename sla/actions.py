"""Changing and publishing a vendor's policy, in the tenant that is entered.

Every action locks the working copy first; the working copy is always a policy without faults.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person, Tenant
from accounts.tenancy import current_tenant_id
from accounts.zones import moment_text
from sla.comparison import Difference, differences
from sla.documents import CalendarRows, Rows, assemble, fill, policy_of, read_rows, write_rows
from sla.engine.document import (
    PolicyFaults,
    canonical_text,
    checksum,
    document_of,
    parse_document,
    text_of,
)
from sla.engine.policy import SCHEMA, Policy
from sla.errors import (
    DraftChanged,
    DraftHasEdits,
    EffectiveInPast,
    NoDraft,
    NothingToPublish,
    OtherVendor,
    PolicyIsFaulty,
    PublishedByPerson,
)
from sla.faults import fault_sentences
from sla.models import PolicyDraft, PolicyVersion, TargetRow
from sla.registry import objections, tell_listeners

# Before any case of any vendor.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


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
    _check_may(by, "publish_policy")
    policy = checked_policy(text, source_name)
    canonical = canonical_text(policy)
    draft = PolicyDraft.objects.first() if dry_run else _locked_or_new_draft(at)
    latest = _latest_version()
    if latest is not None and latest.checksum == checksum(canonical):
        return Loaded(latest.number, is_new=False)
    objection = None if replace_edits else _objection_to_file(draft, latest)
    if dry_run or draft is None:
        before = parse_document(latest.document) if latest else None
        return Loaded(None, True, differences(before, policy), objection)
    if objection is not None:
        raise objection
    _put(draft, fill(tomllib.loads(canonical)), by=by, at=at)
    moments = _moments(at, effective_at, latest)
    note = _("Loaded from %(file)s") % {"file": source_name} if source_name else ""
    version = _freeze(draft, canonical, latest, by=by, note=note, **moments)
    return Loaded(version.number, is_new=True)


@transaction.atomic
def publish_draft(
    *,
    by: Person,
    at: datetime,
    revision: int,
    effective_at: datetime | None = None,
    note: str = "",
) -> PolicyVersion:
    """Freeze the working copy as the next version, in effect from `effective_at`, else from `at`.

    `revision` is that of the working copy that was looked at: of two who publish at once one is
    told. Raises DraftChanged, NothingToPublish, EffectiveInPast, PolicyIsFaulty, NotAllowed.
    """
    _check_may(by, "publish_policy")
    draft = _locked_draft(revision)
    latest = _latest_version()
    moments = _moments(at, effective_at, latest)
    canonical = canonical_text(checked_policy(text_of(assemble(read_rows(draft)))))
    if latest is not None and latest.checksum == checksum(canonical):
        raise NothingToPublish(number=latest.number)
    return _freeze(draft, canonical, latest, by=by, note=note, **moments)


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
    """Make the working copy what the latest version says. Raises DraftChanged, NotAllowed."""
    _check_may(by, "edit_policy")
    draft = _locked_draft(revision)
    latest = _latest_version()
    if latest is not None:
        _put(draft, fill(document_of(latest.document)), by=by, at=at)
    return draft


def checked_policy(text: str, source_name: str = "") -> Policy:
    """Parse a document for the tenant that is entered and ask all who have a say.

    Raises PolicyIsFaulty with every fault at once, OtherVendor.
    """
    try:
        policy = parse_document(text, source_name)
    except PolicyFaults as found:
        raise PolicyIsFaulty(fault_sentences(found), found.faults) from found
    vendor = Tenant.objects.get(pk=current_tenant_id()).slug
    if policy.vendor != vendor:
        raise OtherVendor(found=policy.vendor, expected=vendor)
    objected = objections(policy)
    if objected:
        raise PolicyIsFaulty(objected)
    return policy


def _edit(by: Person, at: datetime, revision: int, change: Callable[[Rows], Rows]) -> PolicyDraft:
    _check_may(by, "edit_policy")
    draft = _locked_draft(revision)
    rows = change(read_rows(draft))
    try:
        policy_of(rows)
    except PolicyFaults as found:
        raise PolicyIsFaulty(fault_sentences(found), found.faults) from found
    _put(draft, rows, by=by, at=at)
    return draft


def _with_calendar(rows: Rows, calendar: CalendarRows) -> Rows:
    codes = [known.row.code for known in rows.calendars]
    calendars = list(rows.calendars)
    if calendar.row.code in codes:
        calendars[codes.index(calendar.row.code)] = calendar
    else:
        calendars.append(calendar)
    return replace(rows, calendars=calendars)


def _check_may(by: Person | None, act: str) -> None:
    if by is not None and not by.may(act):
        raise NotAllowed


def _latest_version() -> PolicyVersion | None:
    return PolicyVersion.objects.order_by("-number").first()


def _locked_draft(revision: int) -> PolicyDraft:
    """Lock the working copy as it was looked at. Raises NoDraft, DraftChanged."""
    draft = PolicyDraft.objects.select_for_update(of=("self",), no_key=True).first()
    if draft is None:
        raise NoDraft
    if draft.revision != revision:
        raise DraftChanged
    return draft


def _locked_or_new_draft(at: datetime) -> PolicyDraft:
    # Of two first loads at once the second waits here, and finds the first one's working copy.
    fresh = PolicyDraft(tenant_id=current_tenant_id(), sections="", updated_at=at)
    PolicyDraft.objects.bulk_create([fresh], ignore_conflicts=True)
    return PolicyDraft.objects.select_for_update(of=("self",), no_key=True).get()


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
    return DraftHasEdits() if _has_edits(draft) else None


def _has_edits(draft: PolicyDraft) -> bool:
    """Tell whether the working copy says something that its base version does not."""
    if draft.base_version is None:
        return False
    return policy_of(read_rows(draft)) != parse_document(draft.base_version.document)


def _moments(
    at: datetime, effective_at: datetime | None, latest: PolicyVersion | None
) -> dict[str, datetime]:
    """Choose when a version begins; only a first one may reach back, for nothing was promised yet.

    Without a date it reaches back for ever: calls are logged late, and histories are imported.
    Raises EffectiveInPast.
    """
    effective_at = effective_at or (at if latest else BEGINNING)
    if effective_at < at and latest is not None:
        raise EffectiveInPast(field="effective_at")
    return {"published_at": at, "effective_at": effective_at}


def _put(draft: PolicyDraft, rows: Rows, *, by: Person | None, at: datetime) -> None:
    write_rows(draft, rows)
    draft.revision += 1
    draft.updated_at = at
    draft.updated_by = by
    draft.save(update_fields=["sections", "revision", "updated_at", "updated_by"])


def _freeze(
    draft: PolicyDraft,
    canonical: str,
    latest: PolicyVersion | None,
    *,
    by: Person | None,
    note: str,
    published_at: datetime,
    effective_at: datetime,
) -> PolicyVersion:
    version = PolicyVersion.objects.create(
        tenant_id=draft.tenant_id,
        number=latest.number + 1 if latest else 1,
        document=canonical,
        checksum=checksum(canonical),
        schema=SCHEMA,
        effective_at=effective_at,
        published_at=published_at,
        published_by=by,
        note=note[:200],
    )
    draft.base_version = version
    draft.revision += 1
    draft.save(update_fields=["base_version", "revision"])
    tell_listeners(version, by, published_at)
    return version
