"""The entries of a case's history as its customer reads them: titles, and what they changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import moment_text
from escalation.mail import next_word_text
from escalation.promises_missed import MISSED
from sla.engine.clock import CaseState
from tickets.files import channel_text
from tickets.life_reading import RISEN, life_text
from tickets.models import CaseEvent, LevelRequest
from tickets.timeline import moment
from tickets.wording import declined_text, points_text

# Where the desk's name of an entry is not the customer's.
TITLES = {
    "customer_replied": gettext_lazy("Message to support"),
    "customer_called": gettext_lazy("Call to support"),
    "question_asked": gettext_lazy("Question to you"),
    "question_disputed": gettext_lazy("You said: this is not waiting on me"),
    "question_withdrawn": gettext_lazy("We took our question back"),
    "away_noted": gettext_lazy("You are away"),
    "away_ended": gettext_lazy("You are back"),
    "promise_missed": gettext_lazy("We did not keep our promise"),
    "waiting_warned": gettext_lazy("We reminded you of our question"),
    "attempt_logged": gettext_lazy("We could not reach you"),
    "reopen_asked": gettext_lazy("You want it open again"),
    "incident_joined": gettext_lazy("Belongs to one incident that several customers have"),
    "incident_left": gettext_lazy("It has a cause of its own"),
    "answered_through": gettext_lazy("Support answered"),
    "fix_promised": gettext_lazy("Your fix is promised"),
    "fix_shipped": gettext_lazy("Your fix is out"),
    "diagnostics_offered": gettext_lazy("We offered you a diagnostic tool"),
    "channel_preferred": gettext_lazy("How you want to be answered"),
    "triaged": gettext_lazy("Reviewed by support"),
    "level_requested": gettext_lazy("You asked for another level"),
    "level_offered": gettext_lazy("We offered another level"),
    "split_proposed": gettext_lazy("We proposed a case of its own"),
    "escalation_requested": gettext_lazy("You asked for an escalation"),
    "escalation_answered": gettext_lazy("Our answer to your escalation"),
    "swat_brought_in": gettext_lazy("Our senior people were brought in"),
    "swat_left": gettext_lazy("Our senior people have done their part"),
    "points_credited": gettext_lazy("It was a bug: points came back to you"),
    "money_asked": gettext_lazy("You chose money instead of the points"),
}


@dataclass(frozen=True)
class Details:
    """Names what the entries without words changed, on the wall clock of `zone`."""

    state: CaseState
    zone: str
    reader: Person
    named: Mapping[str, str] = field(default_factory=dict)

    def of(self, event: CaseEvent) -> str:
        """Say what an entry changed, "" where its title says it all."""
        payload = event.payload
        writer = WRITERS.get(event.kind)
        if writer is not None:
            return writer(self, payload)
        if event.kind in AGREED:
            return self._agreed(event)
        axis = CHANGED.get(event.kind)
        if axis is None:
            names = {**self.named, "case": f"{self.reader.tenant.case_prefix}-%s"}
            return life_text(event, names, self.zone, for_customer=True)
        changed = self._change(axis, payload.get("from"), payload.get(axis))
        return f"{changed}. {RISEN}" if "incident" in payload else changed

    def _handed_over(self, payload: Mapping[str, Any]) -> str:
        return _("now with Level %(tier)d of support") % {"tier": payload["to_tier"]}

    def _scheduled(self, payload: Mapping[str, Any]) -> str:
        agreed = moment(payload["scheduled_for"])
        return moment_text(agreed, self.zone) if agreed else ""

    def _preferred(self, payload: Mapping[str, Any]) -> str:
        return channel_text(payload.get("preferred", "")) or _("no wish")

    def _missed(self, payload: Mapping[str, Any]) -> str:
        return next_word_text(payload, self.zone)

    def _called(self, payload: Mapping[str, Any]) -> str:
        is_live = "transferred_to" in payload
        return _("you were put through to support at once") if is_live else ""

    def _reviewed(self, payload: Mapping[str, Any]) -> str:
        changes = payload.get("from", {}).items()
        told = [self._change(axis, old, payload[axis]) for axis, old in changes]
        estimate = moment(payload.get("estimate_at"))
        if estimate is not None:
            begins = _("support begins about %(moment)s")
            told.append(begins % {"moment": moment_text(estimate, self.zone)})
        return "; ".join(told)

    def _asked(self, payload: Mapping[str, Any]) -> str:
        named = str(self._name(payload["axis"], payload["level"]))
        state = payload.get("state")
        return f"{named}: {LevelRequest.State(state).label}" if state else named

    def _agreed(self, event: CaseEvent) -> str:
        payload = event.payload
        if event.kind == "declined":
            return declined_text(payload, self.state.policy)
        if "case" in payload:
            return f"{self.reader.tenant.case_prefix}-{payload['case']}"
        until = moment(payload.get("until"))
        if until:
            return _("until %(until)s") % {"until": moment_text(until, self.zone)}
        return points_text(payload["points"]) if payload.get("points") else ""

    def _change(self, axis: str, old: str | None, new: str | None) -> str:
        return _("from %(old)s to %(new)s") % {
            "old": self._name(axis, old),
            "new": self._name(axis, new),
        }

    def _name(self, axis: str, code: str | None) -> str | None:
        policy = self.state.policy
        part = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
        return part.name if part else code


AGREED = frozenset(
    {
        "points_credited",
        "money_asked",
        "declined",
        "split_proposed",
        "case_split",
        "followed_up",
        "consent_given",
    }
)
CHANGED = {
    "severity_changed": "severity",
    "priority_changed": "priority",
    "type_changed": "case_type",
}
WRITERS: Mapping[str, Callable[[Details, Mapping[str, Any]], str]] = {
    "handed_over": Details._handed_over,
    "scheduled": Details._scheduled,
    "channel_preferred": Details._preferred,
    MISSED: Details._missed,
    "agent_called": Details._called,
    "triaged": Details._reviewed,
    "level_requested": Details._asked,
    "level_offered": Details._asked,
    "level_request_decided": Details._asked,
}
