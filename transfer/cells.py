"""The values of one row, read as what their columns hold; what cannot be right is noted down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from transfer.columns import KINDS, Column

YES = frozenset({"yes", "true", "1", "y", "ja", "wahr", "x", "on"})
NO = frozenset({"no", "false", "0", "n", "nein", "falsch", "off"})
# Before that nobody had a desk of this kind: it is the zero of some spreadsheet.
FIRST_YEAR = 1970
LAST_YEAR = 2200
LARGEST_NUMBER = 1_000_000_000
LARGEST_AMOUNT = 1_000_000


@dataclass(frozen=True)
class Fault:
    """Something wrong with a row: a code of `transfer.words`, the column, and figures."""

    code: str
    column: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False


class Cells:
    """A row of one kind; `zone` is that of moments which name none, `at` the moment of reading."""

    def __init__(self, kind: str, data: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> None:
        self.columns = KINDS[kind].by_name
        self.data, self.zone, self.at = data, zone, at
        self.faults: list[Fault] = []

    @property
    def is_sound(self) -> bool:
        return all(fault.is_warning for fault in self.faults)

    def says(self, name: str) -> bool:
        return name in self.data

    def fault(self, code: str, column: str = "", **figures: Any) -> None:
        self.faults.append(Fault(code, column, figures))

    def warn(self, code: str, column: str = "", **figures: Any) -> None:
        self.faults.append(Fault(code, column, figures, is_warning=True))

    def text(self, name: str) -> str:
        """Read a text of one line or more; an empty one that is needed is a fault."""
        column, value = self.columns[name], self.data.get(name)
        if isinstance(value, dict | list):
            self.fault("no_text", name)
            return ""
        text = "" if value is None else _clean(str(value))
        if not text and column.needed:
            self.fault("empty", name)
        if len(text) > column.longest:
            self.fault("too_long", name, longest=column.longest, length=len(text))
        return text

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        found = _parsed(text)
        if found is None:
            self.fault("no_day", name, value=text[:40])
            return None
        return found.date()

    def moment(self, name: str) -> datetime | None:
        """Read a moment; one without a zone is on the vendor's clock. None must lie ahead."""
        text = self.text(name)
        if not text:
            return None
        found = _parsed(text)
        if found is None:
            self.fault("no_moment", name, value=text[:40])
            return None
        found = found if found.tzinfo else found.replace(tzinfo=self.zone)
        if found > self.at + timedelta(days=1):
            self.fault("in_future", name, value=text[:40])
        return min(found, self.at).replace(microsecond=0)

    def truth(self, name: str, otherwise: bool) -> bool:
        value = self.data.get(name)
        if value is None or value == "":
            return otherwise
        said = str(value).strip().lower()
        if said not in YES | NO:
            self.fault("no_truth", name, value=said[:40])
        return said in YES

    def number(self, name: str) -> int | None:
        """Read a number of a case; one that no counter here can follow is left to its reference."""
        text = self.text(name)
        if not text:
            return None
        number = number_in(text)
        if number is None:
            self.warn("number_not_kept", name, value=text[:40])
        return number

    def amount(self, name: str) -> int | None:
        """Read a whole number from 0 on; None where nothing is said."""
        text = self.text(name)
        number = amount_in(text)
        if text and number is None:
            self.fault("no_amount", name, value=text[:40])
        return number

    def several(self, name: str) -> list[str]:
        value = self.data.get(name)
        parts = value if isinstance(value, list) else str(value or "").split(";")
        return [text for part in parts if part is not None and (text := _clean(str(part)))]

    def rows(self, name: str) -> Sequence[Mapping[str, Any]]:
        value = self.data.get(name) or []
        if not isinstance(value, list) or any(not isinstance(one, dict) for one in value):
            self.fault("no_rows", name)
            return []
        return value

    def check_unknown(self) -> None:
        """Note what the row needs and does not have at all, as JSON may."""
        for column in self.columns.values():
            if column.needed and column.name not in self.data:
                self.text(column.name)


def amount_in(said: object) -> int | None:
    """Read a whole number from 0 to a million; None for what is none."""
    text = "" if said is None else str(said).strip()
    is_short = text.isdecimal() and len(text) <= len(str(LARGEST_AMOUNT))
    return int(text) if is_short and int(text) <= LARGEST_AMOUNT else None


def number_in(said: object) -> int | None:
    """Read the number of a case; None for what no counter here can follow."""
    text = str(said).strip()[:20]
    return int(text) if text.isdecimal() and 0 < int(text) < LARGEST_NUMBER else None


def _clean(text: str) -> str:
    """Drop what no text has: NUL, and halves of surrogates that JSON may spell."""
    sound = text.encode("utf-8", "ignore").decode("utf-8")
    return sound.replace("\0", "").strip()


def _parsed(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            return None
        # The day before the first one of the calendar has no moment in UTC.
        return found
    except (ValueError, OverflowError):
        return None


__all__ = ["Cells", "Column", "Fault"]
