"""A fired step in words, for mail and pages alike."""

from django.utils.translation import gettext as _

from sla.engine.parts import THE_CASE
from sla.engine.steps import REPEAT_SIGN
from tickets.models import CaseEvent
from tickets.reading import CLOCK_NAMES

# Below this a step counts as on time: beat comes every few seconds.
LATE_SECONDS = 60


def step_title(event: CaseEvent) -> str:
    """Say what a fired step is about: "First response is at risk"; of a repeat, the how-manieth."""
    payload = event.payload
    return fired_title(
        event.clock or payload["clock"], payload.get("at", ""), event.step or payload["step"]
    )


def fired_title(clock: str, at: str, step: str) -> str:
    """Say what a step of a clock is about, by the code with which it was fired."""
    title = _title(clock, at)
    _code, _sign, number = step.partition(REPEAT_SIGN)
    if not number:
        return title
    return _("%(title)s (told %(number)s times)") % {"title": title, "number": number}


def _title(clock: str, at: str) -> str:
    if clock == THE_CASE:
        return _("still needs you") if at == "after" else _("needs you at once")
    sentences = {
        "before": _("%(clock)s is at risk"),
        "after": _("%(clock)s is still overdue"),
        "opened": _("a new case needs you at once"),
    }
    named = {"clock": CLOCK_NAMES.get(clock, clock)}
    return sentences.get(at, _("%(clock)s is overdue")) % named
