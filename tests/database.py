"""The test database: the owner makes, migrates and empties it, tests connect as the app role."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import setup_databases, teardown_databases

from accounts.apps import restore_reserved_rows
from supportdesk.local.schema import schema_fingerprint


@contextmanager
def own_database(*, reuse: bool, fresh: bool) -> Iterator[None]:
    """Have a migrated, empty database that no other run uses.

    With `reuse` it is left for the next run, which takes it if the migrations are the same.
    """
    owner = connections["owner"]
    server = connect_to_server(owner)
    name = claim_name(owner, server)
    keep = reuse and not fresh and comment_on(server, name) == recipe()
    made = setup_databases(
        verbosity=0, interactive=False, aliases={"owner"}, serialized_aliases=set(), keepdb=keep
    )
    if keep:  # a run that was killed may have left rows
        call_command("flush", verbosity=0, interactive=False)
    with server.cursor() as cursor:
        database = owner.ops.quote_name(name)
        cursor.execute(f"COMMENT ON DATABASE {database} IS '{recipe()}'")
        # Nobody misses the last moments of a test database that a crash took.
        cursor.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
    yield
    for connection in connections.all():
        connection.close()
    if not reuse:
        teardown_databases(made, verbosity=0)
    server.close()


# What stands in the tables between tests: the statement that puts rows back, and these as JSON.
_standing: dict[str, str] = {}
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def remember_standing_rows() -> None:
    """Note what is there now, so that `empty_tables` leaves just that."""
    if not settings.EMBEDDED:
        return
    with _as_superuser() as cursor:
        for table in _filled(cursor):
            cursor.execute(f'SELECT json_agg(row)::text FROM "{table}" AS row')
            rows, columns = cursor.fetchone()[0], _written_columns(cursor, table)
            put = (
                f'INSERT INTO "{table}" ({columns}) SELECT {columns}'
                f' FROM json_populate_recordset(NULL::"{table}", %s)'
            )
            _standing[put] = rows


def empty_tables() -> None:
    """Leave the rows that stood there before the first test, after one that has committed.

    A flush empties all tables and makes the permissions anew, in 0.4 s; this takes some
    milliseconds. Insert-only tables refuse their owner, so the server's own superuser does it;
    where there is none we flush after all, and every later test makes its twins.
    """
    if not settings.EMBEDDED:
        # Keys are given once in a run: `tests.packs` puts rows back with theirs.
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        return
    with _as_superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in _filled(cursor):
            cursor.execute(f'DELETE FROM "{table}"')
        for put, rows in _standing.items():
            cursor.execute(put, [rows])
    restore_reserved_rows(using="owner")


@contextmanager
def _as_superuser() -> Iterator["psycopg2.extensions.cursor"]:
    owner = connections["owner"].get_connection_params()
    superuser = psycopg2.connect(**(owner | {"user": "postgres"}))
    with superuser, superuser.cursor() as cursor:
        yield cursor
    superuser.close()


def _written_columns(cursor, table: str) -> str:
    """List a table's columns but for those that the database computes."""
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    return cursor.fetchone()[0]


def _filled(cursor) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = [name for (name,) in cursor.fetchall() if name not in KEPT]
    asked = (f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in tables)
    cursor.execute(" UNION ALL ".join(asked))
    return [name for (name,) in cursor.fetchall()]


def connect_to_server(owner: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    return owner.__class__({**owner.settings_dict, "NAME": "postgres"}, alias="server")


def claim_name(owner: BaseDatabaseWrapper, server: BaseDatabaseWrapper) -> str:
    """Take the first name that no other run is using; the lock goes with the connection."""
    wanted = owner.creation._get_test_db_name()
    for number in count(1):
        name = wanted if number == 1 else f"{wanted}_{number}"
        with server.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
            if cursor.fetchone()[0]:
                owner.settings_dict["TEST"]["NAME"] = name
                return name
    raise AssertionError


def recipe() -> str:
    """Digest what the schema is made from: the migrations, and the operations that they use."""
    walls = (settings.BASE_DIR / "accounts" / "walls.py").read_bytes()
    return hashlib.sha256(schema_fingerprint().encode() + walls).hexdigest()


def comment_on(server: BaseDatabaseWrapper, name: str) -> str | None:
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        found = cursor.fetchone()
    return found[0] if found else None
