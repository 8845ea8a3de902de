"""The installation in figures, for Prometheus, read from the rows when they are asked for."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.pulses import pulses
from escalation.queries import tick_backlog
from outbox.queries import backlog
from tickets.overdue import overdue_answers


class DeskCollector(Collector):
    """Ages in seconds and counts over all vendors; no vendor is named."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _pulses()
        yield from _cases()
        yield from _outbox()

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # else registering asks the database


def _pulses() -> Iterator[GaugeMetricFamily]:
    age = GaugeMetricFamily(
        "supportdesk_pulse_age_seconds",
        "Seconds since a part of the desk was last seen at work",
        labels=["part"],
    )
    missing = GaugeMetricFamily(
        "supportdesk_part_missing", "1 while a part of the desk is missing", labels=["part"]
    )
    for name, pulse in sorted(pulses().items()):
        if pulse.seconds is not None:
            age.add_metric([name], pulse.seconds)
        missing.add_metric([name], int(pulse.is_missing))
    yield age
    yield missing


def _cases() -> Iterator[GaugeMetricFamily]:
    waiting = tick_backlog().values()
    oldest = min((one.oldest_mark_at for one in waiting if one.oldest_mark_at), default=None)
    yield _gauge("due_cases", "Cases on which a step is due", sum(one.due for one in waiting))
    yield _gauge("oldest_due_seconds", "For how long the oldest step is due", _age(oldest))
    yield _gauge(
        "cases_set_aside", "Cases set aside after an error", sum(one.set_aside for one in waiting)
    )


def _outbox() -> Iterator[GaugeMetricFamily]:
    waits = backlog()
    yield _gauge("outbox_waiting", "Messages that wait to be sent", waits.waiting)
    yield _gauge("outbox_oldest_seconds", "For how long the oldest waits", waits.late_seconds)
    stuck = waits.failed + waits.ambiguous + waits.held
    yield _gauge("outbox_for_a_person", "Messages that a person has to settle", stuck)
    words = "Answers of agents that should have been sent by now"
    yield _gauge("overdue_answers", words, overdue_answers())


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"supportdesk_{name}", words, value=value)


def _age(since: datetime | None) -> float:
    """Count the seconds of desk time since a moment of desk time; 0 where there is none."""
    if since is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM desk_now() - %s)", [since])
        return max(float(cursor.fetchone()[0]), 0)
