"""The files of an upload: one, or those of an archive. Nothing is ever unpacked onto the disk."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from transfer.reading.rows import CannotRead

MOST_FILES = 50_000
# Of all tables together, unpacked. Files of cases are read one by one and count by themselves.
MOST_BYTES = 4 * 1024**3
# What packs better than that is no table of anybody's.
BEST_RATIO = 200
SMALL = 10 * 1024**2
TABLES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Bundle:
    """An upload by its place on the disk and its name.

    What an archive lists is read once: it may list fifty thousand files, and each case asks.
    """

    path: Path
    name: str

    @cached_property
    def is_archive(self) -> bool:
        return zipfile.is_zipfile(self.path)

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.path)

    def tables(self) -> list[str]:
        """Name the tables in it. Raises CannotRead for an archive that is none, or is a trap."""
        if not self.is_archive:
            return [self.name]
        try:
            infos = self._archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise CannotRead("archive_broken") from error
        if len(infos) > MOST_FILES:
            raise CannotRead("archive_too_many", most=MOST_FILES)
        tables = [info for info in infos if _is_table(info)]
        _check_sizes(tables)
        return [info.filename for info in tables]

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """Open one of the files. Raises CannotRead."""
        if not self.is_archive:
            with self.path.open("rb") as file:
                yield file
            return
        try:
            with self._archive.open(name) as member:
                yield member
        except KeyError as error:
            raise CannotRead("file_missing", name=name) from error
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise CannotRead("archive_broken") from error

    def size_of(self, name: str) -> int | None:
        """Say how long a file of the archive is; None where there is none of that name."""
        if not self.is_archive:
            return None
        try:
            return self._archive.getinfo(name).file_size
        except KeyError:
            return None


def _is_table(info: zipfile.ZipInfo) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
    in_files = info.filename.split("/", 1)[0] == "files"
    is_table = info.filename.lower().endswith(TABLES)
    return is_table and not hidden and not in_files and not info.is_dir()


def _check_sizes(tables: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in tables)
    packed = sum(info.compress_size for info in tables)
    if total > MOST_BYTES or (total > SMALL and total > packed * BEST_RATIO):
        raise CannotRead("archive_too_large")
