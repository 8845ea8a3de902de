"""Whom a step of the ladder or an escalation reaches: named by role, and free to see the case."""

from collections.abc import Iterable

from accounts import roles
from escalation.roster import Roster
from sla.engine.ladder import Mark
from tickets.models import Case
from tickets.queries import who_sees


def people_of_step(mark: Mark, case: Case, roster: Roster) -> tuple[int, ...]:
    """List whom a step tells or pages now, each once.

    A page that names no duty goes to who is on duty all the same, and to those whom it names only
    where nobody is. It is never lost: then the case's team has it.
    """
    step = mark.step
    if step.action != "page":
        return people_of_roles(step.roles, case, roster)
    on_duty = () if "duty" in step.roles else who_may_know(roster.on_duty(case.team_id), case)
    named = on_duty or people_of_roles(step.roles, case, roster)
    return named or who_may_know(roster.team(case.team_id), case)


def people_of_roles(named: Iterable[str], case: Case, roster: Roster) -> tuple[int, ...]:
    """List who has the roles that a policy names, each once; of a restricted case who may see it.

    Where somebody has them and none of those may, its team is told instead, else the leads.
    """
    people = [person for role in named for person in _people_of(role, case, roster)]
    return with_care(people, case, roster)


def with_care(people: Iterable[int], case: Case, roster: Roster) -> tuple[int, ...]:
    """Keep of people, each once, who may see the case; nobody left: its team, else the leads.

    A restricted case (DD-06) asks the database; the others do not.
    """
    chosen = tuple(dict.fromkeys(people))
    if not chosen or not case.is_restricted:
        return chosen
    groups = (chosen, roster.team(case.team_id), *map(roster.role, (roles.LEAD, roles.MANAGER)))
    seeing = who_sees(case)
    kept = (tuple(one for one in group if one in seeing) for group in groups)
    return next((group for group in kept if group), ())


def who_may_know(people: Iterable[int], case: Case) -> tuple[int, ...]:
    """Keep of people who may see the case."""
    if not case.is_restricted:
        return tuple(people)
    seeing = who_sees(case)
    return tuple(one for one in people if one in seeing)


def _people_of(role: str, case: Case, roster: Roster) -> tuple[int, ...]:
    if role == "account_manager":
        return roster.there([case.company.account_manager_id])
    if role == "swat":
        return roster.swat()
    if role == "duty":
        return roster.on_duty(case.team_id) or roster.team(case.team_id)
    if role == "owner":
        return roster.there([case.owner_id]) or roster.team(case.team_id)
    if role == "team":
        return roster.team(case.team_id)
    return roster.role(role)
