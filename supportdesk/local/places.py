"""Where the embedded servers of this checkout keep their files. Nothing here starts a server."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from supportdesk.local.errors import LocalError

REPOSITORY = Path(__file__).resolve().parent.parent.parent
# A socket's path has at most 103 bytes on macOS, 107 on Linux; 18 of them are `/run/.s.PGSQL.5432`.
LONGEST_STATE_BYTES = 85
# Not tempfile.gettempdir(): every process must come to the same answer, whatever its TMPDIR.
SHELTERS = Path("/var/tmp")


@dataclass(frozen=True)
class Places:
    """The directories of one checkout's servers."""

    state: Path
    cluster: Path
    sockets: Path
    broker: Path

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def broker_socket(self) -> Path:
        return self.broker / "redis.sock"

    @property
    def schema_stamp(self) -> Path:
        return self.state / "schema"

    @property
    def child_record(self) -> Path:
        return self.state / "children.json"

    def lock(self, name: str) -> Path:
        return self.state / f"{name}.lock"


def places() -> Places:
    """Name the directories: under `.local/`, or in a private shelter where that cannot serve.

    `SUPPORTDESK_STATE_DIR` replaces `.local/`. What holds a socket moves to the shelter when its
    path could not be one (too long, or a comma in it); all that PostgreSQL needs moves when its
    user may not enter the checkout (`nobody`, on behalf of root).
    """
    state = (REPOSITORY / (os.environ.get("SUPPORTDESK_STATE_DIR") or ".local")).resolve()
    shelter = shelter_for(str(state))
    open_to_server = os.geteuid() != 0 or anyone_may_enter(state)
    for_sockets = state if _can_name_sockets(state) else shelter
    return Places(
        state=state,
        cluster=(state if open_to_server else shelter) / "postgres",
        sockets=(for_sockets if open_to_server else shelter) / "run",
        broker=for_sockets / "redis",
    )


def _can_name_sockets(directory: Path) -> bool:
    name = os.fsencode(directory)
    return len(name) <= LONGEST_STATE_BYTES and b"," not in name and b'"' not in name


def shelter_for(purpose: str) -> Path:
    digest = hashlib.sha256(os.fsencode(purpose)).hexdigest()[:12]
    return SHELTERS / f"supportdesk-{os.geteuid()}-{digest}"


def anyone_may_enter(directory: Path) -> bool:
    """Tell whether any user reaches `directory`; what is not there yet counts as open."""
    return all(
        path.stat().st_mode & stat.S_IXOTH
        for path in (directory, *directory.parents)
        if path.exists()
    )


def claim(directory: Path, *, mode: int = 0o700) -> None:
    """Make `directory` ours with `mode`; raise LocalError when somebody else's stands there."""
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(
            f"{directory} cannot be made ({error.strerror}): name a writable place in "
            "SUPPORTDESK_STATE_DIR."
        ) from None
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise LocalError(f"{directory} belongs to another user: remove it and try again.")
    directory.chmod(mode)


def claim_passage(directory: Path) -> None:
    """Make `directory` ours; root, whose PostgreSQL runs as `nobody`, lets others pass through."""
    claim(directory, mode=0o711 if os.geteuid() == 0 else 0o700)
