"""Who of the desk can be told something now, read once for a whole set of cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import cast

from accounts import roles
from accounts.models import Person, Team
from accounts.queries import desk_people, teams_of_tiers
from escalation.duty import Rota, read_rota
from escalation.swat import swat_members


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


def read_roster(at: datetime, rota: Rota | None = None) -> Roster:
    """Read the teams and people of the entered tenant's desk, as they are at `at`.

    `rota` is one that was read already of a span with `at` in it.
    """
    if rota is None:
        rota = read_rota(at, at + timedelta(microseconds=1))
    first_teams: dict[int, Team] = {}
    for team in teams_of_tiers():
        first_teams.setdefault(cast(int, team.tier), team)
    members: dict[int, list[int]] = {}
    pairs = Person.objects.filter(is_active=True, teams__isnull=False).order_by("pk")
    for person, team_id in pairs.values_list("pk", "teams"):
        members.setdefault(team_id, []).append(person)
    by_role: dict[str, list[int]] = {}
    reach: dict[int, Reach] = {}
    people = desk_people().order_by("pk").values_list("pk", "role", "time_zone", "pager")
    for person, role, time_zone, pager in people:
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
