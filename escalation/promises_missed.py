"""What the customer hears when our promise was missed: once, who has it, and the next update."""

from collections.abc import Iterable

from sla.engine.aims import aim_at, settle
from sla.engine.clock import CaseState
from sla.engine.errors import EngineError
from sla.engine.past import Event

MISSED = "promise_missed"
CADENCE = "update_cadence"
PROGRESS = "no_progress"


def was_told(events: Iterable[Event], clock: str, started_seq: int) -> bool:
    """Tell whether the customer has heard already that this occurrence was missed."""
    told = (event.payload for event in events if event.kind == MISSED)
    return any((one["clock"], one["started_seq"]) == (clock, started_seq) for one in told)


def next_word_at(state: CaseState, now: int) -> int | None:
    """Find when the customer hears from us next, at the latest; None where nothing says so.

    The soonest promise that is still to come; else the update that the policy owes from now on
    (DD-28); else when somebody will have moved the case on (MX-25). Epoch seconds.
    """
    promised = (clock.due_at for clock in state.open_clocks if clock.is_promised)
    ahead = [due_at for due_at in promised if due_at is not None and due_at > now]
    return min(ahead, default=None) or _update_from(state, now) or _progress_by(state, now)


def _update_from(state: CaseState, now: int) -> int | None:
    if CADENCE not in state.policy.clocks_in_use:
        return None
    try:
        return settle(aim_at(state.policy, CADENCE, state.facts, now, None)).promise.due_at
    except EngineError:  # a calendar that never opens again promises nothing
        return None


def _progress_by(state: CaseState, now: int) -> int | None:
    dues = (clock.due_at for clock in state.open_clocks if clock.kind == PROGRESS)
    return next((due for due in dues if due is not None and due > now), None)
