"""The words of escalation: notices of steps, and of hand-overs."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import moment_text
from escalation.steps import lateness
from outbox.registry import Refs, Rendered, register
from sla.explain import span_text
from tickets.mail import letter, may_read_case
from tickets.models import Case, CaseEvent
from tickets.reading import CLOCK_NAMES
from tickets.timeline import moment

# Below this a step counts as on time: beat comes every few seconds.
LATE_SECONDS = 60


def register_mail() -> None:
    """Tell the outbox about the kinds of this app."""
    register("step_fired", _desk_only, _step_fired)
    register("handed_over", _desk_only, _handed_over)


def _desk_only(person: Person, refs: Refs) -> bool:
    return person.may("use_desk") and may_read_case(person, refs)


def _step_fired(person: Person, refs: Refs) -> Rendered:
    event = CaseEvent.objects.get(pk=refs["event"])
    return letter("step_fired", step_title(event), person, refs, _step_facts)


def _handed_over(person: Person, refs: Refs) -> Rendered:
    return letter("handed_over", gettext_lazy("handed over to you"), person, refs, _hand_over_note)


def step_title(event: CaseEvent) -> str:
    """Say what a fired step is about: "First response is at risk"."""
    clock = CLOCK_NAMES.get(event.clock, event.clock)
    sentences = {
        "before": _("%(clock)s is at risk"),
        "after": _("%(clock)s is still overdue"),
        "opened": _("a new case needs you at once"),
    }
    default = _("%(clock)s is overdue")
    return sentences.get(event.payload.get("at", ""), default) % {"clock": clock}


def _step_facts(case: Case, event: CaseEvent, person: Person) -> dict[str, Any]:
    zone = person.time_zone or case.tenant.time_zone
    stored = case.clocks.filter(kind=event.clock, started_seq=event.clock_seq).first()
    late = lateness(event)
    should = moment(event.payload["due_at"])
    return {
        "what": step_title(event),
        "due": moment_text(stored.due_at, zone) if stored and stored.due_at else "",
        "late": span_text(late) if late > LATE_SECONDS else "",
        "should": moment_text(should, zone) if should else "",
    }


def _hand_over_note(case: Case, event: CaseEvent, person: Person) -> dict[str, Any]:
    return {"note": case.notes.filter(event=event).first()}
