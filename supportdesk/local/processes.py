"""Asking after other processes, and children that do not outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Give a `preexec_fn` that has the kernel send `number` to the child when its parent dies.

    None where the system has no such thing (macOS): there the next start stops what was left.
    The kernel watches the thread that forks, so call Popen from the main thread.
    """
    if LIBC is None:
        return None
    parent = os.getpid()

    def arm() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the signal was armed
            os._exit(1)

    return arm


def command_line(pid: int) -> str | None:
    """Read the command line of a process; None if there is none, or only a zombie."""
    if sys.platform == "linux":
        return _command_line_from_proc(pid)
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True
    )
    state, _, command = shown.stdout.strip().partition(" ")
    return command.strip() if state and "Z" not in state else None


def _command_line_from_proc(pid: int) -> str | None:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    return None if state in "ZX" else os.fsdecode(words.replace(b"\0", b" ")).strip()


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Wait until `condition` holds, at most `seconds`; tell whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may have ended meanwhile."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
