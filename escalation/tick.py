"""The tick: claim the cases on which something is due, act once, move their marks on.

Cost grows with what is due, not with what is open. Any number of ticks may run at once: a case is
claimed by its row lock, and the events' unique key is the last word.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.pulses import TICK, pulses
from accounts.tenancy import tenant
from escalation.notices import tell
from escalation.roster import Roster, read_roster
from escalation.steps import Fired, fire_due_steps
from outbox.actions import queue_messages
from tickets.audience import customer_sides
from tickets.models import Case
from tickets.notices import queued
from tickets.teamwork_models import HeldAnswer
from tickets.timeline import Timeline, load_timelines, save_timelines

log = logging.getLogger(__name__)

CASES_PER_SET = 100
CASES_PER_TENANT = 1_000  # a tenant's share of one list; the rest waits for the next
# A tick ends then, well within the soft limit of its task, which is 60 s.
TICK_SECONDS = 20.0
# What falls due while others are worked on is listed by then.
LIST_SECONDS = 3.0
REST = timedelta(minutes=10)
# An answer that was to be sent so long ago is not waited for any more; real time.
HELD_GRACE = timedelta(seconds=60)
# SQLSTATEs: a connection lost, a transaction rolled back, the server going down or starting.
_TRANSIENT = ("08", "40", "57P0")
# A set takes a fraction of a second, and nothing in it waits for anybody outside.
FROZEN_AFTER = "8s"


# By tenant, for as long as one list of what is due is worked on.
Rosters = dict[int, Roster]


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    cases: int = 0
    steps: int = 0
    failed: int = 0

    def __add__(self, other: "Ticked") -> "Ticked":
        return Ticked(
            self.cases + other.cases, self.steps + other.steps, self.failed + other.failed
        )


def tick(*, tick_seconds: float = TICK_SECONDS) -> Ticked:
    """Fire what is due in every tenant, each in transactions of its own, until nothing is left.

    Ends after `tick_seconds` at the latest, and when all that is left is held by other ticks.
    """
    until = time.monotonic() + tick_seconds
    outage = _outage()
    total = Ticked()
    while time.monotonic() < until:
        done = _tick_listed(until, outage)
        total += done
        if not (done.cases or done.failed):
            break
    return total


def _outage() -> timedelta | None:
    """Tell for how long nothing had watched the clocks; None where a tick ended a moment ago."""
    last = pulses()[TICK]
    return timedelta(seconds=last.seconds) if last.seconds and last.is_missing else None


def _tick_listed(until: float, outage: timedelta | None) -> Ticked:
    """List what is due and go through it; what falls due meanwhile is listed soon again."""
    total = Ticked()
    rosters: Rosters = {}
    list_again = min(until, time.monotonic() + LIST_SECONDS)
    for tenant_id, case_ids in fair_sets(_due_by_tenant()):
        total += tick_cases(tenant_id, case_ids, outage=outage, rosters=rosters)
        if time.monotonic() > list_again:
            break
    return total


def fair_sets(due: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, Sequence[int]]]:
    """Cut what is due into sets, and take them in turns: who has few of them due comes first.

    So one tenant's storm costs another no more than the set that is being worked on.
    """
    turns = sorted(due.items(), key=lambda item: len(item[1]))
    longest = max(map(len, due.values()), default=0)
    for first in range(0, longest, CASES_PER_SET):
        for tenant_id, case_ids in turns:
            if chosen := case_ids[first : first + CASES_PER_SET]:
                yield tenant_id, chosen


def tick_cases(
    tenant_id: int,
    case_ids: Sequence[int],
    *,
    outage: timedelta | None = None,
    rosters: Rosters | None = None,
) -> Ticked:
    """Fire what is due on these cases: all in one transaction, one by one if that fails.

    `outage`: for how long nothing had watched the clocks; who is told late is told why. `rosters`:
    those read a moment ago, which this one joins.
    """
    known = {} if rosters is None else rosters
    try:
        return _tick_set(tenant_id, case_ids, outage, known)
    except SoftTimeLimitExceeded:
        raise
    # Whatever one case is wrong with must not stop the promises of the others, nor other vendors'.
    except Exception:
        log.exception("tick failed for tenant %s, trying %s cases singly", tenant_id, len(case_ids))
    return sum((_tick_one(tenant_id, case_id, outage) for case_id in case_ids), Ticked())


def _tick_one(tenant_id: int, case_id: int, outage: timedelta | None) -> Ticked:
    try:
        return _tick_set(tenant_id, [case_id], outage, {})
    except SoftTimeLimitExceeded:  # the time is over; the case has done nothing
        raise
    except (OperationalError, InterfaceError) as error:
        if not _is_transient(error):
            return _rest(tenant_id, case_id, error)
        # The database was at fault, not the case: nothing is done, and the next tick takes it.
        log.warning("case %s of tenant %s left for the next tick: %s", case_id, tenant_id, error)
        return Ticked()
    except Exception as error:
        return _rest(tenant_id, case_id, error)


def _is_transient(error: DatabaseError | InterfaceError) -> bool:
    """Tell a deadlock, a lost connection or a server that went down from all that stays wrong."""
    state = getattr(error.__cause__, "pgcode", None)
    return state is None or state.startswith(_TRANSIENT)


def _rest(tenant_id: int, case_id: int, error: Exception) -> Ticked:
    log.error("case %s of tenant %s set aside", case_id, tenant_id, exc_info=error)
    _set_aside(tenant_id, case_id, error)
    return Ticked(failed=1)


def _tick_set(
    tenant_id: int, case_ids: Sequence[int], outage: timedelta | None, rosters: Rosters
) -> Ticked:
    with tenant(tenant_id) as at:
        _let_go_if_frozen()
        if tenant_id not in rosters:
            rosters[tenant_id] = read_roster(at)
        unwatched_since = at - outage if outage else None
        roster = rosters[tenant_id]
        return fire_due(case_ids, at=at, unwatched_since=unwatched_since, roster=roster)


def _let_go_if_frozen() -> None:
    """Have the server end this transaction if its process stands still: others need its cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [FROZEN_AFTER]
        )


def fire_due(
    case_ids: Sequence[int],
    *,
    at: datetime,
    unwatched_since: datetime | None = None,
    roster: Roster | None = None,
) -> Ticked:
    """Fire every step that is due at `at` on these cases of the entered tenant.

    Locks those that are due and that no other tick holds; leaves the others alone. Since
    `unwatched_since`, desk time, nothing had watched the clocks; None = nothing was amiss.
    """
    cases = _claim(case_ids, at)
    if not cases:
        return Ticked()
    roster = roster or read_roster(at)
    timelines = load_timelines(cases)
    fired = [fire_due_steps(timeline, roster, at=at) for timeline in timelines]
    steps = _steps_in(timelines)
    save_timelines(timelines)
    told = (one for of_case in fired for one in of_case.told)
    tell(told, roster, at=at, unwatched_since=unwatched_since)
    _write_to_customers(zip(cases, fired, strict=True), at)
    return Ticked(cases=len(cases), steps=steps)


def _claim(case_ids: Sequence[int], at: datetime) -> list[Case]:
    """Lock those of the cases that are still due and that no other tick holds.

    Not those on which an answer is about to be sent: it counts from when it was pressed, which may
    be in time. Once it is gone their marks have passed, and the next tick takes them.
    """
    due = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    resting = Q(set_aside_until__gt=at)
    held = HeldAnswer.objects.filter(case=OuterRef("pk"), state=HeldAnswer.State.HELD)
    answers = held.filter(send_at__gt=Now() - HELD_GRACE)
    return list(
        due.filter(~resting, ~Exists(answers), pk__in=case_ids, next_mark_at__lte=at)
        .select_related("company")
        .order_by("pk")
    )


def _steps_in(timelines: Iterable[Timeline]) -> int:
    return sum(entry.kind == "step_fired" for line in timelines for entry in line.added)


def _write_to_customers(fired: Iterable[tuple[Case, Fired]], at: datetime) -> None:
    writing = [(case, of_case.letters) for case, of_case in fired if of_case.letters]
    if not writing:
        return
    sides = customer_sides([case for case, _letters in writing])
    messages = [
        queued(kind, person, case=case, event=event)
        for case, letters in writing
        for kind, event in letters
        for person in sides[case.pk]
    ]
    queue_messages(messages=messages, at=at)


def _set_aside(tenant_id: int, case_id: int, error: Exception) -> None:
    with tenant(tenant_id) as at, transaction.atomic():
        Case.objects.filter(pk=case_id).update(
            set_aside_until=at + REST, set_aside_why=f"{type(error).__name__}: {error}"[:500]
        )


def _due_by_tenant() -> dict[int, list[int]]:
    """List due cases, the oldest of every tenant first, without locks (a definer function)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, case_id FROM due_cases(%s)", [CASES_PER_TENANT])
        rows = cursor.fetchall()
    due: dict[int, list[int]] = {}
    for tenant_id, case_id in rows:
        due.setdefault(tenant_id, []).append(case_id)
    return due
