"""Diagnostic tools are given for one purpose, on terms that the customer accepts first (DD-37)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from sla.queries import original_version
from tickets.actions.attaching import send_with
from tickets.actions.conversation import must_be_open
from tickets.actions.meeting import check_link
from tickets.audience import customer_side, desk_side
from tickets.errors import NothingSaid
from tickets.file_errors import DiagnosticIsOver, DiagnosticMissing, NoTermsForDiagnostics
from tickets.files import uploads_of
from tickets.link_models import DiagnosticDrop
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines

BOX = "diagnostic"


@transaction.atomic
def offer_diagnostic(
    *, case_id: int, name: str, purpose: str, link: str, by: Person, at: datetime
) -> DiagnosticDrop:
    """Offer a tool for one purpose: a file that lies in the box of the form, or a link.

    The terms of the case's policy are kept as they read now. Nobody of the customer's can have it
    before they are accepted. Moves no clock. Locks the case. Raises NotAllowed, NothingSaid,
    DiagnosticMissing, LinkNotSafe, NoTermsForDiagnostics, CaseIsNotOpen.
    """
    if not by.may("offer_diagnostics"):
        raise NotAllowed
    for field, words in (("name", name), ("purpose", purpose)):
        if not words.strip():
            raise NothingSaid(field=field)
    if link:
        check_link(link, field="link")
    case = lock_case(case_id, by)
    must_be_open(case)
    terms = original_version(case.policy_version_id).diagnostics.terms
    if not terms:
        raise NoTermsForDiagnostics
    if (uploads_of(by, BOX, case).count() == 1) == bool(link):
        raise DiagnosticMissing(field="files")
    drop = DiagnosticDrop.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        name=name.strip(),
        purpose=purpose.strip(),
        terms=terms,
        link=link,
        offered_by=by,
        offered_at=at,
    )
    event = _note(case, "diagnostics_offered", drop, by=by, at=at)
    for attachment in send_with(event, case, by=by):
        # The customer has it by the drop, or not at all.
        attachment.is_internal = True
        attachment.save(update_fields=["is_internal"])
        drop.attachment = attachment
    drop.save(update_fields=["attachment"])
    notify("diagnostics_offered", customer_side(case), case=case, event=event, at=at)
    return drop


@transaction.atomic
def accept_diagnostic(*, case_id: int, drop_id: int, by: Person, at: datetime) -> DiagnosticDrop:
    """Accept the terms as they were shown; from then on the tool can be had. Tells the desk.

    Accepted twice by the same is accepted once. Moves no clock. Locks the case. Raises NotAllowed,
    NotFound, DiagnosticIsOver.
    """
    if not by.may("give_consent"):
        raise NotAllowed
    case = lock_case(case_id, by)
    drop = _drop_on(case, drop_id)
    if drop.accepted_by_id == by.pk and drop.withdrawn_at is None:
        return drop
    if drop.accepted_at is not None or not case.is_open:
        raise DiagnosticIsOver
    drop.accepted_by, drop.accepted_at = by, at
    drop.save(update_fields=["accepted_by", "accepted_at"])
    event = _note(case, "diagnostics_accepted", drop, by=by, at=at)
    notify("diagnostics_accepted", desk_side(case), case=case, event=event, at=at)
    return drop


@transaction.atomic
def withdraw_diagnostic(*, case_id: int, drop_id: int, by: Person, at: datetime) -> DiagnosticDrop:
    """Take a tool back: nobody of the customer's can have it any more.

    The desk does, or the customer who has no use for it. Tells the other side. Locks the case.
    Raises NotAllowed, DiagnosticIsOver.
    """
    if not (by.may("give_consent") or by.may("offer_diagnostics")):
        raise NotAllowed
    case = lock_case(case_id, by)
    drop = _drop_on(case, drop_id)
    drop.withdrawn_by, drop.withdrawn_at = by, at
    drop.save(update_fields=["withdrawn_by", "withdrawn_at"])
    event = _note(case, "diagnostics_withdrawn", drop, by=by, at=at)
    people = desk_side(case) if by.is_customer else customer_side(case)
    notify("diagnostics_withdrawn", people, case=case, event=event, at=at)
    return drop


def _drop_on(case: Case, drop_id: int) -> DiagnosticDrop:
    drop = DiagnosticDrop.objects.filter(case=case, pk=drop_id, withdrawn_at=None).first()
    if drop is None:
        raise DiagnosticIsOver
    return drop


def _note(case: Case, kind: str, drop: DiagnosticDrop, *, by: Person, at: datetime) -> CaseEvent:
    timeline = load_timeline(case)
    event = timeline.add(kind, by=by, at=at, payload={"drop": drop.pk})
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    return event
