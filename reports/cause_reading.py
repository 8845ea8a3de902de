"""The page of causes: why promises of a span were missed, and where their time went."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Count, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import Person
from reports.causes import CAUSES
from reports.drawing import Piece, stacked
from reports.misses import judged, not_looked_into
from reports.models import Miss
from reports.promises import hidden_cases
from reports.reading import query_of
from reports.spans import Span, of_company
from reports.words import CAUSE_NAMES, CAUSES_TOLD, clock_name
from tickets.models import Case, StoredClock
from tickets.wording import display_number

MISSES_SHOWN = 50
# The daily work looks into misses every hour; what is newer is worked out for the page, so many.
FRESH = 100


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One cause: how many promises it broke, and the time of all misses that went there."""

    code: str
    name: str
    told: str
    misses: int
    seconds: int
    pieces: tuple[Piece, ...]
    query: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class MissRow:
    """A missed promise in words, with where its time went as a bar of `pieces`."""

    miss: Miss
    case: Case
    number: str
    clock: str
    cause: str
    owner: str
    parts: tuple[tuple[str, int], ...]
    pieces: tuple[Piece, ...]

    @property
    def key(self) -> str:
        """Name the clock in the address of its receipt."""
        return f"{self.miss.kind}-{self.miss.started_seq}"


@dataclass(frozen=True, slots=True)
class CausesPage:
    """All that the page shows; `unknown` is how many misses are not looked into yet."""

    span: Span
    cause: str
    cause_name: str
    total: int
    unknown: int
    rows: tuple[CauseRow, ...]
    misses: tuple[MissRow, ...]
    chosen: int


def causes_page(span: Span, cause: str, person: Person, at: datetime) -> CausesPage:
    """Put the page together; the statements do not grow with the misses."""
    known = misses_of(span, person)
    waiting = _not_looked_into(span, person, at)
    fresh = list(judged(list(waiting[:FRESH]), at))
    counts = Counter(dict(known.values_list("cause").annotate(Count("pk"))))
    counts.update(miss.cause for miss in fresh)
    seconds = Counter(_seconds(known))
    for miss in fresh:
        seconds.update(miss.shares)
    listed = [miss for miss in fresh if cause in ("", miss.cause)]
    listed += with_cause(known, cause).order_by("-due_at", "-pk")[:MISSES_SHOWN]
    return CausesPage(
        span=span,
        cause=cause,
        cause_name=str(CAUSE_NAMES[cause]) if cause else "",
        total=sum(counts.values()),
        unknown=waiting.count() - len(fresh),
        rows=_rows(span, cause, counts, seconds),
        misses=miss_rows(listed[:MISSES_SHOWN]),
        chosen=counts[cause] if cause else sum(counts.values()),
    )


def misses_of(span: Span, person: Person) -> QuerySet[Miss]:
    """Select the misses of a span whose causes are known, as far as `person` sees the cases."""
    misses = Miss.objects.filter(due_at__gte=span.since, due_at__lt=span.until)
    misses = of_company(misses, span, "case__company")
    return misses.exclude(case__in=hidden_cases(person))


def with_cause(misses: QuerySet[Miss], cause: str) -> QuerySet[Miss]:
    return misses.filter(cause=cause) if cause else misses


def miss_rows(misses: Sequence[Miss]) -> tuple[MissRow, ...]:
    """Put misses into words: two statements, however many."""
    cases = Case.objects.select_related("tenant", "company").in_bulk(
        {miss.case_id for miss in misses}
    )
    owners = Person.objects.in_bulk({miss.owner_id for miss in misses if miss.owner_id})
    return tuple(
        MissRow(
            miss=miss,
            case=cases[miss.case_id],
            number=display_number(cases[miss.case_id]),
            clock=clock_name(miss.kind),
            cause=str(CAUSE_NAMES[miss.cause]),
            owner=owners[miss.owner_id].name if miss.owner_id in owners else "",
            parts=_parts(miss.shares),
            pieces=_bar(miss.shares),
        )
        for miss in misses
    )


def _not_looked_into(span: Span, person: Person, at: datetime) -> QuerySet[StoredClock]:
    clocks = not_looked_into(at).filter(due_at__gte=span.since, due_at__lt=span.until)
    clocks = of_company(clocks, span, "case__company")
    return clocks.exclude(case__in=hidden_cases(person)).order_by("-due_at", "-pk")


def _seconds(misses: QuerySet[Miss]) -> Mapping[str, int]:
    """Sum the time of misses by where it went."""
    sums = {
        cause: Sum(Cast(KeyTextTransform(cause, "shares"), BigIntegerField())) for cause in CAUSES
    }
    return {cause: seconds or 0 for cause, seconds in misses.aggregate(**sums).items()}


def _rows(
    span: Span, cause: str, counts: Mapping[str, int], seconds: Mapping[str, int]
) -> tuple[CauseRow, ...]:
    most = max((counts.get(code, 0) for code in CAUSES), default=0)
    rows = (
        CauseRow(
            code=code,
            name=str(CAUSE_NAMES[code]),
            told=str(CAUSES_TOLD[code]),
            misses=counts.get(code, 0),
            seconds=seconds.get(code, 0),
            pieces=stacked([(code, counts.get(code, 0))], most),
            query=query_of(span, cause=code),
            is_here=code == cause,
        )
        for code in CAUSES
        if counts.get(code) or seconds.get(code)
    )
    return tuple(sorted(rows, key=lambda row: (-row.misses, -row.seconds)))


def _parts(shares: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((str(CAUSE_NAMES[cause]), shares[cause]) for cause in CAUSES if shares.get(cause))


def _bar(shares: Mapping[str, int]) -> tuple[Piece, ...]:
    parts: Iterable[tuple[str, int]] = ((cause, shares.get(cause, 0)) for cause in CAUSES)
    return stacked(list(parts), sum(shares.values()))
