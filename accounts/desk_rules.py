"""What upper apps know about people of the desk: which grades there are, who may be in a team."""

from collections.abc import Callable, Iterable

from accounts.models import Person, Team

# Refuses somebody as a member of a team with a DomainError; says nothing where they may be one.
MemberCheck = Callable[[Team, Person], None]
# Lists code and name of every grade of the entered tenant, the lowest first.
Grades = Callable[[], Iterable[tuple[str, str]]]

_member_checks: dict[str, MemberCheck] = {}
_grades: dict[str, Grades] = {}


def register_member_check(name: str, check: MemberCheck) -> None:
    """Have `check` asked of every member of a team. Raises ValueError for a name already taken."""
    if _member_checks.get(name, check) is not check:
        raise ValueError(f"a check of members named {name} is registered already")
    _member_checks[name] = check


def check_member(team: Team, person: Person) -> None:
    """Ask every registered check, in the order of their names."""
    for name in sorted(_member_checks):
        _member_checks[name](team, person)


def register_grades(name: str, grades: Grades) -> None:
    """Have grades offered for people of the desk. Raises ValueError for a name already taken."""
    if _grades.get(name, grades) is not grades:
        raise ValueError(f"grades named {name} are registered already")
    _grades[name] = grades


def grades() -> list[tuple[str, str]]:
    """List code and name of every grade, in the order of the names of those who offer them."""
    return [grade for name in sorted(_grades) for grade in _grades[name]()]
