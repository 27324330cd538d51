"""Plain text and tables: the output read in two ways, compared with what was to stay, and searched.

Reader one decodes the file as the document was decoded; reader two takes the bytes as they are and looks for every
encoding of every value. The text itself must be the kept text, stretch by stretch and in order, with nothing between
two stretches but stand-ins that the redaction reports.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from backbeat.redaction.model import Applied, Document, Finding
from backbeat.redaction.verify import search
from backbeat.redaction.verify.expectation import GONE, Expectation, unmarked
from backbeat.redaction.verify.forms import byte_forms
from backbeat.redaction.verify.present import Present

__all__ = ["check_table", "check_text"]

_MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_NUMBER = re.compile(r"[+-][\d\s().,-]*")
"""A number or telephone number starts with a sign and is no formula."""


def check_text(output: Path, document: Document, applied: Applied, expectation: Expectation) -> Iterator[Finding]:
    """Everything found in a redacted plain text."""
    content = output.read_bytes()
    text = _decode(content, document.encoding or "utf-8")
    if text is None:
        yield Finding("reader.failed", "The output is not text in the encoding of the original.")
        return
    yield from _searches(text, content, applied, expectation)
    if not _is_kept_in_order(text, expectation.kept, _stand_ins(applied)):
        yield Finding("text.altered", "The output is not the kept text with stand-ins where something was removed.")


def check_table(output: Path, document: Document, applied: Applied, expectation: Expectation) -> Iterator[Finding]:
    """Everything found in a redacted CSV file."""
    content = output.read_bytes()
    text = _decode(content, document.encoding or "utf-8")
    if text is None:
        yield Finding("reader.failed", "The output is not text in the encoding of the original.")
        return
    yield from _searches(text, content, applied, expectation)
    if not _is_kept_in_order(text, _with_guards(document, expectation.kept), [*_stand_ins(applied), "'"]):
        yield Finding("text.altered", "The output is not the kept table with stand-ins where something was removed.")
    yield from _cells(text, document, expectation)


def _with_guards(document: Document, kept: str) -> str:
    """The kept text with a gap before each changed cell: an apostrophe may go there, so that it is no formula."""
    pieces: list[str] = []
    edge = 0
    for cell in document.cells:
        if GONE in kept[cell.start : cell.end]:
            pieces += (kept[edge : cell.start], GONE)
            edge = cell.start
    return "".join([*pieces, kept[edge:]])


def _decode(content: bytes, encoding: str) -> str | None:
    mark = _MARKS.get(encoding, b"")
    if not content.startswith(mark):
        return None
    try:
        return unmarked(content[len(mark) :].decode("utf-8" if encoding == "utf-8-sig" else encoding))
    except UnicodeDecodeError:
        return None


def _stand_ins(applied: Applied) -> list[str]:
    return sorted(set(map(unmarked, applied.drawn_text)), key=len, reverse=True)


def _searches(text: str, content: bytes, applied: Applied, expectation: Expectation) -> Iterator[Finding]:
    yield from search.excess("text.reader-decoded", [text], expectation, applied.drawn_text)
    yield from search.disguised("text.encoded", [text], expectation)
    yield from _bytes(content, expectation, "\n".join([expectation.kept, *applied.drawn_text]))


def _bytes(content: bytes, expectation: Expectation, rightly: str) -> Iterator[Finding]:
    """Reader two: no decoding at all. A value may stand in the bytes as often as in what is rightly there."""
    forms = Present(form for value in expectation.values if value.by_span for form in byte_forms(value.text))
    data = content.lower()
    allowed = [rightly.encode(codec, "replace").lower() for codec in _CODECS]
    number = sum(data.count(form) > max(text.count(form) for text in allowed) for form in forms.within(data))
    if number:
        yield Finding("raw.bytes", f"{number} spellings of removed values stand in the bytes of the output.")


_CODECS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")


def _is_kept_in_order(text: str, kept: str, stand_ins: Sequence[str]) -> bool:
    """Is `text` the kept stretches in order, with one or more stand-ins (or nothing) between any two?

    All ways to read the gaps are followed at once, because a stand-in may begin like the stretch after it.
    """
    stretches = re.split(f"{GONE}+", kept)
    ends = {len(stretches[0])} if text.startswith(stretches[0]) else set()
    for stretch in stretches[1:]:
        reached, frontier = set(ends), list(ends)
        while frontier:
            at = frontier.pop()
            for mark in stand_ins:
                after = at + len(mark)
                if after not in reached and text.startswith(mark, at):
                    reached.add(after)
                    frontier.append(after)
        ends = {at + len(stretch) for at in reached if text.startswith(stretch, at)}
    return len(text) in ends


def _cells(text: str, document: Document, expectation: Expectation) -> Iterator[Finding]:
    """Rows and columns are those of the document, and no changed cell starts like a formula."""
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    body = text[named.end() :] if named else text
    first = {(cell.row, cell.column): cell for cell in document.cells}
    between = {
        document.text[first[row, column].end : cell.start].strip('"')
        for (row, at), cell in first.items()
        if at and (row, column := at - 1) in first
    }
    delimiter = named[1] if named else next(iter(between), ",")
    if len(between) > 1:
        yield Finding("reader.failed", "The cells of the original are parted in more than one way.")
        return
    try:
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        yield Finding("reader.failed", "The output cannot be read as a table by a second reader.")
        return
    shape = {(row, column) for row, cells in enumerate(rows) for column in range(len(cells) or 1)}
    if shape != set(first):
        yield Finding("table.shape", "The output has other rows or columns than the original.")
        return
    bold = 0
    for (row, column), cell in first.items():
        value = rows[row][column] if rows[row] else ""
        changed = GONE in expectation.kept[cell.start : cell.end]
        bold += changed and value.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(value)
    if bold:
        yield Finding("table.formula", f"{bold} changed cells start like a formula.")
