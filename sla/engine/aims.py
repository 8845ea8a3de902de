"""What a clock is measured by, and the promise that this comes to. Moments are epoch seconds."""

from dataclasses import dataclass, replace

from sla.engine.kinds import TIER_TIME, WAITING
from sla.engine.parts import Cell, Facts
from sla.engine.policy import Policy
from sla.engine.span import span_end
from sla.engine.target import Promise, promise

Pauses = tuple[tuple[int, int | None], ...]

NO_PROMISE = Promise(
    state="no_target", starts_at=None, due_at=None, due_from=None, need_seconds=None
)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a clock is measured by: a cell, the instant it counts from, and its bounds.

    `floor_at`: not due before one full target from here. `cap`: not due after that aim.
    `due_at`: fixed beforehand (a calendar span), instead of a cell; it is put off to `not_before`.
    """

    cell: Cell | None
    base_at: int
    scheduled_for: int | None = None
    floor_at: int | None = None
    cap: "Aim | None" = None
    due_at: int | None = None
    not_before: int = 0

    @property
    def is_scheduled(self) -> bool:
        """Tell whether it is a time that is agreed on, not one that is counted (MS-10)."""
        return self.cell is not None and self.cell.target.kind == "scheduled"

    def is_ahead(self, at: int) -> bool:
        """Tell whether the work is agreed for later, or not agreed on yet (MS-10)."""
        return self.is_scheduled and (self.scheduled_for is None or at < self.scheduled_for)

    def asks_as(self, other: "Aim") -> bool:
        """Tell whether it asks for the same as another, whatever both count from.

        What its rule and calendar are called does not matter: a promise is no question of words,
        and a policy has them in several languages.
        """
        is_same = self.cell == other.cell or _wordless(self.cell) == _wordless(other.cell)
        return is_same and self.scheduled_for == other.scheduled_for


@dataclass(frozen=True, slots=True)
class Settled:
    """The promise that an aim comes to, and the opening instant and cell that it came from."""

    promise: Promise
    opened_at: int
    cell: Cell | None


def aim_at(
    policy: Policy, kind: str, facts: Facts, at: int, scheduled_for: int | None, tier: int = 1
) -> Aim:
    """Ask the policy what a clock of this kind, starting at `at` in `tier`, is measured by."""
    if kind == WAITING:
        span = policy.waiting.close_after
        due_at = span_end(span, policy.span_zone(span, facts), at) if span else None
        return Aim(None, at, due_at=due_at)
    if kind == TIER_TIME:
        return Aim(policy.tier_cell(tier, facts), at)
    return Aim(policy.cell(kind, facts), at, scheduled_for)


def settle(aim: Aim, pauses: Pauses = ()) -> Settled:
    """Compute the promise of an aim under the pauses known so far."""
    if aim.cell is None:
        return _settled_span(aim)
    chosen = _settled_from(aim, aim.base_at, pauses)
    if aim.floor_at is not None:
        chosen = max(chosen, _settled_from(aim, aim.floor_at, pauses), key=_lateness)
    if aim.cap is not None:
        chosen = min(chosen, settle(aim.cap, pauses), key=_lateness)
    return chosen


def counts_late(settled: Settled) -> bool:
    """Tell whether a miss enters the late figures: not where the policy keeps it out (MS-05)."""
    return settled.cell is None or settled.cell.row.counts_late


def is_late(settled: Settled, at: int) -> bool:
    """Tell whether a promise is broken at `at` (late from the instant after it is due).

    The end of waiting on the customer is no promise of anybody's.
    """
    due_at = settled.promise.due_at
    is_promise = settled.cell is not None and counts_late(settled)
    return due_at is not None and at > due_at and is_promise


def _settled_span(aim: Aim) -> Settled:
    if aim.due_at is None:
        return Settled(NO_PROMISE, aim.base_at, None)
    span = Promise(
        state="running",
        starts_at=aim.base_at,
        due_at=max(aim.due_at, aim.not_before),
        due_from=None,
        need_seconds=aim.due_at - aim.base_at,
    )
    return Settled(span, aim.base_at, None)


def _settled_from(aim: Aim, opened_at: int, pauses: Pauses) -> Settled:
    cell = aim.cell
    assert cell is not None
    found = promise(cell.calendar, cell.target, opened_at, pauses, aim.scheduled_for)
    return Settled(found, opened_at, cell)


def _lateness(settled: Settled) -> float:
    # No due time, for whatever reason, is later than any.
    return float("inf") if settled.promise.due_at is None else settled.promise.due_at


def _wordless(cell: Cell | None) -> Cell | None:
    if cell is None:
        return None
    calendar = cell.calendar.nameless if cell.calendar else None
    row = replace(cell.row, note="")
    return replace(cell, row=row, calendar=calendar, calendar_name=None)
