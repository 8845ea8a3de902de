"""What a step of the ladder would do, to whom, and why, for a case and for its dry run."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.words import place_text
from escalation.dry_run import Foreseen
from sla.engine.parts import THE_CASE
from sla.explain import span_text
from tickets.reading import CLOCK_NAMES

_WHY = {
    "before": gettext_lazy("%(clock)s at risk"),
    "due": gettext_lazy("%(clock)s overdue"),
    "after": gettext_lazy("%(clock)s still overdue"),
    "opened": gettext_lazy("%(clock)s begins"),
}
_WHY_OF_CASE = {
    "opened": gettext_lazy("Opened, or raised to this level"),
    "after": gettext_lazy("Still open %(span)s after it was opened or raised"),
}
_WHY_WAITING = {
    "warn_customer": gettext_lazy("Our question has not been answered"),
    "close": gettext_lazy("Our question was never answered"),
}
_WHAT = {
    "notify": gettext_lazy("Tell"),
    "page": gettext_lazy("Page"),
    "swat": gettext_lazy("Bring in the SWAT team"),
    "tell_customer": gettext_lazy("Tell the customer who has it, and when they hear next"),
    "warn_customer": gettext_lazy("Remind the customer"),
    "close": gettext_lazy("Close the case"),
}


@dataclass(frozen=True)
class StepLine:
    """A step ahead in words. `names` are the people whom it tells; `again` says how it repeats."""

    at: datetime
    what: str
    why: str
    names: str
    again: str
    is_urgent: bool


def step_line(found: Foreseen) -> StepLine:
    """Say what a step would do, to whom by name, and why."""
    step = found.mark.step
    people = [person.name for person in found.people]
    if found.customer is not None:
        people.insert(0, _("%(name)s (customer)") % {"name": found.customer.name})
    return StepLine(
        at=found.at,
        what=_what(found),
        why=_why(found),
        names=", ".join(people) or _("nobody: no one has this part"),
        again=_again(found),
        is_urgent=step.urgent or step.action == "page",
    )


def _what(found: Foreseen) -> str:
    action = found.mark.step.action
    if found.to_tier is not None:
        place = place_text(found.to_tier, found.team.name if found.team else "")
        return _("Hand over to %(place)s") % {"place": place}
    if action == "hand_over":  # at the top there is nowhere to go
        action = "notify"
    return str(_WHAT.get(action, action))


def _why(found: Foreseen) -> str:
    mark = found.mark
    if mark.step.action in _WHY_WAITING:
        return str(_WHY_WAITING[mark.step.action])
    if mark.clock == THE_CASE:
        told = str(_WHY_OF_CASE[mark.step.at])
        return told % {"span": span_text(mark.step.seconds or 0)} if mark.step.seconds else told
    return str(_WHY[mark.step.at]) % {"clock": CLOCK_NAMES.get(mark.clock, mark.clock)}


def _again(found: Foreseen) -> str:
    """Say which time it is, and what of it is still to come until somebody acknowledges it."""
    step, repeat = found.mark.step, found.mark.repeat
    if step.repeat_seconds is None:
        return ""
    every = span_text(step.repeat_seconds)
    if repeat == 1:
        said = _("Again every %(span)s, %(times)d times in all, until somebody acknowledges it.")
        endless = _("Again every %(span)s until somebody acknowledges it.")
        times = step.repeat_times
        return (said if times else endless) % {"span": every, "times": times or 0}
    return _("Time %(number)d: nobody has acknowledged it.") % {"number": repeat}
