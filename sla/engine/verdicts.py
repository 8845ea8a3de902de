"""What a replay comes to: verdicts on clocks before and after, and the steps of either."""

from dataclasses import dataclass

from sla.engine.clock import Clock
from sla.engine.kinds import TIER_TIME
from sla.engine.parts import Facts

# In time, one way or another; too late; nothing that could be late.
KEPT = frozenset({"met", "cancelled", "open"})
LATE = frozenset({"late", "open_late"})
NO_PROMISE = "no_promise"
VERDICTS = (*sorted(KEPT), *sorted(LATE), NO_PROMISE)

TO_LATE, TO_KEPT, OTHER = "to_late", "to_kept", "other"

# What began a clock: an entry by people, and how many hand-overs of the policy came after it.
Origin = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fired:
    """A step at the moment when it fires, on the clock of that kind and origin."""

    clock: str
    origin: Origin
    step: str
    at: int

    @property
    def key(self) -> tuple[str, Origin, str]:
        return (self.clock, self.origin, self.step)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One clock as it went and as it would have gone.

    `started_seq` and `played_seq` name it in either timeline, None where it does not run there.
    Verdicts are of VERDICTS; a clock that does not run promises nothing.
    """

    kind: str
    origin: Origin
    started_seq: int | None
    played_seq: int | None
    before: str
    after: str
    due_before: int | None
    due_after: int | None
    is_promised: bool

    @property
    def flips(self) -> bool:
        """Tell whether it is another verdict: in time, late or nothing promised.

        What only one side's hand-over began exists by the steps alone, which are told of apart; so
        does how long a tier held the case.
        """
        if standing(self.before) == standing(self.after) or self.kind == TIER_TIME:
            return False
        one_sided = self.started_seq is None or self.played_seq is None
        return not (one_sided and self.origin[1])

    @property
    def direction(self) -> str:
        """Name the way of a flip: to_late, to_kept, or other (a promise that comes or goes)."""
        return direction(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case, replayed. `facts` are those it ended with.

    `unknown`: (axis, code) pairs that the old policies knew and the other one does not. `fault`:
    the code of what the engine could not work out; there are no outcomes then.
    """

    facts: Facts
    outcomes: tuple[Outcome, ...] = ()
    steps_before: tuple[Fired, ...] = ()
    steps_after: tuple[Fired, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def standing(verdict: str) -> str:
    """Reduce a verdict to what matters: "kept", "late" or "no_promise"."""
    if verdict in KEPT:
        return "kept"
    return "late" if verdict in LATE else NO_PROMISE


def direction(before: str, after: str) -> str:
    """Name the way from one verdict to another."""
    if before in KEPT and after in LATE:
        return TO_LATE
    return TO_KEPT if before in LATE and after in KEPT else OTHER


def verdict(clock: Clock, at: int) -> str:
    """Judge a clock as of `at` (epoch seconds)."""
    state = clock.settled.promise.state
    if state in ("no_target", "awaiting_schedule") or not clock.counts:
        return NO_PROMISE
    if clock.ended_at is not None:
        return clock.state
    return "open_late" if clock.is_late(at) else "open"
