"""With the customer's permission support accesses a system: given, logged, withdrawn (SP-01)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.actions.conversation import must_be_open
from tickets.agreement_errors import (
    ConsentEndsInPast,
    ConsentLastsTooLong,
    NoConsentRuns,
    ScopeMissing,
)
from tickets.audience import customer_side, desk_side
from tickets.models import Case, CaseEvent, RemoteConsent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines, seconds_of

# Whoever forgets a permission has not given it for good: a longer one is given anew.
LONGEST_CONSENT = timedelta(days=31)


@transaction.atomic
def give_consent(
    *, case_id: int, scope: str, until_at: datetime, by: Person, at: datetime
) -> RemoteConsent:
    """Let support access a system remotely until a moment, in the customer's words (SP-01).

    Tells who answers for the case; moves no clock. The very same given twice is given once. Locks
    the case. Raises NotAllowed, ScopeMissing, ConsentEndsInPast, ConsentLastsTooLong,
    CaseIsNotOpen.
    """
    if not by.may("give_consent"):
        raise NotAllowed
    return _consent(case_id, scope, until_at, by=by, logged_by=None, at=at)


@transaction.atomic
def log_consent(
    *, case_id: int, scope: str, until_at: datetime, by: Person, at: datetime
) -> RemoteConsent:
    """Log a permission that the contact gave on the phone; they are told what was logged (SP-01).

    Moves no clock. Locks the case. Raises NotAllowed, ScopeMissing, ConsentEndsInPast,
    ConsentLastsTooLong, CaseIsNotOpen.
    """
    if not by.may("log_call"):
        raise NotAllowed
    return _consent(case_id, scope, until_at, by=None, logged_by=by, at=at)


@transaction.atomic
def withdraw_consent(*, case_id: int, consent_id: int, by: Person, at: datetime) -> RemoteConsent:
    """End a permission before its time: the customer does, or the desk for them (SP-01).

    Tells the other side; moves no clock. Locks the case. Raises NotAllowed, NoConsentRuns.
    """
    if not (by.may("give_consent") or by.may("log_call")):
        raise NotAllowed
    case = lock_case(case_id, by)
    consent = case.remote_consents.filter(pk=consent_id, withdrawn_at=None, until_at__gt=at).first()
    if consent is None:
        raise NoConsentRuns
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    event = _note(case, "consent_withdrawn", {"consent": consent.pk}, by=by, at=at)
    people = desk_side(case) if by.is_customer else customer_side(case)
    notify("consent_withdrawn", people, case=case, event=event, at=at)
    return consent


def running_consents(case: Case, at: datetime) -> list[RemoteConsent]:
    """List the permissions that hold at `at`, the one that ends first before the others."""
    running = case.remote_consents.filter(withdrawn_at=None, given_at__lte=at, until_at__gt=at)
    return list(running.select_related("given_by", "logged_by").order_by("until_at", "pk"))


def _consent(
    case_id: int,
    scope: str,
    until_at: datetime,
    *,
    by: Person | None,
    logged_by: Person | None,
    at: datetime,
) -> RemoteConsent:
    scope = scope.strip()
    if not scope:
        raise ScopeMissing(field="scope")
    if until_at <= at:
        raise ConsentEndsInPast(field="until")
    if until_at > at + LONGEST_CONSENT:
        raise ConsentLastsTooLong(field="until", days=LONGEST_CONSENT.days)
    actor = logged_by or by
    assert actor is not None
    case = lock_case(case_id, actor)
    must_be_open(case)
    same = {"case": case, "scope": scope, "until_at": until_at, "withdrawn_at": None}
    given = RemoteConsent.objects.filter(**same, logged_by=logged_by).first()
    if given is not None:
        return given
    consent = RemoteConsent.objects.create(
        tenant_id=current_tenant_id(),
        given_by=by or case.contact,
        logged_by=logged_by,
        given_at=at,
        **same,
    )
    payload = {"consent": consent.pk, "until": seconds_of(until_at)}
    event = _note(case, "consent_given", payload, by=actor, at=at)
    people = desk_side(case) if by else customer_side(case)
    notify("consent_given", people, case=case, event=event, at=at)
    return consent


def _note(
    case: Case, kind: str, payload: Mapping[str, object], *, by: Person | None, at: datetime
) -> CaseEvent:
    timeline = load_timeline(case)
    event = timeline.add(kind, by=by, at=at, payload=payload)
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    return event
