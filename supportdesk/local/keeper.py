"""The keeper: a detached process, parent of PostgreSQL for as long as anybody holds the lease.

Three locks tell all there is to know, and the kernel releases them whatever happens:

- `lease`: shared by every user of the server; the keeper takes it alone to stop;
- `keeper`: owned by the one living keeper;
- `ready`: owned by the keeper while its server takes connections.

Stopping holds `lease` until PostgreSQL has ended and `keeper` is free, so a newcomer either keeps
the server alive or waits for its end and starts the next.
"""

import signal
import sys
import time
from types import FrameType

from supportdesk.local.bootstrap import bootstrap
from supportdesk.local.errors import LocalError
from supportdesk.local.locks import Lock
from supportdesk.local.logs import open_log
from supportdesk.local.places import Places, places
from supportdesk.local.postgres import Server

PAUSE_SECONDS = 0.1
LONGEST_BACK_OFF_SECONDS = 30.0
WELL_AFTER_SECONDS = 60.0


class Keeper:
    """Keep one server running until the lease is free."""

    def __init__(self, where: Places, linger_seconds: float) -> None:
        self.where = where
        self.linger_seconds = linger_seconds
        self.lease = Lock(where.lock("lease"))
        self.keeper = Lock(where.lock("keeper"))
        self.ready = Lock(where.lock("ready"))
        self.told_to_stop = False
        self.idle_since: float | None = None

    def run(self) -> None:
        """Start the server, keep it up, stop it. Returns at once when another keeper lives."""
        if not self.keeper.try_own():
            return
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        with open_log(self.where.logs / "postgres.log") as log:
            server = Server(self.where, log)
            try:
                self._keep(server)
            finally:
                self.ready.loosen()
                server.stop()
                self.keeper.release()
                self.lease.release()

    def _keep(self, server: Server) -> None:
        back_off = 0.5
        while True:
            started = time.monotonic()
            server.start()
            bootstrap(server)
            self.ready.own()
            while not server.has_ended():
                if self.told_to_stop or self._nobody_is_left():
                    return
                time.sleep(PAUSE_SECONDS)
            self.ready.loosen()
            if time.monotonic() - started > WELL_AFTER_SECONDS:
                back_off = 0.5
            time.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)

    def _nobody_is_left(self) -> bool:
        """Tell whether the lease was free for the whole linger; if so it is ours now."""
        if not self.lease.try_own():
            self.idle_since = None
            return False
        now = time.monotonic()
        if self.idle_since is None:
            self.idle_since = now
        if now - self.idle_since >= self.linger_seconds:
            return True
        self.lease.loosen()
        return False

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True


def main() -> int:
    try:
        Keeper(places(), linger_seconds=float(sys.argv[1])).run()
    except LocalError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
