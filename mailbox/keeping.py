"""The bytes of incoming mail: private, under tenant and uuid, in a folder beside those of cases."""

import os
import uuid
from pathlib import Path

from django.conf import settings

HOME = "mail"


def path_of(tenant_id: int, key: uuid.UUID) -> Path:
    """Name the place of a mail. Both parts are ours: no path can be asked for from outside."""
    return Path(settings.ATTACHMENT_ROOT) / str(tenant_id) / HOME / key.hex[:2] / key.hex


def write(tenant_id: int, key: uuid.UUID, raw: bytes) -> None:
    """Write a mail and sync it, with the folders that may be new. Raises OSError."""
    path = path_of(tenant_id, key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(descriptor)
    for folder in (path.parent, *path.parents[1:4]):
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(tenant_id: int, key: uuid.UUID) -> bytes:
    """Read a mail. Raises FileNotFoundError."""
    return path_of(tenant_id, key).read_bytes()


def remove(tenant_id: int, key: uuid.UUID) -> None:
    """Remove a mail; one that is gone already is well."""
    path_of(tenant_id, key).unlink(missing_ok=True)
