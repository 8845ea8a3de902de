"""Looking into missed promises: whose they were and why, once for each."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.tenancy import current_tenant_id
from reports.causes import Blame, blame_for
from reports.models import Miss
from sla.engine.errors import EngineError
from tickets.models import Case, StoredClock
from tickets.timeline import Timeline, load_timelines

log = logging.getLogger(__name__)

# A round of the daily work does not look into more; the rest comes an hour later.
MOST_A_ROUND = 2_000
# So many timelines are held in memory at a time.
AT_ONCE = 100


def look_into_misses(at: datetime, *, most: int = MOST_A_ROUND) -> int:
    """Work out the cause of each missed promise that has none yet; return how many.

    Harmless to repeat, and alone in no need of locks: what is worked out of a past moment is the
    same whoever does it.
    """
    clocks = list(not_looked_into(at).order_by("due_at", "pk")[:most])
    for number in range(0, len(clocks), AT_ONCE):
        found = list(judged(clocks[number : number + AT_ONCE], at))
        Miss.objects.bulk_create(found, ignore_conflicts=True)
    return len(clocks)


def missed_clocks(at: datetime) -> QuerySet[StoredClock]:
    """Select the promises to customers whose time has passed by `at` without being kept."""
    is_late = Q(state="late") | Q(ended_at__isnull=True)
    promised = StoredClock.objects.filter(is_promised=True, counts=True, due_at__lt=at)
    return promised.filter(is_late)


def not_looked_into(at: datetime) -> QuerySet[StoredClock]:
    """Select the missed promises whose cause is not known yet."""
    known = Miss.objects.filter(
        case=OuterRef("case"), kind=OuterRef("kind"), started_seq=OuterRef("started_seq")
    )
    return missed_clocks(at).filter(~Exists(known))


def judged(clocks: Sequence[StoredClock], at: datetime) -> Iterator[Miss]:
    """Work out the causes of missed promises, as unsaved rows: three statements at most.

    A case that the engine cannot read has none; the nightly audit tells of it.
    """
    wanted: dict[int, list[StoredClock]] = {}
    for clock in clocks:
        wanted.setdefault(clock.case_id, []).append(clock)
    cases = list(Case.objects.filter(pk__in=wanted).order_by("pk"))
    for timeline in load_timelines(cases):
        try:
            yield from _judged(timeline, wanted[timeline.case.pk], at)
        except EngineError:
            log.exception("the misses of case %s cannot be worked out", timeline.case.pk)


def _judged(timeline: Timeline, clocks: Iterable[StoredClock], at: datetime) -> Iterator[Miss]:
    state = timeline.state()
    running = {(clock.kind, clock.started_seq): clock for clock in state.clocks}
    for stored in clocks:
        clock = running.get((stored.kind, stored.started_seq))
        if clock is not None and clock.due_at is not None:
            blame = blame_for(clock, state, timeline.events)
            yield _row(stored, blame, at)


def _row(stored: StoredClock, blame: Blame, at: datetime) -> Miss:
    assert stored.due_at is not None  # else it is never missed
    return Miss(
        tenant_id=current_tenant_id(),
        case_id=stored.case_id,
        kind=stored.kind,
        started_seq=stored.started_seq,
        due_at=stored.due_at,
        cause=blame.cause,
        shares=dict(blame.shares),
        tier=blame.tier,
        owner_id=blame.owner_id,
        looked_at=at,
    )
