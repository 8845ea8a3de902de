"""The receipt: why is it due then?"""

from dataclasses import dataclass

from sla.engine.calendar import Calendar, Instant, Pause
from sla.engine.target import Promise, Target


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a receipt.

    `why`: "open" (counted) | "waiting" (paused, open or not) | "closed" | "scheduled" (the wait for
    an agreed time; only before a scheduled target's time).
    `reasons` (closed only), in order of appearance: before_hours, evening (after the day's last
    closing), between (two shifts), weekend (the weekly pattern leaves the date closed), holiday,
    exception. `names`: of the holidays and exceptions in it.
    `window` (open only): (weekday 0-6, start_second, end_second) of the local window; None = round
    the clock (elapsed time, or a calendar that never closes).
    """

    start: Instant
    end: Instant
    counted_seconds: int
    why: str
    reasons: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    window: tuple[int, int, int] | None = None
    zone: str = "UTC"


def receipt(
    calendar: Calendar | None,
    target: Target,
    promise: Promise,
    opened_at: Instant,
    pauses: tuple[Pause, ...] = (),
) -> tuple[Interval, ...]:
    """Explain a promise by intervals that join up from `opened_at` to its `due_at`.

    Their counted seconds add up to `need_seconds`. Empty without a due time.
    """
    raise ValueError
