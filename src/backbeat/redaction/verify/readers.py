"""Two independent ways to read the text of a PDF: pdfium, and pdfminer's interpreter without its layout analysis.

They share no code: one is C++, the other Python; each has its own parser, fonts and character maps. pdfminer's layout
analysis is left out because it takes most of its time and decides only the order of lines, on which nothing here
depends; text comes in drawing order, with a blank or line end wherever the pen jumps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backbeat.redaction.model import Box
from backbeat.redaction.pdfium import PDFIUM_LOCK

if TYPE_CHECKING:
    import pypdfium2

__all__ = ["PageReading", "corner", "letters_in", "read_with_pdfium", "read_with_pdfminer"]

EDGE = 0.4
"""Share of a box's height (the type size, more or less) that a neighbour's ink may reach into it at each side."""
MOST_EDGE = 6.0
"""Points, however large the box."""

RIM = 0.75
"""Points from a box's edge at which a letter's middle may be either in or out."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one reader got from one page."""

    text: str
    in_boxes: tuple[str, ...] = ()
    """For each box asked about, the text that stands in it."""


def _core(box: Box) -> tuple[float, float, float, float]:
    """The middle of a box, where no glyph can stand of which the middle is outside."""
    edge = min(EDGE * (box.y1 - box.y0), MOST_EDGE)
    side = min(edge, (box.x1 - box.x0) / 4)
    return box.x0 + side, box.y0 + edge, box.x1 - side, box.y1 - edge


def read_with_pdfium(path: Path, boxes: Mapping[int, Sequence[Box]]) -> Iterator[PageReading]:
    """Text of each page through pdfium; `boxes` by page number, from the crop box's lower left corner."""
    import pypdfium2

    with PDFIUM_LOCK:
        pdf = pypdfium2.PdfDocument(path)
        try:
            for number in range(1, len(pdf) + 1):
                page = pdf[number - 1]
                text = page.get_textpage()
                try:
                    x, y = corner(page)
                    cores = [_core(box) for box in boxes.get(number, ())]
                    inside = [text.get_text_bounded(a + x, b + y, c + x, d + y) for a, b, c, d in cores]
                    yield PageReading(text.get_text_range(), tuple(inside))
                finally:
                    text.close()
                    page.close()
        finally:
            pdf.close()


def letters_in(path: Path, number: int, boxes: Sequence[Box]) -> list[str]:
    """For each box on a page, the letters of which the middle stands in it, one by one."""
    import pypdfium2

    with PDFIUM_LOCK:
        pdf = pypdfium2.PdfDocument(path)
        try:
            page = pdf[number - 1]
            text = page.get_textpage()
            try:
                x, y = corner(page)
                letters = []
                for index in range(text.count_chars()):
                    a, b, c, d = text.get_charbox(index, loose=True)
                    letters.append((text.get_text_range(index, 1), (a + c) / 2 - x, (b + d) / 2 - y))
            finally:
                text.close()
                page.close()
        finally:
            pdf.close()
    return ["".join(word for word, cx, cy in letters if _is_well_in(box, cx, cy)) for box in boxes]


def _is_well_in(box: Box, x: float, y: float) -> bool:
    side = min(RIM, (box.x1 - box.x0) / 4, (box.y1 - box.y0) / 4)
    return box.x0 + side < x < box.x1 - side and box.y0 + side < y < box.y1 - side


def corner(page: "pypdfium2.PdfPage") -> tuple[float, float]:
    """Lower left corner of the visible part of the page."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    empty = x0 >= min(media[2], crop[2]) or y0 >= min(media[3], crop[3])
    return (media[0], media[1]) if empty else (x0, y0)


def read_with_pdfminer(path: Path, boxes: Mapping[int, Sequence[Box]]) -> Iterator[PageReading]:
    """Text of each page through pdfminer, in drawing order."""
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfinterp import PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    from backbeat.redaction.verify.interpreter import QuickInterpreter
    from backbeat.redaction.verify.pen import Pen

    with path.open("rb") as stream:
        resources = PDFResourceManager()
        pen = Pen(resources)
        interpreter = QuickInterpreter(resources, pen)
        for number, page in enumerate(PDFPage.create_pages(PDFDocument(PDFParser(stream))), 1):
            _upright(page)
            pen.begin([_core(box) for box in boxes.get(number, ())])
            interpreter.process_page(page)
            yield PageReading(pen.text(), pen.text_in_boxes())


def _upright(page: Any) -> None:
    """Make pdfminer report places from the crop box's corner, before rotation, as everybody else here does."""
    media, crop = page.mediabox, page.cropbox
    visible = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    page.rotate = 0
    page.mediabox = visible if visible[0] < visible[2] and visible[1] < visible[3] else media
