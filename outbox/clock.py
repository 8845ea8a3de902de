"""The real time of the database, for leases and retries. Everything else goes by desk time."""

from datetime import datetime

from django.db import connection


def real_now() -> datetime:
    """Read the database's own clock, UTC: all deliverers share it, and it does not stand still in a
    transaction as desk time does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
