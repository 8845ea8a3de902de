"""CSV files, as they come out of spreadsheets: encodings, separators, headings in any case."""

import codecs
import csv
import io
import sys
from collections.abc import Iterator
from typing import IO

from transfer.columns import Kind
from transfer.reading.rows import CannotRead, Row, Unread

LONGEST_CELL = 2_000_000
SEPARATORS = ",;\t"
LONGEST_LINE = 2 * LONGEST_CELL
_BLOCK = 64 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_table(file: IO[bytes], name: str, kind: Kind) -> Iterator[Row | Unread]:
    """Read a table with headings; whatever line cannot be read is told, and the rest goes on.

    Columns that nobody knows are told once. Raises CannotRead where there are no headings.
    """
    csv.field_size_limit(min(LONGEST_CELL, sys.maxsize))
    text = io.TextIOWrapper(file, encoding=_encoding(file), errors="replace", newline="")
    head, separator, skipped = _head(text)
    titles = [_title(cell) for cell in next(csv.reader([head], delimiter=separator), [])]
    yield from _faults_of(titles, name, kind)
    reader = csv.reader(_without_nul(text), delimiter=separator)
    line = skipped + 2
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Unread(name, line, "line_unreadable")
            line = reader.line_num + skipped + 2
            continue
        if any(cell.strip() for cell in cells):
            yield from _row(cells, titles, name, line, kind)
        line = reader.line_num + skipped + 2


def _row(
    cells: list[str], titles: list[str], name: str, line: int, kind: Kind
) -> Iterator[Row | Unread]:
    if len(cells) > len(titles) and any(cell.strip() for cell in cells[len(titles) :]):
        yield Unread(name, line, "too_many_cells", figures={"number": len(cells)})
        return
    known = kind.by_name
    pairs = zip(titles, cells, strict=False)
    yield Row(
        kind.name, {title: _cell(cell) for title, cell in pairs if title in known}, name, line
    )


def _faults_of(titles: list[str], name: str, kind: Kind) -> Iterator[Unread]:
    known = kind.by_name
    missing = [one.name for one in kind.columns if one.needed and one.name not in titles]
    if missing:
        raise CannotRead("columns_missing", name=name, columns=", ".join(missing))
    for title in titles:
        if title and title not in known:
            yield Unread(
                name, 1, "column_unknown", title[:60], {"column": title[:60]}, is_warning=True
            )
    if len(set(titles)) < len(titles):
        raise CannotRead("columns_twice", name=name)


def _title(cell: str) -> str:
    return "_".join(cell.strip('\ufeff \t\r\n"').lower().replace("-", " ").split())


def _cell(text: str) -> str:
    """Give a cell as it was meant: what was kept from being a formula is so no longer."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _head(text: io.TextIOWrapper) -> tuple[str, str, int]:
    """Read the line of headings: with its separator, and how many lines were before it.

    Some spreadsheets begin with a line of their own that names the separator: `sep=;`.
    """
    head = text.readline(_BLOCK)
    said = head.strip("\ufeff \r\n").lower()
    if said.startswith("sep=") and said[4:] in tuple(SEPARATORS):
        return text.readline(_BLOCK), said[4:], 1
    return head, max(SEPARATORS, key=head.count), 0


def _without_nul(text: io.TextIOWrapper) -> Iterator[str]:
    """Give the lines without NUL; one without an end in pieces that memory can hold."""
    while line := text.readline(LONGEST_LINE):
        yield line.replace("\0", "")


def _encoding(file: IO[bytes]) -> str:
    """Tell the encoding by its mark, else by how the first letter beyond ASCII is written."""
    is_wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    file.seek(0)
    encoding = "utf-16" if is_wide else _narrow_encoding(file)
    file.seek(0)
    return encoding


def _narrow_encoding(file: IO[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    while block := file.read(_BLOCK):
        try:
            if not decoder.decode(block).isascii():
                break
        except UnicodeDecodeError as error:
            if error.object[: error.start].isascii():
                return "cp1252"
            break
    return "utf-8-sig"
