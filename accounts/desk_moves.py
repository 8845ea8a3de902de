"""The moves of desk time, so that what a leap passed over is not told as an outage."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import DeskTime

# Of a demonstration that is moved by the hour this is some days.
KEPT_MOVES = 200

Moves = Sequence[Sequence[int]]


def desk_moves() -> Moves:
    """Read the latest moves, each as the desk time before it and after it, epoch seconds."""
    return DeskTime.objects.values_list("moves", flat=True).get()


def leapt_seconds(moves: Moves, since: datetime, until: datetime) -> int:
    """Count the seconds from `since` to `until` that passed in no time, by moves of the clock."""
    begin, end = int(since.timestamp()), int(until.timestamp())
    return sum(max(min(after, end) - max(before, begin), 0) for before, after in moves)


def kept_moves(moves: Moves, now: datetime, seconds: int) -> list[list[int]]:
    """Put a move that has just brought the clock to `now` to the others."""
    after = int(now.timestamp())
    return [*(list(move) for move in moves), [after - seconds, after]][-KEPT_MOVES:]
