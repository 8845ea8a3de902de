"""The only way into a tenant's data, and the desk's only clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TypeVar

from celery import Task
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from accounts.desk_moves import kept_moves
from accounts.errors import CannotMoveDeskTime, DeskTimeOnlyMovesForward
from accounts.models import DeskTime, Tenant

# Enough to watch a case through any policy, and far from the end of the database's calendar.
LONGEST_MOVE_SECONDS = int(timedelta(days=366).total_seconds())

Chunk = TypeVar("Chunk")

_entered: ContextVar[int | None] = ContextVar("entered_tenant_id", default=None)


class TenancyError(RuntimeError):
    """The code entered a second tenant, or reached for tenant data outside of one."""


@contextmanager
def tenant(entered: Tenant | int) -> Iterator[datetime]:
    """Enter a tenant: one transaction in which only its rows exist. Yields desk time, in UTC.

    Opens the outermost transaction itself and commits it at the end. Inside the same tenant it
    nests and changes nothing. Raises TenancyError inside another tenant, RuntimeError inside a
    transaction that somebody else opened.
    """
    tenant_id = entered.pk if isinstance(entered, Tenant) else entered
    outer = _entered.get()
    if outer is not None:
        if outer != tenant_id:
            raise TenancyError(f"tenant {tenant_id} cannot be entered from inside tenant {outer}")
        yield desk_now()
        return
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(durable=True):
        at = _set_tenant(str(tenant_id))
        token = _entered.set(tenant_id)
        try:
            with scope(tenant=tenant_id):
                yield at
        finally:
            _entered.reset(token)
        # A SET LOCAL ends with its transaction but outlives savepoints, and in tests this is one.
        # When it is to be rolled back, that restores the setting and no statement is allowed.
        if not is_outermost and not connection.needs_rollback:
            _set_tenant("")


def current_tenant_id() -> int:
    """Name the tenant that is entered. Raises TenancyError outside of one."""
    tenant_id = _entered.get()
    if tenant_id is None:
        raise TenancyError("no tenant is entered: use accounts.tenancy.tenant()")
    return tenant_id


def desk_now() -> datetime:
    """Read the desk's clock: when this transaction began, in whole seconds, UTC, plus the offset.

    Raises TenancyError outside of a tenant.
    """
    current_tenant_id()
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_now()")
        return cursor.fetchone()[0]


def stream_in_tenant(
    entered: Tenant | int, chunks: Callable[[], Iterator[Chunk]]
) -> Iterator[Chunk]:
    """Produce a streaming response's chunks in an entry of its own, in the language of the request.

    The request's have ended by the time that the server asks for the first chunk. `chunks` must not
    have asked for any row before it is called.
    """
    language = translation.get_language()

    def entering() -> Iterator[Chunk]:
        with tenant(entered), translation.override(language):
            yield from chunks()

    return entering()


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Begin every cache key with the tenant. Raises TenancyError outside of one."""
    return f"{current_tenant_id()}:{key_prefix}:{version}:{key}"


class TenantTask(Task):
    """A task whose first argument is the tenant's id, which is entered around `run`."""

    abstract = True

    def __call__(self, tenant_id: int, *args: object, **kwargs: object) -> object:
        with tenant(tenant_id):
            return self.run(tenant_id, *args, **kwargs)


@transaction.atomic
def move_desk_time(*, seconds: int) -> datetime:
    """Move the whole installation's desk time forward and return the new time. Demonstrations only.

    Raises CannotMoveDeskTime or DeskTimeOnlyMovesForward. Locks the clock's row.
    """
    if not settings.DEMO:
        raise CannotMoveDeskTime
    if seconds <= 0:
        raise DeskTimeOnlyMovesForward(field="seconds")
    if seconds > LONGEST_MOVE_SECONDS:
        raise CannotMoveDeskTime(
            _("Desk time can be moved by at most %(days)d days at a time."),
            field="seconds",
            days=LONGEST_MOVE_SECONDS // 86_400,
        )
    DeskTime.objects.update(offset_seconds=F("offset_seconds") + seconds)
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_now()")
        now = cursor.fetchone()[0]
    # The row is locked by now: no move of another gets lost.
    clock = DeskTime.objects.get()
    clock.moves = kept_moves(clock.moves, now, seconds)
    clock.save(update_fields=["moves"])
    return now


def refuse_powerful_role() -> None:
    """Raise ImproperlyConfigured when row-level security would not bind this connection's role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class"
            "  WHERE relrowsecurity AND pg_has_role(current_user, relowner, 'MEMBER'))"
            " FROM pg_roles WHERE rolname = current_user"
        )
        role, is_superuser, bypasses, owns = cursor.fetchone()
    if is_superuser or bypasses or owns:
        power = (
            "is a superuser"
            if is_superuser
            else "may bypass policies"
            if bypasses
            else "owns tables"
        )
        raise ImproperlyConfigured(
            f"The database role {role} {power}, so vendors would not be kept apart. "
            "Let DATABASE_URL name the app role (supportdesk_app), MIGRATE_DATABASE_URL the owner."
        )


def _set_tenant(value: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_now(), set_config('app.tenant', %s, true)", [value])
        return cursor.fetchone()[0]
