import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from supportdesk.local import embedded
from supportdesk.local.locks import Lock
from supportdesk.local.places import REPOSITORY
from supportdesk.local.processes import command_line, wait_until
from tests.local.servers import keeper_pids, postmaster_pids, query

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")

COME_AND_GO = """
import random, sys, time
import psycopg2
from supportdesk.local import embedded

embedded.LINGER_SECONDS = 0.0
for _round in range(int(sys.argv[1])):
    embedded.ensure()
    connection = psycopg2.connect(embedded.urls()["DATABASE_URL"])
    connection.cursor().execute("SELECT pg_sleep(%s)", [random.random() / 50])
    connection.close()
    embedded.leave()
    time.sleep(random.random() / 4)
"""


def test_two_commands_share_one_server_and_the_last_stops_it(hold):
    first = hold()
    started = postmaster_pids()

    second = hold()
    first.leave()
    after_the_first = query("SELECT pg_postmaster_start_time() IS NOT NULL")
    shared = postmaster_pids()
    second.leave()
    stopped = wait_until(lambda: not postmaster_pids() and not keeper_pids(), seconds=10)

    assert (len(started), shared, after_the_first, stopped) == (1, started, [(True,)], True)


def test_killed_holder_gives_its_share_back(hold):
    holder = hold()

    holder.kill()

    assert wait_until(lambda: not postmaster_pids() and not keeper_pids(), seconds=10)


def test_newcomers_and_leavers_never_meet_a_stopped_server(state):
    commands = [
        subprocess.Popen([sys.executable, "-c", COME_AND_GO, "5"], cwd=REPOSITORY) for _ in range(3)
    ]

    endings = [command.wait(60) for command in commands]

    assert endings == [0, 0, 0]


def test_newcomer_during_the_stop_gets_the_next_server(hold):
    first = hold()
    (server,) = postmaster_pids()
    os.kill(server, signal.SIGSTOP)  # it cannot follow the keeper's order to stop
    first.leave()
    stopping = wait_until(lambda: not embedded.is_running(), seconds=5)

    with ThreadPoolExecutor() as pool:
        newcomer = pool.submit(hold)
        time.sleep(0.5)
        came_in_meanwhile = newcomer.done()
        os.kill(server, signal.SIGCONT)
        newcomer.result(20)

    assert (stopping, came_in_meanwhile) == (True, False)
    assert query("SELECT 1", role="DATABASE_URL") == [(1,)]
    assert command_line(server) is None


def test_erase_is_refused_while_a_command_runs(hold, state):
    hold()

    done = subprocess.run(
        [sys.executable, "-m", "supportdesk.local.erase"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )

    assert done.stderr == (
        "Supportdesk: the demo or a command is using the database; stop it first.\n"
    )
    assert (state.cluster / "PG_VERSION").exists()


def test_ensure_does_nothing_when_a_server_is_named(state, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@example.invalid/desk")

    embedded.ensure(migrate=True)

    assert not state.lock("lease").exists()
    assert not embedded.is_running()


def test_lock_is_shared_or_owned(tmp_path):
    path = tmp_path / "lock"
    first, second, third = Lock(path), Lock(path), Lock(path)

    taken = [first.share().try_share(), second.try_share(), third.try_own()]
    first.release()
    second.release()
    taken.append(third.try_own())
    third.release()

    assert taken == [True, True, False, True]
