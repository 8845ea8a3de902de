"""Empty the tables as the owner, who alone may. The reserved rows come back: see accounts.apps."""

from django.core.management.base import CommandParser
from django.core.management.commands import flush


class Command(flush.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
