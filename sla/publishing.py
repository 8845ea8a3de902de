"""Publishing: a text becomes a numbered version and never changes again. In the tenant entered.

Every action locks the working copy first. Where a vendor has two managers or more, one asks and
another approves: `sla.approval`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Person, Tenant
from accounts.queries import desk_people
from accounts.roles import ACTS
from accounts.tenancy import current_tenant_id
from sla.documents import assemble, read_rows
from sla.drafting import check_may, latest_version, lock_draft_as_seen
from sla.engine.document import PolicyFaults, canonical_text, checksum, parse_document, text_of
from sla.engine.policy import SCHEMA, Policy
from sla.errors import (
    ApprovalNeeded,
    EffectiveInPast,
    NothingToPublish,
    OtherVendor,
    PolicyIsFaulty,
    RequestWaits,
)
from sla.faults import fault_sentences
from sla.models import OpenCases, PolicyDraft, PolicyVersion
from sla.notices import tell_of_version
from sla.queries import next_number, waiting_request
from sla.registry import objections, tell_listeners

# Before any case of any vendor.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a version is published beside what it says.

    `effective_at` None = from its publishing. `open_cases` is one of `sla.models.OpenCases`.
    `customer_note` goes to the customers whose promises change, if it is not empty.
    """

    effective_at: datetime | None = None
    open_cases: str = OpenCases.KEEP
    note: str = ""
    customer_note: str = ""


@transaction.atomic
def publish_draft(
    *,
    by: Person,
    at: datetime,
    revision: int,
    effective_at: datetime | None = None,
    open_cases: str = OpenCases.KEEP,
    note: str = "",
    customer_note: str = "",
) -> PolicyVersion:
    """Freeze the working copy as the next version, in effect from `effective_at`, else from `at`.

    Only for the one manager of a vendor. `revision` is that of the working copy that was looked at:
    of two who publish at once one is told. Raises ApprovalNeeded, RequestWaits, DraftChanged,
    NothingToPublish, EffectiveInPast, PolicyIsFaulty, NotAllowed.
    """
    check_may(by, "publish_policy")
    draft = lock_draft_as_seen(revision)
    if approvers_beside(by):
        raise ApprovalNeeded
    refuse_while_one_waits()
    terms = Terms(effective_at, open_cases, note, customer_note)
    canonical = publishable_text(draft, latest_version(), at)
    return publish_text(draft, canonical, terms, by=by, at=at)


def approvers_beside(person: Person) -> list[Person]:
    """List the other active managers, by name: who may approve what this one asks for."""
    return [other for other in publishers() if other.pk != person.pk]


def publishers() -> list[Person]:
    """List the active people who may publish, by name."""
    return list(desk_people().filter(role__in=ACTS["publish_policy"]))


def refuse_while_one_waits() -> None:
    """Refuse while something waits for approval. Raises RequestWaits."""
    waiting = waiting_request()
    if waiting is not None:
        raise RequestWaits(name=waiting.requested_by.name)


def publishable_text(draft: PolicyDraft, latest: PolicyVersion | None, at: datetime) -> str:
    """Check what a locked working copy says, and write it as versions are written.

    Raises NothingToPublish, PolicyIsFaulty.
    """
    canonical = canonical_text(checked_policy(text_of(assemble(read_rows(draft))), at))
    if latest is not None and latest.checksum == checksum(canonical):
        raise NothingToPublish(number=latest.number)
    return canonical


def publish_text(
    draft: PolicyDraft,
    canonical: str,
    terms: Terms,
    *,
    by: Person,
    at: datetime,
    approved_by: Person | None = None,
) -> PolicyVersion:
    """Freeze a checked text in a person's name, and tell the managers.

    Raises EffectiveInPast.
    """
    effective_at = beginning(at, terms.effective_at, latest_version())
    version = freeze(
        draft, canonical, terms, by=by, approved_by=approved_by, at=at, effective_at=effective_at
    )
    # Who asked hears that it was approved.
    told = approvers_beside(by) if approved_by else publishers()
    tell_of_version("policy_published", version, told, at)
    return version


def rehearse(canonical: str, terms: Terms, *, by: Person, at: datetime) -> None:
    """Publish a checked text and take it back at once, so that whoever objects does so now.

    The working copy has to be locked. Raises EffectiveInPast, and what listeners raise.
    """
    stage = transaction.savepoint()
    try:
        publish_text(PolicyDraft.objects.get(), canonical, terms, by=by, at=at)
    finally:
        transaction.savepoint_rollback(stage)


def beginning(
    at: datetime, effective_at: datetime | None, latest: PolicyVersion | None
) -> datetime:
    """Choose when a version begins; only a first one may reach back, for nothing was promised yet.

    Without a date it reaches back for ever: calls are logged late, and histories are imported.
    Raises EffectiveInPast.
    """
    effective_at = effective_at or (at if latest else BEGINNING)
    if effective_at < at and latest is not None:
        raise EffectiveInPast(field="effective_at")
    return effective_at


def checked_policy(text: str, at: datetime, source_name: str = "") -> Policy:
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
    objected = objections(policy, at)
    if objected:
        raise PolicyIsFaulty(objected)
    return policy


def freeze(
    draft: PolicyDraft,
    canonical: str,
    terms: Terms,
    *,
    by: Person | None,
    at: datetime,
    effective_at: datetime,
    approved_by: Person | None = None,
) -> PolicyVersion:
    """Make a text the next version while its working copy is locked, and tell who listens."""
    version = PolicyVersion.objects.create(
        tenant_id=draft.tenant_id,
        number=next_number(),
        document=canonical,
        checksum=checksum(canonical),
        schema=SCHEMA,
        effective_at=effective_at,
        published_at=at,
        published_by=by,
        approved_by=approved_by,
        open_cases=terms.open_cases,
        customer_note=terms.customer_note,
        note=terms.note[:200],
    )
    draft.base_version = version
    draft.revision += 1
    draft.save(update_fields=["base_version", "revision"])
    tell_listeners(version, by, at)
    return version
