"""TOML as policies need it: a writer with one fixed form, and the line of each key."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

# Tables that get a header of their own inside another table; all others are written inline.
HEADED = ("weekly", "by_region", "on_call")
# Tables of tables by code.
KEYED = ("regions", "holidays", "calendars", "clocks", "translations")
MAX_LINE = 96

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f"} | {
    "\r": "\\r"
}


def write_toml(document: Mapping[str, object]) -> str:
    """Write tables as TOML in the order they have. None values are left out.

    Raises ValueError for a value that a policy cannot hold (a float, for one).
    """
    return "\n".join(_table_lines(document, ())).lstrip("\n") + "\n"


def _table_lines(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    held = {key: value for key, value in table.items() if value is not None}
    below = {key for key, value in held.items() if _is_headed(key, value, path)}
    for key, value in held.items():
        if key not in below:
            yield from _pair_lines(key, value)
    for key in held:
        if key in below:
            yield from _headed_lines(held[key], (*path, key))


def _is_headed(key: str, value: object, path: tuple[str, ...]) -> bool:
    if isinstance(value, Mapping):
        return not path or key in HEADED or (len(path) == 1 and path[0] in KEYED)
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(row, Mapping) for row in value)


def _headed_lines(value: object, path: tuple[str, ...]) -> Iterator[str]:
    name = ".".join(_key(part) for part in path)
    if isinstance(value, list):
        for row in value:
            yield f"\n[[{name}]]"
            for key, held in row.items():
                if held is not None:
                    yield from _pair_lines(key, held)
        return
    assert isinstance(value, Mapping)
    if not value or any(not _is_headed(key, held, path) for key, held in value.items()):
        yield f"\n[{name}]"
    yield from _table_lines(value, path)


def _pair_lines(key: str, value: object) -> Iterator[str]:
    line = f"{_key(key)} = {_value(value)}"
    if len(line) <= MAX_LINE or not isinstance(value, list):
        yield line
        return
    yield f"{_key(key)} = ["
    yield from _wrapped([_value(one) for one in value])
    yield "]"


def _wrapped(items: list[str]) -> Iterator[str]:
    line = ""
    for item in items:
        if line and len(line) + len(item) + 6 > MAX_LINE:
            yield f"    {line}"
            line = ""
        line = f"{line} {item}," if line else f"{item},"
    yield f"    {line}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, Mapping):
        pairs = [f"{_key(k)} = {_value(one)}" for k, one in value.items() if one is not None]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    raise ValueError(f"not a value of a policy: {value!r}")


def _text(text: str) -> str:
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x20 or letter == "\x7f" else letter


class Lines:
    """The line, from 1, on which each table and key of a well-formed TOML text begins."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counts: dict[str, int] = {}
        self._line_of: dict[str, int] = {}
        self._read()

    def of(self, path: str) -> int | None:
        """Find the line of a path like "targets[3].calendar", else of what it lies in."""
        while path:
            if path in self._line_of:
                return self._line_of[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None

    def _read(self) -> None:
        table, line, counted = "", 1, 0
        while self._skip_blank():
            line += self._text.count("\n", counted, self._at)
            counted = self._at
            if self._text[self._at] == "[":
                table = self._header()
                self._line_of.setdefault(table, line)
                self._line_of.setdefault(table.rpartition("[")[0], line)
            else:
                names = self._names("=")
                path = ".".join([table, *names] if table else names)
                self._line_of.setdefault(path, line)
                self._skip_value()

    def _skip_blank(self) -> bool:
        """Go to the next statement; False at the end."""
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == "#":
                self._skip_line()
            elif letter.isspace():
                self._at += 1
            else:
                return True
        return False

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _header(self) -> str:
        is_row = self._text.startswith("[[", self._at)
        self._at += 2 if is_row else 1
        names = self._names("]")
        self._at += 1 if is_row else 0
        path = ""
        for name in names[:-1]:
            path = self._latest(f"{path}.{name}" if path else name)
        path = f"{path}.{names[-1]}" if path else names[-1]
        if not is_row:
            return path
        self._counts[path] = self._counts.get(path, 0) + 1
        return self._latest(path)

    def _latest(self, path: str) -> str:
        """Complete a path by the row that it means: the latest one so far."""
        return f"{path}[{self._counts[path] - 1}]" if path in self._counts else path

    def _names(self, end: str) -> list[str]:
        """Read a dotted key up to and with the sign that ends it."""
        names, name = [], ""
        while self._text[self._at] != end:
            letter = self._text[self._at]
            if letter in "\"'":
                name += self._quoted()
                continue
            if letter == ".":
                names.append(name)
                name = ""
            elif not letter.isspace():
                name += letter
            self._at += 1
        self._at += 1
        return [*names, name]

    def _skip_value(self) -> None:
        """Go past a value: to the end of the line on which no bracket is open any more."""
        depth = 0
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter in "\"'":
                self._quoted()
                continue
            if letter == "#":
                self._skip_line()
                continue
            if letter == "\n" and depth == 0:
                return
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(letter, 0)
            self._at += 1

    def _quoted(self) -> str:
        """Go past a string of any of the four kinds and give what it holds, escapes unread."""
        quote = self._text[self._at]
        quote = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        start = self._at = self._at + len(quote)
        while not self._text.startswith(quote, self._at):
            escaped = quote[0] == '"' and self._text[self._at] == "\\"
            self._at += 2 if escaped else 1
        held = self._text[start : self._at]
        self._at += len(quote)
        # Up to two quotes may stand right before the three that end a long string.
        while len(quote) == 3 and self._text.startswith(quote[0], self._at):
            self._at += 1
        return held
