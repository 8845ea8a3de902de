"""A vendor's colour, made readable: contrast as WCAG 2.2 counts it. Pure, colours as "#rrggbb"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-f]{6}")
# Text needs 4.5 to 1 (WCAG 2.2, 1.4.3).
READABLE = 4.5
_STEPS = 50

WHITE, BLACK = "#ffffff", "#000000"
# The grounds on which accents stand, of static/css/tokens.css: by day and by night.
DAY_PAPER, DAY_GROUNDS = "#ffffff", ("#ffffff", "#f4f5f8", "#eceff4")
NIGHT_PAPER, NIGHT_GROUNDS = "#171b22", ("#171b22", "#0f1217", "#1f242d")
_DAY_TINT, _NIGHT_TINT, _PRESSED = 0.08, 0.18, 0.2

Channels = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """What the pages need of a colour; pairs are by day and by night.

    `accent` is text and lines, `soft` a ground for it, `action` a button below white text.
    """

    accent: tuple[str, str]
    soft: tuple[str, str]
    action: str
    pressed: str


def contrast(one: str, other: str) -> float:
    """Count the contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def palette_of(colour: str) -> Palette:
    """Derive what is readable: darker by day, lighter by night, as little as will do."""
    day_soft = mixed(DAY_PAPER, colour, _DAY_TINT)
    night_soft = mixed(NIGHT_PAPER, colour, _NIGHT_TINT)
    action = towards(colour, BLACK, (WHITE,))
    return Palette(
        accent=(
            towards(colour, BLACK, (*DAY_GROUNDS, day_soft)),
            towards(colour, WHITE, (*NIGHT_GROUNDS, night_soft)),
        ),
        soft=(day_soft, night_soft),
        action=action,
        pressed=mixed(action, BLACK, _PRESSED),
    )


def is_readable(colour: str) -> bool:
    """Tell whether a colour can be used as it is, as text by day and below white text."""
    palette = palette_of(colour)
    return palette.action == palette.accent[0] == colour


def towards(colour: str, end: str, grounds: Iterable[str]) -> str:
    """Mix a colour with black or white until it is readable on every one of `grounds`."""
    grounds = tuple(grounds)
    for step in range(_STEPS):
        tried = mixed(colour, end, step / _STEPS)
        if all(contrast(tried, ground) >= READABLE for ground in grounds):
            return tried
    return end


def mixed(colour: str, other: str, share: float) -> str:
    """Mix in a share (0 to 1) of another colour."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> Channels:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
