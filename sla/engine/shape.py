"""Shapes of a document: what a table may hold, read with every fault noted, and written back.

A type reads a raw TOML value to a value of the core, or notes faults at its place and gives a
blank, so that one mistake does not hide the next.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sla.engine.errors import EngineError
from sla.engine.walltime import zone_info

_NAMES = {
    str: "text",
    bool: "boolean",
    int: "integer",
    float: "float",
    list: "list",
    dict: "table",
    datetime: "moment",
    date: "date",
}
# PostgreSQL cannot store NUL, UTF-8 no lone surrogates, and nobody means the other controls.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)
MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document one is; faults noted here go to the list that all places share."""

    path: str
    found: list[tuple[str, str, dict[str, object]]]

    def key(self, name: str) -> "Place":
        """Go to a key of this table."""
        return Place(f"{self.path}.{name}" if self.path else name, self.found)

    def index(self, number: int) -> "Place":
        """Go to an element of this list, counted from 0."""
        return Place(f"{self.path}[{number}]", self.found)

    def fault(self, code: str, /, **params: object) -> None:
        """Note a fault: a stable code and the figures it is about."""
        self.found.append((self.path, code, params))


class Type(Protocol):
    """What a value may be. `blank` stands in for a faulty one."""

    @property
    def blank(self) -> Any: ...

    def read(self, raw: object, place: Place) -> Any: ...

    def write(self, value: Any) -> object: ...


def expect(raw: object, kind: type, place: Place) -> bool:
    """Tell whether a raw value is of a TOML type, noting a fault where it is not."""
    if type(raw) is kind:
        return True
    place.fault("wrong_type", expected=_NAMES[kind], found=_NAMES.get(type(raw), "other"))
    return False


@dataclass(frozen=True, slots=True)
class Text:
    """Free text; `choices` or `pattern` bound it. `needed`: it must say something.

    `form` names the fault of a text that does not fit the pattern: bad_code, bad_email, ...
    """

    choices: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    needed: bool = False
    blank: str | None = ""
    form: str = "code"

    def read(self, raw: object, place: Place) -> str | None:
        if not expect(raw, str, place):
            return self.blank
        assert isinstance(raw, str)
        raw = raw.replace("\r\n", "\n")
        if self.choices and raw not in self.choices:
            place.fault("bad_choice", value=raw, choices=self.choices)
        elif self.pattern and not self.pattern.fullmatch(raw):
            place.fault(f"bad_{self.form}", value=raw)
        elif _CONTROL.search(raw) or len(raw) > MAX_TEXT:
            place.fault("bad_text", most=MAX_TEXT)
        elif self.needed and not raw.strip():
            place.fault("empty_text")
        else:
            return raw
        return self.blank

    def write(self, value: str) -> object:
        return value


TEXT = Text()
NAME = Text(needed=True)
CODE = Text(pattern=_CODE)


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA zone, or a word that stands for one."""

    words: tuple[str, ...] = ()
    blank: str = "UTC"

    def read(self, raw: object, place: Place) -> str:
        if not expect(raw, str, place):
            return self.blank
        assert isinstance(raw, str)
        if raw in self.words:
            return raw
        try:
            zone_info(raw)
        except EngineError:
            place.fault("bad_time_zone", value=raw)
            return self.blank
        return raw

    def write(self, value: str) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    blank: bool = False

    def read(self, raw: object, place: Place) -> bool:
        return bool(raw) if expect(raw, bool, place) else self.blank

    def write(self, value: bool) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, both bounds included."""

    low: int
    high: int

    @property
    def blank(self) -> int:
        return self.low

    def read(self, raw: object, place: Place) -> int:
        if not expect(raw, int, place):
            return self.blank
        assert isinstance(raw, int)
        if not self.low <= raw <= self.high:
            place.fault("out_of_range", value=raw, low=self.low, high=self.high)
            return self.blank
        return raw

    def write(self, value: int) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Day:
    """A date: TOML's own or text. Written as text, so that a document fits into JSON."""

    blank: None = None

    def read(self, raw: object, place: Place) -> date | None:
        if type(raw) is date:
            return raw
        if not expect(raw, str, place):
            return None
        assert isinstance(raw, str)
        try:
            return date.fromisoformat(raw)
        except ValueError:
            place.fault("bad_date", value=raw)
            return None

    def write(self, value: date) -> object:
        return value.isoformat()


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one type without repeats."""

    of: Type
    least: int = 0
    blank: tuple[Any, ...] = ()

    def read(self, raw: object, place: Place) -> tuple[Any, ...]:
        if not expect(raw, list, place):
            return self.blank
        assert isinstance(raw, list)
        if len(raw) < self.least:
            place.fault("too_few", least=self.least)
        for number, value in enumerate(raw):
            if value in raw[:number]:
                place.index(number).fault("repeated", value=value)
        return tuple(self.of.read(value, place.index(i)) for i, value in enumerate(raw))

    def write(self, value: tuple[Any, ...]) -> object:
        return [self.of.write(one) for one in value]


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a table, needed if without `default`; `attribute` where that has another name."""

    key: str
    type: Type
    default: Any = ...
    attribute: str = ""


@dataclass(frozen=True)
class Shape:
    """A table with named keys, read to `build(**attributes)`. `given` are read from elsewhere."""

    build: Callable[..., Any]
    fields: tuple[Field, ...]
    blank: Any = None

    def read(self, raw: object, place: Place, **given: object) -> Any:
        if not expect(raw, dict, place):
            return self.blank
        assert isinstance(raw, dict)
        known = {field.key for field in self.fields}
        for key in raw:
            if key not in known:
                place.key(key).fault("unknown_key", key=key, known=tuple(sorted(known)))
        values = {f.attribute or f.key: _read_field(f, raw, place) for f in self.fields}
        return self.build(**given, **values)

    def write(self, value: Any) -> dict[str, object]:
        written = {}
        for field in self.fields:
            held = getattr(value, field.attribute or field.key)
            # None and emptiness are said by leaving the key out; all else is spelled out, so that
            # a frozen document does not depend on the defaults of the day.
            if held is not None and not (field.default == held and held in ("", (), {})):
                written[field.key] = field.type.write(held)
        return written


def _read_field(field: Field, raw: Mapping[str, object], place: Place) -> Any:
    if field.key in raw:
        return field.type.read(raw[field.key], place.key(field.key))
    if field.default is ...:
        place.key(field.key).fault("missing_key", key=field.key)
        return field.type.blank
    return field.default


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of tables of one shape; `given` is the same for all."""

    shape: Shape
    given: tuple[tuple[str, object], ...] = ()
    blank: tuple[Any, ...] = ()

    def read(self, raw: object, place: Place) -> tuple[Any, ...]:
        if not expect(raw, list, place):
            return self.blank
        assert isinstance(raw, list)
        if not all([expect(row, dict, place.index(i)) for i, row in enumerate(raw)]):
            return self.blank
        given = dict(self.given)
        return tuple(self.shape.read(row, place.index(i), **given) for i, row in enumerate(raw))

    def write(self, value: tuple[Any, ...]) -> object:
        return [self.shape.write(row) for row in value]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table of tables of one shape, each under its code; the order of the codes says nothing."""

    shape: Shape
    blank: tuple[Any, ...] = ()

    def read(self, raw: object, place: Place) -> tuple[Any, ...]:
        if not expect(raw, dict, place):
            return self.blank
        assert isinstance(raw, dict)
        read = []
        for code, table in sorted(raw.items()):
            if not _CODE.fullmatch(code):
                place.key(code).fault("bad_code", value=code)
            elif expect(table, dict, place.key(code)):
                read.append(self.shape.read(table, place.key(code), code=code))
        return tuple(read)

    def write(self, value: tuple[Any, ...]) -> object:
        return {one.code: self.shape.write(one) for one in value}
