"""Replay: what another policy would have made of a case that is past.

Pure: a timeline in, verdicts before and after out. What people did is held fixed, moment and
all; what the policy did (its steps, its hand-overs) is dropped and played anew under the other one.
Held fixed is also when the desk was late in doing it: a step due while it was, waits as long.
Both sides come from `sla.engine.clock`: the same fold that serves live cases.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from types import MappingProxyType
from typing import Any

from sla.engine.clock import Clock, Event, Fold
from sla.engine.delays import Delay, delays
from sla.engine.errors import EngineError
from sla.engine.kinds import ENDINGS, IMPORTED, WAITING
from sla.engine.ladder import Mark, case_marks, marks_of
from sla.engine.parts import AXES, THE_CASE, TIERS
from sla.engine.policy import Policy
from sla.engine.steps import CLOSE
from sla.engine.verdicts import NO_PROMISE, Fired, Origin, Outcome, Replayed, verdict

# What the policy did stands for nothing but that policy; what ends with a case is no doing of it.
_PLAYED = frozenset(
    {"step_fired", "handed_over", "closed", "waiting_warned", "swat_brought_in", "promise_missed"}
)
_OPENS = frozenset({"reopened", "unmerged"})
# Of what people do after a wait, what leaves the closing of the case as it is.
_AFTER_CLOSING = ENDINGS | _OPENS
_NO_SEQ = -1
_LAST_SEQ = 1 << 62


def replay(
    events: Sequence[Event], policies: Mapping[int, Policy], under: Policy, until: int
) -> Replayed:
    """Replay one case; for many, make one `Replay` of the policy."""
    return Replay(under, until).case(events, policies)


class Replay:
    """Replays cases under one policy, each as of `until` (epoch seconds)."""

    def __init__(self, under: Policy, until: int) -> None:
        self.under = under
        self.until = until
        self.watched = frozenset(under.steps.on) - {THE_CASE} | {WAITING}
        self._codes = _codes(under)
        self._gone: dict[int, tuple[Policy, frozenset[tuple[str, str]]]] = {}

    def case(self, events: Sequence[Event], policies: Mapping[int, Policy]) -> Replayed:
        """Replay one case.

        `events`: its timeline, in order. `policies`: those of the versions named there.
        """
        live = Fold(policies, events[0])
        unknown = self._unknown(events, policies)
        try:
            for event in events[1:]:
                live.take(event)
            play = self.play(events, policies)
            outcomes = tuple(self._outcomes(live, _origins(events), play))
        except EngineError as fault:
            return Replayed(facts=live.facts, unknown=unknown, fault=fault.code)
        return Replayed(
            facts=live.facts,
            outcomes=outcomes,
            steps_before=tuple(_fired_in(events)),
            steps_after=tuple(play.fired),
            unknown=unknown,
        )

    def play(self, events: Sequence[Event], policies: Mapping[int, Policy]) -> "Play":
        """Play what people did under the other policy, and its steps between. Raises EngineError.

        A step fires at its mark, which comes before what people did in the same second, but not
        before the entry from which it follows, and not while the live steps were late.
        """
        acts = (event for event in events if not is_played(event))
        firings = {event.seq: event for event in events if event.kind == "step_fired"}
        play = Play(self, next(acts), delays(events, policies), _origins(events), firings)
        for event in acts:
            play.act(event)
        play.fire_until(self.until)
        return play

    def _outcomes(
        self, live: Fold, origins: Mapping[int, Origin], play: "Play"
    ) -> Iterator[Outcome]:
        after = {(clock.kind, play.origins[clock.started_seq]): clock for clock in play.clocks()}
        for clock in live.clocks():
            origin = origins[clock.started_seq]
            yield self._outcome(clock.kind, origin, clock, after.pop((clock.kind, origin), None))
        for (kind, origin), clock in after.items():
            yield self._outcome(kind, origin, None, clock)

    def _outcome(
        self, kind: str, origin: Origin, before: Clock | None, after: Clock | None
    ) -> Outcome:
        return Outcome(
            kind=kind,
            origin=origin,
            started_seq=before.started_seq if before else None,
            played_seq=after.started_seq if after else None,
            before=verdict(before, self.until) if before else NO_PROMISE,
            after=verdict(after, self.until) if after else NO_PROMISE,
            due_before=before.due_at if before else None,
            due_after=after.due_at if after else None,
            is_promised=any(clock.is_promised for clock in (before, after) if clock),
        )

    def _unknown(
        self, events: Iterable[Event], policies: Mapping[int, Policy]
    ) -> tuple[tuple[str, str], ...]:
        gone = frozenset(chain.from_iterable(map(self._gone_of, policies.values())))
        if not gone:
            return ()
        said = (event.payload for event in events)
        pairs = {(axis, payload[axis]) for payload in said for axis in AXES if payload.get(axis)}
        return tuple(sorted(gone & pairs))

    def _gone_of(self, policy: Policy) -> frozenset[tuple[str, str]]:
        # By identity: two policies of one vendor hash alike, and comparing them takes long.
        if id(policy) not in self._gone:
            self._gone[id(policy)] = (policy, _codes(policy) - self._codes)
        return self._gone[id(policy)][1]


class Play:
    """A case as it goes under the other policy.

    The played timeline is numbered like a live one; `origins` maps its numbers to what was there.
    `delays` are the spans in which live steps waited for the tick. `lived` maps the numbers of
    the live timeline likewise; `firings` are the steps that were fired there, by number.
    """

    def __init__(
        self,
        replay: Replay,
        opening: Event,
        delays: Sequence[Delay] = (),
        lived: Mapping[int, Origin] = MappingProxyType({}),
        firings: Mapping[int, Event] = MappingProxyType({}),
    ) -> None:
        self.replay = replay
        self.delays = delays
        self.lived = lived
        self.firings = firings
        # What was handled elsewhere is played as if it had been handled here.
        told = {name: value for name, value in opening.payload.items() if name != IMPORTED}
        opening = replace(opening, payload=told)
        self.seq = opening.seq
        self.at = opening.at
        self.origin: Origin = (opening.seq, 0)
        self.origins = {opening.seq: self.origin}
        self.is_open = True
        self.fired: list[Fired] = []
        self.events = [opening]
        self.fold = Fold({opening.payload["policy_version"]: replay.under}, opening)
        self._ahead: dict[str, tuple[tuple, list[Mark]]] = {}

    def timeline(self, version: int) -> tuple[Event, ...]:
        """Give the played timeline, with the other policy as `version` and no other."""
        opening, *rest = self.events
        return (
            replace(opening, payload={**opening.payload, "policy_version": version}),
            *rest,
        )

    def clocks(self) -> tuple[Clock, ...]:
        return self.fold.clocks()

    def act(self, event: Event) -> None:
        """Let the ladder do what falls due, then people what they did."""
        self.fire_until(event.at, event.seq, may_close=event.kind in _AFTER_CLOSING)
        self.origin = (event.seq, 0)
        payload = self._acknowledged(event) if event.kind == "acknowledged" else event.payload
        self._take(event.kind, event.at, payload, event)
        if event.kind in ENDINGS:
            self.is_open = False
        elif event.kind in _OPENS:
            self.is_open = True

    def fire_until(self, at: int, seq: int = _LAST_SEQ, *, may_close: bool = True) -> None:
        """Fire what is due at `at`; of what waited until that second, what came before `seq`.

        `may_close`: a case with which people went on then is not closed for want of an answer.
        """
        until = (at, seq)
        while self.is_open and (mark := self._next(may_close)) is not None:
            if self._done_at(mark) > until:
                return
            self._fire(mark)

    def _acknowledged(self, event: Event) -> Mapping[str, object]:
        """Say what was acknowledged by the numbers of the played timeline, if it is there."""
        origin = self.lived.get(event.payload["started_seq"])
        here = (seq for seq, own in self.origins.items() if own == origin)
        payload = {**event.payload, "started_seq": min(here, default=_NO_SEQ)}
        live = self.firings.get(payload.get("upto", _NO_SEQ))
        return payload if live is None else payload | {"upto": self._known(payload, live)}

    def _known(self, payload: Mapping[str, Any], live: Event) -> int:
        """Number the played firing that answers to a live one: of its step, else the last by then.

        `_NO_SEQ` where nothing of the occurrence had been fired.
        """
        occurrence = (payload["clock"], payload["started_seq"])
        same = self.fold.fired.get((*occurrence, live.payload["step"]))
        if same is not None:
            return same.seq
        of_it = (done for key, done in self.fold.fired.items() if key[:2] == occurrence)
        return max((done.seq for done in of_it if done.at <= live.at), default=_NO_SEQ)

    def _fire(self, mark: Mark) -> None:
        at = max(self._done_at(mark)[0], self.at)
        origin = self.origins[mark.started_seq]
        clock, started_seq, step = mark.key
        self.fired.append(Fired(clock, origin, step, at))
        payload = {"clock": clock, "started_seq": started_seq, "step": step, "due_at": mark.at}
        self._take("step_fired", at, payload)
        self._ahead.pop(clock, None)
        if mark.step.action == CLOSE:
            self._take("closed", at, {})
            self.is_open = False
        if mark.step.action == "hand_over" and self.fold.tier < TIERS[-1]:
            self.origin = (self.origin[0], self.origin[1] + 1)
            self._take("handed_over", at, {"to_tier": self.fold.tier + 1})

    def _take(
        self, kind: str, at: int, payload: Mapping[str, object], event: Event | None = None
    ) -> None:
        self.seq += 1
        self.at = at
        self.origins[self.seq] = self.origin
        if event is None or event.seq != self.seq or event.payload is not payload:
            event = Event(self.seq, kind, at, payload, event.caused_by if event else "policy")
        self.events.append(event)
        self.fold.take(event)

    def _next(self, may_close: bool) -> Mark | None:
        """Find the step that is due next, in the order of the tick."""
        running = self.fold.running
        ahead = [
            mark
            for kind in self.replay.watched
            if kind in running
            for mark in self._marks(kind)
            if may_close or mark.step.action != CLOSE
        ]
        ahead.extend(case_marks(self.fold))
        return min(ahead, key=lambda mark: (self._done_at(mark), *_place(mark)), default=None)

    def _done_at(self, mark: Mark) -> tuple[int, int]:
        """Say when a step is done: at its mark, or when the desk got round to it, and where."""
        waits = ((done, seq) for due, done, seq in self.delays if due <= mark.at < done)
        return max(waits, default=(mark.at, _NO_SEQ))

    def _marks(self, kind: str) -> list[Mark]:
        """List the marks of a running clock, worked out again only when something moved them."""
        fold = self.fold
        last_wait = fold.waits[-1] if fold.waits else None
        running = fold.running[kind]
        late = fold.late_hand_overs.get((kind, running.started_seq))
        known_of = fold.acknowledged.get((kind, running.started_seq))
        seen = (running.started_seq, running.aim, last_wait, fold.tier, fold.facts, late, known_of)
        known = self._ahead.get(kind)
        if known is None or known[0] != seen:
            known = self._ahead[kind] = (seen, list(marks_of(fold.now(kind), fold)))
        return known[1]


def is_played(event: Event) -> bool:
    """Tell whether an entry was the policy's doing, which a replay plays anew.

    A new policy for an open case is dropped whoever ordered it: it is replayed under one policy.
    So is the day on which a case was imported.
    """
    if event.kind in ("policy_retargeted", IMPORTED):
        return True
    return event.caused_by == "policy" and event.kind in _PLAYED


def _place(mark: Mark) -> tuple[int, int, str]:
    return (mark.at, mark.started_seq, mark.clock)


def _origins(events: Iterable[Event]) -> dict[int, Origin]:
    """Say of each entry by whose doing it stands where it stands."""
    origins: dict[int, Origin] = {}
    origin = (_NO_SEQ, 0)
    for event in events:
        if not is_played(event):
            origin = (event.seq, 0)
        elif event.kind == "handed_over":
            origin = (origin[0], origin[1] + 1)
        origins[event.seq] = origin
    return origins


def _fired_in(events: Iterable[Event]) -> Iterator[Fired]:
    """List the steps that were fired, and when."""
    origins: Mapping[int, Origin] | None = None
    for event in events:
        if event.kind == "step_fired":
            origins = origins or _origins(events)
            payload = event.payload
            origin = origins[payload["started_seq"]]
            yield Fired(payload["clock"], origin, payload["step"], event.at)


def _codes(policy: Policy) -> frozenset[tuple[str, str]]:
    """List every (axis, code) that a policy knows."""
    parts: dict[str, Sequence[Any]] = {
        "plan": policy.plans,
        "severity": policy.severities,
        "priority": policy.priorities,
        "case_type": policy.case_types,
        "channel": policy.channels,
        "region": policy.regions,
        "edition": policy.editions,
    }
    return frozenset((axis, part.code) for axis, known in parts.items() for part in known)
