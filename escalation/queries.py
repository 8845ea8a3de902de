"""What the tick has not done yet, over all tenants: counts and moments only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Backlog:
    """One tenant's cases on which a step is due; `oldest_mark_at` is desk time.

    Cases that were set aside wait for their rest to end and are counted apart.
    """

    due: int = 0
    oldest_mark_at: datetime | None = None
    set_aside: int = 0


def tick_backlog() -> dict[int, Backlog]:
    """Count by tenant id what is due and what was set aside; needs no tenant of its own.

    A tenant that owes nothing has an empty backlog, whoever asks for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, due, oldest_mark_at, set_aside FROM tick_backlog()")
        found = {tenant_id: Backlog(*figures) for tenant_id, *figures in cursor.fetchall()}
    return defaultdict(Backlog, found)
