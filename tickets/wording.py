"""Sentences about a case that pages and mail share."""

from django.utils.translation import gettext as _

from accounts.zones import moment_text
from sla.engine.clock import CaseState, Clock
from sla.engine.target import Promise
from tickets.models import Case
from tickets.timeline import answers_owed, moment


def display_number(case: Case) -> str:
    """Write the number as people say it: MX-1042."""
    return f"{case.tenant.case_prefix}-{case.number}"


def promise_text(promise: Promise, zone: str) -> str:
    """Say when the customer hears back, as a sentence, on the wall clock of `zone`."""
    due_at, due_from = moment(promise.due_at), moment(promise.due_from)
    if due_at is not None and promise.state == "scheduled":
        return _("We start at %(due)s.") % {"due": moment_text(due_at, zone)}
    if due_at is not None and due_from is not None:
        return _("We answer by %(due)s at the latest, and aim at %(goal)s.") % {
            "due": moment_text(due_at, zone),
            "goal": moment_text(due_from, zone),
        }
    if due_at is not None:
        return _("We answer by %(due)s at the latest.") % {"due": moment_text(due_at, zone)}
    return {
        "paused": _("The clock stands still while we wait for your answer."),
        "awaiting_schedule": _("We agree on a time with you; until then no clock runs."),
    }.get(promise.state, _("We answer as time allows; no time is promised for this."))


def next_promise(state: CaseState) -> Clock | None:
    """Find the open clock that the customer was promised and that is due next, None without one."""
    return next((clock for clock in answers_owed(state) if clock.is_promised), None)
