"""What the ladder would do to a case if nobody did anything: the same marks as the tick, played on.

Nothing is written. The moments are those of the engine; whom a step tells is read for that moment.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.models import Person, Team
from accounts.queries import desk_people
from escalation.actions import TOP_TIER
from escalation.duty import Rota, read_rota
from escalation.roster import Roster, read_roster
from escalation.whom import people_of_step, with_care
from sla.engine.clock import CaseState, Event, Fold
from sla.engine.ladder import Mark, marks
from sla.engine.policy import Policy
from tickets.models import Case
from tickets.timeline import Timeline, moment, seconds_of

# A policy that repeats every minute shall not make a page without end.
MOST_STEPS = 200
# Of steps that are due at once, a case is handed over by one, and by the next at the next tick.
TICK_SECONDS = 3
_CUSTOMER_HEARS = frozenset({"tell_customer", "warn_customer", "close"})


@dataclass(frozen=True, slots=True)
class Played:
    """A step as it would fire at `at` (epoch seconds).

    `tier`: where the case is then; `to_tier`: where the step hands it, None where it does not.
    """

    mark: Mark
    at: int
    tier: int
    to_tier: int | None = None


@dataclass(frozen=True)
class Foreseen:
    """A step with the people whom it would tell; `team` is the one that gets the case."""

    mark: Mark
    at: datetime
    people: tuple[Person, ...]
    to_tier: int | None = None
    team: Team | None = None
    customer: Person | None = None


def play_on(
    policies: Mapping[int, Policy], events: Sequence[Event], *, now: int, until: int
) -> tuple[Played, ...]:
    """Fire every step of a timeline that falls due up to `until`, as if nobody did anything.

    Epoch seconds. What is overdue fires at `now`. Pure: the events stay as they are. At most
    MOST_STEPS. Raises EngineError.
    """
    fold = Fold(policies, events[0])
    for event in events[1:]:
        fold.take(event)
    seq, handed_at, played = events[-1].seq, None, []
    while len(played) < MOST_STEPS:
        found = _next(fold.state(), now, handed_at)
        if found is None or found.at > until:
            break
        played.append(found)
        for kind, payload in _entries(found):
            seq += 1
            fold.take(Event(seq, kind, found.at, payload, "policy"))
        now = found.at
        handed_at = found.at if found.to_tier is not None else handed_at
    return tuple(played)


def foresee(case: Case, timeline: Timeline, *, at: datetime, until: datetime) -> list[Foreseen]:
    """Tell what would happen to a case in [at, until] if nobody did anything, and to whom.

    Whoever is on duty, away or standing in at that moment, as the roster says now. Raises
    EngineError.
    """
    if not case.is_open:
        return []
    now, last = seconds_of(at), seconds_of(until)
    played = play_on(timeline.policies, timeline.events, now=now, until=last)
    return _with_people(case, played, Desk.read(at, until))


def ahead(
    case: Case, state: CaseState, *, at: datetime, people: Iterable[Person] | None = None
) -> list[Foreseen]:
    """Tell which steps are ahead on a case as it stands, when, and whom they would tell.

    `people` are those of the desk, where they are at hand.
    """
    found = marks(state) if case.is_open else ()
    if not found:
        return []
    now = seconds_of(at)
    to_fire = ((mark, max(mark.at, now)) for mark in found)
    played = [Played(mark, due, case.tier, _to_tier(mark, case.tier)) for mark, due in to_fire]
    desk = Desk.read(at, moment(max(one.at for one in played)), people)
    return [_foreseen(one, case, desk) for one in played]


@dataclass(frozen=True)
class Desk:
    """The people of the desk over a span of time, read once."""

    roster: Roster
    rota: Rota
    people: Mapping[int, Person]

    @classmethod
    def read(cls, start: datetime, end: datetime, people: Iterable[Person] | None = None) -> "Desk":
        known = list(desk_people() if people is None else people)
        rota = read_rota(start, end + timedelta(seconds=1))
        roster = read_roster(start, rota, known)
        return cls(roster, rota, {person.pk: person for person in known})

    def at(self, at: datetime) -> Roster:
        """Give the roster as it is at a moment of the span."""
        return replace(self.roster, away=self.rota.absent_on(at), duty=self.rota.on_duty(at))


def _next(state: CaseState, now: int, handed_at: int | None) -> Played | None:
    """Find what fires next: at its mark, or now if that has passed; a second hand-over later."""
    due = [(_done_at(mark, now, handed_at), mark) for mark in marks(state)]
    if not due:
        return None
    at, mark = min(due, key=lambda found: found[0])
    return Played(mark, at, state.tier, _to_tier(mark, state.tier))


def _done_at(mark: Mark, now: int, handed_at: int | None) -> int:
    waits = handed_at + TICK_SECONDS if handed_at is not None and mark.hands_over else now
    return max(mark.at, now, waits)


def _to_tier(mark: Mark, tier: int) -> int | None:
    return tier + 1 if mark.hands_over and tier < TOP_TIER else None


def _entries(found: Played) -> list[tuple[str, dict[str, object]]]:
    """List the entries that a step would leave, as far as they matter to what comes after."""
    clock, started_seq, step = found.mark.key
    fired = {
        "clock": clock,
        "started_seq": started_seq,
        "step": step,
        "at": found.mark.step.at,
        "due_at": found.mark.at,
        "late_seconds": max(found.at - found.mark.at, 0),
    }
    entries: list[tuple[str, dict[str, object]]] = [("step_fired", fired)]
    if found.to_tier is not None:
        entries.append(("handed_over", {"to_tier": found.to_tier}))
    if found.mark.step.action == "close":
        entries.append(("closed", {}))
    return entries


def _with_people(case: Case, played: Sequence[Played], desk: Desk) -> list[Foreseen]:
    """Say whom each step tells, with the case where the steps before it have put it."""
    found, moved = [], case
    for one in played:
        seen = _foreseen(one, moved, desk)
        found.append(seen)
        if one.to_tier is not None:
            moved = _handed(moved, one.to_tier, seen.team)
    return found


def _foreseen(one: Played, case: Case, desk: Desk) -> Foreseen:
    at = moment(one.at)
    roster = desk.at(at)
    team = roster.first_teams.get(one.to_tier) if one.to_tier is not None else None
    told = _told(one, case, roster, team)
    hears = one.mark.step.action in _CUSTOMER_HEARS
    return Foreseen(
        mark=one.mark,
        at=at,
        people=tuple(desk.people[person] for person in told),
        to_tier=one.to_tier,
        team=team,
        customer=case.contact if hears else None,
    )


def _told(one: Played, case: Case, roster: Roster, team: Team | None) -> tuple[int, ...]:
    named = people_of_step(one.mark, case, roster)
    if one.to_tier is not None:
        people = (*roster.team(team.pk if team else None), *named)
        return with_care(people, _handed(case, one.to_tier, team), roster)
    if one.mark.step.action == "swat":
        people = (*roster.swat(), *named) or roster.team(case.team_id)
        return with_care(people, _with_swat(case, moment(one.at)), roster)
    return named


def _handed(case: Case, tier: int, team: Team | None) -> Case:
    """Give a copy of a case, never saved, as it stands once it is handed over."""
    moved = _copy(case)
    moved.tier, moved.team, moved.owner = tier, team, None
    return moved


def _with_swat(case: Case, at: datetime) -> Case:
    joined = _copy(case)
    joined.swat_since = joined.swat_since or at
    return joined


def _copy(case: Case) -> Case:
    copied = copy.copy(case)
    # Else both would have one cache of what they point at.
    copied._state = copy.copy(case._state)
    copied._state.fields_cache = dict(case._state.fields_cache)
    return copied
