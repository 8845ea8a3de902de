"""The duty roster: who is paged for which team at a moment, and when nobody is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import roles
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, Team
from accounts.queries import teams_of_tiers
from accounts.tenancy import current_tenant_id
from accounts.zones import moment_text
from escalation.absences import Away, away_at, away_between, span_of, touches
from escalation.errors import (
    AlreadyOnDuty,
    NoDayChosen,
    NotOfTheDesk,
    ShiftEndsBeforeItStarts,
    TooManyShifts,
)
from escalation.models import DutyShift

MOST_WEEKS = 52
_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]

# A shift: team, person, from, until. An absence: whose, their zone, the vendor's, who stands in,
# whether they are active, the first day and the last one.
ROTA = """
    SELECT 'shift' AS what, shift.team_id AS team, shift.person_id AS person,
        shift.starts_at AS starts_at, shift.ends_at AS ends_at, '' AS own_zone, '' AS zone,
        NULL::bigint AS stand_in, NULL::boolean AS is_there,
        NULL::date AS starts_on, NULL::date AS ends_on, shift.id AS place
    FROM escalation_dutyshift shift
    JOIN accounts_person person
        ON person.tenant_id = shift.tenant_id AND person.id = shift.person_id
    WHERE shift.tenant_id = %(tenant)s AND person.is_active
        AND shift.starts_at < %(end)s AND shift.ends_at > %(start)s
    UNION ALL
    SELECT 'away', NULL, absence.person_id, NULL, NULL, person.time_zone, vendor.time_zone,
        absence.stand_in_id, stand_in.is_active, absence.starts_on, absence.ends_on, absence.id
    FROM escalation_absence absence
    JOIN accounts_person person
        ON person.tenant_id = absence.tenant_id AND person.id = absence.person_id
    JOIN accounts_tenant vendor ON vendor.id = absence.tenant_id
    LEFT JOIN accounts_person stand_in
        ON stand_in.tenant_id = absence.tenant_id AND stand_in.id = absence.stand_in_id
    WHERE absence.tenant_id = %(tenant)s
        AND absence.starts_on <= %(last_on)s AND absence.ends_on >= %(first_on)s
    ORDER BY what, starts_on, place
"""


class Gap(NamedTuple):
    """A span in which nobody is on duty, and the teams that this leaves without anybody."""

    starts_at: datetime
    ends_at: datetime
    teams: tuple[Team, ...]


@dataclass(frozen=True)
class Rota:
    """The shifts and absences of a span of time, read once for many moments in it.

    `shifts`: team (None = all), person, from, until.
    """

    shifts: tuple[tuple[int | None, int, datetime, datetime], ...]
    away: tuple[Away, ...]

    def absent_on(self, at: datetime) -> dict[int, int | None]:
        """Map who is away at `at` to who stands in."""
        return away_at(self.away, at)

    def on_duty(self, at: datetime) -> dict[int | None, tuple[int, ...]]:
        """Map teams to the people on duty at `at`; None stands for all teams."""
        away = self.absent_on(at)
        found: dict[int | None, dict[int, None]] = {}
        for team, person, starts_at, ends_at in self.shifts:
            there = away.get(person, person)
            if starts_at <= at < ends_at and there is not None:
                found.setdefault(team, {})[there] = None
        return {team: tuple(people) for team, people in found.items()}


def read_rota(start: datetime, end: datetime) -> Rota:
    """Read who is on duty, and who is away, in [start, end); in one statement."""
    asked: dict[str, int | date] = {
        "tenant": current_tenant_id(),
        "start": start,
        "end": end,
        "first_on": start.date() - _DAY,
        "last_on": end.date() + _DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROTA, asked)
        rows = cursor.fetchall()
    shifts = tuple(row[1:5] for row in rows if row[0] == "shift")
    spans = (span_of(row[2], *row[5:11]) for row in rows if row[0] == "away")
    return Rota(shifts, tuple(span for span in spans if touches(span, start, end)))


def on_duty(at: datetime) -> dict[int | None, tuple[int, ...]]:
    """Map teams to the people on duty at `at`; None stands for all teams.

    Who is away is left out, with their stand-in in their place. In one statement.
    """
    return read_rota(at, at + timedelta(microseconds=1)).on_duty(at)


def shifts_between(start: datetime, end: datetime) -> QuerySet[DutyShift]:
    """List the shifts that touch [start, end), by their beginning."""
    shifts = DutyShift.objects.filter(starts_at__lt=end, ends_at__gt=start)
    return shifts.select_related("person", "team").order_by("starts_at", "team__name", "pk")


def gaps_between(start: datetime, end: datetime) -> list[Gap]:
    """List when in [start, end) nobody is on duty, with the teams that go without.

    A team is covered by its own shifts and by those for all teams. Where somebody is away and
    nobody stands in, their shift covers nothing.
    """
    shifts = list(shifts_between(start, end))
    away = away_between(start, end)
    gaps: dict[Span, list[Team]] = {}
    for team in teams_of_tiers():
        own = [shift for shift in shifts if shift.team_id in (None, team.pk)]
        covered = [span for shift in own for span in _covered(shift, away)]
        for span in uncovered(covered, start, end):
            gaps.setdefault(span, []).append(team)
    return [Gap(*span, tuple(teams)) for span, teams in sorted(gaps.items(), key=_by_span)]


def uncovered(spans: Iterable[Span], start: datetime, end: datetime) -> Iterator[Span]:
    """Yield what [start, end) has left when the spans, in any order, are taken out of it."""
    reached = start
    for starts_at, ends_at in sorted(spans):
        if starts_at > reached:
            yield (reached, min(starts_at, end))
        reached = max(reached, ends_at)
        if reached >= end:
            return
    if reached < end:
        yield (reached, end)


@transaction.atomic
def add_shift(
    *, person_id: int, team_id: int | None, starts_at: datetime, ends_at: datetime, by: Person
) -> DutyShift:
    """Put somebody of the desk on duty for a team, None = all teams. Locks the person.

    Raises NotAllowed, NotFound, NotOfTheDesk, ShiftEndsBeforeItStarts, AlreadyOnDuty.
    """
    return _add(person_id, team_id, [(starts_at, ends_at)], by)[0]


@transaction.atomic
def add_weekly(
    *,
    person_id: int,
    team_id: int | None,
    weekdays: Sequence[int],
    opens: time,
    closes: time,
    first_on: date,
    weeks: int,
    every: int,
    by: Person,
) -> list[DutyShift]:
    """Put somebody on duty on the same weekdays (0 = Monday) for so many weeks; all or nothing.

    `every`: each week, or every second, third, ...: people take turns so. Wall times of the
    vendor; one that ends when or before it begins ends on the next day. Raises as `add_shift`,
    NoDayChosen, TooManyShifts.
    """
    if not weekdays:
        raise NoDayChosen(field="weekdays")
    if not 1 <= weeks <= MOST_WEEKS:
        raise TooManyShifts(field="weeks", weeks=MOST_WEEKS)
    zone = ZoneInfo(by.tenant.time_zone)
    days = [first_on + _DAY * ahead for ahead in range(weeks * 7)]
    chosen = (
        day
        for ahead, day in enumerate(days)
        if day.weekday() in weekdays and (ahead // 7) % every == 0
    )
    return _add(person_id, team_id, [_shift_on(day, opens, closes, zone) for day in chosen], by)


@transaction.atomic
def remove_shift(*, shift_id: int, by: Person) -> DutyShift:
    """Take a shift off the roster. Raises NotAllowed, NotFound."""
    if not by.may("arrange_duty"):
        raise NotAllowed
    shift = DutyShift.objects.select_related("person").filter(pk=shift_id).first()
    if shift is None:
        raise NotFound
    DutyShift.objects.filter(pk=shift_id).delete()
    return shift


def _add(person_id: int, team_id: int | None, spans: Sequence[Span], by: Person) -> list[DutyShift]:
    if not by.may("arrange_duty"):
        raise NotAllowed
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    team = Team.objects.filter(pk=team_id).first() if team_id is not None else None
    if person is None or (team is None and team_id is not None):
        raise NotFound
    if person.role not in roles.DESK or not person.is_active:
        raise NotOfTheDesk(name=person.name, field="person")
    for span in spans:
        _check_span(person, team, span, by)
    rows = [
        DutyShift(
            tenant_id=person.tenant_id, person=person, team=team, starts_at=start, ends_at=end
        )
        for start, end in spans
    ]
    return DutyShift.objects.bulk_create(rows)


def _check_span(person: Person, team: Team | None, span: Span, by: Person) -> None:
    start, end = span
    if end <= start:
        raise ShiftEndsBeforeItStarts(field="ends_at")
    held = DutyShift.objects.filter(
        person=person, team=team, starts_at__lt=end, ends_at__gt=start
    ).first()
    if held is not None:
        zone = by.time_zone or by.tenant.time_zone
        when = moment_text(held.starts_at, zone)
        raise AlreadyOnDuty(name=person.name, when=when)


def _shift_on(day: date, opens: time, closes: time, zone: ZoneInfo) -> Span:
    last = day if closes > opens else day + _DAY
    # Through UTC: two moments of one zone are compared by their wall time.
    return (
        datetime.combine(day, opens, tzinfo=zone).astimezone(UTC),
        datetime.combine(last, closes, tzinfo=zone).astimezone(UTC),
    )


def _covered(shift: DutyShift, away: Iterable[Away]) -> Iterator[Span]:
    """Yield the parts of a shift in which its person, or a stand-in, is there."""
    missing = [
        (span.starts_at, span.ends_at)
        for span in away
        if span.person_id == shift.person_id and span.stand_in_id is None
    ]
    if not shift.person.is_active:
        return
    yield from uncovered(missing, shift.starts_at, shift.ends_at)


def _by_span(item: tuple[Span, list[Team]]) -> Span:
    return item[0]
