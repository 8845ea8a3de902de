"""What waits in the outbox, what a person has to look at, and what arrived in the demonstration."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Person
from outbox.models import DeliveredMail, OutboxMessage


@dataclass(frozen=True)
class Backlog:
    """The outbox of the whole installation in figures.

    `oldest_due_at` is when the oldest message that is due should have left, in real time, and
    `late_seconds` how long ago that was. Messages between two tries are waiting, but not late.
    """

    waiting: int
    oldest_due_at: datetime | None
    late_seconds: int
    failed: int
    ambiguous: int
    held: int


def tenants_due() -> list[int]:
    """List the ids of the tenants that have a message to send now, in chance order; no locks.

    Needs no tenant. Chance, because in any fixed order the last would starve behind slow servers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_tenants(statement_timestamp())")
        return [row[0] for row in cursor.fetchall()]


def tenants_waiting() -> list[int]:
    """List the ids of the tenants that have any message waiting, due or not. Needs no tenant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_tenants('infinity')")
        return [row[0] for row in cursor.fetchall()]


def backlog() -> Backlog:
    """Count what waits and what needs a person, over all tenants; for the health page.

    Needs no tenant and tells of none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_backlog()")
        return Backlog(*cursor.fetchone())


def oldest_unsent() -> datetime | None:
    """Find since when the oldest due message of all tenants waits, in real time; None if none."""
    return backlog().oldest_due_at


def messages_for_a_person() -> QuerySet[OutboxMessage]:
    """List the tenant's messages that only a person can settle, newest first: `send_again`."""
    stuck = OutboxMessage.objects.filter(state__in=OutboxMessage.FOR_A_PERSON)
    return stuck.select_related("recipient").order_by("-id")


def messages_in(states: Iterable[str], *, to: str = "") -> QuerySet[OutboxMessage]:
    """List the tenant's messages in these states, newest first; `to`: of recipients like that.

    A name or an address, or a part of one.
    """
    found = OutboxMessage.objects.filter(state__in=tuple(states))
    wanted = to.strip()
    if wanted:
        people = Person.objects.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
        found = found.filter(recipient__in=people)
    return found.select_related("recipient").order_by("-pk")


def mailbox(*, limit: int, address: str | None = None) -> list[DeliveredMail]:
    """List the newest delivered e-mails of the tenant, all or those to `address` (any case)."""
    mails = DeliveredMail.objects.order_by("-id")
    if address is not None:
        mails = mails.filter(to_address=address.strip().lower())
    return list(mails[:limit])
