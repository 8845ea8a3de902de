"""Which notices still apply: asked when a message leaves, and when somebody takes notice of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from escalation.models import Notice
from tickets.models import Case, CaseEvent, StoredClock
from tickets.queries import OPEN, visible_cases

STEP = "step_fired"
HANDED_OVER = "handed_over"
# The cases of `_owed_by`, written out: every page of the desk asks for them.
OWED_BY = """
    SELECT DISTINCT notice.case_id
    FROM escalation_notice notice
    JOIN tickets_caseevent event
        ON event.tenant_id = notice.tenant_id AND event.id = notice.event_id
    WHERE notice.tenant_id = %(tenant)s AND notice.person_id = %(person)s
        AND notice.kind = %(kind)s AND notice.acknowledged_at IS NULL
        AND NOT EXISTS (
            SELECT FROM tickets_storedclock clock
            WHERE clock.tenant_id = notice.tenant_id AND clock.case_id = notice.case_id
                AND clock.kind = event.clock AND clock.started_seq = event.clock_seq
                AND clock.ended_at IS NOT NULL
        )
"""


@dataclass(frozen=True)
class Waiting:
    """What one person has to take notice of on one case: its standing notices, newest first.

    `since`: when they were told first of any of it; of a repeated step that is its first time.
    """

    case: Case
    notices: tuple[Notice, ...]
    since: datetime

    @property
    def newest(self) -> Notice:
        return self.notices[0]


def standing(notices: QuerySet[Notice], person: Person) -> QuerySet[Notice]:
    """Keep the notices that still apply to a person, newest first.

    Of a case that is open and that they may see: a step nobody has acknowledged whose clock still
    runs, and a hand-over to the team that still has the case.
    """
    is_owed = Q(kind=STEP) & ~_is_over(OuterRef("case"))
    is_theirs = Q(kind=HANDED_OVER) & (
        Q(to_team=F("case__team")) | Q(to_team=None, case__team=None)
    )
    to_team = Cast(KeyTextTransform("to_team", "event__payload"), BigIntegerField())
    seen = notices.annotate(to_team=to_team).filter(acknowledged_at=None, person=person)
    return (
        seen.filter(is_owed | is_theirs, case__in=visible_cases(person).filter(OPEN))
        .select_related("event", "case__tenant", "case__company", "case__owner", "case__team")
        .order_by("-pk")
    )


def by_case(notices: Iterable[Notice]) -> list[Waiting]:
    """Put notices together by case, in the order given; of a repeated step the last."""
    found: dict[int, dict[tuple, Notice]] = {}
    first: dict[int, datetime] = {}
    for notice in notices:
        known = first.setdefault(notice.case_id, notice.noticed_at)
        first[notice.case_id] = min(known, notice.noticed_at)
        of_case = found.setdefault(notice.case_id, {})
        of_case.setdefault((notice.kind, *_step(notice.event)), notice)
    return [
        Waiting(next(iter(of_case.values())).case, tuple(of_case.values()), first[case_id])
        for case_id, of_case in found.items()
    ]


def to_acknowledge(person: Person) -> QuerySet[Notice]:
    """Select the steps that wait for a person to take notice of them, newest first.

    A hand-over waits for nothing but its team.
    """
    return standing(Notice.objects.filter(kind=STEP), person)


def oldest_first(notices: Iterable[Notice]) -> list[Waiting]:
    """Put notices together by case, the case first that waits longest."""
    return sorted(by_case(notices), key=lambda waiting: waiting.since)


def count_to_acknowledge(person: Person) -> int:
    """Count the cases of `to_acknowledge`; one statement for whom nothing waits, else two."""
    with connection.cursor() as cursor:
        asked = {"tenant": current_tenant_id(), "person": person.pk, "kind": STEP}
        cursor.execute(OWED_BY, asked)
        cases = [case_id for (case_id,) in cursor.fetchall()]
    return visible_cases(person).filter(OPEN, pk__in=cases).count() if cases else 0


def in_queue(person: Person, at: datetime) -> Q:
    """Choose the cases of `to_acknowledge`, for the queue: of those that one may see."""
    return OPEN & Q(pk__in=_owed_by(person).values("case"))


def _owed_by(person: Person) -> QuerySet[Notice]:
    """Select the steps that wait for somebody, on whatever case: the quick half of `standing`."""
    return Notice.objects.filter(
        ~_is_over(OuterRef("case")), kind=STEP, acknowledged_at=None, person=person
    )


def _is_over(case: OuterRef) -> Exists:
    """Tell whether the clock of a step has ended; one that hangs on the case itself has none."""
    occurrence = StoredClock.objects.filter(
        case=case, kind=OuterRef("event__clock"), started_seq=OuterRef("event__clock_seq")
    )
    return Exists(occurrence.filter(ended_at__isnull=False))


def told_with(notices: Iterable[Notice], person: Person) -> QuerySet[Notice]:
    """Select all that a person was told of the same occurrences, and still has to take notice of.

    Up to each notice: who takes notice of one of them takes notice of what came before it too, and
    not of what came since.
    """
    about = Q(pk__in=[])
    for notice in notices:
        event = notice.event
        about |= Q(
            case=notice.case_id,
            event__clock=event.clock,
            event__clock_seq=event.clock_seq,
            event__seq__lte=event.seq,
        )
    return standing(Notice.objects.filter(about, kind=STEP), person)


def is_any_left(notices: QuerySet[Notice], person: Person) -> bool:
    return standing(notices, person).exists()


def occurrences(notices: Sequence[Notice]) -> dict[tuple[str, int], set[int]]:
    """Map the occurrences of clocks that steps hang on, as (clock, started_seq), to the entries of
    the steps that these notices tell of.
    """
    events = (notice.event for notice in notices if notice.kind == STEP)
    found: dict[tuple[str, int], set[int]] = {}
    for event in events:
        found.setdefault((event.clock, event.clock_seq), set()).add(event.seq)
    return found


def _step(event: CaseEvent) -> tuple:
    return (event.clock, event.clock_seq, event.payload.get("at", ""))
