"""Waiting in line for something that has no row of its own."""

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Wait until nobody else has `name`, and have it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
