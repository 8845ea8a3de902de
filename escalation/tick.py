"""The tick: claim the cases on which something is due, act once, move their marks on.

Cost grows with what is due, not with what is open. Any number of ticks may run at once: a case is
claimed by its row lock, and the events' unique key is the last word.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models import Q

from accounts.tenancy import tenant
from escalation.steps import Told, fire_due_steps, queued, read_roster
from outbox.actions import queue_messages
from tickets.models import Case
from tickets.timeline import Timeline, load_timelines, save_timelines

log = logging.getLogger(__name__)

CASES_PER_SET = 100
CASES_PER_TENANT = 1_000  # a tenant's share of one tick; the rest waits for the next
REST = timedelta(minutes=10)


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


def tick() -> Ticked:
    """Fire what is due in every tenant, each in transactions of its own."""
    total = Ticked()
    for tenant_id, case_ids in _due_by_tenant().items():
        for first in range(0, len(case_ids), CASES_PER_SET):
            total += tick_cases(tenant_id, case_ids[first : first + CASES_PER_SET])
    return total


def tick_cases(tenant_id: int, case_ids: Sequence[int]) -> Ticked:
    """Fire what is due on these cases: all in one transaction, one by one if that fails."""
    try:
        return _tick_set(tenant_id, case_ids)
    except SoftTimeLimitExceeded:
        raise
    # Whatever one case is wrong with must not stop the promises of the others, nor other vendors'.
    except Exception:
        log.exception("tick failed for tenant %s, trying %s cases singly", tenant_id, len(case_ids))
    return sum((_tick_one(tenant_id, case_id) for case_id in case_ids), Ticked())


def _tick_one(tenant_id: int, case_id: int) -> Ticked:
    try:
        return _tick_set(tenant_id, [case_id])
    except SoftTimeLimitExceeded:  # the time is over; the case has done nothing
        raise
    except Exception as error:
        log.exception("case %s of tenant %s set aside", case_id, tenant_id)
        _set_aside(tenant_id, case_id, error)
        return Ticked(failed=1)


def _tick_set(tenant_id: int, case_ids: Sequence[int]) -> Ticked:
    with tenant(tenant_id) as at:
        return fire_due(case_ids, at=at)


def fire_due(case_ids: Sequence[int], *, at: datetime) -> Ticked:
    """Fire every step that is due at `at` on these cases of the entered tenant.

    Locks those that are due and that no other tick holds; leaves the others alone.
    """
    cases = _claim(case_ids, at)
    if not cases:
        return Ticked()
    roster = read_roster()
    timelines = load_timelines(cases)
    told = [(fire_due_steps(timeline, roster, at=at), timeline.case) for timeline in timelines]
    steps = _steps_in(timelines)
    save_timelines(timelines)
    _queue(told, at)
    return Ticked(cases=len(cases), steps=steps)


def _claim(case_ids: Sequence[int], at: datetime) -> list[Case]:
    """Lock those of the cases that are still due and that no other tick holds."""
    due = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    resting = Q(set_aside_until__gt=at)
    return list(
        due.filter(~resting, pk__in=case_ids, next_mark_at__lte=at)
        .select_related("company")
        .order_by("pk")
    )


def _steps_in(timelines: Iterable[Timeline]) -> int:
    return sum(entry.kind == "step_fired" for line in timelines for entry in line.added)


def _queue(told: Iterable[tuple[list[Told], Case]], at: datetime) -> None:
    messages = [
        message for notices, case in told for notice in notices for message in queued(notice, case)
    ]
    if messages:
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
