"""CSV: cells found in the file's own text, so that everything that was not removed keeps its bytes.

The dialect is sniffed (comma, semicolon, tab or bar; quotes are `"`, doubled inside; line breaks inside quotes belong
to the cell). Rows and columns are never added or lost. A cell we changed that would start like a formula gets an
apostrophe in front, because a spreadsheet would run it; cells we did not change are left as they are, and a notice
counts the formulas among them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from backbeat.errors import Bug
from backbeat.files import write_whole
from backbeat.redaction.errors import InputTooLarge, TableMalformed
from backbeat.redaction.formats.limits import Limits
from backbeat.redaction.formats.sniff import CSV
from backbeat.redaction.formats.text import GONE, encode, notices_of, pages_of, read_text, removals, stand_in
from backbeat.redaction.model import Applied, Cell, Decision, Document, Kind, Notice

__all__ = ["apply", "read", "split"]

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 200
GUARD = "'"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a cell for a formula (OWASP, CSV injection)."""

_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)


def read(path: Path, sha256: str, limits: Limits) -> Document:
    """Read a table whose size and first bytes were already looked at.

    Raises:
        InputBinary, InputEncoding: as for plain text.
        TableMalformed: a quoted cell is never closed, or goes on after its closing quote.
    """
    text, encoding = read_text(path, limits)
    spans = split(text, path.suffix.lower())
    if spans and spans[-1][0] >= limits.max_rows:
        raise InputTooLarge(
            f"The table has {spans[-1][0] + 1:,} rows; the limit is {limits.max_rows:,}.",
            where="the file as a whole",
            do="split it into smaller tables, or ask your administrator to raise the limit",
        )
    headers: list[str] = []
    cells: list[Cell] = []
    for row, column, start, end in spans:
        if row == 0:
            headers.append(_value(text, start, end))
        header = headers[column] if column < len(headers) else ""
        cells.append(Cell(row, column, start, end, header))
    notices = (*notices_of(encoding), *_table_notices(text, cells))
    return Document(sha256, CSV, text, cells=tuple(cells), encoding=encoding, notices=notices)


def _value(text: str, start: int, end: int) -> str:
    return text[start:end].replace('""', '"') if text[start - 1 : start] == '"' else text[start:end]


def _table_notices(text: str, cells: Sequence[Cell]) -> Iterator[Notice]:
    formulas = sum(1 for cell in cells if text.startswith(FORMULA, cell.start, cell.end) and _is_formula(text, cell))
    if formulas:
        message = f"{formulas} cells start like a formula. Open the table as text, not by a double click."
        yield Notice("table.formula", message)
    widths: dict[int, int] = {}
    for cell in cells:
        widths[cell.row] = cell.column + 1
    ragged = sum(1 for width in widths.values() if width != widths[0]) if widths else 0
    if ragged:
        yield Notice("table.ragged", f"{ragged} rows have more or fewer cells than the first row.")


def _is_formula(text: str, cell: Cell) -> bool:
    """Numbers and telephone numbers start with a sign too and are no formula."""
    return re.fullmatch(r"[+-][\d\s().,-]*", text[cell.start : cell.end]) is None


def split(text: str, suffix: str = ".csv") -> list[tuple[int, int, int, int]]:
    """Cells as (row, column, start, end) in reading order.

    `start` and `end` lie inside the quotes where a cell is quoted. A blank line is a row of one empty cell.
    """
    if named := _SEPARATOR_LINE.match(text):  # Excel's own way to name the delimiter; not part of the table
        return list(_scan(text, named[1], named.end()))
    delimiter = "\t" if suffix == ".tsv" else _sniff(text)
    return list(_scan(text, delimiter, 0))


def _sniff(text: str) -> str:
    """The delimiter that gives the sample the most rows of one width above one; a comma where none does."""

    def score(delimiter: str) -> tuple[float, int]:
        widths: dict[int, int] = {}
        try:
            for row, column, _, _ in _scan(text, delimiter, 0):
                if row >= SAMPLE_ROWS:
                    break
                widths[row] = column + 1
        except TableMalformed:
            return (0.0, 0)
        wide = [width for width in widths.values() if width > 1]
        if not wide:
            return (0.0, 0)
        usual = max(set(wide), key=wide.count)
        return (wide.count(usual) / len(widths), usual)

    return max(DELIMITERS, key=score)  # the first of equals: comma before the others


def _scan(text: str, delimiter: str, begin: int) -> Iterator[tuple[int, int, int, int]]:
    mark = re.escape(delimiter)
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|(?!")([^{mark}\r\n]*))({mark}|\r\n|\n|\r|\Z)')
    row = column = 0
    at, size = begin, len(text)
    while at < size or column:
        found = cell.match(text, at)
        if found is None:
            raise _malformed(text, at)
        group = 2 if found[1] is None else 1
        yield row, column, found.start(group), found.end(group)
        at = found.end()
        if found[3] == delimiter:
            column += 1
        else:
            row, column = row + 1, 0


def _malformed(text: str, at: int) -> TableMalformed:
    return TableMalformed(
        "A quoted cell is never closed, or goes on after its closing quote: the cells cannot be told apart.",
        where=f"the cell that begins on line {text.count(chr(10), 0, at) + 1}",
        do="open the table in a spreadsheet, check that line, and export it as CSV again",
    )


def apply(source: Path, document: Document, decisions: Sequence[Decision], target: Path) -> Applied:
    """Write the redacted table to `target`; it appears whole or not at all. `decisions` must not overlap.

    A removed span that runs over several cells is removed from each of them; the delimiters between stay.
    """
    edits, removed, drawn = _edits(document, decisions)
    kept: list[str] = []
    written: list[str] = []
    edge = 0
    for start, end, mark in edits:
        kept.append(document.text[edge:start])
        written += (document.text[edge:start], mark)
        edge = end
    kept.append(document.text[edge:])
    written.append(document.text[edge:])
    result = "".join(written)
    _check_shape(document, result)
    with write_whole(target) as stream:
        stream.write(encode(result, document.encoding or "utf-8"))
    return Applied(
        removed=removed,
        retained_text=GONE.join(kept),
        pages=pages_of(document.text),
        notices=document.notices,
        drawn_text=drawn,
    )


Edit = tuple[int, int, str]
"""Characters [start, end) of the document's text and what is written in their place."""


def _edits(
    document: Document, decisions: Sequence[Decision]
) -> tuple[list[Edit], tuple[tuple[Kind, str], ...], tuple[str, ...]]:
    """Edits in order, the values they take out, and the stand-ins they put in."""
    starts = [cell.start for cell in document.cells]
    edits: list[Edit] = []
    removed: list[tuple[Kind, str]] = []
    drawn: list[str] = []
    guarded = -1
    edge = 0
    for decision in removals(document, decisions):
        start, end = decision.start or 0, decision.end or 0
        before = len(edits)
        index = max(0, bisect_right(starts, start) - 1)
        while index < len(document.cells) and document.cells[index].start < end:
            cell = document.cells[index]
            piece = _piece(document.text, cell, max(start, edge), end)
            if piece is not None:
                if index != guarded and _needs_guard(document.text, cell, piece[0]):
                    edits.append((cell.start, cell.start, GUARD))
                guarded = index
                edits.append((*piece, stand_in(decision)))
                drawn.append(stand_in(decision))
                edge = piece[1]
            index += 1
        if len(edits) > before:
            removed.append((decision.kind, document.text[start:end]))
    return edits, tuple(removed), tuple(drawn)


def _piece(text: str, cell: Cell, start: int, end: int) -> tuple[int, int] | None:
    """The part of [start, end) inside a cell; a doubled quote is never cut in half."""
    start, end = max(start, cell.start), min(end, cell.end)
    if start >= end:
        return None
    if text[cell.start - 1 : cell.start] == '"':
        start -= _quotes_before(text, cell.start, start) % 2
        end += _quotes_before(text, cell.start, end) % 2
    return start, end


def _quotes_before(text: str, floor: int, at: int) -> int:
    run = 0
    while at - run > floor and text[at - run - 1] == '"':
        run += 1
    return run


def _needs_guard(text: str, cell: Cell, changed_from: int) -> bool:
    """Whether a cell we change keeps a first character that a spreadsheet would run."""
    return changed_from > cell.start and text.startswith(FORMULA, cell.start) and _is_formula(text, cell)


def _check_shape(document: Document, result: str) -> None:
    """Every row and column is where it was, read afresh from what is about to be written."""
    cells = document.cells
    delimiter = next(
        (document.text[a.end : b.start].strip('"') for a, b in pairwise(cells) if a.row == b.row), DELIMITERS[0]
    )
    named = _SEPARATOR_LINE.match(document.text)
    begin = named.end() if named else 0
    shape = [(row, column) for row, column, _, _ in _scan(result, delimiter, begin)]
    if shape != [(cell.row, cell.column) for cell in cells]:
        raise Bug("a redacted table lost its rows or columns")
