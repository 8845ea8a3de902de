"""Migrate as the owner, who alone may; what it makes, the app role may use."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.utils import ProgrammingError

from accounts.walls import APP_ROLE


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        grant_app_rights(options["database"])
        return super().handle(*args, **options)


def grant_app_rights(database: str) -> None:
    """Let the app role use whatever this role will make in this database; a repeat changes nothing.

    Default privileges belong to one database, and each test run has one of its own.
    """
    rights = {
        "SELECT, INSERT, UPDATE, DELETE": "TABLES",
        "USAGE, SELECT": "SEQUENCES",
        "EXECUTE": "FUNCTIONS",
    }
    try:
        with connections[database].cursor() as cursor:
            for right, objects in rights.items():
                cursor.execute(f"ALTER DEFAULT PRIVILEGES GRANT {right} ON {objects} TO {APP_ROLE}")
    except ProgrammingError as error:
        raise CommandError(
            f"The database has no role {APP_ROLE}, which the web and the workers use: "
            "let a superuser run supportdesk/local/sql/roles.sql first."
        ) from error
