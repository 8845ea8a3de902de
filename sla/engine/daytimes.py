"""Spans of a day's wall time: (start_second, end_second), half-open."""

import re
from collections.abc import Iterable

from sla.engine.errors import EngineError
from sla.engine.walltime import SECONDS_PER_DAY, Span

# More openings than this on one date is a mistake, and costs memory: one every half hour.
MAX_SPANS_PER_DAY = 48

_TIME = re.compile(r"([0-9]{2}):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)


def parse_spans(value: object) -> list[Span]:
    """Read [["22:00", "06:00"], ...]; an end at or before its start lies past 86,400.

    Raises EngineError: bad_interval.
    """
    if not isinstance(value, (list, tuple)):
        raise EngineError("bad_interval", intervals=value)
    return [_parse_span(pair) for pair in value]


def _parse_span(pair: object) -> Span:
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise EngineError("bad_interval", interval=pair)
    start, end = _parse_time(pair[0]), _parse_time(pair[1])
    if start in (end, SECONDS_PER_DAY):
        raise EngineError("bad_interval", interval=tuple(pair))
    return (start, end) if end > start else (start, end + SECONDS_PER_DAY)


def _parse_time(text: object) -> int:
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise EngineError("bad_interval", time=text)
    hour, minute, second = (int(part or 0) for part in match.groups())
    seconds = hour * 3600 + minute * 60 + second
    if seconds > SECONDS_PER_DAY:
        raise EngineError("bad_interval", time=text)
    return seconds


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort spans and join those that overlap or touch."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def before_midnight(spans: Iterable[Span]) -> list[Span]:
    """Keep the part of each span that lies on its own date."""
    return [(start, min(end, SECONDS_PER_DAY)) for start, end in spans]


def after_midnight(spans: Iterable[Span]) -> list[Span]:
    """Keep the part of each span that reaches into the next date, as seconds of that date."""
    return [(0, end - SECONDS_PER_DAY) for _, end in spans if end > SECONDS_PER_DAY]
