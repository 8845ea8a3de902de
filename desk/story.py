"""The timeline of a case as a story: what people said, and what else happened folded between."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString

from tickets.history import Entry
from tickets.markup import filled
from tickets.models import CaseEvent, Message

LINE = '<li class="{}" id="entry-{}">\n<div class="entry__head">{}</div>\n{}\n</li>'
SAID = '<p class="said">{}</p>'
# One entry alone is shorter than a line that says that there is one.
FEWEST_FOLDED = 2


@dataclass(frozen=True)
class Line:
    """One line of the timeline. `tone` is the modifier of an entry, `late` says how late it is.

    `head` is its first line as it is drawn. `told` names who of the desk was told of it, and by
    which way. `is_leapt`: desk time was moved over when it should have been. `is_new`: others did
    it since whoever reads looked last. `has_files`: some came with it.
    """

    entry: Entry
    title: str
    head: SafeString
    text: str
    late: str
    tone: str
    told: str = ""
    is_leapt: bool = False
    is_new: bool = False
    has_files: bool = False

    @property
    def drawn(self) -> SafeString:
        """Draw all of it; only where there is no more to show."""
        said = filled(SAID, self.words) if self.words else ""
        return filled(LINE, self.css, self.seq, self.head, said)

    @property
    def event(self) -> CaseEvent:
        return self.entry.event

    @property
    def css(self) -> str:
        return f"entry {self.tone} is-late" if self.late else f"entry {self.tone}"

    @property
    def seq(self) -> int:
        return self.entry.event.seq

    @property
    def words(self) -> str:
        """Give what was said, where that is all that there is to show below the head; else ""."""
        entry = self.entry
        if entry.message is not None:
            return entry.message.body if entry.note is None else ""
        return entry.note.body if entry.note is not None and entry.internal else ""

    @property
    def has_more(self) -> bool:
        """Tell whether there is more to show than a head and what was said."""
        shown = self.text or self.told or self.late or self.is_leapt or self.has_files
        shown = shown or (self.entry.message is not None and self.entry.message.way)
        is_said_otherwise = self.entry.note is not None and not self.words
        return bool(shown) or is_said_otherwise


@dataclass(frozen=True)
class Stretch:
    """Lines that follow one another; `is_folded`: told in one line that can be opened."""

    lines: tuple[Line, ...]
    is_folded: bool

    @property
    def titles(self) -> list[str]:
        """Name what happened, each thing once."""
        return list(dict.fromkeys(line.title for line in self.lines))

    @property
    def has_internal(self) -> bool:
        return any(line.entry.internal for line in self.lines)


def stretches(lines: Iterable[Line]) -> list[Stretch]:
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


def tone_of(entry: Entry) -> str:
    """Name the modifier with which an entry is drawn."""
    if entry.message is None and entry.note is None:
        return "is-event"
    if entry.message is None:
        return "is-inside" if entry.internal else ""
    if entry.message.kind == Message.Kind.QUESTION:
        return "is-question"
    from_customer = entry.message.author.is_customer
    return "" if from_customer else "is-mine"


def _is_quiet(line: Line) -> bool:
    return line.tone == "is-event" and not line.late and not line.is_leapt
