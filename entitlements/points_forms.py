"""What is typed about points: which part of a statement, a sale, a correction, a decision."""

from collections.abc import Mapping

LONGEST_NUMBER = 9


class Years:
    """Which part of a statement an address asks for; what cannot be is left out."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.year = _number(query.get("year", ""), 1900, 9998)
        self.before = _number(query.get("before", ""), 1, 10**LONGEST_NUMBER)


def _number(text: str, least: int, most: int) -> int | None:
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_NUMBER:
        return None
    return int(text) if least <= int(text) <= most else None
