"""What endpoints outside are told of cases: queued with each entry, written when it leaves.

An endpoint of public scope hears of what the customer can read, by ids and codes; one of desk scope
of all, and with the words where it is to have them. Of a restricted case nobody outside has words.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.places import site_url
from accounts.zones import moment_text
from entitlements.daily import register_daily
from outbox.endpoints import forget_old_deliveries
from outbox.hook_kinds import KINDS
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import RESOLVE, Alert, Occasion, Refs, register_teller
from outbox.hooks import Happened, tell_endpoints
from sla.engine.kinds import WAITING
from sla.engine.steps import plain_code
from sla.queries import policy_version
from tickets.history import entry_title
from tickets.models import Case, CaseEvent, InternalNote, Message, StoredClock
from tickets.timeline import Timeline, register_saved
from tickets.wording import display_number

Audience = CaseEvent.Audience
STEP, ASKED = "step_fired", "escalation_requested"
# Where one of these stands, a pager was perhaps told to wake somebody.
ALERTING = (STEP, ASKED)
CHAT = (WebhookEndpoint.Shape.SLACK, WebhookEndpoint.Shape.TEAMS)

KIND_OF_ENTRY: Mapping[str, str] = {
    "case_opened": "case.opened",
    "customer_replied": "case.replied",
    "customer_called": "case.replied",
    "agent_replied": "case.replied",
    "agent_called": "case.replied",
    "answered_through": "case.replied",
    "question_asked": "case.asked",
    "triaged": "case.level_changed",
    "severity_changed": "case.level_changed",
    "priority_changed": "case.level_changed",
    "type_changed": "case.level_changed",
    "resolved": "case.resolved",
    "closed": "case.closed",
    "merged": "case.closed",
    "reopened": "case.reopened",
    "unmerged": "case.reopened",
    "promise_missed": "promise.missed",
    ASKED: "escalation.requested",
    "escalation_answered": "escalation.answered",
    "escalation_ended": "escalation.answered",
    "fix_promised": "fix.announced",
    "fix_dropped": "fix.announced",
    "fix_shipped": "fix.announced",
    STEP: "step.fired",
    "acknowledged": "case.acknowledged",
    "assigned": "case.owner_changed",
    "handed_over": "case.owner_changed",
    "swat_brought_in": "case.owner_changed",
    "swat_left": "case.owner_changed",
    "note_added": "case.noted",
    "work_logged": "case.noted",
}
# Told by who knows the steps of the ladder: see `escalation.hooked`.
OF_ESCALATION = ("step.fired", "case.acknowledged", "escalation.requested", "escalation.answered")
OF_CASES = tuple(
    kind
    for kind in KINDS
    if kind.startswith(("case.", "promise.", "fix.")) and kind not in OF_ESCALATION
)


class CaseIsRestricted(DomainError):
    """A channel has readers whom a security matter does not concern."""

    code = "case_is_restricted"
    message = _("The case is restricted to those it concerns, and a channel has other readers.")


class NotForThisScope(DomainError):
    """The endpoint was given another scope since the delivery was queued."""

    code = "not_for_this_scope"
    message = _("The endpoint may not know what only the desk reads.")


def register_hooked() -> None:
    """Have timelines told to endpoints, and say how cases read to them."""
    register_saved(tell_of_entries)
    register_teller(OF_CASES, tell_of_case)
    register_daily("webhooks", lambda at: forget_old_deliveries())


def kind_of(event: CaseEvent) -> str:
    """Give the kind of which an endpoint hears of an entry; every entry is of one."""
    other = "case.changed" if event.audience == Audience.PUBLIC else "case.changed_inside"
    return KIND_OF_ENTRY.get(event.kind, other)


def tell_of_entries(timelines: Iterable[Timeline], entries: Iterable[CaseEvent]) -> None:
    """Queue what endpoints are told of entries that were just saved, but of imported ones."""
    alerted = {
        one.case.pk for one in timelines if any(event.kind in ALERTING for event in one.events)
    }
    happened = [
        _happened(entry, concerns_pagers=entry.case_id in alerted)
        for entry in entries
        if entry.caused_by != CaseEvent.Cause.IMPORT
    ]
    if happened:
        at = max(entry.recorded_at for entry in entries)
        tell_endpoints(happened, at=at)


def tell_of_case(endpoint: WebhookEndpoint, kind: str, refs: Refs) -> Occasion:
    """Write what an endpoint may know of one entry, and of its case as it is now."""
    event = event_of(refs)
    return case_occasion(endpoint, event, title=str(entry_title(event)), alerts=ended(event))


def event_of(refs: Refs) -> CaseEvent:
    """Read the entry that a delivery is about, with its case."""
    beside = ("case__tenant", "case__company", "case__team", "case__owner", "by")
    return CaseEvent.objects.select_related(*beside).get(pk=refs["event"])


def case_occasion(
    endpoint: WebhookEndpoint,
    event: CaseEvent,
    *,
    title: str,
    alerts: Iterable[Alert] = (),
    step: Mapping[str, Any] | None = None,
    token: str = "",
    press_url: str = "",
) -> Occasion:
    """Put an entry together for an endpoint. Raises NotForThisScope, CaseIsRestricted."""
    case = event.case
    is_desk = endpoint.scope == WebhookEndpoint.Scope.DESK
    if not is_desk and (event.audience != Audience.PUBLIC or not KINDS[kind_of(event)].is_public):
        raise NotForThisScope
    if case.is_restricted and endpoint.shape in CHAT:
        raise CaseIsRestricted
    has_words = is_desk and endpoint.with_text and not case.is_restricted
    url = case_url(case, for_desk=is_desk)
    text = _words(event) if has_words else ""
    subject = f": {case.subject}" if has_words else ""
    data: dict[str, Any] = {
        "event": _event_data(event, is_desk=is_desk),
        "case": _case_data(case, url, is_desk=is_desk, has_words=has_words),
    }
    data |= {"step": dict(step)} if step else {}
    data |= {"text": text} if text else {}
    return Occasion(
        at=event.occurred_at,
        data=data,
        title=f"[{display_number(case)}] {title}{subject}",
        url=url,
        facts=_facts(case, is_desk=is_desk),
        text=text,
        alerts=tuple(alerts),
        token=token,
        press_url=press_url,
    )


def alert_key(case: Case, clock: str, started_seq: int, step: str) -> str:
    """Name the alert of one step of one case; that it is repeated makes it no other one."""
    return f"{case.uuid}:{clock}:{started_seq}:{plain_code(step)}"


def asked_key(event: CaseEvent) -> str:
    """Name the alert of an escalation that a customer asked for."""
    return f"{event.case.uuid}:escalation:{event.seq}"


def steps_of(case: Case) -> list[CaseEvent]:
    """List the steps that were fired on a case, without what is said to a silent customer."""
    fired = CaseEvent.objects.filter(case=case, kind=STEP).exclude(clock=WAITING)
    return list(fired.order_by("seq"))


def ended(event: CaseEvent) -> list[Alert]:
    """List the alerts that end with an entry: their clocks did, or the case is over.

    Of an escalation that was asked for also with its answer, for then somebody has taken it up.
    """
    case = event.case
    clocks = StoredClock.objects.filter(case=case, ended_at=event.occurred_at)
    over = set(clocks.values_list("kind", "started_seq"))
    keys = [
        alert_key(case, step.clock, step.clock_seq or 0, step.step)
        for step in steps_of(case)
        if (step.clock, step.clock_seq) in over or not case.is_open
    ]
    if event.kind in ("escalation_answered", "escalation_ended") or not case.is_open:
        asked = CaseEvent.objects.filter(case=case, kind=ASKED, seq__lt=event.seq)
        keys += [asked_key(one) for one in asked.select_related("case").order_by("seq")]
    return [Alert(RESOLVE, key) for key in dict.fromkeys(keys)]


def case_url(case: Case, *, for_desk: bool) -> str:
    """Write the address of a case on the side of who reads it."""
    page = "desk:case" if for_desk else "portal:case"
    return site_url(case.tenant, reverse(page, args=[case.number]))


def _happened(entry: CaseEvent, *, concerns_pagers: bool) -> Happened:
    kind = kind_of(entry)
    return Happened(
        kind=kind,
        refs={"case": entry.case_id, "event": entry.pk},
        key=f"event:{entry.pk}",
        is_public=entry.audience == Audience.PUBLIC and KINDS[kind].is_public,
        concerns_pagers=concerns_pagers,
    )


def _event_data(event: CaseEvent, *, is_desk: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "seq": event.seq,
        "kind": event.kind,
        "audience": event.audience,
        "caused_by": event.caused_by,
        "occurred_at": event.occurred_at.isoformat(),
        "side": _side(event),
    }
    return data | ({"by": event.by_id} if is_desk else {})


def _side(event: CaseEvent) -> str:
    if event.by is None:
        return "policy" if event.caused_by == CaseEvent.Cause.POLICY else "system"
    return "desk" if event.by.may("use_desk") else "customer"


def _case_data(case: Case, url: str, *, is_desk: bool, has_words: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": str(case.uuid),
        "number": case.number,
        "display": display_number(case),
        "url": url,
        "status": case.status,
        "type": case.case_type,
        "severity": case.severity,
        "priority": case.priority,
        "channel": case.channel,
        "company": case.company_id,
        "opened_at": case.opened_at.isoformat(),
    }
    if is_desk:
        due_at = case.next_due_at.isoformat() if case.next_due_at else None
        data |= {"plan": case.plan, "tier": case.tier, "team": case.team_id}
        data |= {"owner": case.owner_id, "next_due_at": due_at}
    return data | ({"subject": case.subject} if has_words else {})


def _facts(case: Case, *, is_desk: bool) -> list[tuple[str, str]]:
    policy = policy_version(case.policy_version_id)
    levels = [(axis, policy.level(axis, getattr(case, axis))) for axis in policy.axes]
    facts = [(str(AXES[axis]), level.name) for axis, level in levels if level is not None]
    facts.append((str(_("Status")), str(case.get_status_display())))
    if is_desk and not case.is_restricted:
        facts.insert(0, (str(_("Customer")), case.company.name))
    if is_desk and case.next_due_at is not None:
        due = moment_text(case.next_due_at, case.tenant.time_zone)
        facts.append((str(_("Due")), due))
    return facts


def _words(event: CaseEvent) -> str:
    said = Message.objects.filter(event=event).values_list("body", flat=True).first()
    noted = InternalNote.objects.filter(event=event).values_list("body", flat=True)
    return said or noted.first() or ""


AXES = {"severity": _("Severity"), "priority": _("Priority"), "case_type": _("Type")}
