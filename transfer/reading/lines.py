"""JSON lines: one row a line, which says of what kind it is. An export of this product is one."""

import json
from collections.abc import Iterator
from typing import IO, Any

from transfer.columns import KINDS, Kind
from transfer.reading.rows import Row, Unread

LONGEST_LINE = 64 * 1024**2
DEEPEST = 12


def read_lines(file: IO[bytes], name: str, kind: Kind | None) -> Iterator[Row | Unread]:
    """Read JSON lines; `kind` is that of the file's name, for lines that say none."""
    for number, line in numbered(file):
        if line is None:
            yield Unread(name, number, "line_too_long")
            continue
        data = parsed(line)
        if not isinstance(data, dict):
            yield Unread(name, number, "json_faulty")
            continue
        said = data.pop("kind", None) if _says_kind(data, kind) else None
        found = KINDS.get(said) if said else kind
        if found is None:
            yield Unread(name, number, "kind_unknown", "kind")
            continue
        known = {title: value for title, value in data.items() if title in found.by_name}
        yield Row(found.name, known, name, number)


def numbered(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """List the lines that say something with their numbers; None for one that has no end."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip(b" \t\r\n\xef\xbb\xbf,"):
            yield number, line


def parsed(text: bytes) -> Any:
    """Parse one value; None for what is no JSON, or nested beyond reason."""
    try:
        data = json.loads(text.decode("utf-8-sig").strip(" \t\r\n,"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return data if depth(data) <= DEEPEST else None


def depth(data: Any, at: int = 0) -> int:
    """Count how deep a value is nested, up to one more than DEEPEST."""
    if at > DEEPEST:
        return at
    if isinstance(data, dict):
        return max((depth(one, at + 1) for one in data.values()), default=at)
    if isinstance(data, list):
        return max((depth(one, at + 1) for one in data), default=at)
    return at


def _says_kind(data: dict[str, Any], kind: Kind | None) -> bool:
    """Tell whether "kind" names the kind of row: an entry has one of its own."""
    return data.get("kind") in KINDS or kind is None
