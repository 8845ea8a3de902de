"""Four eyes: one manager asks to publish, another approves. In the tenant that is entered.

What is asked for is frozen with its text, so that a later change of the working copy changes
nothing of it. Every action locks the working copy first, then the request.
"""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotFound
from accounts.models import Person
from accounts.zones import moment_text
from sla.comparison import differences
from sla.drafting import check_may, latest_version, lock_draft, lock_draft_as_seen
from sla.engine.document import checksum as checksum_of
from sla.engine.document import frozen_policy
from sla.errors import (
    ApprovalNeeded,
    NobodyToApprove,
    OthersRequest,
    OwnRequest,
    ReasonNeeded,
    RequestIsAnother,
    RequestOutdated,
    RequestSettled,
    RequestTooLate,
)
from sla.models import OpenCases, PolicyDraft, PolicyVersion, PublishRequest
from sla.notices import tell_of_request
from sla.publishing import (
    Terms,
    approvers_beside,
    checked_policy,
    publish_text,
    publishable_text,
    refuse_while_one_waits,
    rehearse,
)

State = PublishRequest.State


@transaction.atomic
def ask_to_publish(
    *,
    by: Person,
    at: datetime,
    revision: int,
    effective_at: datetime | None = None,
    open_cases: str = OpenCases.KEEP,
    note: str = "",
    customer_note: str = "",
) -> PublishRequest:
    """Freeze what the working copy says as a request, and tell the other managers.

    Everything that stands against publishing stands against asking. Raises NobodyToApprove,
    RequestWaits, DraftChanged, NothingToPublish, EffectiveInPast, PolicyIsFaulty, NotAllowed.
    """
    check_may(by, "publish_policy")
    draft = lock_draft_as_seen(revision)
    others = approvers_beside(by)
    if not others:
        raise NobodyToApprove
    refuse_while_one_waits()
    latest = latest_version()
    canonical = publishable_text(draft, latest, at)
    rehearse(canonical, Terms(effective_at, open_cases, note, customer_note), by=by, at=at)
    request = PublishRequest.objects.create(
        tenant_id=draft.tenant_id,
        document=canonical,
        checksum=checksum_of(canonical),
        revision=draft.revision,
        compared_with=latest,
        effective_at=effective_at,
        open_cases=open_cases,
        customer_note=customer_note,
        note=note[:200],
        requested_by=by,
        requested_at=at,
    )
    tell_of_request("policy_asked", request, others, at)
    return request


@transaction.atomic
def approve_request(*, request_id: int, by: Person, at: datetime, checksum: str) -> PolicyVersion:
    """Publish what another manager asked for, in the name of both.

    `checksum` is that of the text that was looked at. Everything is checked again. Raises
    OwnRequest, RequestSettled, RequestIsAnother, RequestOutdated, RequestTooLate, PolicyIsFaulty,
    NotAllowed, NotFound.
    """
    draft, request = _locked(request_id, by)
    if request.requested_by_id == by.pk:
        raise OwnRequest
    version = _publish(draft, request, at=at, checksum=checksum, approved_by=by)
    _settle(request, State.APPROVED, by=by, at=at, version=version)
    tell_of_request("policy_approved", request, [request.requested_by], at)
    return version


@transaction.atomic
def publish_alone(*, request_id: int, by: Person, at: datetime, checksum: str) -> PolicyVersion:
    """Publish what oneself asked for when every other manager has left.

    Raises ApprovalNeeded while there is another, OthersRequest, and as `approve_request`.
    """
    draft, request = _locked(request_id, by)
    _check_own(request, by)
    if approvers_beside(by):
        raise ApprovalNeeded
    version = _publish(draft, request, at=at, checksum=checksum, approved_by=None)
    # Not approved: nobody did.
    _settle(request, State.TAKEN_BACK, by=by, at=at, version=version)
    return version


@transaction.atomic
def decline_request(*, request_id: int, by: Person, at: datetime, reason: str) -> PublishRequest:
    """Refuse what another manager asked for, and tell the asker why.

    Raises OwnRequest, RequestSettled, ReasonNeeded, NotAllowed, NotFound.
    """
    _draft, request = _locked(request_id, by)
    if request.requested_by_id == by.pk:
        raise OwnRequest
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    _settle(request, State.DECLINED, by=by, at=at, reason=reason.strip())
    tell_of_request("policy_declined", request, [request.requested_by], at)
    return request


@transaction.atomic
def take_back_request(*, request_id: int, by: Person, at: datetime) -> PublishRequest:
    """Withdraw what oneself asked for. Raises OthersRequest, RequestSettled, NotAllowed, NotFound.

    One whose asker is gone can be taken back by anybody who may publish.
    """
    _draft, request = _locked(request_id, by)
    if request.requested_by.may("publish_policy"):
        _check_own(request, by)
    _settle(request, State.TAKEN_BACK, by=by, at=at)
    return request


def _locked(request_id: int, by: Person) -> tuple[PolicyDraft, PublishRequest]:
    """Lock the working copy, then a request that waits. Raises NotAllowed, RequestSettled."""
    check_may(by, "publish_policy")
    draft = lock_draft()
    requests = PublishRequest.objects.select_for_update(of=("self",), no_key=True)
    request = requests.select_related("requested_by").filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if request.state != State.WAITING:
        raise RequestSettled(state=request.get_state_display())
    return draft, request


def _check_own(request: PublishRequest, by: Person) -> None:
    if request.requested_by_id != by.pk:
        raise OthersRequest(name=request.requested_by.name)


def _publish(
    draft: PolicyDraft,
    request: PublishRequest,
    *,
    at: datetime,
    checksum: str,
    approved_by: Person | None,
) -> PolicyVersion:
    if checksum != request.checksum:
        raise RequestIsAnother
    check_still_fits(request, at)
    checked_policy(request.document, at)
    terms = Terms(request.effective_at, request.open_cases, request.note, request.customer_note)
    return publish_text(
        draft, request.document, terms, by=request.requested_by, at=at, approved_by=approved_by
    )


def check_still_fits(request: PublishRequest, at: datetime) -> None:
    """Refuse what was overtaken since it was asked for. Raises RequestOutdated, RequestTooLate."""
    latest = latest_version()
    if latest is not None and latest.pk != request.compared_with_id:
        raise _outdated(request, latest)
    if request.effective_at is not None and request.effective_at < at:
        zone = request.tenant.time_zone
        raise RequestTooLate(moment=moment_text(request.effective_at, zone))


def _outdated(request: PublishRequest, latest: PolicyVersion) -> RequestOutdated:
    was = request.compared_with
    before = frozen_policy(was.document) if was else None
    between = differences(before, frozen_policy(latest.document))
    return RequestOutdated(now=latest, changes="; ".join(map(str, between)))


def _settle(
    request: PublishRequest,
    state: str,
    *,
    by: Person,
    at: datetime,
    reason: str = "",
    version: PolicyVersion | None = None,
) -> None:
    request.state = state
    request.decided_by, request.decided_at = by, at
    request.reason, request.version = reason[:200], version
    request.save(update_fields=["state", "decided_by", "decided_at", "reason", "version"])
