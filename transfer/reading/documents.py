"""JSON of other systems: a list, an object of lists, or one object a line; objects, one by one."""

import json
from collections.abc import Iterator
from typing import IO, Any

from transfer.reading.lines import DEEPEST, depth, numbered, parsed
from transfer.reading.rows import CannotRead, Unread

# A document that is no list of lines is held in memory at once.
LONGEST_DOCUMENT = 512 * 1024**2

Found = tuple[str, int, dict[str, Any]]


def objects_in(file: IO[bytes], name: str) -> Iterator[Found | Unread]:
    """List (what it is called, its line or number, the object) of every object in a document.

    What it is called is the key under which it lies, such as "tickets", else the file's name.
    """
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    head = file.read(1024).lstrip(b" \t\r\n\xef\xbb\xbf")
    file.seek(0)
    if _is_lines(head, file):
        yield from _of_lines(file, name, stem)
        return
    yield from _of_document(_whole(file, name), name, stem)


def _is_lines(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether each line is an object of its own: the first one can be parsed alone."""
    if not head.startswith(b"{"):
        return False
    _number, first = next(numbered(file), (0, None))
    file.seek(0)
    found = parsed(first) if first else None
    return (
        isinstance(found, dict)
        and not any(isinstance(one, list) for one in found.values())
        or (isinstance(found, dict) and "id" in found)
    )


def _of_lines(file: IO[bytes], name: str, stem: str) -> Iterator[Found | Unread]:
    for number, line in numbered(file):
        data = parsed(line) if line else None
        if isinstance(data, dict):
            yield stem, number, data
        else:
            yield Unread(name, number, "json_faulty" if line else "line_too_long")


def _whole(file: IO[bytes], name: str) -> Any:
    text = file.read(LONGEST_DOCUMENT + 1)
    if len(text) > LONGEST_DOCUMENT:
        raise CannotRead("document_too_long", name=name)
    try:
        return json.loads(text.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise CannotRead("document_faulty", name=name) from error


def _of_document(data: Any, name: str, stem: str) -> Iterator[Found | Unread]:
    lists = data if isinstance(data, dict) else {stem: data}
    if isinstance(data, dict) and "id" in data:
        lists = {stem: [data]}
    for called, rows in lists.items():
        rows = rows.values() if isinstance(rows, dict) else rows
        if not isinstance(rows, list | type({}.values())):
            continue
        for number, row in enumerate(rows, start=1):
            if isinstance(row, dict) and depth(row) <= DEEPEST:
                yield str(called).lower(), number, row
            else:
                yield Unread(name, number, "json_faulty")


__all__ = ["DEEPEST", "Found", "objects_in"]
