import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from supportdesk.local import embedded
from supportdesk.local.places import REPOSITORY, places, shelter_for
from supportdesk.local.processes import wait_until
from tests.local.servers import keeper_pids, postmaster_pids

HOLD = """
import sys
from supportdesk.local import embedded

embedded.LINGER_SECONDS = 0.2
embedded.ensure()
print("ready", flush=True)
sys.stdin.read()
"""


class Holder:
    """A process that uses the embedded database until it is told to leave, or killed."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def leave(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.leave()


@pytest.fixture
def state(monkeypatch):
    """A state directory of its own, short and open enough that nothing has to move to a shelter."""
    with fresh_state(monkeypatch) as where:
        yield where


@pytest.fixture(scope="module")
def server():
    """A running server for the tests of a module that only look at it."""
    with pytest.MonkeyPatch.context() as patch, fresh_state(patch) as where:
        embedded.ensure()
        yield where


@contextmanager
def fresh_state(monkeypatch):
    directory = Path(tempfile.mkdtemp(prefix="sd-", dir="/tmp"))
    directory.chmod(0o711)
    use_state(monkeypatch, directory)
    try:
        yield places()
    finally:
        stop_whatever_runs()
        shutil.rmtree(directory)


@pytest.fixture
def deep_state(monkeypatch, tmp_path):
    """A state directory whose path no socket can have, and that others than root cannot enter."""
    directory = tmp_path / ("directory, " * 12) / "state"
    use_state(monkeypatch, directory)
    yield places()
    stop_whatever_runs()
    shutil.rmtree(shelter_for(str(directory)))


def use_state(monkeypatch, directory):
    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPPORTDESK_STATE_DIR", str(directory))


def stop_whatever_runs():
    embedded.leave()
    for pid in keeper_pids():
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not postmaster_pids() and not keeper_pids(), seconds=20)


@pytest.fixture
def hold(state):
    """Start holders of the lease; those still there at the end are killed."""
    holders = []

    def start():
        holders.append(Holder())
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()
