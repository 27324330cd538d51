"""Where a span of text stands on the page: the boxes a fill must cover."""

import math
from bisect import bisect_right
from collections.abc import Iterator

from backbeat.redaction.model import Box, Document, Page

__all__ = ["locate"]

_HAIR = 0.5
"""Points given to a box that would otherwise have no width or height."""

_Rectangle = tuple[float, float, float, float]


def locate(document: Document, start: int, end: int) -> tuple[int | None, tuple[Box, ...]]:
    """Page of the first character of [start, end) and one box for each run of it that stands on one line.

    Returns (None, ()) where the document has no pages, and (page, ()) where no character of the span has ink.
    """
    if not document.pages:
        return None, ()
    first = max(0, bisect_right([page.start for page in document.pages], start) - 1)
    boxes: list[Box] = []
    number = document.pages[first].number
    for page in document.pages[first:]:
        if page.start >= end:
            break
        boxes.extend(_runs(page, max(start, page.start), min(end, page.end)))
    return (boxes[0].page if boxes else number), tuple(boxes)


def _runs(page: Page, start: int, end: int) -> Iterator[Box]:
    sideways = page.rotation in {90, 270}
    run: _Rectangle | None = None
    last: _Rectangle | None = None
    for row in page.char_boxes[max(0, start - page.start) : max(0, end - page.start)].tolist():
        if any(math.isnan(value) for value in row):
            continue
        glyph: _Rectangle = (min(row[0], row[2]), min(row[1], row[3]), max(row[0], row[2]), max(row[1], row[3]))
        if run is None or last is None or not _same_line(last, glyph, sideways=sideways):
            if run is not None:
                yield _box(page.number, run)
            run = glyph
        else:
            run = (min(run[0], glyph[0]), min(run[1], glyph[1]), max(run[2], glyph[2]), max(run[3], glyph[3]))
        last = glyph
    if run is not None:
        yield _box(page.number, run)


def _same_line(last: _Rectangle, glyph: _Rectangle, *, sideways: bool) -> bool:
    """Do two glyphs share at least half of the lower one's height (of the narrower one's width where text stands)?"""
    low, high = (0, 2) if sideways else (1, 3)
    shared = min(last[high], glyph[high]) - max(last[low], glyph[low])
    smaller = min(last[high] - last[low], glyph[high] - glyph[low])
    return shared >= smaller / 2


def _box(page: int, run: _Rectangle) -> Box:
    x0, y0, x1, y1 = run
    return Box(page, x0, y0, max(x1, x0 + _HAIR), max(y1, y0 + _HAIR))
