"""Tables as CSV files that a spreadsheet opens without running anything of them."""

import csv
from collections.abc import Iterable, Iterator

# What a spreadsheet would take for a formula, or for the way into one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int


class _Line:
    """Takes what the writer writes and gives it back at once."""

    def write(self, text: str) -> str:
        return text


def csv_file(titles: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Write a table as CSV, line by line. Texts are kept from being formulas; numbers stay numbers.

    It begins with the mark without which a spreadsheet takes it for one of its old encodings.
    """
    writer = csv.writer(_Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(plain_cell(one) for one in titles)
    for row in rows:
        yield writer.writerow(plain_cell(cell) for cell in row)


def plain_cell(cell: Cell) -> Cell:
    """Keep a spreadsheet from taking a text for a formula; a number is none."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
