"""Processes under the supervisor: started again when they die, stopped together, not left over."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from supportdesk.local.logs import open_log
from supportdesk.local.places import REPOSITORY
from supportdesk.local.processes import command_line, die_with_parent, wait_until

FIRST_BACK_OFF_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 30.0
WELL_AFTER_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass
class Child:
    """One long-running process and its log."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float | None = None
    back_off: float = field(default=FIRST_BACK_OFF_SECONDS)

    def start(self) -> None:
        """Start the process in a session of its own; it ends when the supervisor does."""
        self.start_again_at = None
        self.started_at = time.monotonic()
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def tend(self) -> str | None:
        """Notice a death, or start again once the back-off is over. Returns a line to show."""
        if self.start_again_at is not None:
            if time.monotonic() >= self.start_again_at:
                self.start()
            return None
        if self.process is None or self.process.poll() is None:
            return None
        if time.monotonic() - self.started_at > WELL_AFTER_SECONDS:
            self.back_off = FIRST_BACK_OFF_SECONDS
        self.kill_group()
        pause, self.back_off = self.back_off, min(self.back_off * 2, LONGEST_BACK_OFF_SECONDS)
        self.start_again_at = time.monotonic() + pause
        return (
            f"{self.name} {_how_it_ended(self.process.returncode)}; "
            f"starting it again in {pause:.0f} s, see {self.log}"
        )

    def ask_to_stop(self) -> None:
        self.start_again_at = None
        if self.process is not None:
            self.process.terminate()

    def is_gone(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill_group(self) -> None:
        """Kill what is left of the process and of its own children."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def stop_all(children: list[Child]) -> None:
    """Ask all to stop at once, and kill those that have not within ten seconds."""
    for child in children:
        child.ask_to_stop()
    wait_until(lambda: all(child.is_gone() for child in children), seconds=STOP_SECONDS)
    for child in children:
        child.kill_group()


def remember(record: Path, children: list[Child]) -> None:
    """Write down who runs, for the next start to find them if this supervisor is killed."""
    running = {child.process.pid: child.command for child in children if child.process}
    making = record.with_suffix(".new")
    making.write_text(json.dumps(running))
    making.replace(record)  # never half written


def stop_left_over(record: Path) -> None:
    """Stop what a killed supervisor left behind: on Linux just ending, on macOS still at work."""
    if not record.exists():
        return
    remembered = json.loads(record.read_text())
    pids = [int(pid) for pid, command in remembered.items() if _still_runs(int(pid), command)]
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 2.0)):
        for pid in pids:
            _signal_group(pid, number)
        if wait_until(lambda: not any(map(command_line, pids)), seconds=seconds):
            break
    record.unlink()


def _still_runs(pid: int, command: list[str]) -> bool:
    # Without the first word: macOS shows another path for a framework's interpreter.
    return " ".join(command[1:]) in (command_line(pid) or "")


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


def _how_it_ended(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
