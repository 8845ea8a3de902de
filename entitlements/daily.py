"""The daily work: what has to be done because time has passed, not because somebody acted.

Tasks are registered by the modules that know them. Each is idempotent, for it is called about once
an hour; each has a transaction of its own, so that the errors of one do not stop the others.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from accounts.tenancy import current_tenant_id, tenant
from entitlements.daily_models import DailyRun

log = logging.getLogger(__name__)

# By the desk's clock: a day ends at another hour in every zone. `tenants_to_keep` has it as well.
REST = timedelta(hours=1)
# In place of a task's name: all of them.
ROUND = ""

DailyTask = Callable[[datetime], object]

_tasks: dict[str, DailyTask] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tasks were done, and the names of those that failed."""

    done: int = 0
    failed: tuple[str, ...] = ()

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.done + other.done, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class DailyState:
    """When a vendor's daily work was begun last (desk time), and the tasks that failed in it."""

    ran_at: datetime | None
    failed: tuple[str, ...]


def register_daily(name: str, task: DailyTask) -> None:
    """Have `task(at)` called inside each tenant about once an hour; from `AppConfig.ready`, once.

    It must be harmless to repeat. Tasks are done in the order of their registration. Raises
    ValueError when the name is taken.
    """
    if not name or name in _tasks:
        raise ValueError(f"the daily task {name!r} has no name or is registered already")
    _tasks[name] = task


def daily_tasks() -> tuple[str, ...]:
    """Name the registered tasks, in their order."""
    return tuple(_tasks)


def keep_tenant(tenant_id: int) -> Kept:
    """Do every daily task of a tenant, each in a transaction of its own. Not inside of another."""
    with tenant(tenant_id) as at:
        _note(ROUND, at, None)
    return _round(tenant_id)


def keep_due() -> Kept:
    """Do the daily work of the vendors that it was not done for in the last hour of desk time.

    Any number may run at once: a round is claimed by whoever comes first. Not inside a transaction.
    """
    return sum((_round(tenant_id) for tenant_id in _to_keep() if _claim(tenant_id)), Kept())


def daily_states() -> dict[int, DailyState]:
    """Map tenant ids to their last rounds; needs no tenant of its own (a definer function)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, ran_at, failed FROM daily_states()")
        rows = cursor.fetchall()
    return {tenant_id: DailyState(ran_at, tuple(failed)) for tenant_id, ran_at, failed in rows}


def _to_keep() -> list[int]:
    """List the tenants whose turn it is, without locks (a definer function)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM tenants_to_keep()")
        return [tenant_id for (tenant_id,) in cursor.fetchall()]


def _claim(tenant_id: int) -> bool:
    with tenant(tenant_id) as at:
        before = DailyRun.objects.filter(name=ROUND, ran_at__lte=at - REST)
        first = DailyRun(tenant_id=tenant_id, name=ROUND, ran_at=at - REST)
        DailyRun.objects.bulk_create([first], ignore_conflicts=True)
        return before.update(ran_at=at) == 1


def _round(tenant_id: int) -> Kept:
    total = Kept()
    for name in daily_tasks():
        with tenant(tenant_id) as at:
            total += _run(name, at)
    return total


def _run(name: str, at: datetime) -> Kept:
    try:
        with transaction.atomic():
            _tasks[name](at)
    except SoftTimeLimitExceeded:  # the worker's time is over; the task has done nothing
        raise
    # What is wrong with one task must not keep the others from being done.
    except Exception as error:
        log.exception("daily task %s of tenant %s failed", name, current_tenant_id())
        _note(name, at, error)
        return Kept(failed=(name,))
    _note(name, at, None)
    return Kept(done=1)


def _note(name: str, at: datetime, error: Exception | None) -> None:
    run = DailyRun(
        tenant_id=current_tenant_id(),
        name=name,
        ran_at=at,
        failed_at=at if error else None,
        why=f"{type(error).__name__}: {error}"[:500] if error else "",
    )
    DailyRun.objects.bulk_create(
        [run],
        update_conflicts=True,
        unique_fields=["tenant", "name"],
        update_fields=["ran_at", "failed_at", "why"],
    )
