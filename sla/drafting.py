"""The working copy as actions hold it: locked, replaced, and compared with what was published."""

from datetime import datetime

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from sla.documents import Rows, write_rows
from sla.errors import DraftChanged, NoDraft
from sla.models import PolicyDraft, PolicyVersion
from sla.queries import standing_versions


def check_may(by: Person | None, act: str) -> None:
    """Refuse a person whose role has no such act; None is the command line. Raises NotAllowed."""
    if by is not None and not by.may(act):
        raise NotAllowed


def lock_draft() -> PolicyDraft:
    """Lock the working copy, whatever it says. Raises NoDraft."""
    draft = PolicyDraft.objects.select_for_update(of=("self",), no_key=True).first()
    if draft is None:
        raise NoDraft
    return draft


def lock_draft_as_seen(revision: int) -> PolicyDraft:
    """Lock the working copy as it was looked at. Raises NoDraft, DraftChanged."""
    draft = lock_draft()
    if draft.revision != revision:
        raise DraftChanged
    return draft


def lock_or_make_draft(at: datetime) -> PolicyDraft:
    """Lock the working copy, an empty one where there is none yet."""
    # Of two first loads at once the second waits here, and finds the first one's working copy.
    fresh = PolicyDraft(tenant_id=current_tenant_id(), sections="", updated_at=at)
    PolicyDraft.objects.bulk_create([fresh], ignore_conflicts=True)
    return PolicyDraft.objects.select_for_update(of=("self",), no_key=True).get()


def put_rows(draft: PolicyDraft, rows: Rows, *, by: Person | None, at: datetime) -> None:
    """Replace what a locked working copy says."""
    write_rows(draft, rows)
    draft.revision += 1
    draft.updated_at = at
    draft.updated_by = by
    draft.save(update_fields=["sections", "revision", "updated_at", "updated_by"])


def latest_version() -> PolicyVersion | None:
    """Find the version published last that is not withdrawn, with its text."""
    return standing_versions().order_by("-number").first()
