"""The embedded database as the rest of the product sees it: `urls()` names it, `ensure()` runs it.

Importing this module and calling `urls()` starts nothing and needs no package.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from supportdesk.local.errors import LocalError
from supportdesk.local.locks import Lock, is_owned
from supportdesk.local.logs import open_log
from supportdesk.local.places import REPOSITORY, Places, claim, claim_passage, places
from supportdesk.local.schema import migrate_if_behind

START_SECONDS = 320.0  # longer than the keeper gives PostgreSQL to recover
# Commands often follow each other; the server waits a moment for the next before it stops.
LINGER_SECONDS = 1.0
_leases: dict[Path, Lock] = {}  # by state directory; a process has one, its tests more


def urls() -> dict[str, str]:
    """Name the embedded servers' addresses under the names of the environment's variables.

    The port is written out, for PGPORT would otherwise change it. Celery reads the Redis address;
    redis-py wants `unix://` in front of the same path.
    """
    where = places()
    host = quote(str(where.sockets), safe="/")
    return {
        "DATABASE_URL": f"postgres://supportdesk_app@:5432/supportdesk?host={host}",
        "MIGRATE_DATABASE_URL": f"postgres://supportdesk_owner@:5432/supportdesk?host={host}",
        "REDIS_URL": f"redis+socket://{quote(str(where.broker_socket), safe='/')}",
    }


def ensure(*, migrate: bool = False) -> None:
    """Have the embedded PostgreSQL running until this process ends.

    Does nothing when DATABASE_URL is set. Takes a share of the lease, which the kernel gives back
    even after kill -9; the last to leave stops the server. With `migrate` the schema is brought up
    to the code's migrations as well. Call it from the main thread of an entry point, before the
    first connection. Raises LocalError.
    """
    if os.environ.get("DATABASE_URL"):
        return
    where = places()
    prepare(where)
    if where.state not in _leases:
        _leases[where.state] = Lock(where.lock("lease")).share()
    if not is_owned(where.lock("ready")):
        _start_keeper(where)
    if migrate:
        migrate_if_behind(where)


def leave() -> None:
    """Give up this process's share of the lease."""
    lease = _leases.pop(places().state, None)
    if lease:
        lease.release()


def is_running() -> bool:
    """Tell whether the embedded PostgreSQL of this checkout takes connections now."""
    lock = places().lock("ready")
    return lock.exists() and is_owned(lock)


def prepare(where: Places) -> None:
    """Make the directories that hold locks and logs. Raises LocalError when they are another's."""
    claim_passage(where.state)
    claim(where.logs)


def _start_keeper(where: Places) -> None:
    """Start keepers until one is ready; those that find another alive end by themselves."""
    deadline = time.monotonic() + START_SECONDS
    keeper: subprocess.Popen[bytes] | None = None
    with Lock(where.lock("starting")).own():
        while not is_owned(where.lock("ready")):
            if keeper is None:
                keeper = _spawn_keeper(where)
            if keeper.poll() or time.monotonic() > deadline:
                raise LocalError(_why_it_failed(where))
            if keeper.poll() == 0:  # another lives: starting, stopping, or waiting to try again
                keeper = None
                time.sleep(0.3)
            time.sleep(0.02)


def _spawn_keeper(where: Places) -> "subprocess.Popen[bytes]":
    with open_log(where.logs / "postgres.log") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "supportdesk.local.keeper", str(LINGER_SECONDS)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=REPOSITORY,
            start_new_session=True,
        )


def _why_it_failed(where: Places) -> str:
    log = where.logs / "postgres.log"
    lines = log.read_text(errors="replace").strip().splitlines()[-10:]
    reasons = [line for line in lines if re.search("FATAL: |error: |^postgres: ", line)] or lines
    return " ".join(["The embedded PostgreSQL did not start:", *reasons[-1:], f"(see {log})"])
