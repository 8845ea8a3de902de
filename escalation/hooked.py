"""What endpoints outside are told of the ladder, and taking notice from where they are told.

A pager hears of each step as an alert of its own, and of what acknowledges and ends it. Whoever
takes notice there has taken notice here: the ladder stops, up to what that alert told of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from escalation.acknowledging import (
    LINK_LASTS,
    acknowledge,
    acknowledge_outside,
    unacknowledged,
)
from escalation.models import EscalationRequest
from escalation.step_words import step_title
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import ACKNOWLEDGE, TRIGGER, Alert, Occasion, Refs, register_teller
from sla.engine.kinds import WAITING
from tickets.errors import CaseIsNotOpen
from tickets.history import entry_title
from tickets.hooked import (
    OF_ESCALATION,
    alert_key,
    asked_key,
    case_occasion,
    ended,
    event_of,
    steps_of,
)
from tickets.models import Case, CaseEvent
from tickets.queries import visible_cases
from tickets.timeline import load_timeline

SALT = "escalation.hook"
SEVERITIES = {"before": "warning", "opened": "critical", "due": "error", "after": "critical"}


@dataclass(frozen=True)
class Alerted:
    """One occurrence on one case, and the entries of the steps of which an alert told."""

    case: Case
    clock: str
    started_seq: int
    known: frozenset[int]


def register_hooked() -> None:
    """Say how the ladder reads to endpoints."""
    register_teller(OF_ESCALATION, tell_of_ladder)


def tell_of_ladder(endpoint: WebhookEndpoint, kind: str, refs: Refs) -> Occasion:
    """Write one entry about an escalation as an endpoint may know it."""
    event = event_of(refs)
    if event.kind == "step_fired":
        return _fired(endpoint, event)
    if event.kind == "acknowledged":
        alerts = _acknowledged(event)
    elif event.kind == "escalation_requested":
        waits = EscalationRequest.objects.filter(event=event, state=EscalationRequest.State.OPEN)
        alerts = [Alert(TRIGGER, asked_key(event), "error")] if waits.exists() else []
    else:
        alerts = ended(event)
    return case_occasion(endpoint, event, title=str(entry_title(event)), alerts=alerts)


def alerted_by_key(key: str) -> Alerted:
    """Find what an alert was about by the name that we gave it. Raises NotFound for any other."""
    parts = key.split(":")
    if len(parts) != 4 or not parts[2].isdecimal() or len(parts[2]) > 9:
        raise NotFound
    uuid, clock, started_seq, step = parts
    try:
        case = Case.objects.filter(uuid=uuid).first()
    except (ValueError, TypeError, ValidationError) as error:
        raise NotFound from error
    if case is None:
        raise NotFound
    known = _steps_named(case, clock, int(started_seq), step)
    if not known:
        raise NotFound
    return Alerted(case, clock, int(started_seq), frozenset(known))


def alerted_by_token(token: str) -> tuple[Alerted, WebhookEndpoint]:
    """Find what a button or a link was about, and where it stood.

    Raises NotFound for one that we did not make, that is too old, or of an endpoint that is out of
    service.
    """
    try:
        signed = TimestampSigner(salt=SALT).unsign_object(token, max_age=LINK_LASTS)
        tenant_id, event_id, endpoint_id = signed
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    found = CaseEvent.objects.select_related("case").filter(pk=event_id, kind="step_fired")
    event = found.first() if tenant_id == current_tenant_id() else None
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, is_active=True).first()
    if event is None or endpoint is None:
        raise NotFound
    known = frozenset({event.seq})
    return Alerted(event.case, event.clock, event.clock_seq or 0, known), endpoint


def press_url_of(event: CaseEvent, endpoint: WebhookEndpoint) -> str:
    """Write the address by which whoever reads an endpoint takes notice of a fired step."""
    page = reverse("hooks:acknowledge", args=[_token(event, endpoint)])
    return site_url(endpoint.tenant, page)


def still_waits(alerted: Alerted) -> list[str]:
    """List, in words, the steps that an alert told of and of which nobody has taken notice."""
    if not alerted.case.is_open:
        return []
    state = load_timeline(alerted.case).state()
    waiting = unacknowledged(state).get((alerted.clock, alerted.started_seq), [])
    steps = [step for step in steps_of(alerted.case) if step.seq in alerted.known]
    return [step_title(step) for step in steps if step.seq in waiting]


def take_notice_outside(
    alerted: Alerted, *, endpoint: WebhookEndpoint, email: str = "", at: datetime
) -> bool:
    """Take notice of a step where it was told: as the person of that address, else as the service.

    Harmless to repeat; False where the case is over. Locks the case.
    """
    person = _person(email, alerted.case)
    about = {"clock": alerted.clock, "started_seq": alerted.started_seq, "known": alerted.known}
    try:
        if person is not None:
            acknowledge(case_id=alerted.case.pk, by=person, at=at, **about)
        else:
            acknowledge_outside(case_id=alerted.case.pk, via=endpoint.shape, at=at, **about)
    except CaseIsNotOpen:
        return False
    return True


def _token(event: CaseEvent, endpoint: WebhookEndpoint) -> str:
    return TimestampSigner(salt=SALT).sign_object([event.tenant_id, event.pk, endpoint.pk])


def _fired(endpoint: WebhookEndpoint, event: CaseEvent) -> Occasion:
    payload = event.payload
    clock, seq = event.clock, event.clock_seq or 0
    alerts: Sequence[Alert] = ()
    token = press_url = ""
    if clock != WAITING:
        severity = SEVERITIES.get(payload.get("at", ""), "error")
        # One that comes late, after its end was told, would wake somebody and never end.
        if not endpoint.is_pager or _waits(event):
            alerts = [Alert(TRIGGER, alert_key(event.case, clock, seq, event.step), severity)]
        token, press_url = _token(event, endpoint), press_url_of(event, endpoint)
    step = {"clock": clock, "started_seq": seq, "step": event.step, "at": payload.get("at", "")}
    step |= {"due_at": payload["due_at"], "late_seconds": payload["late_seconds"]}
    title = step_title(event)
    if event.case.owner is not None and not event.case.is_restricted:
        title = _("%(title)s (%(owner)s)") % {"title": title, "owner": event.case.owner.name}
    return case_occasion(
        endpoint, event, title=title, alerts=alerts, step=step, token=token, press_url=press_url
    )


def _waits(event: CaseEvent) -> bool:
    """Tell whether nobody has taken notice of a step yet, and its time still runs."""
    if not event.case.is_open:
        return False
    waiting = unacknowledged(load_timeline(event.case).state())
    return event.seq in waiting.get((event.clock, event.clock_seq or 0), ())


def _acknowledged(event: CaseEvent) -> list[Alert]:
    occurrence = (event.payload["clock"], event.payload["started_seq"])
    upto = event.payload.get("upto", event.seq)
    keys = [
        alert_key(event.case, step.clock, step.clock_seq or 0, step.step)
        for step in steps_of(event.case)
        if (step.clock, step.clock_seq) == occurrence and step.seq <= upto
    ]
    return [Alert(ACKNOWLEDGE, key) for key in dict.fromkeys(keys)]


def _steps_named(case: Case, clock: str, started_seq: int, step: str) -> list[int]:
    return [
        one.seq
        for one in steps_of(case)
        if alert_key(case, one.clock, one.clock_seq or 0, one.step)
        == alert_key(case, clock, started_seq, step)
    ]


def _person(email: str, case: Case) -> Person | None:
    """Find who at the desk has an address, may take notice, and sees the case."""
    key = email.strip().lower()
    is_address = bool(key) and key.isprintable()
    found = Person.objects.filter(email_key=key, is_active=True).first() if is_address else None
    if found is None or not found.may("acknowledge_escalation"):
        return None
    return found if visible_cases(found).filter(pk=case.pk).exists() else None
