"""Delays: the spans in which the desk was late, read from what it did.

Pure: a timeline that ran in, spans out. A replay keeps them: what it makes due while nobody
fired anything waits as long as what fell due then.
"""

from collections.abc import Mapping, Sequence

from sla.engine.clock import Event, Fold
from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.ladder import Key, marks
from sla.engine.policy import Policy

# What may make a step due at a moment that is past: other targets, another tier, open again.
_MAY_MAKE_DUE = frozenset(
    event
    for row in DEFAULT_KINDS.values()
    for event, effect in row.effects.items()
    if effect == "retarget"
) | {"handed_over", "reopened", "unmerged"}

# A wait for the tick: due, done (epoch seconds), and the number of the live step.
Delay = tuple[int, int, int]


def delays(events: Sequence[Event], policies: Mapping[int, Policy]) -> tuple[Delay, ...]:
    """List the spans in which a step could have been done and was not yet.

    `policies`: those of the versions named in `events`. What an entry makes due in the past, as
    raising a severity may, waited for nobody before it; what was owed already before the entry did.
    """
    waited = [event for event in events if _is_late(event)]
    if _is_crossed(events, waited):
        since = _owed_since(events, policies)
        spans = ((max(one.payload["due_at"], since[one.seq]), one.at, one.seq) for one in waited)
    else:
        spans = ((one.payload["due_at"], one.at, one.seq) for one in waited)
    return tuple(span for span in spans if span[0] < span[1])


def _is_crossed(events: Sequence[Event], waited: Sequence[Event]) -> bool:
    """Tell whether an entry between due and done may have made a step due; few cases have one."""
    changed = [event for event in events if event.kind in _MAY_MAKE_DUE]
    return any(
        late.payload["due_at"] < event.at and event.seq < late.seq
        for late in waited
        for event in changed
    )


def _is_late(event: Event) -> bool:
    fired = event.kind == "step_fired" and event.caused_by == "policy"
    return fired and event.payload.get("due_at", event.at) < event.at


def _owed_since(events: Sequence[Event], policies: Mapping[int, Policy]) -> dict[int, int]:
    """Say of each fired step since when the timeline owes it, by its number."""
    found: dict[int, int] = {}
    owed: dict[Key, int] = {}
    since = events[0].at
    fold: Fold | None = None
    for event in events:
        if fold is not None and event.kind in _MAY_MAKE_DUE:
            past = [mark for mark in marks(fold.state()) if mark.at <= event.at]
            owed = {mark.key: owed.get(mark.key, since) for mark in past}
            since = event.at
        elif event.kind == "step_fired":
            payload = event.payload
            key = (payload["clock"], payload["started_seq"], payload["step"])
            found[event.seq] = owed.get(key, since)
        if fold is None:
            fold = Fold(policies, event)
        else:
            fold.take(event)
    return found
