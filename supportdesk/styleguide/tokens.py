"""What static/css/tokens.css says, read from it: the page shows what is, not what was meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from accounts.colours import contrast

SHEET = settings.BASE_DIR / "static/css/tokens.css"
COLOUR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
LENGTH = re.compile(r"--([a-z0-9-]+): ([^;]+);")

STATES = ("good", "warn", "bad", "calm", "inside", "accent")
FILLS = ("action", "action-pressed", "danger", "danger-pressed")
# Every pair of text and ground that pages use (WCAG 2.2, 1.4.3: 4.5 to 1) ...
TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("ground", "paper", "sunken")),
    *((ink, soft) for ink in ("ink", "ink-soft") for soft in ("accent-soft", "calm-soft")),
    *(("ink", f"{state}-soft") for state in ("good", "warn", "bad", "inside")),
    *((state, f"{state}-soft") for state in STATES),
    *((state, ground) for state in ("accent", "bad", "warn") for ground in ("ground", "paper")),
    ("accent", "sunken"),
    *(("on-action", fill) for fill in FILLS),
)
# ... and of shape and ground (1.4.11: 3 to 1).
SHAPE_PAIRS = (
    *(("line-strong", ground) for ground in ("ground", "paper", "sunken")),
    *(("focus", ground) for ground in ("ground", "paper", "sunken", "accent-soft")),
    *((fill, ground) for fill in ("action", "danger") for ground in ("ground", "paper")),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One colour upon another, and how far it stands out by day and by night (1 to 21)."""

    text: str
    ground: str
    day: float
    night: float


@dataclass(frozen=True, slots=True)
class Length:
    """A size, a space or a radius, as the sheet says it."""

    name: str
    value: str


def colours() -> dict[str, tuple[str, str]]:
    """Read the colours by their names: by day, by night."""
    return {name: (day, night) for name, day, night in COLOUR.findall(SHEET.read_text())}


def pairs(wanted: tuple[tuple[str, str], ...]) -> list[Pair]:
    """Measure pairs of colours."""
    known = colours()
    return [_pair(text, ground, known) for text, ground in wanted]


def lengths(prefix: str) -> list[Length]:
    """List the tokens of the root whose names begin so, in the order of the sheet."""
    return list(_lengths(prefix))


def _lengths(prefix: str) -> Iterator[Length]:
    seen = set()
    for name, value in LENGTH.findall(SHEET.read_text()):
        # What comes again is a denser desk's, or for who asks for less motion.
        if name.startswith(prefix) and name not in seen:
            seen.add(name)
            yield Length(name, value)


def _pair(text: str, ground: str, known: dict[str, tuple[str, str]]) -> Pair:
    by_scheme = [contrast(*both) for both in zip(known[text], known[ground], strict=True)]
    return Pair(text, ground, *(round(figure, 1) for figure in by_scheme))
