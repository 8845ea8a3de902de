"""Asking for points, or for an exception, when the gate says no; and deciding about it (SC-19)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.models import EntitlementRequest, GateOverride
from entitlements.overrides import GOOD_FOR_DAYS, grant_override, joined_codes
from entitlements.queries import today_of
from entitlements.selling import sell_pack
from outbox.actions import Queued, queue_messages
from sla.queries import current_policy

ASKED, DECIDED = "entitlement_asked", "entitlement_decided"

Kind, State = EntitlementRequest.Kind, EntitlementRequest.State

# Whose decision it is: points are sold, exceptions are made.
DECIDING_ACTS = {Kind.PACK: "sell_points", Kind.OVERRIDE: "decide_entitlement"}
SUBJECT_LENGTH = 200
WORDS_LENGTH = 2000


class RequestWaits(DomainError):
    code = "request_waits"
    message = _("You have asked for something like this already, and nobody has answered yet.")


class RequestIsDecided(DomainError):
    code = "request_is_decided"
    message = _("Somebody has decided about this request already.")


@transaction.atomic
def ask_for_entitlement(
    *,
    kind: str,
    pack: str = "",
    codes: Iterable[str] = (),
    subject: str = "",
    channel: str = "",
    words: str = "",
    asked_of: Person | None = None,
    by: Person,
    at: datetime,
) -> EntitlementRequest:
    """Ask somebody for a pack of points, or to be let through what the gate refuses.

    `kind` is pack or override; `codes` are those of the refusals. Told are who was named and who
    decides; the asker hears what becomes of it. The same asked again, while it waits, changes
    nothing. Raises NotAllowed, Invalid, CannotBeOverridden, RequestWaits.
    """
    if not by.may("ask_for_entitlement"):
        raise NotAllowed
    request = EntitlementRequest(
        tenant_id=current_tenant_id(),
        company=by.company,
        asked_by=by,
        asked_of=asked_of,
        kind=Kind(kind),
        pack=pack if kind == Kind.PACK else "",
        codes=joined_codes(codes) if kind == Kind.OVERRIDE else "",
        subject=subject.strip()[:SUBJECT_LENGTH],
        channel=channel,
        words=words.strip(),
        asked_at=at,
    )
    _check(request, at)
    waiting = EntitlementRequest.objects.filter(asked_by=by, kind=kind, state=State.WAITING).first()
    if waiting is not None and _is_same(waiting, request):
        return waiting
    with refused_as(one_request_of_a_kind_waits=RequestWaits()):
        request.save(force_insert=True)
    _tell(ASKED, request, _who_hears(request), at)
    return request


@transaction.atomic
def grant_request(
    *,
    request_id: int,
    by: Person,
    at: datetime,
    answer: str = "",
    reason: str = "",
    days: int = GOOD_FOR_DAYS,
    reference: str = "",
    codes: Iterable[str] = (),
) -> EntitlementRequest:
    """Grant what was asked for, and tell the asker.

    A pack is recorded as sold under the `reference` of its order. An exception is for the asker, of
    the refusals in `codes`, else of those that were asked for; for so many days, with its `reason`.
    Locks the request. Raises NotAllowed, NotFound, RequestIsDecided, and what `sell_pack` and
    `grant_override` raise.
    """
    request = _locked(request_id, by)
    if request.kind == Kind.PACK:
        sell_pack(
            company=request.company,
            pack=request.pack,
            reference=reference,
            bought_on=today_of(request.company, at),
            by=by,
            at=at,
        )
    else:
        grant_override(
            company=request.company,
            contact=request.asked_by,
            codes=tuple(codes) or request.codes.split(","),
            reason=reason,
            days=days,
            by=by,
            at=at,
            request=request,
        )
    return _decide(request, State.GRANTED, answer, by=by, at=at)


@transaction.atomic
def decline_request(
    *, request_id: int, by: Person, at: datetime, answer: str
) -> EntitlementRequest:
    """Decline what was asked for, and tell the asker why. Locks the request.

    Raises NotAllowed, NotFound, RequestIsDecided, Invalid (nothing said).
    """
    request = _locked(request_id, by)
    if not answer.strip():
        raise Invalid(_("Say why not: the customer reads it."), field="answer")
    return _decide(request, State.DECLINED, answer, by=by, at=at)


@transaction.atomic
def withdraw_request(*, request_id: int, by: Person, at: datetime) -> EntitlementRequest:
    """Take back what one has asked for oneself, while nobody has answered. Locks the request.

    It counts as declined by its own asker, without an answer; nobody is told. Raises NotFound,
    RequestIsDecided.
    """
    request = _locked_of(by, request_id, asked_by=by)
    return _settle(request, State.DECLINED, "", by=by, at=at)


@transaction.atomic
def refuse_request(*, request_id: int, by: Person, at: datetime, answer: str) -> EntitlementRequest:
    """Say no to a colleague, as the company admin who was asked, and tell the asker why.

    Locks the request. Raises NotFound, RequestIsDecided, Invalid (nothing said).
    """
    request = _locked_of(by, request_id, asked_of=by)
    if by.role != roles.COMPANY_ADMIN:
        raise NotFound
    if not answer.strip():
        raise Invalid(_("Say why not: your colleague reads it."), field="answer")
    return _decide(request, State.DECLINED, answer, by=by, at=at)


def waiting_requests() -> QuerySet[EntitlementRequest]:
    """List what waits for a decision, the oldest first."""
    found = EntitlementRequest.objects.filter(state=State.WAITING)
    return found.select_related("company", "asked_by", "asked_of").order_by("asked_at", "id")


def override_of(request: EntitlementRequest) -> GateOverride | None:
    """Find the exception that was made for a request."""
    return GateOverride.objects.filter(request=request).order_by("id").first()


def _check(request: EntitlementRequest, at: datetime) -> None:
    if len(request.words) > WORDS_LENGTH:
        raise Invalid(_("Say it in fewer words."), field="words")
    if request.kind == Kind.PACK and current_policy(at).policy.pack(request.pack) is None:
        raise Invalid(_("Choose a pack that is sold."), field="pack")
    if request.asked_of is not None and not _may_be_asked(request, request.asked_of):
        raise Invalid(_("Choose whom you ask from the list."), field="asked_of")


def _may_be_asked(request: EntitlementRequest, person: Person) -> bool:
    if not person.is_active:
        return False
    if person.is_customer:
        return person.role == roles.COMPANY_ADMIN and person.company_id == request.company_id
    if request.kind == Kind.PACK and person.may("sell_points"):
        return True
    return person.may("decide_entitlement")


def _is_same(waiting: EntitlementRequest, request: EntitlementRequest) -> bool:
    asked = ("pack", "codes", "subject", "channel", "words", "asked_of_id")
    return all(getattr(waiting, name) == getattr(request, name) for name in asked)


def _who_hears(request: EntitlementRequest) -> list[int]:
    """List who was named, and everybody who may decide."""
    deciding = [role for role in roles.DESK if roles.may(role, "decide_entitlement")]
    managers = Person.objects.filter(role__in=deciding, is_active=True).order_by("id")
    named = [request.asked_of_id] if request.asked_of_id else []
    return list(dict.fromkeys([*named, *managers.values_list("pk", flat=True)]))


def _locked_of(by: Person, request_id: int, **who: Person) -> EntitlementRequest:
    """Lock a request of a customer's own company that waits."""
    found = EntitlementRequest.objects.select_for_update(of=("self",), no_key=True)
    own = found.filter(pk=request_id, company=by.company, **who) if by.company_id else found.none()
    request = own.first()
    if request is None:
        raise NotFound
    if request.state != State.WAITING:
        raise RequestIsDecided
    return request


def _locked(request_id: int, by: Person) -> EntitlementRequest:
    """Lock a request that waits, if `by` may decide it."""
    if not any(by.may(act) for act in DECIDING_ACTS.values()):
        raise NotAllowed
    found = EntitlementRequest.objects.select_for_update(of=("self",), no_key=True)
    request = found.select_related("company__tenant", "asked_by").filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if not by.may(DECIDING_ACTS[Kind(request.kind)]):
        raise NotAllowed
    if request.state != State.WAITING:
        raise RequestIsDecided
    return request


def _decide(
    request: EntitlementRequest, state: str, answer: str, *, by: Person, at: datetime
) -> EntitlementRequest:
    _settle(request, state, answer, by=by, at=at)
    _tell(DECIDED, request, [request.asked_by_id], at)
    return request


def _settle(
    request: EntitlementRequest, state: str, answer: str, *, by: Person, at: datetime
) -> EntitlementRequest:
    request.state = state
    request.answer = answer.strip()
    request.decided_by = by
    request.decided_at = at
    request.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    return request


def _tell(kind: str, request: EntitlementRequest, people: Iterable[int], at: datetime) -> None:
    messages = [
        Queued(
            kind=kind,
            recipient_id=person_id,
            refs={"request": request.pk},
            dedupe_key=f"{kind}:{request.pk}:{person_id}",
        )
        for person_id in people
    ]
    queue_messages(messages=messages, at=at)
