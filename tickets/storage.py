"""The bytes of files: private, under tenant and uuid, never under a name that somebody gave.

Bytes are written and synced before the row that speaks of them is committed. What a crash leaves is
a file without a row, and `tickets.retention` finds it. Nothing here asks who may.
"""

import hashlib
import math
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path

from django.conf import settings

BLOCK = 1024 * 1024


def path_of(tenant_id: int, key: uuid.UUID) -> Path:
    """Name the place of a file. Both parts are ours: no path can be asked for from outside."""
    return _home(tenant_id) / key.hex[:2] / key.hex


def write(tenant_id: int, key: uuid.UUID, blocks: Iterable[bytes], *, offset: int) -> None:
    """Write from `offset` on, dropping what lay behind it, and sync.

    The caller holds the row's lock, so that nobody else writes. What lies behind `offset` is of a
    write that was not committed. Raises FileNotFoundError where bytes before it are missing.
    """
    path = path_of(tenant_id, key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        if os.fstat(descriptor).st_size < offset:
            raise FileNotFoundError(path)
        file.truncate(offset)
        file.seek(offset)
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(descriptor)


def open_bytes(tenant_id: int, key: uuid.UUID) -> BufferedReader:
    """Open a file for reading. Raises FileNotFoundError."""
    return path_of(tenant_id, key).open("rb")


def head_of(tenant_id: int, key: uuid.UUID, length: int) -> bytes:
    """Read the first bytes of a file. Raises FileNotFoundError."""
    with open_bytes(tenant_id, key) as file:
        return file.read(length)


def digest_of(tenant_id: int, key: uuid.UUID) -> str:
    """Compute the SHA-256 of a file, in blocks. Raises FileNotFoundError."""
    with open_bytes(tenant_id, key) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(tenant_id: int, key: uuid.UUID) -> None:
    """Remove a file; one that is gone already is well."""
    path_of(tenant_id, key).unlink(missing_ok=True)


def keys_older_than(tenant_id: int, seconds: float) -> Iterator[uuid.UUID]:
    """List the files of a tenant that nobody has written to for so long, of real time.

    Whatever has no name of ours is not ours, and is left alone.
    """
    before = time.time() - seconds
    for shelf in _subfolders(_home(tenant_id)):
        with os.scandir(shelf) as entries:
            for entry in entries:
                key = _key_of(entry.name)
                if key and entry.is_file(follow_symlinks=False) and _written_at(entry) < before:
                    yield key


def _key_of(name: str) -> uuid.UUID | None:
    try:
        key = uuid.UUID(hex=name)
    except ValueError:
        return None
    return key if key.hex == name else None


def _written_at(entry: os.DirEntry) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:  # removed since the folder was read
        return math.inf


def _subfolders(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))


def _home(tenant_id: int) -> Path:
    return Path(settings.ATTACHMENT_ROOT) / str(tenant_id)
