import os
import signal
import subprocess
import sys

import pytest

from supportdesk.local import binaries, embedded
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


def test_killed_keeper_takes_the_server_along_and_the_next_finds_the_data(hold):
    hold()
    query("CREATE TABLE kept AS SELECT 'kept' AS word")
    (keeper,), (server,) = keeper_pids(), postmaster_pids()

    os.kill(keeper, signal.SIGKILL)
    hold()

    assert query("SELECT word FROM kept") == [("kept",)]
    assert command_line(server) is None
    assert len(postmaster_pids()) == 1


def test_killed_server_is_started_again_with_its_data(hold):
    hold()
    query("CREATE TABLE kept AS SELECT 'kept' AS word")
    (server,) = postmaster_pids()

    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not embedded.is_running(), seconds=5)
    came_back = wait_until(embedded.is_running, seconds=15)

    assert came_back
    assert query("SELECT word FROM kept") == [("kept",)]


def test_newcomers_and_leavers_never_meet_a_stopped_server(state):
    commands = [
        subprocess.Popen([sys.executable, "-c", COME_AND_GO, "8"], cwd=REPOSITORY) for _ in range(3)
    ]

    endings = [command.wait(60) for command in commands]

    assert endings == [0, 0, 0]


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


@pytest.mark.parametrize("found", ["zombie", "stranger"])
def test_lock_file_of_a_process_that_is_not_postgres_does_not_stop_the_start(hold, state, found):
    holder = hold()
    lock_files = [state.cluster / "postmaster.pid", state.sockets / ".s.PGSQL.5432.lock"]
    left = {path: path.read_text() for path in lock_files}
    holder.leave()
    wait_until(lambda: not keeper_pids(), seconds=10)
    with other_process(found) as pid:
        for path, text in left.items():
            path.write_text("\n".join([str(pid), *text.split("\n")[1:]]))

        hold()
        answer = query("SELECT 1")

    assert answer == [(1,)]


class other_process:  # noqa: N801  (reads as a function where it is used)
    """A process of the server's user: asleep, or ended and not yet waited for."""

    def __init__(self, kind):
        self.seconds = "60" if kind == "stranger" else "0"

    def __enter__(self):
        account = binaries.server_account().popen_arguments()
        self.process = subprocess.Popen(["sleep", self.seconds], cwd="/", **account)
        if self.seconds == "0":
            wait_until(lambda: command_line(self.process.pid) is None, seconds=5)
        return self.process.pid

    def __exit__(self, *_error):
        self.process.kill()
        self.process.wait()


def test_checkout_with_a_long_path_and_a_comma_starts(deep_state):
    embedded.ensure()
    answer = query("SELECT current_user", role="DATABASE_URL")

    assert answer == [("supportdesk_app",)]
    assert len(os.fsencode(deep_state.sockets / ".s.PGSQL.5432")) < 104
    assert (deep_state.sockets.stat().st_mode & 0o777) == 0o700


def test_failed_start_says_why_in_one_line(state):
    state.cluster.mkdir(mode=0o700, parents=True)
    (state.cluster / "PG_VERSION").write_text("11\n")
    account = binaries.server_account()
    os.chown(state.cluster, account.uid, account.gid)

    with pytest.raises(embedded.LocalError) as failure:
        embedded.ensure()

    assert str(failure.value) == (
        "The embedded PostgreSQL did not start: postgres: could not access the server "
        f'configuration file "{state.cluster}/postgresql.conf": No such file or directory '
        f"(see {state.logs}/postgres.log)"
    )


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
