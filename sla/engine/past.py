"""What has happened on a case, and what it does to clocks by the table of a policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sla.engine.kinds import ENDINGS, KindRow
from sla.engine.policy import Policy

# What a review can change, and the event that changes the same alone.
CHANGES = {
    "case_type": "type_changed",
    "severity": "severity_changed",
    "priority": "priority_changed",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a case's timeline; `at` in epoch seconds, `seq` counts from 1 per case."""

    seq: int
    kind: str
    at: int
    payload: Mapping[str, Any]
    caused_by: str = "person"


def effects_of(policy: Policy, event: Event) -> Iterable[tuple[str, str, KindRow]]:
    """List what an entry does to the clocks of a policy: (kind, effect, its row)."""
    if event.kind != "triaged":
        return policy.effects.get(event.kind, ())
    kinds = (kind for axis, kind in CHANGES.items() if axis in event.payload)
    return dict.fromkeys(chain.from_iterable(policy.effects.get(kind, ()) for kind in kinds))


def owed(policy: Policy, past: Iterable[Event]) -> tuple[tuple[Event, str, KindRow], ...]:
    """List the kinds of clocks that a past leaves running, each with the entry that began it.

    By the table alone: an answer meets what it meets, also where a time was agreed (MS-10).
    """
    begun: dict[str, tuple[Event, str, KindRow]] = {}
    cut_short: dict[str, tuple[Event, str, KindRow]] = {}
    for event in past:
        if event.kind in ENDINGS:
            cut_short.clear()
        for kind, effect, row in effects_of(policy, event):
            ended = begun.pop(kind, None) if effect in ("meet", "cancel", "restart") else None
            if ended and effect == "cancel" and event.kind in ENDINGS:
                cut_short[kind] = ended
            if kind in begun or any(other in begun for other in row.unless):
                continue
            if effect in ("start", "restart"):
                begun[kind] = (event, kind, row)
            elif effect == "resume" and kind in cut_short:
                begun[kind] = cut_short.pop(kind)
    return tuple(begun.values())
