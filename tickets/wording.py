"""Sentences about a case that pages and mail share."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.zones import moment_text
from sla.engine.clock import CaseState, Clock
from sla.engine.policy import Policy
from sla.engine.target import Promise
from sla.words import CLOCK_NAMES
from tickets.audit_models import ClockDifference
from tickets.models import Case
from tickets.promises import Shift
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


def owed_text(clock: Clock, zone: str, at: datetime) -> str:
    """Say when the customer hears back on a clock that runs, as it is at `at`.

    A time that has passed is never promised again: it was due then, and is late. An order to page
    has no lateness (MS-05).
    """
    due_at = moment(clock.due_at)
    if due_at is not None and not clock.counts:
        return _("Somebody is called to it at once.")
    if due_at is None or due_at >= at:
        return promise_text(clock.settled.promise, zone)
    return _("The answer was due by %(due)s, and is late.") % {"due": moment_text(due_at, zone)}


def shift_texts(shifts: Iterable[Shift], zone: str) -> list[str]:
    """Say of each promise how it would move: "First response: by Mon … → by Tue …"."""
    return [text for shift in shifts if (text := _shift_text(shift, zone))]


def _shift_text(shift: Shift, zone: str) -> str:
    before, after = _by_text(shift.before, zone), _by_text(shift.after, zone)
    if not before and not after:
        return ""
    said = _("%(clock)s: %(after)s, as now") if before == after else _SHIFT
    nothing = _("no time promised")
    return str(said) % {
        "clock": capfirst(CLOCK_NAMES.get(shift.kind, shift.kind)),
        "before": before or nothing,
        "after": after or nothing,
    }


def _by_text(clock: Clock | None, zone: str) -> str:
    due_at = moment(clock.due_at) if clock else None
    if clock is None or due_at is None:
        return ""
    return _("by %(due)s") % {"due": moment_text(due_at, zone)} if clock.counts else _("at once")


_SHIFT = gettext_lazy("%(clock)s: %(before)s → %(after)s")


def points_text(points: int) -> str:
    """Write a number of points with its unit."""
    return ngettext("%(points)d point", "%(points)d points", points) % {"points": points}


def declined_text(payload: Mapping[str, Any], policy: Policy) -> str:
    """Say what was declined, who can help instead, and whether the points came back."""
    code = payload["declined"]
    part = next((part for part in policy.declined if part.code == code), None)
    sentences = [f"{part.name}." if part else f"{code}."]
    if part and part.pointer:
        sentences.append(part.pointer)
    if payload.get("points"):
        back = _("What the case cost came back: %(points)s.")
        sentences.append(back % {"points": points_text(payload["points"])})
    return " ".join(sentences)


def next_promise(state: CaseState) -> Clock | None:
    """Find the open clock that the customer was promised and that is due next, None without one."""
    return next((clock for clock in answers_owed(state) if clock.is_promised), None)


@dataclass(frozen=True)
class DifferenceText:
    """A difference of an audit in words: where it is, and both values."""

    what: str
    stored: str
    computed: str


def difference_text(difference: ClockDifference, zone: str) -> DifferenceText:
    """Say what an audit found, with moments on the wall clock of `zone`."""
    place, _dot, column = difference.what.partition(".")
    kind, is_clock, _seq = place.partition(":")
    parts = [str(CLOCK_NAMES.get(kind, kind)) if is_clock else str(COLUMN_NAMES.get(place, place))]
    if column:
        parts.append(str(COLUMN_NAMES.get(column, column)))
    if is_clock and not column:
        parts.append(_("the whole clock"))
    values = (_value_text(value, zone) for value in (difference.stored, difference.computed))
    return DifferenceText(": ".join(parts), *values)


def _value_text(value: str, zone: str) -> str:
    if not value:
        return _("nothing")
    return moment_text(datetime.fromisoformat(value), zone) if MOMENT.fullmatch(value) else value


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")
COLUMN_NAMES = {
    "timeline": gettext_lazy("the timeline cannot be read"),
    "status": gettext_lazy("status"),
    "case_type": gettext_lazy("type"),
    "severity": gettext_lazy("severity"),
    "priority": gettext_lazy("priority"),
    "channel": gettext_lazy("channel"),
    "tier": gettext_lazy("tier"),
    "call_owed": gettext_lazy("call is owed"),
    "scheduled_for": gettext_lazy("agreed time"),
    "next_due_at": gettext_lazy("next due time"),
    "next_mark_at": gettext_lazy("next step of the ladder"),
    "last_seq": gettext_lazy("number of entries"),
    "last_event_at": gettext_lazy("last entry"),
    "policy_version": gettext_lazy("policy version"),
    "state": gettext_lazy("state"),
    "started_at": gettext_lazy("start"),
    "due_from": gettext_lazy("goal"),
    "due_at": gettext_lazy("due time"),
    "ended_at": gettext_lazy("end"),
    "need_seconds": gettext_lazy("length in seconds"),
    "counts": gettext_lazy("counts as late"),
    "is_promised": gettext_lazy("is promised"),
}
