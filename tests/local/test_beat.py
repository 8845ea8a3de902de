"""Beat orders by seconds that only go forward, and never fills the broker."""

from datetime import UTC, datetime

import pytest

from accounts.pulses import pulses
from supportdesk import beat
from supportdesk.beat import UNREAD_AT_MOST, SteadyScheduler
from supportdesk.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test moves by hand; the wall clock is put back an hour at every look."""
    now = [1000.0]
    monkeypatch.setattr(beat.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(app, "now", lambda: datetime.fromtimestamp(10_000_000 - now[0] * 3600, UTC))
    return now


@pytest.fixture
def unread(monkeypatch):
    """How many orders lie unread."""
    lying = [0]
    monkeypatch.setattr(SteadyScheduler, "_unread", lambda self: lying[0])
    return lying


@pytest.fixture
def scheduler(monkeypatch, clock, unread):
    ordered = []
    monkeypatch.setattr(
        SteadyScheduler, "apply_entry", lambda self, entry, **_: ordered.append(entry.name)
    )
    monkeypatch.setattr(SteadyScheduler, "producer", None)
    schedule = {
        "often": {"task": "escalation.tasks.tick", "schedule": 3.0},
        "seldom": {"task": "jobs.tasks.work_all", "schedule": 5.0},
    }
    monkeypatch.setattr(
        SteadyScheduler, "setup_schedule", lambda self: self.merge_inplace(schedule)
    )
    made = SteadyScheduler(app)
    made.ordered = ordered
    return made


def test_everything_is_ordered_at_once_and_then_in_its_time(scheduler, clock):
    first_wait = scheduler.tick()
    clock[0] += 3.0
    scheduler.tick()
    clock[0] += 2.0
    scheduler.tick()

    assert first_wait == 3.0
    assert sorted(scheduler.ordered[:2]) == ["often", "seldom"]
    assert scheduler.ordered[2:] == ["often", "seldom"]
    assert pulses()["beat"].is_missing is False


def test_nothing_is_ordered_while_orders_lie_unread(scheduler, unread):
    unread[0] = UNREAD_AT_MOST + 1
    wait = scheduler.tick()
    unread[0] = 0
    scheduler.tick()

    assert wait == 1.0
    assert sorted(scheduler.ordered) == ["often", "seldom"]
