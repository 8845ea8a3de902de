"""Lines in, lines out: one JSON object each, whatever comes in."""

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from sla.batch.fields import BadLine, Record

# A calendar with every date of ten years as an exception has a third of this.
MOST_BYTES = 1 << 20


def lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line as it arrives; None for one that is too long to be read."""
    while line := stream.readline(MOST_BYTES + 1):
        if len(line) <= MOST_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MOST_BYTES)
        yield None


def read_line(line: bytes | None) -> Record:
    """Read one line as an object. Raises BadLine."""
    if line is None:
        raise BadLine(_("The line is longer than %(most)d bytes.") % {"most": MOST_BYTES})
    try:
        found = _decoder.decode(line.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        raise BadLine(_("The line is not UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        raise BadLine(_("The line is not JSON.")) from error
    if not isinstance(found, dict):
        raise BadLine(_("The line is not a JSON object."))
    return found


def id_of(record: Record) -> Any:
    """Give a line's id back as it came: a text, a number, or null where there is none to read."""
    found = record.get("id")
    return found if isinstance(found, (str, int, float)) else None


def write_line(answer: dict[str, Any]) -> str:
    """Write one answer, in ASCII, without its end of line."""
    return _encoder.encode(answer)


def _refuse(constant: str) -> None:
    # Python reads NaN and Infinity, which are no JSON.
    raise ValueError(constant)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


_decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_encoder = json.JSONEncoder(allow_nan=False, check_circular=False)
