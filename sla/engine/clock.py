"""Clocks: a pure function of the policies and a case's events.

`run` folds the timeline of one case into its clocks. Nothing here reads a clock: moments are whole
seconds since the epoch in UTC and come in with the events. The same function serves live cases,
the promise before sending, and replay under a draft.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from sla.engine.aims import Aim, Pauses, Settled, aim_at, is_late, settle
from sla.engine.kinds import ANSWERS, ENDINGS, IMPORTED, OPENINGS, WAITING, KindRow
from sla.engine.mark import Key, LateHandOvers
from sla.engine.occurrence import Change, Clock, Done, Stage
from sla.engine.parts import Facts, Retarget
from sla.engine.past import Event, effects_of, owed
from sla.engine.policy import Policy
from sla.engine.walltime import SECONDS_PER_DAY

FACTS = frozenset(Facts.__dataclass_fields__)
_TURNS = ENDINGS | OPENINGS


@dataclass(frozen=True, slots=True)
class CaseState:
    """All that follows from a timeline: clocks, the facts in force, tier and fired steps.

    `fired` maps the key of a step to when it was done. `acknowledged` maps an occurrence, as
    (clock, started_seq), to the last entry of which somebody has taken notice. `stages`: what held
    when. `away_until`: until when the customer said that they are away, 0 = never.
    """

    policy: Policy
    version: int
    facts: Facts
    clocks: tuple[Clock, ...]
    tier: int
    pauses: Pauses
    scheduled_for: int | None
    fired: Mapping[Key, Done] = field(hash=False)
    late_hand_overs: LateHandOvers = field(default_factory=dict, hash=False)
    acknowledged: Mapping[tuple[str, int], int] = field(default_factory=dict, hash=False)
    stages: tuple[Stage, ...] = field(default=(), hash=False)
    away_until: int = 0

    @property
    def open_clocks(self) -> tuple[Clock, ...]:
        return tuple(clock for clock in self.clocks if clock.is_open)

    @property
    def is_scheduled(self) -> bool:
        """Tell whether the facts in force are worked at an agreed time, whatever runs (MS-10)."""
        agreed = (kind for kind, _effect, _row in self.policy.effects.get("scheduled", ()))
        cells = (self.policy.cell(kind, self.facts) for kind in agreed)
        return any(cell is not None and cell.target.kind == "scheduled" for cell in cells)


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


@dataclass(slots=True)
class _Open:
    kind: str
    started_seq: int
    started_at: int
    aim: Aim
    changes: tuple[Change, ...] = ()
    known: tuple[Aim, Pauses, Settled] | None = None

    def settled(self, pauses: Pauses) -> Settled:
        """Compute the promise under these pauses, once for the same aim and pauses."""
        if self.known is None or self.known[0] is not self.aim or self.known[1] != pauses:
            self.known = (self.aim, pauses, settle(self.aim, pauses))
        return self.known[2]


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
        self.fired: dict[Key, Done] = {}
        self.late_hand_overs: dict[tuple[str, int], tuple[int, int]] = {}
        self.acknowledged: dict[tuple[str, int], int] = {}
        self.away_until = 0
        self.stages: list[Stage] = []
        self.running: dict[str, _Open] = {}
        self.ended: list[Clock] = []
        self.cut_short: dict[str, _Open] = {}
        self.waits: list[tuple[int, int | None]] = []
        self.past: list[Event] = []
        # A case from elsewhere promised nothing under this policy, until it came here.
        self.is_history = bool(opening.payload.get(IMPORTED))
        self.begun_at = opening.at
        self.take(opening)

    def take(self, event: Event) -> None:
        """Read one more event."""
        facts, policy = self.facts, self.policy
        self._learn(event)
        if self.facts is not facts or self.policy is not policy or event.kind in _TURNS:
            self._turn(event)
        self._wait(event)
        if self.is_history:
            self._take_history(event)
            return
        if event.kind in ENDINGS:
            self.cut_short.clear()
        if event.kind == "policy_retargeted":
            self._end_unused(event)
        for kind, effect, row in effects_of(self.policy, event):
            getattr(self, f"_{effect}")(kind, row, self._as_met_by(kind, event))
        if event.kind == "policy_retargeted":
            self._start_owed(event)
        self.past.append(event)

    def _take_history(self, event: Event) -> None:
        """Read an entry that was made elsewhere: nothing was promised then.

        What is owed on the day of the import begins with it, and so do the steps from there on.
        """
        if event.kind != IMPORTED:
            self.past.append(event)
            return
        self.is_history = False
        self.begun_at = event.at
        is_open = not self.stages or self.stages[-1].is_open
        stage = Stage(event.seq, event.at, self.facts, self.policy, is_open, is_import=True)
        self.stages = [stage]
        for _origin, kind, _row in owed(self.policy, self.past):
            self.running[kind] = _Open(kind, event.seq, event.at, self._aim(kind, event.at))

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
            fired=dict(self.fired),
            late_hand_overs=dict(self.late_hand_overs),
            acknowledged=dict(self.acknowledged),
            stages=tuple(self.stages),
            away_until=self.away_until,
        )

    def _as_met_by(self, kind: str, event: Event) -> Event:
        """Give an entry as a clock meets it: what is logged late counts nothing backwards.

        The policy may have begun that clock between the act and its logging.
        """
        clock = self.running.get(kind)
        if clock is None or event.at >= clock.started_at:
            return event
        return replace(event, at=clock.started_at)

    def _learn(self, event: Event) -> None:
        payload = event.payload
        if not payload and event.kind != "away_ended":
            return
        changed = {key: payload[key] for key in FACTS & payload.keys()}
        if changed:
            self.facts = replace(self.facts, **changed)
        if "scheduled_for" in payload:
            self.scheduled_for = payload["scheduled_for"]
        if learn := self._LEARNED.get(event.kind):
            learn(self, event)

    def _hand_over(self, event: Event) -> None:
        self.tier = event.payload["to_tier"]

    def _apply_policy(self, event: Event) -> None:
        self.version = event.payload["policy_version"]
        self.policy = self.policies[self.version]

    def _acknowledge(self, event: Event) -> None:
        occurrence = (event.payload["clock"], event.payload["started_seq"])
        known = event.payload.get("upto", event.seq)
        self.acknowledged[occurrence] = max(known, self.acknowledged.get(occurrence, 0))

    def _note_away(self, event: Event) -> None:
        """Keep until when the customer is away (DD-39); who is back sooner has a day to answer."""
        if event.kind == "away_noted":
            self.away_until = event.payload["away_until"]
        else:
            self.away_until = min(self.away_until, event.at + SECONDS_PER_DAY)

    def _note_fired(self, event: Event) -> None:
        payload = event.payload
        key = (payload["clock"], payload["started_seq"], payload["step"])
        self.fired[key] = Done(event.at, event.seq)
        self._note_late_hand_over(event)

    _LEARNED: ClassVar[Mapping[str, Callable[["Fold", Event], None]]] = {
        "handed_over": _hand_over,
        "step_fired": _note_fired,
        "acknowledged": _acknowledge,
        "away_noted": _note_away,
        "away_ended": _note_away,
        "policy_retargeted": _apply_policy,
    }

    def _note_late_hand_over(self, event: Event) -> None:
        payload = event.payload
        step = self.policy.steps.by_code.get(payload["step"])
        if step is None or step.action != "hand_over":
            return
        if event.at > payload.get("due_at", event.at):
            occurrence = (payload["clock"], payload["started_seq"])
            self.late_hand_overs[occurrence] = (event.at, step.seconds_after_due)

    def _turn(self, event: Event) -> None:
        """Note from when on other facts hold, another policy, or that the case is over or open."""
        is_open = event.kind in OPENINGS or (
            event.kind not in ENDINGS and (not self.stages or self.stages[-1].is_open)
        )
        self.stages.append(Stage(event.seq, event.at, self.facts, self.policy, is_open))

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
        self.running[kind] = _Open(kind, event.seq, event.at, self._aim(kind, event.at))

    def _aim(self, kind: str, at: int, current: Aim | None = None) -> Aim:
        """Aim as the facts ask now; a slot that has passed is none, unless `current` is of it."""
        aim = aim_at(self.policy, kind, self.facts, at, self.scheduled_for, self.tier)
        if kind == WAITING:
            return replace(aim, not_before=self.away_until)
        slot = aim.scheduled_for
        if slot is None or (aim.is_scheduled and slot >= at):
            return aim
        is_kept = aim.is_scheduled and current is not None and current.scheduled_for == slot
        return aim if is_kept else replace(aim, scheduled_for=None)

    def _meet(self, kind: str, row: KindRow, event: Event) -> None:
        clock = self.running.get(kind)
        if clock is not None and event.kind in ANSWERS and clock.aim.is_ahead(event.at):
            return
        self._end(kind, event, "met")

    def _end_unused(self, event: Event) -> None:
        """End what the new policy has no rule for: no event of it would ever do so."""
        for kind in self.running.keys() - self.policy.clocks_in_use:
            self._end(kind, event, "cancelled")

    def _start_owed(self, event: Event) -> None:
        """Begin what the new policy promises for what has happened and has not been answered.

        Waiting on the customer is not begun: it ends by closing the case.
        """
        for origin, kind, row in owed(self.policy, self.past):
            is_held = any(other in self.running for other in (kind, *row.unless))
            if kind != WAITING and not is_held and not self._was_judged(kind, origin):
                self._start_late(kind, origin, event)

    def _was_judged(self, kind: str, origin: Event) -> bool:
        """Tell whether an occurrence since then has ended, but by a policy that had none of it."""
        changes = {past.seq for past in self.past if past.kind == "policy_retargeted"}
        since = (one for one in self.ended if one.kind == kind and one.started_seq >= origin.seq)
        return any(one.state != "cancelled" or one.ended_seq not in changes for one in since)

    def _start_late(self, kind: str, origin: Event, event: Event) -> None:
        """Begin a clock for an earlier entry, which names it unless that name is taken."""
        began_at = max(origin.at, self.begun_at)
        base_at = began_at if self._rule(event).base == "opening" else event.at
        aim = self._aim(kind, base_at)
        is_taken = any((one.kind, one.started_seq) == (kind, origin.seq) for one in self.ended)
        due_at = settle(aim, self._pauses(kind)).promise.due_at
        change = Change(event.seq, event.at, event.kind, None, due_at)
        seq = event.seq if is_taken else origin.seq
        self.running[kind] = _Open(kind, seq, began_at, aim, (change,))

    def _cancel(self, kind: str, row: KindRow, event: Event) -> None:
        clock = self.running.get(kind)
        self._end(kind, event, "cancelled")
        if clock and event.kind in ENDINGS and self.ended[-1].state == "cancelled":
            self.cut_short[kind] = clock

    def _resume(self, kind: str, row: KindRow, event: Event) -> None:
        """Begin again, from when it first began, what the end of the case left without verdict."""
        if kind not in self.cut_short or any(one in self.running for one in (kind, *row.unless)):
            return
        cut = self.cut_short.pop(kind)
        due_at = settle(cut.aim, self._pauses(kind)).promise.due_at
        change = Change(event.seq, event.at, event.kind, None, due_at)
        self.running[kind] = replace(cut, started_seq=event.seq, changes=(*cut.changes, change))

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

    def _agree(self, kind: str, row: KindRow, event: Event) -> None:
        """Begin an occurrence for a slot that has none: the one before was missed, or is met."""
        cell = self.policy.cell(kind, self.facts)
        if cell is None or cell.target.kind != "scheduled":
            return
        if kind in self.running and self.now(kind).is_late(event.at):
            self._end(kind, event, "met")
        if not any(clock.aim.is_scheduled for clock in self.running.values()):
            self._start(kind, row, event)

    def _retarget(self, kind: str, row: KindRow, event: Event) -> None:
        if event.kind == "scheduled":
            self._agree(kind, row, event)
        clock = self.running.get(kind)
        if clock is None:
            return
        before = self._frozen(clock, self._pauses(kind))
        if kind == WAITING:
            clock.aim = replace(clock.aim, not_before=self.away_until)
            self._note_change(clock, before, event)
            return
        if before.is_late(event.at):
            return  # A verdict once given is never taken back.
        fresh = self._aim(kind, event.at, clock.aim)
        if fresh.asks_as(clock.aim):
            return
        clock.aim = _bounded(fresh, before, clock, self._rule(event))
        self._note_change(clock, before, event)

    def _note_change(self, clock: _Open, before: Clock, event: Event) -> None:
        after = settle(clock.aim, self._pauses(clock.kind)).promise.due_at
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
        settled = clock.settled(own)
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


def _bounded(fresh: Aim, before: Clock, clock: _Open, rule: Retarget) -> Aim:
    """Apply base x floor x cap to the aim that a change asks for (DD-08, DD-22, MX-07)."""
    had_target = before.state in ("running", "paused", "scheduled")
    base = rule.base if had_target else rule.from_no_target
    # A slot is agreed, not counted: it has no floor, and has passed since it was agreed at most.
    has_passed = fresh.scheduled_for is not None and fresh.scheduled_for < fresh.base_at
    has_floor = had_target and rule.floor == "full_target" and not fresh.is_scheduled
    return replace(
        fresh,
        base_at=clock.started_at if base == "opening" or has_passed else fresh.base_at,
        floor_at=fresh.base_at if has_floor else None,
        cap=clock.aim if had_target and rule.cap == "promise" else None,
    )
