"""Who of the desk is away, and who stands in (whole days, in the person's own zone)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from accounts import roles
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from escalation.errors import (
    AbsenceEndsBeforeItStarts,
    AbsentTwice,
    NotOfTheDesk,
    StandInIsAbsent,
    StandsInForOneself,
)
from escalation.models import Absence

# What is read of an absence, in the order in which `span_of` takes it.
_SPAN = (
    "person_id",
    "person__time_zone",
    "person__tenant__time_zone",
    "stand_in_id",
    "stand_in__is_active",
    "starts_on",
    "ends_on",
)
_DAY = timedelta(days=1)


class Away(NamedTuple):
    """A span in which somebody is away (aware moments); `stand_in` None = nobody is in their place.

    A stand-in who has left, or is away too for all of it, is none.
    """

    person_id: int
    stand_in_id: int | None
    starts_at: datetime
    ends_at: datetime


def absent_on(at: datetime) -> dict[int, int | None]:
    """Map who is away at `at` to who stands in, None where nobody does.

    A stand-in who is away too is replaced by their own. In one statement.
    """
    return away_at(away_between(at, at + timedelta(microseconds=1)), at)


def away_at(spans: Iterable[Away], at: datetime) -> dict[int, int | None]:
    """Do what `absent_on` does, of spans that were read before."""
    away: dict[int, int | None] = {}
    for span in spans:
        if span.starts_at <= at < span.ends_at:
            away[span.person_id] = span.stand_in_id or away.get(span.person_id)
    return {person: _standing_in(person, away) for person in away}


def away_between(start: datetime, end: datetime) -> list[Away]:
    """List the spans of absences that touch [start, end), by their beginning."""
    rows = Absence.objects.filter(
        starts_on__lte=end.date() + _DAY, ends_on__gte=start.date() - _DAY
    )
    told = rows.order_by("starts_on", "pk").values_list(*_SPAN)
    spans = [span_of(*row) for row in told]
    return [span for span in spans if touches(span, start, end)]


def touches(span: Away, start: datetime, end: datetime) -> bool:
    """Tell whether an absence has a part in [start, end)."""
    return span.starts_at < end and span.ends_at > start


def absences_from(on: date) -> QuerySet[Absence]:
    """List the absences that have not ended before a day, the soonest first."""
    people = ("person", "stand_in")
    found = Absence.objects.filter(ends_on__gte=on).select_related(*people)
    return found.order_by("starts_on", "person__name", "pk")


@transaction.atomic
def note_absence(
    *,
    person_id: int,
    starts_on: date,
    ends_on: date,
    stand_in_id: int | None,
    note: str,
    by: Person,
) -> Absence:
    """Note that somebody of the desk is away on whole days: oneself, or anybody (arrange_duty).

    Raises NotAllowed, NotFound, NotOfTheDesk, AbsenceEndsBeforeItStarts, StandsInForOneself,
    AbsentTwice, StandInIsAbsent.
    """
    _check_may(person_id, by)
    person = _of_the_desk(person_id, "person")
    stand_in = _of_the_desk(stand_in_id, "stand_in") if stand_in_id is not None else None
    # Both rows are locked, so that two absences cannot come to overlap at once.
    concerned = [key for key in (person_id, stand_in_id) if key is not None]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk"))
    check_absence(person=person, starts_on=starts_on, ends_on=ends_on, stand_in=stand_in)
    return Absence.objects.create(
        tenant_id=person.tenant_id,
        person=person,
        stand_in=stand_in,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note.strip(),
    )


def check_absence(
    *,
    person: Person,
    starts_on: date,
    ends_on: date,
    stand_in: Person | None,
    but: int | None = None,
) -> None:
    """Refuse an absence that makes no sense; `but` is the id of one that it takes the place of.

    Raises AbsenceEndsBeforeItStarts, StandsInForOneself, AbsentTwice, StandInIsAbsent.
    """
    if ends_on < starts_on:
        raise AbsenceEndsBeforeItStarts(field="ends_on")
    if stand_in == person:
        raise StandsInForOneself(field="stand_in")
    others = Absence.objects.exclude(pk=but) if but is not None else Absence.objects.all()
    touching = others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
    if touching.filter(person=person).exists():
        raise AbsentTwice(field="starts_on", name=person.name)
    if stand_in is not None and touching.filter(person=stand_in).exists():
        raise StandInIsAbsent(field="stand_in", name=stand_in.name)


@transaction.atomic
def drop_absence(*, absence_id: int, by: Person) -> Absence:
    """Take an absence back: one's own, or anybody's (arrange_duty). Raises NotAllowed, NotFound."""
    absence = Absence.objects.select_related("person").filter(pk=absence_id).first()
    if absence is None:
        raise NotFound
    _check_may(absence.person_id, by)
    Absence.objects.filter(pk=absence_id).delete()
    return absence


def _check_may(person_id: int, by: Person) -> None:
    if not by.may("use_desk") or (person_id != by.pk and not by.may("arrange_duty")):
        raise NotAllowed


def _of_the_desk(person_id: int, field: str) -> Person:
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    if person.role not in roles.DESK or not person.is_active:
        raise NotOfTheDesk(name=person.name, field=field)
    return person


def span_of(
    person: int,
    own_zone: str,
    vendors_zone: str,
    stand_in: int | None,
    is_there: bool | None,
    *days: date,
) -> Away:
    """Give an absence, by its columns in the order of `_SPAN`, as a span of time."""
    zone = ZoneInfo(own_zone or vendors_zone)
    first, last = days
    starts, ends = (_midnight(day, zone) for day in (first, last + _DAY))
    return Away(person, stand_in if is_there else None, starts, ends)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # In UTC: two moments of one zone are compared by their wall time.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _standing_in(person: int, away: dict[int, int | None]) -> int | None:
    seen = {person}
    found = away[person]
    while found in away:
        if found in seen:  # two who stand in for each other
            return None
        seen.add(found)
        found = away[found]
    return found
