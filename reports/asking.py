"""Statements that read much at once."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

# Two years of entries are sorted in memory, and sums are not worth a compilation. Until the end of
# the transaction, that is of the page.
ROOM = "SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)"


def ask(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Read all rows of a statement, with room to sort."""
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
        cursor.execute(sql, given)
        return cursor.fetchall()
