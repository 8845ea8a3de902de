"""The daily work: what has to be done because time has passed, not because somebody acted.

Tasks are registered by the modules that know them. Each is idempotent, for it is called about once
an hour; each has a transaction of its own, so that the errors of one do not stop the others.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from accounts.queries import operators_tenant, vendors
from accounts.tenancy import current_tenant_id, desk_now, tenant

log = logging.getLogger(__name__)

# By the desk's clock: a day ends at another hour in every zone.
REST = timedelta(hours=1)

DailyTask = Callable[[datetime], object]

_tasks: dict[str, DailyTask] = {}
_kept_at: dict[int, datetime] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tasks were done, and the names of those that failed."""

    done: int = 0
    failed: tuple[str, ...] = ()

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.done + other.done, self.failed + other.failed)


def register_daily(name: str, task: DailyTask) -> None:
    """Have `task(at)` called inside each tenant about once an hour; from `AppConfig.ready`, once.

    It must be harmless to repeat. Tasks are done in the order of their registration. Raises
    ValueError when the name is taken.
    """
    if name in _tasks:
        raise ValueError(f"the daily task {name!r} is registered already")
    _tasks[name] = task


def daily_tasks() -> tuple[str, ...]:
    """Name the registered tasks, in their order."""
    return tuple(_tasks)


def run_daily(at: datetime) -> Kept:
    """Do every daily task of the entered tenant, each in a savepoint of its own."""
    return sum((_run(name, at) for name in daily_tasks()), Kept())


def keep_tenant(tenant_id: int) -> Kept:
    """Do every daily task of a tenant, each in a transaction of its own. Not inside of another."""
    total = Kept()
    for name in daily_tasks():
        with tenant(tenant_id) as at:
            total += _run(name, at)
    return total


def keep_all() -> Kept:
    """Do the daily work of all vendors now. Not inside a transaction."""
    return sum((keep_tenant(vendor.pk) for vendor in vendors()), Kept())


def keep_due() -> Kept:
    """Do the daily work of the vendors that it was not done for in the last hour of desk time."""
    total = Kept()
    with tenant(operators_tenant()):
        at = desk_now()
        waiting = [one.pk for one in vendors() if _kept_at.get(one.pk, at - REST) <= at - REST]
    for tenant_id in waiting:
        total += keep_tenant(tenant_id)
        _kept_at[tenant_id] = at
    return total


def _run(name: str, at: datetime) -> Kept:
    try:
        with transaction.atomic():
            _tasks[name](at)
    except SoftTimeLimitExceeded:  # the worker's time is over; the task has done nothing
        raise
    # What is wrong with one task must not keep the others from being done.
    except Exception:
        log.exception("daily task %s of tenant %s failed", name, current_tenant_id())
        return Kept(failed=(name,))
    return Kept(done=1)
