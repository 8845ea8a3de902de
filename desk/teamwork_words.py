"""What the desk calls the steps of a macro, and who is on a case, in a line."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from desk.words import AXIS_LABELS
from sla.engine.policy import Policy
from tickets.macros import Planned
from tickets.models import Case
from tickets.presence import Present

STEP_LABELS = AXIS_LABELS | {
    "owner": _("Owner"),
    "tags": _("Add the tags"),
    "note": _("Internal note"),
    "reply": _("Send a reply"),
    "ask": _("Send a question: the clocks stand still until it is answered"),
    "solve": _("Send the solution: all clocks end"),
}


def step_value(step: Planned, policy: Policy) -> str:
    """Say the value of a step as a person reads it: a level by its name."""
    if step.step == "case_type":
        part = policy.case_type(step.value)
    elif step.step in AXIS_LABELS:
        part = policy.level(step.step, step.value)
    else:
        return step.value
    return part.name if part else step.value


def readers_text(case: Case, count: int) -> str:
    """Name who reads what is said on a case: its contact, or so many people."""
    if count < 2:
        return case.contact.name
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def here_text(people: Iterable[Present]) -> str:
    """Say in one line who is on a case: who writes, and who looks at it."""
    names = {True: [], False: []}
    for one in people:
        names[one.is_writing].append(one.name)
    parts = []
    if writing := names[True]:
        told = ngettext("%(names)s writes", "%(names)s write", len(writing))
        parts.append(told % {"names": ", ".join(writing)})
    if looking := names[False]:
        told = ngettext("%(names)s looks at it", "%(names)s look at it", len(looking))
        parts.append(told % {"names": ", ".join(looking)})
    return " · ".join(parts)
