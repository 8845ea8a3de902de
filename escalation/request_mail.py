"""The words of escalations that customers ask for, of the SWAT team, of cases handed on."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import desk_now
from accounts.zones import moment_text
from escalation.models import EscalationRequest
from escalation.requests import CLOCK
from outbox.registry import Refs, Rendered, register
from sla.engine.clock import Clock
from tickets.mail import letter, may_read_case, nothing_more, zone_for
from tickets.models import Case, CaseEvent
from tickets.queries import visible_cases
from tickets.reading import case_state
from tickets.timeline import moment
from tickets.wording import display_number

SUBJECTS = {
    "escalation_requested": gettext_lazy("the customer asks for an escalation"),
    "escalation_noted": gettext_lazy("we have your request for an escalation"),
    "escalation_answered": gettext_lazy("our answer to your escalation"),
    "escalation_ended": gettext_lazy("the escalation has ended"),
    "swat_brought_in": gettext_lazy("the SWAT team works on it"),
    "swat_left": gettext_lazy("the SWAT team was let go"),
}
# Prefixes of the keys in the refs of `cases_handed_on`: one for each case.
_CASE = "case"


def register_request_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    for kind in SUBJECTS:
        register(kind, may_read_case, _render(kind))
    register("cases_handed_on", _at_the_desk, _handed_on)


def handed_on_refs(person: Person, cases: list[Case], *, is_owner: bool) -> dict[str, int]:
    """Make the refs of one mail about several cases that were somebody's."""
    listed = {f"{_CASE}{place}": case.pk for place, case in enumerate(cases)}
    return {"from": person.pk, "owner": int(is_owner)} | listed


def _render(kind: str) -> Any:
    more = MORE.get(kind, nothing_more)

    def render(person: Person, refs: Refs) -> Rendered:
        return letter(kind, SUBJECTS[kind], person, refs, more)

    return render


def _about_request(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    found = EscalationRequest.objects.filter(case=case, event=event)
    clock = _owed(case, event)
    due_at = moment(clock.due_at) if clock else None
    return {
        "asked": found.select_related("asked_by", "logged_by").first(),
        "owed": moment_text(due_at, zone_for(case, person)) if due_at else "",
        "is_late": due_at is not None and due_at < desk_now(),
        "is_promised": clock is not None and clock.is_promised,
    }


def _owed(case: Case, event: CaseEvent) -> Clock | None:
    """Find the clock of the answer to this escalation, while it runs."""
    clocks = (clock for clock in case_state(case).open_clocks if clock.kind == CLOCK)
    return next((clock for clock in clocks if clock.started_seq == event.seq), None)


def _note_of(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    note = None if person.is_customer else case.notes.filter(event=event).first()
    return {"note": note}


MORE = {
    "escalation_requested": _about_request,
    "escalation_noted": _about_request,
    "swat_brought_in": _note_of,
    "swat_left": _note_of,
}


def _at_the_desk(person: Person, refs: Refs) -> bool:
    return person.may("use_desk") and _cases_in(person, refs).exists()


def _cases_in(person: Person, refs: Refs) -> QuerySet[Case]:
    listed = [value for key, value in refs.items() if key.startswith(_CASE)]
    cases = visible_cases(person).filter(pk__in=listed)
    return cases.select_related("tenant", "company").order_by("number")


def _handed_on(person: Person, refs: Refs) -> Rendered:
    cases = list(_cases_in(person, refs))
    before = Person.objects.get(pk=refs["from"])
    tenant = cases[0].tenant
    listed = [
        (case, display_number(case), site_url(tenant, reverse("desk:case", args=[case.number])))
        for case in cases
    ]
    count = len(cases)
    told = ngettext("%(count)d case of %(name)s", "%(count)d cases of %(name)s", count)
    subject = told % {"count": count, "name": before.name}
    shown = {
        "person": person,
        "before": before,
        "cases": listed,
        "is_owner": bool(refs["owner"]),
        "tenant": tenant,
    }
    return Rendered(
        subject=_("Handed on to you: %(cases)s") % {"cases": subject},
        body=render_to_string("mail/cases_handed_on.txt", shown),
    )
