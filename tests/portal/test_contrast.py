"""Measure the pairs of text and ground in tokens.css (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("ground", "paper", "sunken")),
    *((ink, soft) for ink in ("ink", "ink-soft") for soft in ("accent-soft", "calm-soft")),
    *(("ink", f"{state}-soft") for state in ("good", "warn", "bad", "inside")),
    *((state, f"{state}-soft") for state in ("good", "warn", "bad", "calm", "inside", "accent")),
    *((state, ground) for state in ("accent", "bad", "warn") for ground in ("ground", "paper")),
    *(("on-action", fill) for fill in ("action", "action-pressed", "danger", "danger-pressed")),
]
SHAPES = [
    *(("line-strong", ground) for ground in ("ground", "paper")),
    *(("focus", ground) for ground in ("ground", "paper", "sunken", "accent-soft")),
    *((fill, ground) for fill in ("action", "danger") for ground in ("ground", "paper")),
]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out(text, ground, scheme):
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shape_stands_out(shape, ground, scheme):
    assert contrast(COLOURS[shape][scheme], COLOURS[ground][scheme]) >= 3


def test_black_on_white_is_the_largest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
