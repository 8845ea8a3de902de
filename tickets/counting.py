"""How many cases are in each of several lists of the queue, in one statement that is written once.

The ORM takes longer to write the SQL of fifteen views than the server to count them, and writes
the same each time but for who asks and when. So it writes for SOMEBODY and SOME_TIME, whom and
which there never are, and their values are replaced. What is kept is known by all that it was
written from: the tenant, the address, and what the policy has dispatchers watch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from sla.engine.policy import Policy
from sla.queries import current_policy
from tickets.filters import Address, address_of, narrowed_by
from tickets.models import Case
from tickets.queries import closed_to
from tickets.queue import LONG, MOST_COUNTED, end_of_day, queue_filters, watched_levels

SOMEBODY = Person(pk=-8_123_456_789_012_345_678, role="agent", time_zone="UTC")
SOME_TIME = datetime(2345, 6, 7, 8, 9, 10, tzinfo=UTC)
# What stands for the keys of the cases that are closed to who asks, and for the end of a count.
# Objects of their own: no words that somebody looks for are the same as these.
SOME_CASES, SO_MANY = object(), object()
NEAR = timedelta(days=400)
LAST_ENTRY = "(SELECT max(id) FROM tickets_caseevent WHERE tenant_id = %s)"

Levels = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Figures:
    """How many cases each list has, MOST_COUNTED + 1 for any more; the last entry of any case."""

    counts: dict[str, int]
    last_entry: int


@dataclass(frozen=True)
class _Written:
    """The SQL of one count, and its values; some of them stand for who asks and when."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class _Ground:
    """What the SQL of a list is written from, beside the address; a policy counts by its levels."""

    tenant_id: int
    is_closed: bool
    levels: Levels
    policy: Policy = field(compare=False)


def queue_counts(person: Person, at: datetime) -> dict[str, int]:
    """Count every view of the queue, as `figures_of` does."""
    policy = current_policy(at).policy
    views = {view: Address(view) for view in queue_filters(person, at, policy)}
    return figures_of(person, views, at, policy).counts


def figures_of(
    person: Person,
    addresses: Mapping[str, Address],
    at: datetime,
    policy: Policy,
    closed: Sequence[int] | None = None,
) -> Figures:
    """Count the lists that some addresses name, of the desk's; a view that there is not has none.

    `closed` is what `closed_to` gives, where it is at hand.
    """
    keys = closed_to(person) if closed is None else closed
    ground = _Ground(current_tenant_id(), bool(keys), watched_levels(policy), policy)
    parts = [_written(address.query, ground) for address in addresses.values()]
    values = _values(person, at, keys)
    given = [values.get(value, value) for part in parts for value in part.values]
    asked = ", ".join([*(part.sql for part in parts), LAST_ENTRY])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", [*given, ground.tenant_id])
        *counts, last = cursor.fetchone()
    return Figures(dict(zip(addresses, counts, strict=True)), last or 0)


@lru_cache(maxsize=4096)
def _written(query: str, ground: _Ground) -> _Written:
    address = address_of(query)
    condition = queue_filters(SOMEBODY, SOME_TIME, ground.policy).get(address.view)
    if condition is None:
        return _Written("0", ())
    cases = Case.objects.filter(condition).filter(narrowed_by(address.filters, SOMEBODY))
    if ground.is_closed:
        cases = cases.extra(where=["tickets_case.id <> ALL(%s)"], params=[SOME_CASES])  # noqa: S610
    return _count_of(cases)


def _count_of(cases: QuerySet[Case]) -> _Written:
    try:
        statement, values = cases.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return _Written("0", ())
    known = _values(SOMEBODY, SOME_TIME, ())
    for value in values:
        if isinstance(value, datetime) and abs(value - SOME_TIME) < NEAR and value not in known:
            raise ValueError(f"a list asks for a moment that is not replaced: {value}")
    counted = f"(SELECT count(*) FROM ({statement} LIMIT %s) counted)"
    return _Written(counted, (*values, SO_MANY))


def _values(person: Person, at: datetime, closed: Sequence[int]) -> dict[object, object]:
    """Map what stands for who asks and when to what it is; the moments are all that views know."""
    return {
        SOMEBODY.pk: person.pk,
        SOME_TIME: at,
        SOME_TIME - LONG: at - LONG,
        end_of_day(SOMEBODY, SOME_TIME): end_of_day(person, at),
        SOME_CASES: list(closed),
        SO_MANY: MOST_COUNTED + 1,
    }
