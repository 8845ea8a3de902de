"""The demo's commands, and the clock that they are run by."""

from datetime import datetime
from io import StringIO

from django.core.management import call_command

from accounts.queries import operators_tenant
from accounts.tenancy import LONGEST_MOVE_SECONDS, desk_now, move_desk_time, tenant


def said_by(command: str) -> str:
    """Run a command and give what it prints."""
    printed = StringIO()
    call_command(command, stdout=printed)
    return printed.getvalue()


def move_to(moment: datetime) -> None:
    with tenant(operators_tenant()):
        while (seconds := int((moment - desk_now()).total_seconds())) > 0:
            move_desk_time(seconds=min(seconds, LONGEST_MOVE_SECONDS))
