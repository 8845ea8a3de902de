"""The words of what customer and desk agree on: points back, a split, permission, a refusal."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.zones import moment_text
from outbox.registry import Refs, Rendered, register
from tickets.actions.crediting import may_have_money
from tickets.actions.declining import declined_part
from tickets.mail import letter, may_read_case, zone_for
from tickets.models import Case, CaseEvent, RemoteConsent, SplitProposal
from tickets.reading import case_state

SUBJECTS_FOR_CUSTOMERS = {
    "bug_credited": _("it was a bug: your points are back"),
    "declined": _("this is not part of the support"),
    "split_proposed": _("we propose a case of its own"),
    "split_withdrawn": _("nothing to decide any more"),
    "consent_given": _("you allowed remote access"),
    "consent_withdrawn": _("remote access is no longer allowed"),
}
SUBJECTS_FOR_DESK = {
    "money_asked": _("the customer wants money, not points"),
    "split_declined": _("the customer does not want a case of its own"),
    "case_split": _("the customer agreed to a case of its own"),
    "consent_given": _("remote access allowed"),
    "consent_withdrawn": _("remote access no longer allowed"),
}

More = Callable[[Case, CaseEvent, Person], Mapping[str, Any]]


def register_agreement_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    for kind in SUBJECTS_FOR_CUSTOMERS | SUBJECTS_FOR_DESK:
        register(kind, may_read_case, _render(kind))


def _render(kind: str) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        subjects = SUBJECTS_FOR_CUSTOMERS if person.is_customer else SUBJECTS_FOR_DESK
        return letter(kind, subjects.get(kind), person, refs, MORE[kind])

    return render


def _points(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    policy = case_state(case).policy
    return {
        "points": event.payload["points"],
        "may_be_money": may_have_money(case, policy, event.occurred_at),
    }


def _declined(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    policy = case_state(case).policy
    answer = case.messages.filter(event__seq=event.seq - 1).first()
    return {
        "part": declined_part(policy, event.payload["declined"]),
        "points": event.payload["points"],
        "answer": answer.body if answer else "",
        "contact": policy.contact,
    }


def _split(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    proposal = SplitProposal.objects.select_related("new_case").get(pk=event.payload["split"])
    new = proposal.new_case
    return {
        "proposal": proposal,
        "is_waiting": proposal.state == SplitProposal.State.WAITING,
        "new_number": f"{case.tenant.case_prefix}-{new.number}" if new else "",
    }


def _consent(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    consent = RemoteConsent.objects.select_related("given_by").get(pk=event.payload["consent"])
    return {
        "consent": consent,
        "until": moment_text(consent.until_at, zone_for(case, person)),
    }


MORE: Mapping[str, More] = {
    "bug_credited": _points,
    "money_asked": _points,
    "declined": _declined,
    "split_proposed": _split,
    "split_declined": _split,
    "split_withdrawn": _split,
    "case_split": _split,
    "consent_given": _consent,
    "consent_withdrawn": _consent,
}
