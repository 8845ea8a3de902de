"""One obligation of a case and what became of it; stages of a case. Moments are epoch seconds."""

from dataclasses import dataclass
from typing import NamedTuple

from sla.engine.aims import Pauses, Settled, counts_late, is_late
from sla.engine.kinds import WAITING
from sla.engine.parts import Facts
from sla.engine.policy import Policy
from sla.engine.receipt import Interval, receipt


@dataclass(frozen=True, slots=True)
class Change:
    """A retarget: the promise before and after the event `seq`."""

    seq: int
    at: int
    event: str
    due_before: int | None
    due_after: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One obligation `(kind, started_seq)`.

    `state`: running, paused, awaiting_schedule, scheduled, no_target while it is open; met, late or
    cancelled once it has ended. `counts` is False where the policy keeps it out of late figures.
    """

    kind: str
    started_seq: int
    started_at: int
    state: str
    settled: Settled
    pauses: Pauses = ()
    changes: tuple[Change, ...] = ()
    ended_seq: int | None = None
    ended_at: int | None = None

    @property
    def due_at(self) -> int | None:
        return self.settled.promise.due_at

    @property
    def due_from(self) -> int | None:
        return self.settled.promise.due_from

    @property
    def counts(self) -> bool:
        return counts_late(self.settled)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_promised(self) -> bool:
        """Tell whether the customer is told of it; else it is the desk's own aim."""
        cell = self.settled.cell
        return self.kind != WAITING and cell is not None and cell.row.promised

    def is_late(self, at: int) -> bool:
        """Tell whether the promise is broken at `at` (late from the instant after it is due)."""
        return is_late(self.settled, at if self.ended_at is None else self.ended_at)

    def intervals(self) -> tuple[Interval, ...]:
        """List the joined-up intervals that explain `due_at`; empty where none is promised."""
        settled = self.settled
        if settled.cell is None or settled.promise.due_at is None:
            return ()
        return receipt(
            settled.cell.calendar,
            settled.cell.target,
            settled.promise,
            settled.opened_at,
            self.pauses,
        )


class Stage(NamedTuple):
    """What holds of a case from the event `seq` on: facts, policy, and whether it is open.

    `is_import`: it was so already when the case came from elsewhere.
    """

    seq: int
    at: int
    facts: Facts
    policy: Policy
    is_open: bool
    is_import: bool = False


class Done(NamedTuple):
    """When a step was fired, and by which event."""

    at: int
    seq: int
