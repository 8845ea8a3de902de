"""Who could own a case: by load, with skills and grade as hints (MX-28, DD-27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import Person
from sla.engine.policy import Policy
from sla.queries import policy_version
from tickets.availability import absent_people
from tickets.models import Case
from tickets.queries import OPEN


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who could own a case. `load` counts their open cases.

    `skills` are those that the case is about, `grade` names how far they have come, "" where
    nobody said.
    """

    person: Person
    load: int
    skills: tuple[str, ...] = ()
    grade: str = ""


def suggest_owners(case: Case, at: datetime) -> list[Suggestion]:
    """List who could own a case, the best first; whoever is away is left out.

    Of its team (of the whole desk where it has none): who has the fewest open cases; where two have
    as many, whose skills are named by the product or subject (MX-28), then the higher grade
    (DD-27). In four statements.
    """
    policy = policy_version(case.policy_version_id)
    ranks = {grade.code: rank for rank, grade in enumerate(policy.grades)}
    people = [(one, load) for one, load in _people(case, at) if one.may("reply_as_agent")]
    found = [_suggestion(person, load, case, policy) for person, load in people]
    return sorted(
        found,
        key=lambda one: (
            one.load,
            -len(one.skills),
            -ranks.get(one.person.grade, -1),
            one.person.name,
            one.person.pk,
        ),
    )


def skills_for(case: Case, skills: Sequence[str]) -> tuple[str, ...]:
    """List the skills that a case is about: its product or its subject names them."""
    product = f"{case.product.code} {case.product.name}" if case.product else ""
    about = f"{product} {case.subject}".casefold()
    return tuple(skill for skill in skills if skill.casefold() in about)


def _people(case: Case, at: datetime) -> list[tuple[Person, int]]:
    """List who is at work in the team of a case, each with how many open cases they have."""
    people = Person.objects.filter(is_active=True).exclude(pk__in=absent_people(at))
    if case.team_id is not None:
        people = people.filter(memberships__team=case.team_id)
    ordered = list(people.prefetch_related("skills").order_by("name", "pk"))
    # Of the open cases, which are few; a join would read all that they ever owned.
    owned = Case.objects.filter(OPEN, owner__in=ordered).order_by()
    loads = dict(owned.values_list("owner").annotate(load=Count("pk")))
    return [(person, loads.get(person.pk, 0)) for person in ordered]


def _suggestion(person: Person, load: int, case: Case, policy: Policy) -> Suggestion:
    named = {grade.code: grade.name for grade in policy.grades}
    skills = skills_for(case, [skill.name for skill in person.skills.all()])
    return Suggestion(person, load, skills, named.get(person.grade, person.grade))
