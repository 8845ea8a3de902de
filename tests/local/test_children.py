import json
import os
import signal
import subprocess
import sys
import time

import pytest

from supportdesk.local import children
from supportdesk.local.children import Child, stop_all, stop_left_over
from supportdesk.local.places import REPOSITORY
from supportdesk.local.processes import command_line, wait_until

SUPERVISE = """
import os, time
from pathlib import Path
from supportdesk.local.children import Child

child = Child("sleeper", ["sleep", "60"], Path(os.devnull))
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""
STUBBORN = "trap '' TERM; echo trapped; while :; do sleep 1; done"


@pytest.fixture
def child(tmp_path):
    def make(*command):
        made.append(Child("sleeper", list(command), tmp_path / "log"))
        made[-1].start()
        return made[-1]

    made = []
    yield make
    for one in made:
        one.kill_group()


def test_child_that_dies_is_named_and_started_again(child, monkeypatch):
    monkeypatch.setattr(children, "FIRST_BACK_OFF_SECONDS", 0.0)
    sleeper = child("sleep", "60")
    sleeper.back_off = 0.0
    first = sleeper.process.pid

    quiet = sleeper.tend()
    os.kill(first, signal.SIGKILL)
    sleeper.process.wait()
    named = sleeper.tend()
    sleeper.tend()

    assert quiet is None
    assert named == (f"sleeper was ended by signal 9; starting it again in 0 s, see {sleeper.log}")
    assert sleeper.process.pid != first
    assert not sleeper.is_gone()


def test_back_off_doubles_to_half_a_minute(child, monkeypatch):
    sleeper = child("false")
    pauses = []

    for _death in range(7):
        sleeper.process.wait()
        pauses.append(sleeper.back_off)
        sleeper.tend()
        monkeypatch.setattr(sleeper, "start_again_at", 0.0)
        sleeper.tend()

    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_all_are_stopped_and_the_stubborn_killed(child, monkeypatch):
    monkeypatch.setattr(children, "STOP_SECONDS", 0.3)
    obedient, stubborn = child("sleep", "60"), child("sh", "-c", STUBBORN)
    wait_until(lambda: "trapped" in stubborn.log.read_text(), seconds=5)

    stop_all([obedient, stubborn])

    assert [obedient.process.returncode, stubborn.process.returncode] == [-15, -9]


@pytest.mark.skipif(sys.platform != "linux", reason="macOS stops them at the next start")
def test_children_of_a_killed_supervisor_end():
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    with supervisor:
        pid = int(supervisor.stdout.readline())
        before = command_line(pid)
        supervisor.kill()

    assert before == "sleep 60"
    assert wait_until(lambda: command_line(pid) is None, seconds=5)


def test_left_over_child_is_stopped_and_a_stranger_with_its_pid_is_not(tmp_path):
    record = tmp_path / "children.json"
    left, stranger = (
        subprocess.Popen(["sleep", seconds], start_new_session=True) for seconds in ("60", "61")
    )
    wait_until(lambda: command_line(stranger.pid) == "sleep 61", seconds=5)
    record.write_text(json.dumps({left.pid: ["sleep", "60"], stranger.pid: ["sleep", "60"]}))

    stop_left_over(record)
    endings = [left.wait(5), stranger.poll()]
    stranger.kill()
    stranger.wait()

    assert endings == [-15, None]
    assert not record.exists()


def test_no_record_is_nothing_to_stop(tmp_path):
    began = time.monotonic()

    stop_left_over(tmp_path / "children.json")

    assert time.monotonic() - began < 1
