"""Firing the steps of the ladder that have fallen due on one locked case.

Every step is an event of its own, unique in the database on case, clock and step: it fires once,
however many ticks run. What it does is its action's; whom it tells is read from the roster.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from escalation.actions import TOP_TIER, move_to_team
from escalation.notices import Told
from escalation.promises_missed import MISSED, next_word_at, was_told
from escalation.roster import Roster
from escalation.swat import bring_in
from escalation.whom import people_of_roles, people_of_step, with_care
from sla.engine.ladder import Mark
from tickets.actions.autoclosing import CLOSED_UNANSWERED, WARNED, close_unanswered, warn_waiting
from tickets.models import Case, CaseEvent
from tickets.timeline import Timeline, moment, seconds_of

POLICY = CaseEvent.Cause.POLICY


@dataclass
class Fired:
    """What firing the due steps of a case came to: for the desk, and letters to its customer."""

    told: list[Told] = field(default_factory=list)
    letters: list[tuple[str, CaseEvent]] = field(default_factory=list)


@dataclass(frozen=True)
class Firing:
    """One step that has just been recorded as fired on a timeline."""

    timeline: Timeline
    mark: Mark
    event: CaseEvent
    roster: Roster
    at: datetime

    @property
    def case(self) -> Case:
        return self.timeline.case


def fire_due_steps(timeline: Timeline, roster: Roster, *, at: datetime) -> Fired:
    """Append every step that is due at `at`, earliest first; return whom to tell of what.

    A hand-over starts the next interval at the done moment, and there is one of them at most, so
    after an outage a case climbs by one tier and no further.
    """
    fired = Fired()
    first_new = timeline.case.last_seq + 1
    while (mark := _next_due(timeline, at, first_new)) is not None:
        event = _record(timeline, mark, at)
        ACTIONS[mark.step.action](Firing(timeline, mark, event, roster, at), fired)
    return fired


def _next_due(timeline: Timeline, at: datetime, first_new: int) -> Mark | None:
    now = seconds_of(at)
    due = (mark for mark in timeline.marks() if mark.at <= now)
    handed_over = any(
        event.kind == "handed_over" for event in timeline.events if event.seq >= first_new
    )
    return next((mark for mark in due if not (handed_over and mark.hands_over)), None)


def _record(timeline: Timeline, mark: Mark, at: datetime) -> CaseEvent:
    """Append the fired step: due moment in the payload, done moment as its time."""
    clock, started_seq, step = mark.key
    event = timeline.add(
        "step_fired",
        at=at,
        caused_by=POLICY,
        audience=CaseEvent.Audience.DESK,
        payload={
            "clock": clock,
            "started_seq": started_seq,
            "step": step,
            "at": mark.step.at,
            "due_at": mark.at,
            "late_seconds": _late_seconds(timeline, mark, at),
        },
    )
    event.clock, event.clock_seq, event.step = mark.key
    return event


def _late_seconds(timeline: Timeline, mark: Mark, at: datetime) -> int:
    """Count since when a step could have been fired.

    A call that is logged late, or a case that is raised, is nobody's delay; nor is it one where the
    step is of a tier to which the case has come only since.
    """
    could_at = max(mark.at, timeline.known_at, _of_its_tier_since(timeline, mark))
    return max(seconds_of(at) - could_at, 0)


def _of_its_tier_since(timeline: Timeline, mark: Mark) -> int:
    tiers = mark.step.tiers
    if not tiers:
        return 0
    moves = (event for event in reversed(timeline.events) if event.kind == "handed_over")
    came = (event.at for event in moves if event.payload["from_tier"] not in tiers)
    return next(came, 0)


def _notify(firing: Firing, fired: Fired) -> None:
    _tell(firing, fired, people_of_step(firing.mark, firing.case, firing.roster))


def _page(firing: Firing, fired: Fired) -> None:
    people = people_of_step(firing.mark, firing.case, firing.roster)
    fired.told.append(Told("step_fired", people, firing.event, urgent=True, page=True))


def _hand_over(firing: Firing, fired: Fired) -> None:
    """Move the case up by one tier; at the top there is none, and the step only tells."""
    case, roster = firing.case, firing.roster
    if case.tier >= TOP_TIER:
        return _notify(firing, fired)
    tier = case.tier + 1
    team = roster.first_teams.get(tier)
    named = people_of_roles(firing.mark.step.roles, case, roster)
    event = move_to_team(firing.timeline, tier=tier, team=team, at=firing.at, caused_by=POLICY)
    people = with_care((*roster.team(team.pk if team else None), *named), case, roster)
    fired.told.append(Told("handed_over", people, event, firing.mark.step.urgent))
    return None


def _swat(firing: Firing, fired: Fired) -> None:
    """Bring in the SWAT team (DD-26); where nobody is in it, those whom the step names hear so."""
    members = firing.roster.swat()
    event = bring_in(firing.timeline, at=firing.at, caused_by=POLICY) if members else None
    if event is not None:
        fired.letters.append((event.kind, event))
    case, roster = firing.case, firing.roster
    people = (*members, *people_of_roles(firing.mark.step.roles, case, roster))
    _tell(firing, fired, with_care(people or roster.team(case.team_id), case, roster))


def _tell_customer(firing: Firing, fired: Fired) -> None:
    """Tell the customer, once for an occurrence, that our promise was missed and what comes."""
    timeline, mark = firing.timeline, firing.mark
    if not was_told(timeline.events, mark.clock, mark.started_seq):
        next_at = next_word_at(timeline.state(), seconds_of(firing.at))
        payload = {"clock": mark.clock, "started_seq": mark.started_seq, "next_at": next_at}
        event = timeline.add(MISSED, at=firing.at, caused_by=POLICY, payload=payload)
        fired.letters.append((MISSED, event))
    _tell(firing, fired, people_of_roles(mark.step.roles, firing.case, firing.roster))


def _warn_customer(firing: Firing, fired: Fired) -> None:
    ahead = firing.timeline.marks()
    closes_at = next(mark.at for mark in ahead if mark.step.action == "close")
    event = warn_waiting(firing.timeline, at=firing.at, closes_at=moment(closes_at))
    fired.letters.append((WARNED, event))


def _close(firing: Firing, fired: Fired) -> None:
    event = close_unanswered(firing.timeline, at=firing.at)
    fired.letters.append((CLOSED_UNANSWERED, event))


ACTIONS: dict[str, Callable[[Firing, Fired], None]] = {
    "notify": _notify,
    "page": _page,
    "hand_over": _hand_over,
    "swat": _swat,
    "tell_customer": _tell_customer,
    "warn_customer": _warn_customer,
    "close": _close,
}


def _tell(firing: Firing, fired: Fired, people: tuple[int, ...]) -> None:
    if people:
        fired.told.append(Told("step_fired", people, firing.event, firing.mark.step.urgent))


def lateness(event: CaseEvent) -> int:
    """Tell by how many seconds a step was fired after it was due."""
    return event.payload["late_seconds"]
