"""The desk's clock, moved as far as a test needs."""

from datetime import datetime

from accounts.desk_moves import kept_moves
from accounts.models import DeskTime
from accounts.tenancy import desk_now


def move_clock_to(moment: datetime) -> None:
    """Move the desk's clock ahead to a moment, in the tenant that is entered.

    In one leap: `move_desk_time` goes a year at a time, four statements each, and most tests of
    pages begin years ahead. What it notes of its steps adds up to the same.
    """
    seconds = int((moment - desk_now()).total_seconds())
    if seconds <= 0:
        return
    clock = DeskTime.objects.get()
    DeskTime.objects.update(
        offset_seconds=clock.offset_seconds + seconds,
        moves=kept_moves(clock.moves, moment, seconds),
    )
