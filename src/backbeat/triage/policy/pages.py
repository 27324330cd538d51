"""Pages of cells as people fill them in, whatever file they came in: the shape between files and tables."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "MOST_TEXT", "Page", "letter"]

MOST_ROWS = 4_000
"""Rows with anything in them, per page. A table of the rulebook has 2,000 at most."""
MOST_COLUMNS = 256
MOST_TEXT = 4_000
"""Characters in one cell."""


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook, or one CSV file."""

    place: str
    """How messages name it: `sheet strand_lead`, `file strand_lead.csv`."""
    rows: tuple[tuple[int, Mapping[int, str]], ...]
    """Rows that are not empty: their number from 1, and text by column from 0, without outer spaces."""
    row_word: str = "row"
    """`row` of a sheet, `line` of a file."""


def letter(column: int) -> str:
    """The name a spreadsheet gives a column, counted from 0.

    >>> letter(0), letter(25), letter(26), letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    name = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(ord("A") + place) + name
    return name
