"""The roles and the database of a fresh cluster. The same SQL serves compose and own servers."""

from pathlib import Path

from supportdesk.local.postgres import Server

DATABASE = "supportdesk"
OWNER = "supportdesk_owner"
APP = "supportdesk_app"
SQL = Path(__file__).with_name("sql")


def bootstrap(server: Server) -> None:
    """Make the roles, their default privileges and the database, unless all is there.

    The database comes last and is copied from template1, which holds the privileges; so do all
    databases that the owner makes for tests.
    """
    with_postgres = server.connect()
    try:
        with with_postgres.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone():
                return
            cursor.execute((SQL / "roles.sql").read_text())
            _grant_in_template(server)
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    finally:
        with_postgres.close()


def _grant_in_template(server: Server) -> None:
    template = server.connect("template1")
    try:
        with template.cursor() as cursor:
            cursor.execute((SQL / "grants.sql").read_text())
    finally:
        template.close()
