"""File locks. The kernel releases them when their holder dies, kill -9 included."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Lock:
    """An advisory lock on a file, held until `release()` or the end of the process.

    A process that was forked without exec shares it, and the lock then lasts as long as either.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> "Lock":
        """Take the lock together with other sharers; wait for an exclusive holder."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        return self

    def own(self) -> "Lock":
        """Take the lock alone; wait for all other holders."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return self

    def try_own(self) -> bool:
        """Take the lock alone if nobody holds it."""
        return self._try(fcntl.LOCK_EX)

    def try_share(self) -> bool:
        """Take the lock together with other sharers if nobody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def loosen(self) -> None:
        """Let others have the lock, and keep the file open to take it again."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def release(self) -> None:
        os.close(self._descriptor)

    def _try(self, operation: int) -> bool:
        try:
            fcntl.flock(self._descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def is_owned(path: Path) -> bool:
    """Tell whether some process holds the lock alone at this moment."""
    with Lock(path) as lock:
        return not lock.try_share()
