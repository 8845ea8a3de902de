"""Log files of the local processes, kept from growing without end."""

from pathlib import Path
from typing import BinaryIO

FULL_BYTES = 10_000_000


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to; a full one is put aside first, in place of the one before it."""
    if path.exists() and path.stat().st_size > FULL_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")
