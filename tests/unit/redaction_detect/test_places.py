"""Boxes of a span on a page, one for each line."""

import numpy as np

from backbeat.redaction.detect import locate
from backbeat.redaction.model import Box, Document, Page

NO_INK = (np.nan,) * 4


def _document(rows: list[tuple[float, ...]], *, rotation: int = 0, text: str = "") -> Document:
    page = Page(1, 0, len(rows), 595, 842, rotation, np.array(rows, dtype=np.float32))
    return Document("0" * 64, "application/pdf", text or "x" * len(rows), pages=(page,))


LINES = [(10, 100, 20, 110), (20, 98, 30, 108), NO_INK, (10, 80, 20, 90), (20, 80, 30, 90)]


def test_one_box_for_each_line() -> None:
    page, boxes = locate(_document(LINES), 0, 5)
    assert page == 1
    assert boxes == (Box(1, 10, 98, 30, 110), Box(1, 10, 80, 30, 90))


def test_half_open_span() -> None:
    assert locate(_document(LINES), 1, 2) == (1, (Box(1, 20, 98, 30, 108),))


def test_text_without_ink_has_a_page_but_no_box() -> None:
    assert locate(_document(LINES), 2, 3) == (1, ())


def test_a_document_without_pages_has_no_places() -> None:
    assert locate(Document("0" * 64, "text/plain", "text"), 0, 4) == (None, ())


def test_standing_text_on_a_turned_page_is_one_run() -> None:
    standing = [(100, 10, 110, 20), (100, 20, 110, 30), (100, 30, 110, 40)]
    assert locate(_document(standing, rotation=90), 0, 3)[1] == (Box(1, 100, 10, 110, 40),)


def test_a_span_over_two_pages_has_boxes_on_both() -> None:
    first = Page(1, 0, 1, 595, 842, 0, np.array([(10, 10, 20, 20)], dtype=np.float32))
    second = Page(2, 2, 3, 595, 842, 0, np.array([(30, 30, 40, 40)], dtype=np.float32))
    document = Document("0" * 64, "application/pdf", "a\fb", pages=(first, second))
    page, boxes = locate(document, 0, 3)
    assert page == 1
    assert [box.page for box in boxes] == [1, 2]


def test_a_glyph_without_width_still_gets_a_box() -> None:
    (box,) = locate(_document([(10, 10, 10, 20)]), 0, 1)[1]
    assert box.x1 > box.x0
