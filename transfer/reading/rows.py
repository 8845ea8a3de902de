"""What readers give: rows of the documented kinds, with where they stood."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One row as it was read: values are texts, numbers, truth values, lists of them, or None."""

    kind: str
    data: Mapping[str, Any]
    file: str
    line: int


@dataclass(frozen=True)
class Unread:
    """A place in a file that could not be read, or that is left out: a code and its figures.

    `is_warning`: the rest of it was read.
    """

    file: str
    line: int
    code: str
    column: str = ""
    figures: Mapping[str, Any] | None = None
    is_warning: bool = False


class CannotRead(Exception):
    """A whole upload that cannot be read: a code, and figures for its words."""

    def __init__(self, code: str, **figures: Any) -> None:
        super().__init__(code)
        self.code = code
        self.figures = figures


def key_of(reference: object) -> str:
    """Give the digest by which a row of another system is known; ids there may be addresses."""
    return hashlib.sha256(str(reference).strip().casefold().encode("utf-8", "replace")).hexdigest()


def digest_of(data: Mapping[str, Any]) -> str:
    """Give the digest of all that a row says."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
