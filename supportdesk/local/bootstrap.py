"""The roles and the database of a fresh cluster. The same SQL serves compose and own servers."""

from pathlib import Path

from supportdesk.local.postgres import Server

DATABASE = "supportdesk"
OWNER = "supportdesk_owner"
ROLES = Path(__file__).with_name("sql") / "roles.sql"


def bootstrap(server: Server) -> None:
    """Make the roles and the database unless they are there; the database comes last.

    The app role's rights come with the migrations (`manage.py migrate`), in every database anew.
    """
    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(ROLES.read_text())
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    finally:
        connection.close()
