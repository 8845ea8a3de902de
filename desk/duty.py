"""What the duty page shows: the shifts of the next weeks, the gaps, who is away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Person, Team
from accounts.queries import desk_people, teams_of_tiers
from escalation.absences import absences_from, absent_on
from escalation.duty import Gap, gaps_between, on_duty, shifts_between, uncovered
from escalation.handing import owners_with_open_cases
from escalation.models import Absence, DutyShift
from sla.errors import NoPolicy
from sla.queries import current_policy

WEEKS_SHOWN = (2, 4, 8)
# A roster of nights has a gap a day: the first week is enough to see it.
GAPS_SHOWN = 7


@dataclass(frozen=True)
class AbsentRow:
    """An absence, with how many open cases its person owns; `is_now`: it has begun."""

    absence: Absence
    cases: int
    is_now: bool


@dataclass(frozen=True)
class DutyPage:
    """All that the page shows.

    `pages` tells whether the policy pages the roster at all, `covered_percent` for how much of the
    time somebody is on duty for every team.
    """

    teams: list[Team]
    shifts: list[tuple[str, list[DutyShift]]]
    gaps: list[Gap]
    now: list[tuple[Team, list[Person]]]
    absences: list[AbsentRow]
    until: datetime
    pages: bool
    covered_percent: int

    @property
    def first_gaps(self) -> list[Gap]:
        return self.gaps[:GAPS_SHOWN]

    @property
    def more_gaps(self) -> list[Gap]:
        return self.gaps[GAPS_SHOWN:]


def duty_page(by: Person, *, weeks: int, at: datetime) -> DutyPage:
    """Read the roster from `at` on, in a fixed number of statements."""
    until = at + timedelta(weeks=weeks)
    teams = list(teams_of_tiers())
    counts = owners_with_open_cases(by)
    gaps = gaps_between(at, until)
    return DutyPage(
        teams=teams,
        shifts=_by_team(shifts_between(at, until)),
        gaps=gaps,
        now=_now(teams, at),
        absences=_absences(counts, at),
        until=until,
        pages=_pages(at),
        covered_percent=_covered_percent(gaps, at, until),
    )


def people_of_desk() -> list[Person]:
    """List who can be on duty, or away."""
    return list(desk_people())


def _by_team(shifts: Iterable[DutyShift]) -> list[tuple[str, list[DutyShift]]]:
    """Put shifts below the name of their team; those for all teams come first, without one."""
    found: dict[str, list[DutyShift]] = {}
    for shift in shifts:
        found.setdefault(shift.team.name if shift.team else "", []).append(shift)
    return sorted(found.items())


def _now(teams: Iterable[Team], at: datetime) -> list[tuple[Team, list[Person]]]:
    duty = on_duty(at)
    there = {team: (*duty.get(team.pk, ()), *duty.get(None, ())) for team in teams}
    people = Person.objects.in_bulk({key for keys in there.values() for key in keys})
    return [(team, [people[key] for key in dict.fromkeys(keys)]) for team, keys in there.items()]


def _absences(counts: dict[int, int], at: datetime) -> list[AbsentRow]:
    away = absent_on(at)
    today = at.date()
    return [
        AbsentRow(
            row,
            counts.get(row.person_id, 0),
            row.person_id in away and row.starts_on <= today,
        )
        for row in absences_from(today)
    ]


def _covered_percent(gaps: Iterable[Gap], start: datetime, end: datetime) -> int:
    """Say how much of the time has no gap for anybody, in whole per cent, never rounded up."""
    without = [(gap.starts_at, gap.ends_at) for gap in gaps]
    covered = sum((until - since for since, until in uncovered(without, start, end)), timedelta())
    return int(covered / (end - start) * 100)


def _pages(at: datetime) -> bool:
    try:
        policy = current_policy(at).policy
    except NoPolicy:
        return False
    return any(step.action == "page" or "duty" in step.roles for step in policy.ladder)
