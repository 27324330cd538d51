"""What is to go from each page: decisions turned into characters to remove and boxes to fill."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from backbeat.redaction.errors import DecisionsInvalid
from backbeat.redaction.formats.pdf.errors import PdfUnsupported
from backbeat.redaction.model import Action, Box, Decision, Document, Kind, Page

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Fill", "Fills", "PagePlan", "covered", "plan_pages"]

BAND = 16.0
"""Fills are looked up by horizontal bands of this many points: a page has dozens of fills and thousands of glyphs."""
MATERIAL = 0.35
"""A glyph goes if its centre is under a fill, or at least this share of its area."""
SAME_LINE = 0.5
"""Neighbouring characters share a line if their boxes overlap by this share of the lower one's height."""
REACH = 3.0
"""Widest gap within a line that a fill bridges, in heights of a letter."""


Sides = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Fill:
    """One solid box, in points from the crop box's lower left corner, with the words that stand on it."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str

    def contains(self, x0: float, y0: float, x1: float, y1: float, slack: float = 1.0) -> bool:
        """Whether a rectangle lies within this fill, give or take `slack` points."""
        return self.x0 - slack <= x0 and x1 <= self.x1 + slack and self.y0 - slack <= y0 and y1 <= self.y1 + slack


class Fills:
    """The fills of one page, found by place."""

    def __init__(self, fills: Sequence[Fill]) -> None:
        self.all = tuple(fills)
        self._bands: dict[int, list[Sides]] = {}
        for fill in self.all:
            for band in range(int((fill.y0 - BAND) // BAND), int((fill.y1 + BAND) // BAND) + 1):
                self._bands.setdefault(band, []).append((fill.x0, fill.y0, fill.x1, fill.y1))

    def near(self, y: float) -> list[Sides] | None:
        """Sides of the fills that a glyph centred at height `y` might touch."""
        return self._bands.get(int(y // BAND))

    def covers(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a glyph with this box goes."""
        near = self.near((y0 + y1) / 2)
        return near is not None and covered(near, x0, y0, x1, y1)

    def touching(self, x0: float, y0: float, x1: float, y1: float) -> list[Fill]:
        """Fills that share area with a rectangle, or with a line where it is that thin."""
        return [f for f in self.all if f.x0 < x1 and x0 < f.x1 and f.y0 < y1 and y0 < f.y1]


def covered(fills: Iterable[Sides], x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether a glyph with this box goes: its centre, or a material share of its area, is under a fill."""
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    for left, bottom, right, top in fills:
        # Nearly every pair is apart: this loop runs for each glyph of every page.
        if right <= x0 or x1 <= left or top <= y0 or y1 <= bottom:
            continue
        if left <= cx <= right and bottom <= cy <= top:
            return True
        shared = (min(right, x1) - max(left, x0)) * (min(top, y1) - max(bottom, y0))
        if shared >= MATERIAL * (x1 - x0) * (y1 - y0):
            return True
    return False


@dataclass(slots=True, eq=False)
class PagePlan:
    """What is to go from one page."""

    page: Page
    doomed: "npt.NDArray[np.bool_]"
    """(characters of the page,): True where a decision takes the character out."""
    fills: list[Fill] = field(default_factory=list)
    drawn: list[tuple[Kind, Box]] = field(default_factory=list)
    """Boxes drawn by hand, whose text is not known until the glyphs are looked at."""


def plan_pages(document: Document, decisions: Sequence[Decision]) -> dict[int, PagePlan]:
    """One plan for each page that a decision touches, by page number.

    Raises:
        DecisionsInvalid: a drawn box lies outside its page.
        PdfUnsupported: a span has no ink anywhere, so nothing can be removed for it.
    """
    plans: dict[int, PagePlan] = {}
    starts = np.array([page.start for page in document.pages])
    for decision in decisions:
        if decision.action is Action.KEEP:
            continue
        label = _label(decision)
        planned = 0
        if decision.start is not None and decision.end is not None:
            planned = _plan_span(document, starts, plans, decision.start, decision.end, label)
        for box in decision.boxes:
            planned += _plan_box(document, plans, box, decision, label)
        if not planned and not _is_blank(document, decision):
            raise PdfUnsupported(
                "Text that is to go has no place on any page, so it cannot be removed.",
                where="the PDF file",
                do="print the document to PDF and put in the result, or redact it by hand",
            )
    return plans


def _label(decision: Decision) -> str:
    words = decision.replacement if decision.action is Action.PSEUDONYM and decision.replacement else decision.reason
    return " ".join(words.split())


def _is_blank(document: Document, decision: Decision) -> bool:
    return decision.start is not None and not document.text[decision.start : decision.end].strip()


def _plan_of(plans: dict[int, PagePlan], page: Page) -> PagePlan:
    plan = plans.get(page.number)
    if plan is None:
        plan = plans[page.number] = PagePlan(page, np.zeros(page.end - page.start, np.bool_))
    return plan


def _plan_span(
    document: Document,
    starts: "npt.NDArray[np.int_]",
    plans: dict[int, PagePlan],
    start: int,
    end: int,
    label: str,
) -> int:
    planned = 0
    index = max(int(np.searchsorted(starts, start, side="right")) - 1, 0)
    for page in document.pages[index:]:
        if page.start >= end:
            break
        first, last = max(start, page.start) - page.start, min(end, page.end) - page.start
        if first >= last:
            continue
        plan = _plan_of(plans, page)
        plan.doomed[first:last] = True
        for x0, y0, x1, y1 in _lines(
            document.text[page.start + first : page.start + last], page.char_boxes[first:last].tolist()
        ):
            plan.fills.append(Fill(x0, y0, x1, y1, label))
            planned += 1
    return planned


def _plan_box(document: Document, plans: dict[int, PagePlan], box: Box, decision: Decision, label: str) -> int:
    if box.page > len(document.pages):
        raise _misplaced(box)
    page = document.pages[box.page - 1]
    plan = _plan_of(plans, page)
    x0, y0, x1, y1 = max(box.x0, 0.0), max(box.y0, 0.0), min(box.x1, page.width), min(box.y1, page.height)
    if x0 >= x1 or y0 >= y1:
        raise _misplaced(box)
    if not any(fill.contains(x0, y0, x1, y1) for fill in plan.fills):
        plan.fills.append(Fill(x0, y0, x1, y1, label))
    if decision.start is None:
        plan.drawn.append((decision.kind, box))
    return 1


def _misplaced(box: Box) -> DecisionsInvalid:
    return DecisionsInvalid(
        "A box lies outside its page.", where=f"a decision on page {box.page}", do="draw the box again on the page"
    )


def _lines(text: str, boxes: Iterable[Sequence[float]]) -> list[Sides]:
    """Boxes of characters in reading order joined into one box for each stretch of a line, upright or on its side."""
    found: list[Sides] = []
    last: Sides | None = None
    for character, (x0, y0, x1, y1) in zip(text, boxes, strict=True):
        if character == "\n":
            last = None
        if math.isnan(x0):
            continue
        if last is not None and _adjoin(last, (x0, y0, x1, y1)):
            a0, b0, a1, b1 = found[-1]
            found[-1] = (min(a0, x0), min(b0, y0), max(a1, x1), max(b1, y1))
        else:
            found.append((x0, y0, x1, y1))
        last = (x0, y0, x1, y1)
    return found


def _adjoin(one: Sides, other: Sides) -> bool:
    """Whether two neighbours in the text stand side by side, or one above the other on a line that runs up the page."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    width = min(one[2] - one[0], other[2] - other[0])
    height = min(one[3] - one[1], other[3] - other[1])
    beside = along >= SAME_LINE * height and -across <= REACH * height
    stacked = across >= SAME_LINE * width and -along <= REACH * width
    return beside or stacked
