"""The timeline of a case as a story: what people said, and what else happened folded between."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tickets.reading import Entry

if TYPE_CHECKING:
    from desk.scene import Line

# One entry alone is shorter than a line that says that there is one.
FEWEST_FOLDED = 2


@dataclass(frozen=True)
class Stretch:
    """Lines that follow one another; `is_folded`: told in one line that can be opened."""

    lines: tuple["Line", ...]
    is_folded: bool

    @property
    def titles(self) -> list[str]:
        """Name what happened, each thing once."""
        return list(dict.fromkeys(line.title for line in self.lines))

    @property
    def has_internal(self) -> bool:
        return any(line.entry.internal for line in self.lines)


def stretches(lines: Iterable["Line"]) -> list[Stretch]:
    """Divide a timeline into what is read and what is folded, in its order.

    Nobody's words are folded, nor a step that came late.
    """
    found: list[Stretch] = []
    for is_quiet, group in groupby(lines, key=_is_quiet):
        run = tuple(group)
        found.append(Stretch(run, is_quiet and len(run) >= FEWEST_FOLDED))
    return found


def is_from_customer(entry: Entry) -> bool:
    """Tell whether an entry has words of the customer's."""
    message = entry.message
    return message is not None and message.author is not None and message.author.is_customer


def _is_quiet(line: "Line") -> bool:
    return line.tone == "is-event" and not line.late and not line.is_leapt
