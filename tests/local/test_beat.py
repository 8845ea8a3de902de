"""Beat orders by seconds that only go forward, and never fills the broker."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from accounts.pulses import pulses
from supportdesk import beat
from supportdesk.beat import UNREAD_AT_MOST, SteadyScheduler
from supportdesk.celery import app
from supportdesk.local.broker import answers, redis_server
from supportdesk.local.processes import wait_until

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
    monkeypatch.setattr(SteadyScheduler, "_unread", lambda self, _broker: lying[0])
    return lying


@pytest.fixture
def scheduler(monkeypatch, clock, unread, planned):
    ordered = []
    monkeypatch.setattr(
        SteadyScheduler, "apply_entry", lambda self, entry, **_: ordered.append(entry.name)
    )
    made = SteadyScheduler(app)
    made.ordered = ordered
    return made


@pytest.fixture
def planned(monkeypatch):
    schedule = {
        "often": {"task": "escalation.tasks.tick", "schedule": 3.0},
        "seldom": {"task": "jobs.tasks.work_all", "schedule": 5.0},
    }
    monkeypatch.setattr(
        SteadyScheduler, "setup_schedule", lambda self: self.merge_inplace(schedule)
    )


class Redis:
    """A broker of the test's own, which comes and goes."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(
            [str(redis_server()), *options, "--dir", str(self.socket.parent)],
            stdout=subprocess.DEVNULL,
        )
        assert wait_until(lambda: answers(self.socket), seconds=20)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None


@pytest.fixture
def broker(monkeypatch) -> Iterator[Redis]:
    # Not below pytest's own folder: the path of a socket is short.
    with TemporaryDirectory() as folder:
        broker = Redis(Path(folder) / "redis")
        monkeypatch.setattr(app.conf, "broker_url", f"redis+socket://{broker.socket}")
        yield broker
        broker.stop()


def orders_lying() -> int:
    with app.connection_for_read() as reader:
        return reader.default_channel._size(app.conf.task_default_queue)


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


def test_broker_may_be_away_and_come_back_as_often_as_it_likes(planned, clock, broker):
    scheduler = SteadyScheduler(app)
    waits, lying, lives = [], [], []
    for is_there in (False, True, False, False, True):
        broker.start() if is_there else broker.stop()
        clock[0] += 5.0
        waits.append(scheduler.tick())
        lying.append(orders_lying() if is_there else None)
        lives.append("beat" in pulses())

    assert waits == [1.0, 3.0, 1.0, 1.0, 3.0]
    # It keeps nothing on its disk, so the second time it begins without an order.
    assert lying == [None, 2, None, None, 2]
    assert lives == [False, True, True, True, True]
