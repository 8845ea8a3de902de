"""Whole numbers as addresses and forms bring them: text that anybody may have typed."""

# As many digits as the key of any row can have.
MOST_DIGITS = 18


def number_in(text: str, *, digits: int = MOST_DIGITS) -> int | None:
    """Read a whole number, not below zero, of at most so many digits; None for anything else."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if is_number else None
