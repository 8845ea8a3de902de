"""Who may be of the SWAT team, and which grades there are, told to the admin of people (DD-27)."""

from collections.abc import Iterable

from accounts.desk_rules import register_grades, register_member_check
from accounts.models import Person, Team
from escalation.errors import GradeNotAdmitted
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import latest_policy


def register_members() -> None:
    """Tell the accounts what the policy says of grades."""
    register_member_check("swat", check_swat_grade)
    register_grades("policy", grades_of_policy)


def check_swat_grade(team: Team, person: Person) -> None:
    """Refuse a member of a SWAT team whose grade the newest policy does not admit.

    Raises GradeNotAdmitted.
    """
    policy = _newest() if team.is_swat else None
    if policy is None or not policy.swat.grades or person.grade in policy.swat.grades:
        return
    names = {grade.code: grade.name for grade in policy.grades}
    admitted = ", ".join(names.get(code, code) for code in policy.swat.grades)
    raise GradeNotAdmitted(field="person", person=person.name, team=team.name, grades=admitted)


def grades_of_policy() -> Iterable[tuple[str, str]]:
    """List code and name of the grades of the newest policy, from the lowest."""
    policy = _newest()
    return [(grade.code, grade.name) for grade in policy.grades] if policy else []


def _newest() -> Policy | None:
    try:
        return latest_policy().policy
    except NoPolicy:
        return None
