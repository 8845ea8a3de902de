"""When each part of the desk was last seen at work, in real time, over the whole installation.

A part says that it lives by having done its work: the row of `tick` is written when a tick has
come to its end, ordered by beat, carried by the broker, done by a worker, written by the database.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

TICK, DELIVER, KEEP, WORK, BEAT = "tick", "deliver", "keep", "work", "beat"
WEBHOOKS = "webhooks"
# After so many seconds without a sign of it a part counts as missing. A pass of the outbox may take
# twenty seconds of a worker, a part of long work sixty.
MISSING_AFTER_SECONDS = {TICK: 60, BEAT: 60, DELIVER: 120, WEBHOOKS: 120, KEEP: 180, WORK: 180}
STALLED_AFTER_SECONDS = 60
# Of a part that only a newer release has.
OTHERS_MISSING_AFTER_SECONDS = 180
# Who claims an alarm and does not tell within so many seconds has died over it.
CLAIM_SECONDS = 60
# Where there is no broker, loops do without beat.
NEEDED = (TICK, DELIVER)

SAY = """
    INSERT INTO accounts_pulse (name, done_at) VALUES (%s, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET done_at = clock_timestamp()
"""
READ = """
    SELECT name, done_at, extract(epoch FROM clock_timestamp() - done_at)::int
    FROM accounts_pulse WHERE done_at IS NOT NULL
"""
# A part that was never seen has no row yet: an alarm about it makes one.
ALARM = """
    INSERT INTO accounts_pulse AS pulse (name, alarmed_at) VALUES (%s, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET alarmed_at = clock_timestamp(), told_at = NULL
    WHERE pulse.alarmed_at IS NULL OR (pulse.told_at IS NULL
        AND pulse.alarmed_at < clock_timestamp() - make_interval(secs => %s))
"""
TOLD = """
    UPDATE accounts_pulse SET told_at = clock_timestamp()
    WHERE name = %s AND alarmed_at IS NOT NULL
"""
ALL_CLEAR = """
    UPDATE accounts_pulse SET alarmed_at = NULL, told_at = NULL
    WHERE name = %s AND alarmed_at IS NOT NULL
"""


@dataclass(frozen=True)
class Pulse:
    """One part: when it was last seen at work, and how many seconds ago; None = never."""

    name: str
    done_at: datetime | None = None
    seconds: int | None = None

    @property
    def is_missing(self) -> bool:
        most = MISSING_AFTER_SECONDS.get(self.name, OTHERS_MISSING_AFTER_SECONDS)
        return self.seconds is None or self.seconds > most

    @property
    def is_stalled(self) -> bool:
        """Tell whether nothing was seen of it for a minute, though that may still be work."""
        return not self.is_missing and (self.seconds or 0) > STALLED_AFTER_SECONDS


def say(name: str) -> None:
    """Write down that a part has just done its work. Needs no tenant."""
    with connection.cursor() as cursor:
        cursor.execute(SAY, [name])


def pulses() -> dict[str, Pulse]:
    """Read all parts that are needed or were ever seen, in one statement. Needs no tenant."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        seen = {name: Pulse(name, *rest) for name, *rest in cursor.fetchall()}
    return {name: Pulse(name) for name in NEEDED} | seen


def claim_alarm(name: str) -> bool:
    """Take it upon oneself to tell that a part is missing; only one asker is told yes.

    Whoever has told calls `confirm_alarm`; without that another is told yes after a minute.
    """
    return _changes_a_row(ALARM, name, CLAIM_SECONDS)


def confirm_alarm(name: str) -> None:
    """Write down that the alarm about a part has left."""
    _changes_a_row(TOLD, name)


def claim_all_clear(name: str) -> bool:
    """Take it upon oneself to tell that a part is back; only one asker is told yes."""
    return _changes_a_row(ALL_CLEAR, name)


def _changes_a_row(statement: str, *given: str | int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.rowcount == 1
