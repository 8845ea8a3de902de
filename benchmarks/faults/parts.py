"""The processes of the rig: started, killed, frozen, started again, and when each was able."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from supportdesk.local.places import REPOSITORY
from supportdesk.local.processes import die_with_parent

RESTART_SECONDS = 1.0


@dataclass
class Part:
    """One process with a session of its own; `ready` is what its log says once it works."""

    name: str
    role: str
    command: list[str]
    log: Path
    ready: str
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    is_ready: bool = False
    is_frozen: bool = False
    restart_at: float | None = None
    read_from: int = 0
    kills: int = 0

    def start(self) -> None:
        self.restart_at, self.is_ready, self.is_frozen = None, False, False
        self.read_from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env={**os.environ, **self.env},
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def kill(self, *, seconds_down: float = RESTART_SECONDS) -> None:
        """Kill the whole group at once; it is started again after `seconds_down`."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.kills += 1
        self.is_ready = False
        self.restart_at = time.monotonic() + seconds_down

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)
        self.is_frozen = False

    def tend(self) -> bool:
        """Start again what was killed, notice when it is ready; tell whether it died by itself."""
        if self.restart_at is not None:
            if time.monotonic() >= self.restart_at:
                self.start()
        elif self.process is not None and self.process.poll() is not None:
            self.kill()
            return True
        elif not self.is_ready:
            self.is_ready = self._says_ready()
        return False

    def stop(self) -> None:
        if self.process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()

    @property
    def is_able(self) -> bool:
        return self.is_ready and not self.is_frozen

    def _says_ready(self) -> bool:
        with self.log.open("rb") as log:
            log.seek(self.read_from)
            return self.ready.encode() in log.read()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


def celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app=supportdesk.celery:app", *words]


class Outages:
    """When the parts together could not work: some role that is needed had nobody able."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []
        self.since: float | None = None

    def note(self, able: bool) -> None:
        now = time.monotonic()
        if able and self.since is not None:
            self.spans.append((self.since, now))
            self.since = None
        elif not able and self.since is None:
            self.since = now

    @property
    def longest(self) -> float:
        return max((until - since for since, until in self.spans), default=0.0)
