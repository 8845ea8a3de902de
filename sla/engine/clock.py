"""Clocks: a pure function of the policies and a case's events.

`run` folds the timeline of one case into its clocks. Nothing here reads a clock: moments are whole
seconds since the epoch in UTC and come in with the events. The same function serves live cases,
the promise before sending, and replay under a draft.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sla.engine.kinds import WAITING, KindRow
from sla.engine.parts import Cell, Facts, Retarget
from sla.engine.policy import Policy
from sla.engine.receipt import Interval, receipt
from sla.engine.span import span_end
from sla.engine.target import Promise, promise

Pauses = tuple[tuple[int, int | None], ...]

FACTS = frozenset(Facts.__dataclass_fields__)
NO_PROMISE = Promise(
    state="no_target", starts_at=None, due_at=None, due_from=None, need_seconds=None
)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a case's timeline; `at` in epoch seconds, `seq` counts from 1 per case."""

    seq: int
    kind: str
    at: int
    payload: Mapping[str, Any]
    caused_by: str = "person"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a clock is measured by: a cell, the instant it counts from, and its bounds.

    `floor_at`: not due before one full target from here. `cap`: not due after that aim.
    `due_at`: fixed beforehand (a calendar span), instead of a cell.
    """

    cell: Cell | None
    base_at: int
    scheduled_for: int | None = None
    floor_at: int | None = None
    cap: "Aim | None" = None
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The promise that an aim comes to, and the opening instant and cell that it came from."""

    promise: Promise
    opened_at: int
    cell: Cell | None


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


@dataclass(frozen=True, slots=True)
class CaseState:
    """All that follows from a timeline: clocks, the facts in force, tier and fired steps."""

    policy: Policy
    version: int
    facts: Facts
    clocks: tuple[Clock, ...]
    tier: int
    pauses: Pauses
    scheduled_for: int | None
    fired: frozenset[tuple[str, int, str]]

    @property
    def open_clocks(self) -> tuple[Clock, ...]:
        return tuple(clock for clock in self.clocks if clock.is_open)


def run(policies: Mapping[int, Policy], events: Iterable[Event]) -> tuple[Clock, ...]:
    """Fold a case's events into its clocks, oldest occurrence first.

    `policies` maps each version named in the events to its document.
    """
    return read(policies, events).clocks


def read(policies: Mapping[int, Policy], events: Iterable[Event]) -> CaseState:
    """Fold a case's events into its whole state. The first event must be `case_opened`."""
    stream = iter(events)
    fold = Fold(policies, next(stream))
    for event in stream:
        fold.take(event)
    return fold.state()


def aim_at(policy: Policy, kind: str, facts: Facts, at: int, scheduled_for: int | None) -> Aim:
    """Ask the policy what a clock of this kind, starting at `at`, is measured by."""
    if kind == WAITING:
        span = policy.waiting.close_after
        due_at = span_end(span, policy.span_zone(span, facts), at) if span else None
        return Aim(None, at, due_at=due_at)
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
    """Tell whether a promise is broken at `at` (late from the instant after it is due)."""
    due_at = settled.promise.due_at
    return due_at is not None and at > due_at and counts_late(settled)


def _settled_span(aim: Aim) -> Settled:
    if aim.due_at is None:
        return Settled(NO_PROMISE, aim.base_at, None)
    span = Promise(
        state="running",
        starts_at=aim.base_at,
        due_at=aim.due_at,
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


@dataclass(slots=True)
class _Open:
    kind: str
    started_seq: int
    started_at: int
    aim: Aim
    changes: tuple[Change, ...] = ()


class Fold:
    """The timeline read so far, for who needs to look at it between two events.

    The first event must be `case_opened`; `policies` maps each version named to its document.
    """

    def __init__(self, policies: Mapping[int, Policy], opening: Event) -> None:
        if opening.kind != "case_opened":
            raise ValueError(f"a timeline begins with case_opened, not {opening.kind}")
        self.policies = policies
        self.version: int = opening.payload["policy_version"]
        self.policy = policies[self.version]
        self.facts = Facts(**{key: opening.payload.get(key) for key in FACTS})
        self.scheduled_for: int | None = None
        self.tier: int = opening.payload.get("tier", 1)
        self.fired: set[tuple[str, int, str]] = set()
        self.running: dict[str, _Open] = {}
        self.ended: list[Clock] = []
        self.waits: list[tuple[int, int | None]] = []
        self.take(opening)

    def take(self, event: Event) -> None:
        """Read one more event."""
        self._learn(event)
        self._wait(event)
        for kind, effect, row in self.policy.effects.get(event.kind, ()):
            getattr(self, f"_{effect}")(kind, row, event)

    def now(self, kind: str) -> Clock:
        """Give the running clock of a kind as it stands now. KeyError where none is running."""
        return self._frozen(self.running[kind], tuple(self.waits))

    def clocks(self) -> tuple[Clock, ...]:
        """List the clocks as they stand now, oldest occurrence first."""
        pauses = tuple(self.waits)
        clocks = [*self.ended, *(self._frozen(clock, pauses) for clock in self.running.values())]
        return tuple(sorted(clocks, key=lambda clock: (clock.started_seq, clock.kind)))

    def state(self) -> CaseState:
        """Give all that follows from the timeline read so far."""
        return CaseState(
            policy=self.policy,
            version=self.version,
            facts=self.facts,
            clocks=self.clocks(),
            tier=self.tier,
            pauses=tuple(self.waits),
            scheduled_for=self.scheduled_for,
            fired=frozenset(self.fired),
        )

    def _learn(self, event: Event) -> None:
        payload = event.payload
        if not payload:
            return
        changed = {key: payload[key] for key in FACTS & payload.keys()}
        if changed:
            self.facts = replace(self.facts, **changed)
        if "scheduled_for" in payload:
            self.scheduled_for = payload["scheduled_for"]
        if event.kind == "handed_over":
            self.tier = payload["to_tier"]
        elif event.kind == "step_fired":
            self.fired.add((payload["clock"], payload["started_seq"], payload["step"]))
        elif event.kind == "policy_retargeted":
            self.version = payload["policy_version"]
            self.policy = self.policies[self.version]

    def _wait(self, event: Event) -> None:
        """Keep the spans in which the desk waits on the customer."""
        effect = self.policy.kinds[WAITING].effects.get(event.kind)
        waiting = bool(self.waits) and self.waits[-1][1] is None
        if effect in ("start", "restart") and not waiting:
            self.waits.append((event.at, None))
        elif effect in ("meet", "cancel") and waiting:
            self.waits[-1] = (self.waits[-1][0], event.at)

    def _pauses(self, kind: str) -> Pauses:
        return tuple(self.waits) if self.policy.kinds[kind].pauses else ()

    def _start(self, kind: str, row: KindRow, event: Event) -> None:
        if kind in self.running or any(other in self.running for other in row.unless):
            return
        aim = aim_at(self.policy, kind, self.facts, event.at, self.scheduled_for)
        self.running[kind] = _Open(kind, event.seq, event.at, aim)

    def _meet(self, kind: str, row: KindRow, event: Event) -> None:
        self._end(kind, event, "met")

    def _cancel(self, kind: str, row: KindRow, event: Event) -> None:
        self._end(kind, event, "cancelled")

    def _restart(self, kind: str, row: KindRow, event: Event) -> None:
        self._end(kind, event, "met")
        self._start(kind, row, event)

    def _end(self, kind: str, event: Event, state: str) -> None:
        clock = self.running.pop(kind, None)
        if clock is None:
            return
        # A question that ends this clock pauses the next one, not this.
        before = tuple(wait for wait in self._pauses(kind) if wait[0] < event.at)
        self.ended.append(self._frozen(clock, before, event, state))

    def _retarget(self, kind: str, row: KindRow, event: Event) -> None:
        clock = self.running.get(kind)
        if clock is None:
            return
        before = self._frozen(clock, self._pauses(kind))
        if before.is_late(event.at):
            return  # A verdict once given is never taken back.
        fresh = aim_at(self.policy, kind, self.facts, event.at, self.scheduled_for)
        if _same(fresh, clock.aim):
            return
        clock.aim = _bounded(fresh, before, clock, self._rule(event))
        after = settle(clock.aim, self._pauses(kind)).promise.due_at
        change = Change(event.seq, event.at, event.kind, before.due_at, after)
        clock.changes = (*clock.changes, change)

    def _rule(self, event: Event) -> Retarget:
        rule = self.policy.retarget_rule(on_call=event.kind == "customer_called")
        base = event.payload.get("base") if event.kind == "policy_retargeted" else None
        return replace(rule, base=base) if base else rule

    def _frozen(
        self, clock: _Open, pauses: Pauses, ending: Event | None = None, verdict: str = ""
    ) -> Clock:
        """Give a clock as it stands, or as `ending` leaves it: with the verdict, unless late."""
        own = pauses if self.policy.kinds[clock.kind].pauses else ()
        settled = settle(clock.aim, own)
        if ending and is_late(settled, ending.at):
            verdict = "late"
        return Clock(
            kind=clock.kind,
            started_seq=clock.started_seq,
            started_at=clock.started_at,
            state=verdict or settled.promise.state,
            settled=settled,
            pauses=own,
            changes=clock.changes,
            ended_seq=ending.seq if ending else None,
            ended_at=ending.at if ending else None,
        )


def _same(fresh: Aim, current: Aim) -> bool:
    return fresh.cell == current.cell and fresh.scheduled_for == current.scheduled_for


def _bounded(fresh: Aim, before: Clock, clock: _Open, rule: Retarget) -> Aim:
    """Apply base x floor x cap to the aim that a change asks for (DD-08, DD-22, MX-07)."""
    had_target = before.state in ("running", "paused", "scheduled")
    base = rule.base if had_target else rule.from_no_target
    return replace(
        fresh,
        base_at=clock.started_at if base == "opening" else fresh.base_at,
        floor_at=fresh.base_at if had_target and rule.floor == "full_target" else None,
        cap=clock.aim if had_target and rule.cap == "promise" else None,
    )
