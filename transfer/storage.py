"""Uploads of imports and packed exports: private, beside the files of cases, never served as such.

Under "transfer", tenant and a key of ours; `tickets.retention` does not look there.
"""

import os
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


def upload_path(tenant_id: int, key: uuid.UUID) -> Path:
    """Name the place of an upload."""
    return _home(tenant_id) / f"import-{key.hex}"


def export_path(tenant_id: int, key: uuid.UUID) -> Path:
    """Name the place of a packed export."""
    return _home(tenant_id) / f"export-{key.hex}.zip"


def spool_path(tenant_id: int, key: uuid.UUID) -> Path:
    """Name the folder in which the parts of an export are gathered."""
    return _home(tenant_id) / f"spool-{key.hex}"


def write_blocks(path: Path, blocks: Iterable[bytes]) -> int:
    """Write a file of ours anew, synced; give its length."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(descriptor)
        return file.tell()


def remove(path: Path) -> None:
    """Remove a file or a folder of ours; one that is gone is well."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_all(tenant_id: int) -> None:
    """Remove whatever lies here of a vendor."""
    remove(_home(tenant_id))


def _home(tenant_id: int) -> Path:
    return Path(settings.ATTACHMENT_ROOT) / "transfer" / str(tenant_id)
