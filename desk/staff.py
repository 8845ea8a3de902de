"""The people of the desk as a manager looks at them: what they do, when, and with how much."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import roles
from accounts.desk_rules import grades
from accounts.models import Person, PersonSkill, Team
from escalation.absences import away_between
from escalation.models import DutyShift
from escalation.workhours import Hours, hours_of
from tickets.queries import OPEN, visible_cases

# Absences that begin within so many days are told ahead.
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Away:
    """Who is away from when to when, in words; `is_now`: it has begun."""

    words: str
    stand_in: str
    is_now: bool


@dataclass(frozen=True)
class Member:
    """One person of the desk. `hours` is "" for somebody who has set none."""

    person: Person
    teams: tuple[Team, ...]
    skills: tuple[str, ...]
    grade: str
    hours: str
    open_cases: int
    away: Away | None


@dataclass(frozen=True)
class Choice:
    """What the list is narrowed down to; "" and None leave everybody."""

    text: str = ""
    role: str = ""
    tier: int | None = None
    team: int | None = None
    skill: str = ""
    is_active: bool = True


def staff(choice: Choice, by: Person, at: datetime) -> list[Member]:
    """List the people of the desk by name, in a fixed number of statements."""
    people = list(_people(choice))
    keys = [one.pk for one in people]
    cases, hours, away = open_cases_of(by), hours_of(keys), _away(at, by.tenant.time_zone)
    names = dict(grades())
    return [
        Member(
            person=one,
            teams=tuple(one.teams.all()),
            skills=tuple(skill.name for skill in one.skills.all()),
            grade=str(names.get(one.grade) or one.grade.replace("_", " ")),
            hours=hours_text(hours.get(one.pk, ())),
            open_cases=cases.get(one.pk, 0),
            away=away.get(one.pk),
        )
        for one in people
    ]


def open_cases_of(by: Person) -> Mapping[int, int]:
    """Count the open cases of everybody who owns some, as far as `by` sees the cases."""
    owned = visible_cases(by).filter(OPEN, owner__isnull=False).order_by()
    return dict(owned.values_list("owner").annotate(Count("pk")))


def shifts_ahead(person: Person, at: datetime) -> int:
    """Count the shifts of the duty roster that somebody has still to do."""
    return DutyShift.objects.filter(person=person, ends_at__gt=at).count()


def skills_known() -> list[str]:
    """List every skill that somebody of the desk has, by name."""
    return list(PersonSkill.objects.order_by("name").values_list("name", flat=True).distinct())


def hours_text(hours: Iterable[Hours]) -> str:
    """Write working hours in words, days that are alike together: "Mon-Fri 09:00-17:00"."""
    by_day: dict[int, str] = {}
    for weekday, opens, closes in sorted(hours):
        said = f"{_clock(opens)}-{_clock(closes)}"
        by_day[weekday] = f"{by_day[weekday]}, {said}" if weekday in by_day else said
    parts = []
    for said, days in groupby(sorted(by_day), key=lambda day: by_day[day]):
        parts.append(f"{_days(list(days))} {said}")
    return "; ".join(parts)


def sums(members: Sequence[Member]) -> Counter[str]:
    """Add up what stands above the list."""
    return Counter(
        people=len(members),
        away=sum(1 for one in members if one.away and one.away.is_now),
        cases=sum(one.open_cases for one in members),
        most=max((one.open_cases for one in members), default=0),
    )


def _people(choice: Choice) -> QuerySet[Person]:
    people = Person.objects.filter(role__in=roles.DESK, is_active=choice.is_active)
    if choice.text:
        wanted = Q(name__icontains=choice.text) | Q(email__icontains=choice.text)
        people = people.filter(wanted)
    if choice.role:
        people = people.filter(role=choice.role)
    if choice.tier:
        people = people.filter(tier=choice.tier)
    if choice.team:
        people = people.filter(memberships__team=choice.team)
    if choice.skill:
        people = people.filter(skills__name=choice.skill)
    teams = Prefetch("teams", Team.objects.order_by("name"))
    skills = Prefetch("skills", PersonSkill.objects.order_by("name"))
    return people.prefetch_related(teams, skills).order_by("name", "pk")


def _away(at: datetime, vendors_zone: str) -> dict[int, Away]:
    """Read who is away now, else who is soon, with the words for it.

    Days are those of the person's own zone, else of the vendor's.
    """
    spans = away_between(at, at + SOON)
    names = dict(
        Person.objects.filter(pk__in=[one.stand_in_id for one in spans]).values_list("pk", "name")
    )
    zones = dict(
        Person.objects.filter(pk__in=[one.person_id for one in spans]).values_list(
            "pk", "time_zone"
        )
    )
    found: dict[int, Away] = {}
    for span in spans:
        if span.person_id in found:
            continue
        zone = ZoneInfo(zones[span.person_id] or vendors_zone)
        last = (span.ends_at - timedelta(seconds=1)).astimezone(zone)
        days = {
            "first": date_format(span.starts_at.astimezone(zone), "j M"),
            "last": date_format(last, "j M"),
        }
        is_now = span.starts_at <= at
        words = _("away until %(last)s") if is_now else _("away from %(first)s to %(last)s")
        found[span.person_id] = Away(words % days, names.get(span.stand_in_id, ""), is_now)
    return found


def _days(days: Sequence[int]) -> str:
    """Name weekdays: those in a row by the first and the last."""
    names = [str(WEEKDAYS_ABBR[day]) for day in days]
    in_a_row = days[-1] - days[0] == len(days) - 1
    if in_a_row and len(days) > 1:
        return f"{names[0]}-{names[-1]}"
    return ", ".join(names)


def _clock(wall: time) -> str:
    return wall.strftime("%H:%M")
