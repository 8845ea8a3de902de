"""The words of questions, absence, ends, reopening, merged cases, incidents and fixes."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.zones import moment_text
from outbox.registry import Refs, Rendered, register
from tickets.absence import closes_at
from tickets.actions.autoclosing import CLOSED_UNANSWERED, WARNED
from tickets.life_reading import DAY
from tickets.mail import letter, may_read_case, nothing_more, zone_for
from tickets.models import Case, CaseEvent, ContactAttempt, Defect
from tickets.questions import open_questions
from tickets.rating import rating_links
from tickets.reading import case_state
from tickets.reopening import reopen_until
from tickets.timeline import moment

SUBJECTS_FOR_CUSTOMERS = {
    WARNED: _("we still wait for your answer"),
    CLOSED_UNANSWERED: _("closed without an answer"),
    "question_withdrawn": _("no answer needed any more"),
    "away_noted": _("we know that you are away"),
    "away_ended": _("you are back"),
    "attempt_logged": _("we could not reach you"),
    "reopen_declined": _("this is another problem"),
    "merged": _("your case goes on in another one"),
    "unmerged": _("your case goes on by itself again"),
    "incident_joined": _("it belongs to an incident that we work on"),
    "incident_left": _("your case goes on by itself"),
    "answered_through": _("news of what you reported"),
    "defect_tied": _("we know the fault"),
    "fix_promised": _("your fix has a release"),
    "fix_dropped": _("this will not be fixed"),
    "fix_shipped": _("your fix is out"),
}
SUBJECTS_FOR_DESK = {
    "question_disputed": _("the customer says it does not wait for them"),
    "away_noted": _("the customer is away for a while"),
    "away_ended": _("the customer is back"),
    "reopen_asked": _("the customer wants it open again"),
}
NOT_WAITING = _("The case does not wait for the customer any more.")

More = Callable[[Case, CaseEvent, Person], Mapping[str, Any]]


def register_life_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    for kind in SUBJECTS_FOR_CUSTOMERS | SUBJECTS_FOR_DESK:
        may = _may_be_warned if kind == WARNED else may_read_case
        register(kind, may, _render(kind))


def _may_be_warned(person: Person, refs: Refs) -> bool | str:
    """Say nothing of a closing that is no longer to come."""
    if not Case.objects.filter(pk=refs["case"], status=Case.Status.WAITING).exists():
        return str(NOT_WAITING)
    return may_read_case(person, refs)


def _render(kind: str) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        subjects = SUBJECTS_FOR_CUSTOMERS if person.is_customer else SUBJECTS_FOR_DESK
        return letter(kind, subjects.get(kind), person, refs, MORE.get(kind, nothing_more))

    return render


def _warning(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    questions = open_questions(case)
    asked = questions[-1] if questions else None
    # What an absence has put off since the warning is told as it is when the letter leaves.
    closing = closes_at(case_state(case)) or moment(event.payload["closes_at"])
    return {
        "closes": moment_text(closing, zone_for(case, person)),
        "asked": case.messages.filter(event=asked.event_id).first() if asked else None,
        "question": asked,
        **_reopening(case, event, person),
    }


def _reopening(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    until = reopen_until(case, case_state(case).policy)
    return {"reopen_until": moment_text(until, zone_for(case, person)) if until else ""}


def _unanswered(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    return {**_reopening(case, event, person), **rating_links(case, event, person)}


def _absence(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    return {"last_day": date_format(date.fromisoformat(event.payload["last_day"]), DAY)}


def _attempt(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    attempt = ContactAttempt.objects.get(event=event)
    return {"way": attempt.get_way_display()}


def _merge(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    number = event.payload.get("into") or event.payload.get("from")
    return {"other": f"{case.tenant.case_prefix}-{number}"}


def _fix(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    defect = Defect.objects.select_related("release", "product").get(pk=event.payload["defect"])
    level = case_state(case).policy.level("severity", case.severity)
    return {"defect": defect, "fix": level.fix if level else ""}


MORE: Mapping[str, More] = {
    WARNED: _warning,
    CLOSED_UNANSWERED: _unanswered,
    "away_noted": _absence,
    "attempt_logged": _attempt,
    "merged": _merge,
    "unmerged": _merge,
    "defect_tied": _fix,
    "fix_promised": _fix,
    "fix_dropped": _fix,
    "fix_shipped": _fix,
}
