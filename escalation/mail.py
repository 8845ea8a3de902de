"""The words of escalation: what people of the desk are told together, hand-overs by people, and
what a customer hears when our promise was missed."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import moment_text
from escalation.notice_mail import register_notices
from escalation.promises_missed import MISSED
from escalation.step_words import LATE_SECONDS, step_title
from outbox.registry import Refs, Rendered, register
from tickets.mail import letter, may_read_case, zone_for
from tickets.models import Case, CaseEvent, StoredClock
from tickets.reading import CLOCK_NAMES
from tickets.timeline import moment

__all__ = ["LATE_SECONDS", "missed_text", "next_word_text", "register_mail", "step_title"]

KEPT = gettext_lazy("The promise was kept: the answer counts from when it was pressed.")


def register_mail() -> None:
    """Tell the outbox about the kinds of this app."""
    register_notices()
    register("handed_over", _desk_only, _handed_over)
    register(MISSED, _may_hear_of_it, _missed)


def _desk_only(person: Person, refs: Refs) -> bool:
    return person.may("use_desk") and may_read_case(person, refs)


def _handed_over(person: Person, refs: Refs) -> Rendered:
    return letter("handed_over", gettext_lazy("handed over to you"), person, refs, _hand_over_note)


def _hand_over_note(case: Case, event: CaseEvent, person: Person) -> dict[str, Any]:
    return {"note": case.notes.filter(event=event).first()}


def _may_hear_of_it(person: Person, refs: Refs) -> bool | Promise:
    """Keep the letter back where an answer was on its way that counts as in time."""
    missed = CaseEvent.objects.get(pk=refs["event"]).payload
    occurrence = StoredClock.objects.filter(
        case=refs["case"], kind=missed["clock"], started_seq=missed["started_seq"]
    )
    return KEPT if occurrence.filter(state="met").exists() else may_read_case(person, refs)


def _missed(person: Person, refs: Refs) -> Rendered:
    return letter(MISSED, gettext_lazy("we did not keep our promise"), person, refs, _missed_facts)


def _missed_facts(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    return {"sentences": missed_text(case, event.payload, zone_for(case, person))}


def missed_text(case: Case, payload: Mapping[str, Any], zone: str) -> list[str]:
    """Say what was missed, who has the case now, and when the next update comes."""
    clock = CLOCK_NAMES.get(payload["clock"], payload["clock"])
    # By the time that the letter leaves it may have been done, late as it was.
    occurrence = {"case": case, "kind": payload["clock"], "started_seq": payload["started_seq"]}
    missed = (
        _("We promised you more than we kept: %(clock)s came late.")
        if StoredClock.objects.filter(state="late", **occurrence).exists()
        else _("We promised you more than we kept: %(clock)s is overdue.")
    )
    sentences = [missed % {"clock": clock}]
    if case.owner is not None:
        sentences.append(_("%(name)s has your case now.") % {"name": case.owner.name})
    elif case.team is not None:
        sentences.append(_("The team %(team)s has your case now.") % {"team": case.team.name})
    return [*sentences, next_word_text(payload, zone)]


def next_word_text(payload: Mapping[str, Any], zone: str) -> str:
    """Say when the customer hears from us next, on the wall clock of `zone`."""
    next_at = moment(payload["next_at"])
    if next_at is None:
        return _("You hear from us as soon as there is something to say.")
    when = {"when": moment_text(next_at, zone)}
    return _("You hear from us again by %(when)s at the latest.") % when
