"""Firing the steps of the ladder that have fallen due on one locked case.

Every step is an event of its own, unique in the database on case, clock and step: it fires once,
however many ticks run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import cast

from accounts import roles
from accounts.models import Person, Team
from accounts.queries import desk_people, teams_of_tiers
from escalation.actions import TOP_TIER, move_to_team
from outbox.actions import Queued
from sla.engine.ladder import Mark, marks
from tickets.models import Case, CaseEvent
from tickets.timeline import Timeline, seconds_of


@dataclass(frozen=True)
class Roster:
    """Who can be told, read once for a whole set of cases: active people of the desk only.

    `first_teams` are the teams that take the cases of a tier.
    """

    first_teams: dict[int, Team]
    members: dict[int, tuple[int, ...]]
    by_role: dict[str, tuple[int, ...]]
    active: frozenset[int]

    def team(self, team_id: int | None) -> tuple[int, ...]:
        """List who takes care of the cases of a team: its members, else the leads."""
        return self.members.get(team_id or 0, ()) or self.by_role.get(roles.LEAD, ())


@dataclass(frozen=True)
class Told:
    """A notice to queue once its event has a key."""

    kind: str
    people: tuple[int, ...]
    event: CaseEvent
    urgent: bool


def read_roster() -> Roster:
    """Read the teams and the active people of the entered tenant's desk."""
    first_teams: dict[int, Team] = {}
    for team in teams_of_tiers():
        first_teams.setdefault(cast(int, team.tier), team)
    members: dict[int, list[int]] = {}
    pairs = Person.objects.filter(is_active=True, teams__isnull=False).order_by("pk")
    for person, team_id in pairs.values_list("pk", "teams"):
        members.setdefault(team_id, []).append(person)
    by_role: dict[str, list[int]] = {}
    for person, role in desk_people().order_by("pk").values_list("pk", "role"):
        by_role.setdefault(role, []).append(person)
    return Roster(
        first_teams=first_teams,
        members={team: tuple(people) for team, people in members.items()},
        by_role={role: tuple(people) for role, people in by_role.items()},
        active=frozenset(chain.from_iterable(by_role.values())),
    )


def fire_due_steps(timeline: Timeline, roster: Roster, *, at: datetime) -> list[Told]:
    """Append every step that is due at `at`, earliest first; return the notices to queue.

    A hand-over starts the next interval at the done moment, and there is one of them at most, so
    after an outage a case climbs by one tier and no further.
    """
    told: list[Told] = []
    first_new = timeline.case.last_seq + 1
    while (mark := _next_due(timeline, at, first_new)) is not None:
        told.extend(_fire(timeline, mark, roster, at=at))
    return told


def queued(told: Told, case: Case) -> Iterator[Queued]:
    """Turn a notice into outbox rows, one per recipient."""
    for person in dict.fromkeys(told.people):
        yield Queued(
            kind=told.kind,
            recipient_id=person,
            refs={"case": case.pk, "event": told.event.pk},
            dedupe_key=f"{told.kind}:{told.event.pk}:{person}",
            urgent=told.urgent,
        )


def _next_due(timeline: Timeline, at: datetime, first_new: int) -> Mark | None:
    now = seconds_of(at)
    due = (mark for mark in marks(timeline.state()) if mark.at <= now)
    handed_over = any(
        event.kind == "handed_over" for event in timeline.events if event.seq >= first_new
    )
    return next((mark for mark in due if not (handed_over and mark.hands_over)), None)


def _fire(timeline: Timeline, mark: Mark, roster: Roster, *, at: datetime) -> list[Told]:
    event = _record(timeline, mark, at)
    step = mark.step
    told = [Told("step_fired", _recipients(timeline.case, mark, roster), event, step.urgent)]
    if mark.hands_over and timeline.case.tier < TOP_TIER:
        told.append(_hand_over(timeline, mark, roster, at=at))
    return [notice for notice in told if notice.people]


def _record(timeline: Timeline, mark: Mark, at: datetime) -> CaseEvent:
    """Append the fired step: due moment in the payload, done moment as its time."""
    event = timeline.add(
        "step_fired",
        at=at,
        caused_by=CaseEvent.Cause.POLICY,
        audience=CaseEvent.Audience.DESK,
        payload={
            "clock": mark.clock,
            "started_seq": mark.started_seq,
            "step": mark.step.code,
            "at": mark.step.at,
            "due_at": mark.at,
            # A call that is logged late, or a case that is raised, is nobody's delay.
            "late_seconds": max(seconds_of(at) - max(mark.at, timeline.known_at), 0),
        },
    )
    event.clock, event.clock_seq, event.step = mark.key
    return event


def _hand_over(timeline: Timeline, mark: Mark, roster: Roster, *, at: datetime) -> Told:
    tier = timeline.case.tier + 1
    team = roster.first_teams.get(tier)
    event = move_to_team(timeline, tier=tier, team=team, at=at, caused_by=CaseEvent.Cause.POLICY)
    people = roster.team(team.pk if team else None)
    return Told("handed_over", people, event, mark.step.urgent)


def _recipients(case: Case, mark: Mark, roster: Roster) -> tuple[int, ...]:
    people: list[int] = []
    for role in mark.step.roles:
        people.extend(_people_of(role, case, roster))
    return tuple(dict.fromkeys(people))


def _people_of(role: str, case: Case, roster: Roster) -> tuple[int, ...]:
    if role == "account_manager":
        manager = case.company.account_manager_id
        return (manager,) if manager in roster.active else ()
    if role == "owner" and case.owner_id in roster.active:
        return (case.owner_id,)
    if role in ("owner", "team"):
        return roster.team(case.team_id)
    return roster.by_role.get(role, ())


def lateness(event: CaseEvent) -> int:
    """Tell by how many seconds a step was fired after it was due."""
    return event.payload["late_seconds"]
