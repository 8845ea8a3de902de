"""Drawings as geometry: shares of a width and whole pixels, for the attributes of SVG.

Texts, so that no locale writes a decimal comma into an attribute.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# The steps of a shade; 0 is nothing.
SHADES = 5
COLUMNS_HEIGHT = 180
# What is left between two columns, of the width of one.
GAP = 0.2


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar: what it is, where it begins and how long it is, as "12.50%"."""

    code: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart and the dots of the two lines above it; heights in pixels."""

    x: str
    width: str
    y: int
    height: int
    middle: str


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a line between the middles of two columns; heights in pixels."""

    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a chart with the number that it stands for."""

    y: int
    value: int


def percent(part: float, whole: float) -> str:
    """Write a share with two digits: "12.50%"; nothing of nothing is "0.00%"."""
    return f"{part * 100 / whole:.2f}%" if whole else "0.00%"


def stacked(parts: Sequence[tuple[str, int]], most: int) -> tuple[Piece, ...]:
    """Lay the parts of a bar side by side; `most` is what its whole width stands for."""
    pieces, begins = [], 0
    for code, size in parts:
        if size:
            pieces.append(Piece(code, percent(begins, most), percent(size, most)))
        begins += size
    return tuple(pieces)


def columns(values: Sequence[int], most: int) -> tuple[Column, ...]:
    """Draw columns that stand on the ground of the chart; one for nothing has no height."""
    number = len(values)
    return tuple(
        Column(
            x=percent(place + GAP / 2, number),
            width=percent(1 - GAP, number),
            y=COLUMNS_HEIGHT - _height(value, most),
            height=_height(value, most),
            middle=percent(place + 0.5, number),
        )
        for place, value in enumerate(values)
    )


def line(values: Sequence[int], number: int, most: int) -> tuple[Line, ...]:
    """Join the values of neighbours; `number` is how many columns the chart has."""
    points = [
        (percent(place + 0.5, number), COLUMNS_HEIGHT - _height(value, most))
        for place, value in enumerate(values)
    ]
    return tuple(
        Line(x1, y1, x2, y2) for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False)
    )


def scale(most: int) -> tuple[Mark, ...]:
    """Choose lines across a chart at round numbers; none where there is nothing to compare."""
    top = round_up(most)
    marks = {0, top // 2, top} if top > 1 else {0, top}
    return tuple(Mark(COLUMNS_HEIGHT - _height(value, top), value) for value in sorted(marks))


def round_up(most: int) -> int:
    """Give the next even round number: 1, 2, 4, 6, 10, 20, 40, 60, 100, …"""
    size = 1
    while True:
        for factor in (1, 2, 4, 6):
            if most <= factor * size:
                return factor * size
        size *= 10


def shade(value: int, most: int) -> int:
    """Choose one of SHADES steps for a value, 0 for nothing; the most is the darkest."""
    return 0 if not value else max(1, -(-value * SHADES // most))


def _height(value: int, most: int) -> int:
    return value * (COLUMNS_HEIGHT - 1) // most if most else 0
