"""How much work there was: cases opened and ended by day, what stood open, and at which hours.

A case is open from its opening, or reopening, until it is solved or closed; read from the entries
of its timeline, so that what was reopened counts as it was. Days and hours are those of the span's
zone.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from accounts import roles
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from reports.asking import ask
from reports.promises import hidden_cases
from reports.spans import ONE_DAY, Span, days_of, of_company
from sla.engine.kinds import ENDINGS, OPENINGS
from tickets.models import Case, Message

DAY, WEEK, MONTH = "day", "week", "month"
# So many columns can be told apart on a screen.
MOST_DAYS, MOST_WEEKS = 92, 104
ANSWERS = (Message.Kind.REPLY, Message.Kind.QUESTION, Message.Kind.SOLUTION, Message.Kind.CALL)

# Entries that open a case or end it, each with whether it was open before. Of a case on which
# nothing was said since the span began its status says how it stood then; calls are logged up to a
# week later, so those of eight days before are read as well.
TURNS = """
    WITH touched AS (
        SELECT c.id FROM tickets_case c
        WHERE c.tenant_id = %(tenant)s AND c.last_event_at >= %(looked_at)s
            AND c.id <> ALL(%(hidden)s) AND (%(company)s = 0 OR c.company_id = %(company)s)
    )
    SELECT greatest(%(before)s, (turn.occurred_at AT TIME ZONE %(zone)s)::date) AS day,
        count(*) FILTER (WHERE turn.opens AND turn.was_open IS NOT TRUE) AS opened,
        count(*) FILTER (WHERE NOT turn.opens AND turn.was_open) AS ended
    FROM (
        SELECT event.occurred_at, event.kind = ANY(%(openings)s) AS opens,
            lag(event.kind = ANY(%(openings)s)) OVER
                (PARTITION BY event.case_id ORDER BY event.seq) AS was_open
        FROM tickets_caseevent event
        WHERE event.tenant_id = %(tenant)s AND event.kind = ANY(%(turns)s)
            AND event.occurred_at < %(until)s AND event.case_id IN (SELECT id FROM touched)
    ) turn
    GROUP BY 1
    UNION ALL
    SELECT %(before)s, count(*), 0 FROM tickets_case c
    WHERE c.tenant_id = %(tenant)s AND c.last_event_at < %(looked_at)s
        AND c.status IN ('open', 'waiting') AND c.id <> ALL(%(hidden)s)
        AND (%(company)s = 0 OR c.company_id = %(company)s)
"""
LOGGED_LATER = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day, week or month of a span: cases opened and ended in it, and open at its end.

    `ahead`: it has not come yet, and nothing is known of it.
    """

    first_on: date
    last_on: date
    opened: int
    ended: int
    open_at_end: int
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """The stretches of a span in their order; `unit` is DAY, WEEK or MONTH."""

    unit: str
    stretches: tuple[Stretch, ...]

    @property
    def opened(self) -> int:
        return sum(one.opened for one in self.stretches)

    @property
    def ended(self) -> int:
        return sum(one.ended for one in self.stretches)

    @property
    def open_at_end(self) -> int:
        """Give what stood open at the end of the last stretch that has come."""
        known = [one.open_at_end for one in self.stretches if not one.ahead]
        return known[-1] if known else 0


@dataclass(frozen=True, slots=True)
class Hours:
    """How often something happened, by (weekday, hour); Monday is 0."""

    counts: dict[tuple[int, int], int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def most(self) -> int:
        return max(self.counts.values(), default=0)

    def at(self, weekday: int, hour: int) -> int:
        return self.counts.get((weekday, hour), 0)


def load_of(span: Span, person: Person, at: datetime) -> Load:
    """Count the cases opened and ended by day, and what stood open. One statement.

    By week beyond MOST_DAYS days, by month beyond MOST_WEEKS weeks.
    """
    turns = _turns(span, person)
    before = span.first_on - ONE_DAY
    opened, ended = turns.get(before, (0, 0))
    today = at.astimezone(ZoneInfo(span.zone)).date()
    return _by_unit(span, turns, opened - ended, today)


def opened_by_hour(span: Span, person: Person) -> Hours:
    """Count the cases opened in a span by weekday and hour. One statement."""
    cases = Case.objects.filter(opened_at__gte=span.since, opened_at__lt=span.until)
    cases = of_company(cases, span, "company")
    return _by_hour(cases.exclude(pk__in=hidden_cases(person)), "opened_at", span)


def answered_by_hour(span: Span, person: Person) -> Hours:
    """Count the answers, questions, solutions and calls of the desk by weekday and hour."""
    said = Message.objects.filter(
        kind__in=ANSWERS,
        author__role__in=roles.DESK,
        written_at__gte=span.since,
        written_at__lt=span.until,
    )
    said = of_company(said, span, "case__company")
    return _by_hour(said.exclude(case__in=hidden_cases(person)), "written_at", span)


def _turns(span: Span, person: Person) -> dict[date, tuple[int, int]]:
    """Count by day what was opened and ended; what was before the span counts for its eve."""
    given: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "zone": span.zone,
        "before": span.first_on - ONE_DAY,
        "until": span.until,
        "company": span.company_id,
        "looked_at": span.since - LOGGED_LATER,
        "openings": sorted(OPENINGS),
        "turns": sorted(OPENINGS | ENDINGS),
        "hidden": hidden_cases(person),
    }
    found: dict[date, tuple[int, int]] = {}
    for day, opened, ended in ask(TURNS, given):
        before = found.get(day, (0, 0))
        found[day] = (before[0] + opened, before[1] + ended)
    return found


def _by_unit(span: Span, turns: dict[date, tuple[int, int]], open_now: int, today: date) -> Load:
    unit = DAY if span.days <= MOST_DAYS else WEEK if span.days <= 7 * MOST_WEEKS else MONTH
    stretches: list[Stretch] = []
    for first, last, days in _stretches(span, unit):
        opened = sum(turns.get(day, (0, 0))[0] for day in days)
        ended = sum(turns.get(day, (0, 0))[1] for day in days)
        open_now += opened - ended
        stretches.append(Stretch(first, last, opened, ended, open_now, ahead=first > today))
    return Load(unit, tuple(stretches))


def _stretches(span: Span, unit: str) -> list[tuple[date, date, list[date]]]:
    """Cut a span into days, weeks from Monday, or months; the first and last may be shorter."""
    groups: dict[date, list[date]] = {}
    for day in days_of(span):
        key = {
            DAY: day,
            WEEK: day - timedelta(days=day.weekday()),
            MONTH: day.replace(day=1),
        }[unit]
        groups.setdefault(key, []).append(day)
    return [(days[0], days[-1], days) for days in groups.values()]


def _by_hour(rows: Any, moment: str, span: Span) -> Hours:
    zone = ZoneInfo(span.zone)
    found = (
        rows.order_by()
        .annotate(day=ExtractIsoWeekDay(moment, tzinfo=zone), hour=ExtractHour(moment, tzinfo=zone))
        .values_list("day", "hour")
        .annotate(number=Count("pk"))
    )
    counts: Counter[tuple[int, int]] = Counter()
    for day, hour, number in found:
        counts[day - 1, hour] += number
    return Hours(dict(counts))
