"""Who of the desk can be told something now, read once for a whole set of cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db import connection

from accounts import roles
from accounts.models import Person, Team
from accounts.queries import desk_people
from accounts.tenancy import current_tenant_id
from escalation.duty import Rota, read_rota
from escalation.swat import swat_members

# Of a team, in the order of its model.
TEAM_COLUMNS = ("id", "tenant_id", "name", "tier", "is_swat")
# The teams as `teams_of_tiers` orders them, then those of no tier; each with who is active in it.
TEAMS = """
    SELECT person.id, team.id, team.tenant_id, team.name, team.tier, team.is_swat
    FROM accounts_team team
    LEFT JOIN (
        accounts_teammember member
        JOIN accounts_person person ON person.tenant_id = member.tenant_id
            AND person.id = member.person_id AND person.is_active
    ) ON member.tenant_id = team.tenant_id AND member.team_id = team.id
    WHERE team.tenant_id = %(tenant)s
    ORDER BY team.tier, team.name, team.id, person.id
"""


@dataclass(frozen=True)
class Reach:
    """How somebody is reached: their zone ("" = the vendor's), whether by page."""

    time_zone: str
    has_pager: bool


@dataclass(frozen=True)
class Roster:
    """The desk's people: who is active, and there. Nobody else is ever told anything.

    `first_teams` are the teams that take the cases of a tier. `away` maps who is absent to who
    stands in, None where nobody does. `duty`: who is on duty, by team; None = for all teams.
    """

    first_teams: Mapping[int, Team]
    members: Mapping[int, tuple[int, ...]]
    by_role: Mapping[str, tuple[int, ...]]
    reach: Mapping[int, Reach]
    away: Mapping[int, int | None] = field(default_factory=dict)
    duty: Mapping[int | None, tuple[int, ...]] = field(default_factory=dict)

    def there(self, people: Iterable[int | None]) -> tuple[int, ...]:
        """List who of these can be told, each once, with stand-ins for those who are away."""
        present = (self.away.get(person, person) for person in people if person is not None)
        return tuple(dict.fromkeys(one for one in present if one is not None and one in self.reach))

    def team(self, team_id: int | None) -> tuple[int, ...]:
        """List who takes care of the cases of a team: its members, else leads, else managers."""
        groups = (self.members.get(team_id or 0, ()), *map(self.role, (roles.LEAD, roles.MANAGER)))
        return next((found for group in groups if (found := self.there(group))), ())

    def role(self, role: str) -> tuple[int, ...]:
        return self.there(self.by_role.get(role, ()))

    def on_duty(self, team_id: int | None) -> tuple[int, ...]:
        """List who is on duty for a team: its own people first, then those for all teams."""
        own = self.duty.get(team_id, ()) if team_id is not None else ()
        return self.there((*own, *self.duty.get(None, ())))

    @cached_property
    def _members_of_swat(self) -> tuple[int, ...]:
        return swat_members()

    def swat(self) -> tuple[int, ...]:
        """List who is of the SWAT team (DD-27); asked of the database only where a step says so."""
        return self.there(self._members_of_swat)


def read_roster(
    at: datetime, rota: Rota | None = None, people: Iterable[Person] | None = None
) -> Roster:
    """Read the teams and people of the entered tenant's desk, as they are at `at`.

    `rota` is one that was read already of a span with `at` in it; `people` are those of the desk.
    """
    if rota is None:
        rota = read_rota(at, at + timedelta(microseconds=1))
    first_teams, members = _teams()
    by_role: dict[str, list[int]] = {}
    reach: dict[int, Reach] = {}
    for person, role, time_zone, pager in _told_of(people):
        by_role.setdefault(role, []).append(person)
        reach[person] = Reach(time_zone, bool(pager))
    return Roster(
        first_teams=first_teams,
        members={team: tuple(found) for team, found in members.items()},
        by_role={role: tuple(found) for role, found in by_role.items()},
        reach=reach,
        away=rota.absent_on(at),
        duty=rota.on_duty(at),
    )


def _teams() -> tuple[dict[int, Team], dict[int, list[int]]]:
    """Read which team takes the cases of each tier, and who there is in all teams."""
    first_teams: dict[int, Team] = {}
    members: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TEAMS, {"tenant": current_tenant_id()})
        rows = cursor.fetchall()
    for person, *team in rows:
        team_id, tier = team[0], team[3]
        if tier is not None and tier not in first_teams:
            first_teams[tier] = Team.from_db(connection.alias, TEAM_COLUMNS, team)
        if person is not None:
            members.setdefault(team_id, []).append(person)
    return first_teams, members


def _told_of(people: Iterable[Person] | None) -> Iterable[tuple[int, str, str, str]]:
    """Give of everybody at the desk who they are and how they are reached, the oldest row first."""
    if people is None:
        return desk_people().order_by("pk").values_list("pk", "role", "time_zone", "pager")
    ordered = sorted(people, key=lambda person: person.pk)
    return [(one.pk, one.role, one.time_zone, one.pager) for one in ordered]
