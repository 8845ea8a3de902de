#!/usr/bin/env python
"""Django's command line, on the embedded database when no DATABASE_URL is set."""

import os
import sys

from django.core.management import execute_from_command_line

from supportdesk.local import embedded
from supportdesk.local.errors import LocalError

# These never open a connection. Any other command gets the database, whether it needs it or not.
WITHOUT_DATABASE = {
    "--version", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help",
    "makemessages", "startapp", "startproject", "version",
}  # fmt: skip
# These look at the schema as it is, or make one of their own.
WITHOUT_MIGRATING = {
    "check", "makemigrations", "migrate", "optimizemigration", "showmigrations", "sqlmigrate",
    "squashmigrations", "test",
}  # fmt: skip


def needs_database(arguments: list[str]) -> bool:
    if not arguments or arguments[0] in WITHOUT_DATABASE:
        return False
    return not {"-h", "--help"} & set(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    arguments = sys.argv[1:]
    if needs_database(arguments):
        try:
            embedded.ensure(migrate=arguments[0] not in WITHOUT_MIGRATING)
        except LocalError as error:
            sys.exit(f"manage.py: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
