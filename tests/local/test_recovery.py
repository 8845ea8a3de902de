import os
import signal
import subprocess
import sys

import pytest

from supportdesk.local import binaries, embedded
from supportdesk.local.processes import command_line, wait_until
from tests.local.servers import keeper_pids, postmaster_pids, query

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")


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
