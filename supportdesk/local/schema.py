"""The schema of the embedded database: migrated when the code's migrations have changed."""

import hashlib
import os
import subprocess
import sys

from supportdesk.local.errors import LocalError
from supportdesk.local.locks import Lock
from supportdesk.local.places import REPOSITORY, Places

STANDARD_ERROR = 2
MANAGE = (sys.executable, str(REPOSITORY / "manage.py"))


def migrate_if_behind(where: Places) -> bool:
    """Migrate the embedded database as its owner unless the stamp says that nothing changed.

    The stamp lies beside the cluster and goes with it. Someone who migrates by hand, backwards too,
    is left alone until a migration file changes. Raises LocalError. Tells whether it migrated.
    """
    fingerprint = schema_fingerprint()
    if _stamp(where) == fingerprint:
        return False
    with Lock(where.lock("schema")).own():
        if _stamp(where) == fingerprint:  # another command was faster
            return False
        migrate_as_owner()
        where.schema_stamp.write_text(fingerprint)
    return True


def migrate_as_owner() -> None:
    """Run all migrations, which go to the owner's connection, off the caller's input and output.

    Raises LocalError when they fail; Django has then said why on standard error.
    """
    command = [*MANAGE, "migrate", "--verbosity=0", "--no-input"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=STANDARD_ERROR, cwd=REPOSITORY)
    if done.returncode != 0:
        raise LocalError("The database could not be migrated: see above.")


def schema_fingerprint() -> str:
    """Digest the migration files of the checkout and the pins of the packages that bring others."""
    files = [*REPOSITORY.glob("*/migrations/*.py"), REPOSITORY / "requirements" / "prod.txt"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(os.fsencode(path.relative_to(REPOSITORY)) + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp(where: Places) -> str | None:
    return where.schema_stamp.read_text() if where.schema_stamp.exists() else None
