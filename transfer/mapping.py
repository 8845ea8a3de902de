"""What another system calls a state, a level or a channel, and what the policy here calls it."""

from collections.abc import Mapping

from sla.engine.policy import Policy
from tickets.models import Case

STATUS = "status"
LEVELS = ("severity", "priority")
FIELDS = (STATUS, *LEVELS, "type", "channel")
NOT = ""

_STATES: Mapping[str, str] = {
    **dict.fromkeys(("new", "open", "hold", "on-hold", "on hold", "in progress"), Case.Status.OPEN),
    **dict.fromkeys(("pending", "waiting", "pending reminder"), Case.Status.WAITING),
    **dict.fromkeys(("solved", "resolved", "pending close"), Case.Status.RESOLVED),
    **dict.fromkeys(("closed", "merged", "done"), Case.Status.CLOSED),
}
# How far down a scale of levels a word stands: 0 is the worst.
_RANKS = {
    "blocker": 0.0,
    "critical": 0.0,
    "urgent": 0.0,
    "1 urgent": 0.0,
    "high": 0.34,
    "3 high": 0.0,
    "normal": 0.67,
    "medium": 0.67,
    "2 normal": 0.5,
    "low": 1.0,
    "1 low": 1.0,
}


def choices_of(field: str, policy: Policy | None) -> list[tuple[str, str]]:
    """List (code, name) of all that a value of this field can become here."""
    if field == STATUS:
        return [(str(code), str(label)) for code, label in Case.Status.choices]
    if policy is None:
        return []
    if field in LEVELS:
        levels = policy.levels(field) if field in policy.axes else ()
        return [(one.code, one.name) for one in levels]
    known = policy.case_types if field == "type" else policy.channels
    return [(one.code, one.name) for one in known]


def mapped(field: str, value: str, maps: Mapping[str, Mapping[str, str]], policy: Policy) -> str:
    """Say what a value becomes: what somebody chose for it, else what is guessed, else NOT."""
    chosen = maps.get(field, {}).get(value.lower())
    return guess(field, value, policy) if chosen is None else chosen


def guess(field: str, value: str, policy: Policy | None) -> str:
    """Guess the code that a value means: by its code or name here, else by what is usual."""
    said = value.strip().lower()
    choices = choices_of(field, policy)
    same = (code for code, name in choices if said in (code.lower(), name.lower()))
    found = next(same, NOT)
    if found or not said:
        return found
    if field == STATUS:
        return _STATES.get(said, NOT)
    if field in LEVELS and said in _RANKS and choices:
        return choices[round(_RANKS[said] * (len(choices) - 1))][0]
    return NOT
