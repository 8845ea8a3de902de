"""The words of what people are told about cases; asked for at sending time.

A message names a case and an event; who may read it, and what it says, is decided when it leaves.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.places import site_url
from accounts.tenancy import desk_now
from accounts.zones import moment_text
from outbox.answer_marks import CLOSE, DESK, ESCALATE, PUBLIC, order_word
from outbox.message_ids import thread_headers
from outbox.registry import Refs, Rendered, register
from outbox.reply_addresses import takes_mail
from sla.engine.clock import CaseState
from sla.models import PolicyVersion, PolicyWithdrawal
from sla.queries import policy_version
from tickets.estimates import estimate_of
from tickets.history import entry_title
from tickets.life_reading import RISEN
from tickets.models import Case, CaseEvent, CaseQuestion
from tickets.promises import Moved, promises_moved
from tickets.queries import visible_cases
from tickets.rating import rating_links
from tickets.rating_mail import register_rating_mail
from tickets.reading import CLOCK_NAMES, case_state
from tickets.timeline import load_timeline, moment
from tickets.wording import display_number, next_promise, owed_text

# To whom the words of a kind are addressed.
SUBJECTS_FOR_CUSTOMERS = {
    "case_filed": _("we have your case"),
    "triaged": _("we have looked at your case"),
    "agent_replied": _("we have answered"),
    "agent_called": _("we have called"),
    "question_asked": _("we have a question"),
    "resolved": _("we have a solution"),
    "reopened": _("your case is open again"),
    "closed": _("your case is closed"),
    "level_changed": _("the promise on your case has changed"),
    "scheduled": _("the time is agreed"),
    "policy_retargeted": _("the promise on your case has changed"),
}
SUBJECTS_FOR_DESK = {
    "customer_replied": _("the customer wrote"),
    "customer_called": _("the customer called"),
    "reopened": _("open again"),
    "assigned": _("assigned to you"),
    "unassigned": _("not yours any more"),
    "mentioned": _("a note for you"),
    "closed": _("closed by the customer"),
}

More = Callable[[Case, CaseEvent, Person], Mapping[str, Any]]


def register_mail() -> None:
    """Tell the outbox about the kinds of this app."""
    for kind in SUBJECTS_FOR_CUSTOMERS | SUBJECTS_FOR_DESK:
        register(kind, may_read_case, _render(kind, MORE.get(kind, nothing_more)))
    register_rating_mail()


def may_read_case(person: Person, refs: Refs) -> bool:
    """Tell whether a person may still see the case and the entry that a message is about."""
    if not visible_cases(person).filter(pk=refs["case"]).exists():
        return False
    events = CaseEvent.objects.filter(pk=refs["event"])
    if person.is_customer:
        events = events.filter(audience=CaseEvent.Audience.PUBLIC)
    return events.exists()


def nothing_more(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    return {}


def _render(kind: str, more: More) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        subjects = SUBJECTS_FOR_CUSTOMERS if person.is_customer else SUBJECTS_FOR_DESK
        # An event can be told to either side; a kind without words for one side says what happened.
        return letter(kind, subjects.get(kind), person, refs, more)

    return render


def letter(
    kind: str,
    subject: object,
    person: Person,
    refs: Refs,
    more: More = nothing_more,
) -> Rendered:
    """Write one message about a case: a common frame around `templates/mail/<kind>.txt`."""
    case = Case.objects.select_related("tenant", "company", "contact", "team", "owner").get(
        pk=refs["case"]
    )
    event = CaseEvent.objects.get(pk=refs["event"])
    context = _context(case, event, person) | more(case, event, person)
    return Rendered(
        subject=f"[{display_number(case)}] {subject or entry_title(event)}: {case.subject}",
        body=render_to_string(f"mail/{kind}.txt", context),
        headers=thread_headers(f"case.{case.uuid}"),
        values=_values(context),
        answers=_who_reads_answers(context),
        reason=_why_told(case, person),
    )


def _who_reads_answers(context: Mapping[str, Any]) -> str:
    """Say who reads an answer: of the desk's people everybody only where they answer a message."""
    is_public = context["event"].audience == CaseEvent.Audience.PUBLIC
    if context["person"].is_customer or (is_public and context["message"]):
        return PUBLIC
    return DESK


def _why_told(case: Case, person: Person) -> Promise | None:
    """Say why a customer hears of a case; None where they do as their company's admin."""
    if case.contact_id == person.pk:
        return _("You get this because it is your case.")
    if case.merged.filter(contact=person).exists():
        return _("You get this because a case of yours goes on in this one.")
    return None


def _values(context: Mapping[str, Any]) -> dict[str, str]:
    """Give what a vendor's own words about a case may name, as the desk declares it."""
    case, message = context["case"], context["message"]
    return {
        "number": context["number"],
        "case": case.subject,
        "company": case.company.name,
        "contact": case.contact.name,
        "owner": case.owner.name if case.owner else "",
        "team": case.team.name if case.team else "",
        "promise": context["promise"],
        "message": message.body if message else "",
        "happened": context["happened"],
        "link": context["url"],
        "policy": context["policy_url"],
        "ratings": "\n".join(f"{name}: {link}" for name, link in context.get("ratings") or ()),
    }


def _context(case: Case, event: CaseEvent, person: Person) -> dict[str, Any]:
    state = case_state(case)
    owed, now = next_promise(state), desk_now()
    zone = zone_for(case, person)
    estimate = estimate_of(case, state, now)
    return {
        "person": person,
        "case": case,
        "number": display_number(case),
        "event": event,
        "state": state,
        "title": entry_title(event),
        "message": case.messages.filter(event=event).first(),
        "promise": owed_text(owed, zone, now) if owed else "",
        "happened": moment_text(event.occurred_at, zone),
        "before": _promise_before(state, event, zone),
        "estimate": moment_text(estimate, zone) if estimate else "",
        "phones": state.policy.phones_for(state.facts.region),
        "levels": [
            level
            for axis in state.policy.axes
            if (level := state.policy.level(axis, getattr(state.facts, axis)))
        ],
        "risen": RISEN if "incident" in event.payload else "",
        "url": site_url(case.tenant, _path(case, person)),
        "policy_url": site_url(case.tenant, reverse("portal:policy")),
        "orders": _orders(state) if person.is_customer and takes_mail() else {},
    }


def _orders(state: CaseState) -> dict[str, str]:
    """Name the words by which an answer gives an order, in the language that is spoken."""
    offered = [CLOSE, ESCALATE] if state.policy.escalation.open else [CLOSE]
    return {order: order_word(order, get_language() or "") for order in offered}


def zone_for(case: Case, person: Person) -> str:
    """Name the zone on whose clock a person is told moments of a case."""
    return case.time_zone if person.is_customer else person.time_zone or case.tenant.time_zone


def _moved_promises(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    """Say which promises a change of the policy moved, from when to when, and why."""
    moved = promises_moved(load_timeline(case), event.seq)
    version = PolicyVersion.objects.get(number=event.payload["policy_version"])
    withdrawn = PolicyWithdrawal.objects.filter(version__number=event.payload["from"])
    return {
        "moved": [_moved_text(promise, zone_for(case, person)) for promise in moved],
        "is_withdrawn": withdrawn.exists(),
        "note": version.customer_note,
        "base": event.payload["base"],
    }


def _moved_text(moved: Moved, zone: str) -> tuple[str, str, str]:
    """Name the promise, with the time before and the time after; "" where none was promised."""
    times = [moment(due) for due in (moved.due_before, moved.due_after)]
    before, after = (moment_text(due, zone) if due else "" for due in times)
    return str(CLOCK_NAMES.get(moved.clock, moved.clock)), before, after


def _agreed_slot(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    """Name the agreed time, and when work starts by it where no other was agreed since."""
    zone, slot = zone_for(case, person), event.payload["scheduled_for"]
    state = case_state(case)
    starts = (moment(clock.due_at) for clock in state.open_clocks if clock.state == "scheduled")
    start = next(starts, None) if state.scheduled_for == slot else None
    return {
        "slot": moment_text(moment(slot), zone),
        "promise": _("Work starts at %(start)s.") % {"start": moment_text(start, zone)}
        if start not in (None, moment(slot))
        else "",
    }


def _asked(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    """Give what is asked for line by line, and why (DD-28, DD-34)."""
    question = CaseQuestion.objects.filter(event=event).first()
    return {"question": question, "policy": policy_version(case.policy_version_id)}


def _noted(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    """Give the note in which somebody of the desk is named, and who wrote it."""
    return {"note": event.notes.select_related("author").first()}


MORE: Mapping[str, More] = {
    "mentioned": _noted,
    "policy_retargeted": _moved_promises,
    "scheduled": _agreed_slot,
    "question_asked": _asked,
    "resolved": rating_links,
    "closed": rating_links,
}


def _path(case: Case, person: Person) -> str:
    face = "portal" if person.is_customer else "desk"
    return reverse(f"{face}:case", args=[case.number])


def _promise_before(state: CaseState, event: CaseEvent, zone: str) -> str:
    """Write the promise that this event replaced, empty where it replaced none."""
    replaced = (
        moment(change.due_before)
        for clock in state.clocks
        if clock.is_promised
        for change in clock.changes
        if change.seq == event.seq
    )
    due_before = next((due for due in replaced if due is not None), None)
    return moment_text(due_before, zone) if due_before else ""
