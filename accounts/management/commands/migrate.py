"""Migrate as the owner, who alone may; what it makes, the app role may use."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.state import ProjectState
from django.db.utils import ProgrammingError

from accounts.walls import APP_ROLE


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        grant_app_rights(options["database"])
        with reloading_one_by_one():
            return super().handle(*args, **options)


@contextmanager
def reloading_one_by_one() -> Iterator[None]:
    """Let a small change of a model render that model anew, and not all that it is related to.

    Every model of ours is related to the vendor, so Django rendered nearly all of them after each
    of some 400 operations: most of a migration's time. What is out of date then says so
    (`is_delayed`), and is rendered whole before the next step that runs Python.
    """

    def reload_model(
        state: ProjectState, app_label: str, model_name: str, delay: bool = False
    ) -> None:
        if "apps" in state.__dict__:
            state.is_delayed = True
            state._reload({(app_label, model_name)})

    with patch.object(ProjectState, "reload_model", reload_model):
        yield


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
