"""The embedded PostgreSQL server: one cluster, one direct child process."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import IO

import psycopg2

from supportdesk.local import binaries
from supportdesk.local.errors import LocalError
from supportdesk.local.places import Places, claim_passage
from supportdesk.local.processes import command_line, die_with_parent, send, wait_until

PORT = 5432  # it only names the socket; no address is listened on
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "shared_buffers=64MB",
    "max_connections=160",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    "log_line_prefix=%m [%p] %q%u@%d ",
)
# The builtin provider sorts alike on every system. Trust is safe: the socket's directory is ours.
INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
)
RECOVERY_SECONDS = 300
FAST_STOP_SECONDS = 30


class Server:
    """PostgreSQL on the cluster of `places`, as a child of this process, which must be alone."""

    def __init__(self, places: Places, log: IO[bytes]) -> None:
        self.places = places
        self.log = log
        self.account = binaries.server_account()
        self.programs = binaries.programs(self.account)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start on the cluster, made first if need be, and wait until it answers.

        A server that an earlier parent left behind is stopped first. Raises LocalError.
        """
        self._prepare_directories()
        self._stop_left_over()
        if not (self.places.cluster / "PG_VERSION").exists():
            self._make_cluster()
        for lock_file in (self.places.cluster / "postmaster.pid", self._socket_lock):
            self._adopt(lock_file)
        options = [word for setting in SETTINGS for word in ("-c", setting)]
        self.process = self._popen(
            ["postgres", "-D", self.places.cluster, "-k", self.places.sockets, "-p", PORT, *options]
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop with a checkpoint; cut it short when that takes too long."""
        if self.process is None:
            return
        for number, seconds in (
            (signal.SIGINT, FAST_STOP_SECONDS),
            (signal.SIGQUIT, 5),
            (signal.SIGKILL, 5),
        ):
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def connect(self) -> "psycopg2.extensions.connection":
        """Connect as the cluster's superuser, every statement its own transaction."""
        connection = psycopg2.connect(
            host=str(self.places.sockets), port=PORT, user="postgres", dbname="postgres"
        )
        connection.autocommit = True
        return connection

    @property
    def _socket_lock(self) -> Path:
        return self.places.sockets / f".s.PGSQL.{PORT}.lock"

    def _prepare_directories(self) -> None:
        for directory in (self.places.cluster, self.places.sockets):
            claim_passage(directory.parent)
        self._own(self.places.sockets)

    def _own(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        owner = directory.lstat().st_uid
        if owner not in (os.geteuid(), self.account.uid):
            raise LocalError(f"{directory} belongs to another user: remove it and try again.")
        os.chown(directory, self.account.uid, self.account.gid)
        directory.chmod(0o700)

    def _make_cluster(self) -> None:
        """Run initdb beside the cluster's place and move it there whole."""
        making = self.places.cluster.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        self._own(making)
        self.places.schema_stamp.unlink(missing_ok=True)
        made = self._popen(["initdb", "-D", making, *INITDB]).wait()
        if made != 0:
            raise LocalError("initdb failed.")
        making.rename(self.places.cluster)

    def _popen(self, command: list[object]) -> "subprocess.Popen[bytes]":
        program, *arguments = command
        return subprocess.Popen(
            [str(self.programs / str(program)), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            cwd="/",
            # Without a locale macOS starts a thread in the postmaster, which then refuses to run.
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),
            **self.account.popen_arguments(),
        )

    def _wait_until_ready(self) -> None:
        answered = wait_until(lambda: self.has_ended() or self._answers(), seconds=RECOVERY_SECONDS)
        if self.has_ended():
            raise LocalError("PostgreSQL ended while starting.")
        if not answered:
            self.stop()
            raise LocalError(f"PostgreSQL did not answer within {RECOVERY_SECONDS} seconds.")

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _left_over(self) -> int | None:
        pid = _first_number(self.places.cluster / "postmaster.pid")
        command = command_line(pid) if pid else None
        is_ours = command and "postgres" in command and str(self.places.cluster) in command
        return pid if is_ours else None

    def _stop_left_over(self) -> None:
        pid = self._left_over()
        if pid is None:
            return
        send(pid, signal.SIGINT)
        if not wait_until(lambda: self._left_over() is None, seconds=FAST_STOP_SECONDS):
            raise LocalError(f"An earlier PostgreSQL of this checkout does not stop: end {pid}.")

    def _adopt(self, lock_file: Path) -> None:
        """Let PostgreSQL take over a lock file whose process is gone, a zombie or somebody else.

        It trusts any pid that is alive, and a zombie is. Its parent's pid it takes for stale, and
        goes on to check that no old backend is still attached; deleting the file would skip that.
        """
        if not lock_file.exists():
            return
        _pid, line_end, rest = lock_file.read_bytes().partition(b"\n")
        lock_file.write_bytes(str(os.getpid()).encode() + line_end + rest)


def _first_number(path: Path) -> int | None:
    try:
        return abs(int(path.read_text().split()[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return None
