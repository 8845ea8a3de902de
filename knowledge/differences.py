"""What became another text: lines first, then the words of the lines that differ. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

SAME, ADDED, REMOVED = "same", "added", "removed"
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, came or went: `kind` is SAME, ADDED or REMOVED."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Tell how one text became another, in the order of reading.

    The pieces that are not ADDED are the text before, those that are not REMOVED the text after.
    """
    pieces = _by_line(before.splitlines(keepends=True), after.splitlines(keepends=True))
    joined = groupby((piece for piece in pieces if piece.text), key=lambda piece: piece.kind)
    return [Piece(kind, "".join(piece.text for piece in alike)) for kind, alike in joined]


def _by_line(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for does, old, new in _steps(before, after):
        if does == "replace":
            yield from _by_word("".join(old), "".join(new))
        else:
            yield from _as_it_is(does, old, new)


def _by_word(before: str, after: str) -> Iterator[Piece]:
    for does, old, new in _steps(_WORDS.findall(before), _WORDS.findall(after)):
        yield from _as_it_is(does, old, new)


def _as_it_is(does: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if does == "equal":
        yield Piece(SAME, "".join(old))
    else:
        yield Piece(REMOVED, "".join(old))
        yield Piece(ADDED, "".join(new))


def _steps(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) > 2_000)
    for does, old, old_end, new, new_end in matcher.get_opcodes():
        yield does, before[old:old_end], after[new:new_end]
