"""The fields of one line of the batch: read with their types, or refused with a code."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from sla.engine.calendar import Instant, Pause, parse_instant
from sla.engine.errors import EngineError
from sla.engine.walltime import zone_info

Record = Mapping[str, Any]

_COUNTRY = re.compile("[A-Z]{2}", re.ASCII)
_SHOWN_CHARACTERS = 60


class BadLine(Invalid):
    """This line has no answer; `code` is one of the batch's codes."""

    code = "bad_request"

    def __init__(self, message: str, code: str = "bad_request") -> None:
        super().__init__(message)
        self.code = code


def text(record: Record, name: str) -> str:
    """Read a text that must be there."""
    value = optional_text(record, name)
    if value is None:
        raise BadLine(_("%(name)s is missing.") % {"name": name})
    return value


def optional_text(record: Record, name: str) -> str | None:
    """Read a text that may be null or absent."""
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value
    raise BadLine(_("%(name)s has to be text: %(value)s.") % _named(name, value))


def level_code(record: Record, name: str) -> str | None:
    """Read a severity or a priority: its code as text, or as a whole number."""
    value = record.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        # Python refuses to write out integers of more than some thousand digits.
        return str(value) if abs(value) < 1_000_000 else _shown(value)
    return optional_text(record, name)


def choice(record: Record, name: str, choices: tuple[str, ...]) -> str:
    """Read one of a few words."""
    value = text(record, name)
    if value not in choices:
        raise BadLine(
            _("%(name)s has to be one of %(choices)s, not %(value)s.")
            % (_named(name, value) | {"choices": ", ".join(choices)})
        )
    return value


def table(record: Record, name: str) -> Record | None:
    """Read an object that may be null or absent."""
    value = record.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise BadLine(_("%(name)s has to be an object: %(value)s.") % _named(name, value))


def amount(record: Record, name: str) -> int:
    """Read a whole number; the engine refuses a negative one."""
    value = record.get(name)
    if value is None:
        raise BadLine(_("%(name)s is missing.") % {"name": name})
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadLine(_("%(name)s has to be a whole number: %(value)s.") % _named(name, value))
    return value


def instant(record: Record, name: str) -> Instant:
    """Read a moment that must be there. Raises EngineError: no_offset."""
    found = optional_instant(record, name)
    if found is None:
        raise BadLine(_("%(name)s is missing.") % {"name": name})
    return found


def optional_instant(record: Record, name: str) -> Instant | None:
    """Read a moment that may be null or absent. Raises EngineError: no_offset."""
    value = optional_text(record, name)
    if value is None:
        return None
    try:
        return parse_instant(value)
    except EngineError as error:
        if error.code != "bad_request":
            raise
        raise BadLine(
            _("%(name)s has to be a moment like 2026-06-12T15:00:00+05:30: %(value)s.")
            % _named(name, value)
        ) from error


def pauses(record: Record) -> tuple[Pause, ...]:
    """Read the pauses, none when absent. Raises EngineError: no_offset."""
    value = record.get("pauses")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(pause, dict) for pause in value):
        raise BadLine(_("pauses has to be a list of objects: %(value)s.") % _named("", value))
    return tuple((instant(pause, "from"), optional_instant(pause, "to")) for pause in value)


def zone(customer: Record) -> str | None:
    """Read the customer's zone where there is one. Raises EngineError: bad_time_zone."""
    name = optional_text(customer, "time_zone")
    if name is not None:
        zone_info(name)
    return name


def country(customer: Record) -> str | None:
    """Read the customer's country where there is one."""
    code = optional_text(customer, "country")
    if code is None or _COUNTRY.fullmatch(code):
        return code
    raise BadLine(
        _("customer.country has to be two capital letters: %(value)s.") % _named("", code)
    )


def _named(name: str, value: object) -> dict[str, str]:
    return {"name": name, "value": _shown(value)}


def _shown(value: object) -> str:
    """Quote what was given, briefly; numbers too long to be written are only named."""
    if isinstance(value, int) and value.bit_length() > 4 * _SHOWN_CHARACTERS:
        return _("a number of too many digits")
    if isinstance(value, (list, dict)):
        return _("a list") if isinstance(value, list) else _("an object")
    shown = str(value)
    return shown if len(shown) <= _SHOWN_CHARACTERS else shown[:_SHOWN_CHARACTERS] + "…"
