"""Erase what the embedded servers of this checkout keep: `make clean`."""

import shutil
import sys

from supportdesk.local.locks import Lock
from supportdesk.local.places import SHELTERS, places
from supportdesk.local.processes import wait_until

KEEPER_STOP_SECONDS = 40.0


def main() -> None:
    where = places()
    if not where.state.is_dir():
        return
    with Lock(where.lock("lease")) as lease:
        if not wait_until(lease.try_own, seconds=0.5):
            sys.exit("Supportdesk: the demo or a command is using the database; stop it first.")
        # Owning the lease, the keeper of a moment ago is either gone or about to see that we left.
    with Lock(where.lock("keeper")) as keeper:
        if not wait_until(keeper.try_own, seconds=KEEPER_STOP_SECONDS):
            sys.exit("Supportdesk: the embedded database does not stop.")
        for directory in (where.cluster, where.sockets, where.broker, where.logs):
            shutil.rmtree(directory, ignore_errors=True)
        # Only what is known to be ours: the state directory may have been chosen by a person.
        for file in (where.schema_stamp, where.child_record, *where.state.glob("beat-schedule*")):
            file.unlink(missing_ok=True)
        if where.cluster.parent.parent == SHELTERS:
            where.cluster.parent.rmdir()


if __name__ == "__main__":
    main()
