"""What the redacted file should still say, worked out afresh from the document and the decisions alone.

The sceptic does not take the format's word for it (`Applied`): the spans and drawn boxes of the decisions are laid over
the document's text once more, and every character under one becomes U+FFFC. Offsets stay the same, so an occurrence
found in the kept text can be compared with the decisions that keep it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backbeat.errors import Bug
from backbeat.redaction.model import Action, Box, Decision, Document, Kind, Page
from backbeat.redaction.verify.forms import alphanumerics

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["GONE", "Expectation", "Region", "Value", "expect", "unmarked"]

GONE = "\ufffc"
STANDS_FOR_GONE = "\ufffd"
"""What U+FFFC becomes where a text had it before: chat and mail exports put it in place of a picture."""

TOUCH = 1.0
"""Points to either side of a drawn box's edge within which a glyph may go or stay."""

SAME_LINE = 0.5
"""Share of the lower one's height that two neighbours on one line have in common at least."""

GAP = 3.0
"""Widest gap between two neighbours on one line, in heights of a letter; other text may stand in a wider one."""
MATERIAL = 0.33
"""Share of a character's area under the box of a span from which it may go with the span."""


@dataclass(frozen=True, slots=True)
class Value:
    """Something that was to be removed."""

    kind: Kind
    text: str
    by_span: bool
    """Whether a span of text was decided on, or only boxes were drawn over it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A page of the text, or all of it where there are no pages."""

    page: int | None
    kept: str
    """The text of the region, each removed character replaced by U+FFFC."""
    whole: str
    """The same text with nothing removed."""
    removed: tuple[Value, ...] = ()
    """Every value removed here, as often as it was."""
    start: int = 0
    """Where the region begins in the whole text."""
    optional: int = 0
    """Characters at the edge of a drawn box, or under the box of a span they are no part of: they may have gone too."""


@dataclass(frozen=True)
class Expectation:
    """What was decided, as a reader of the output must find it."""

    kept: str
    """The whole text, as long as the document's, with U+FFFC for each removed character."""
    values: tuple[Value, ...]
    keeps: tuple[tuple[int, int], ...]
    """Spans that somebody decided to keep, by start."""
    regions: tuple[Region, ...]
    boxes: dict[int, tuple[Box, ...]] = field(default_factory=dict)
    """Where ink was to be removed, by page: drawn boxes, and a box for each line of a removed span."""

    def texts(self) -> list[str]:
        """The kept text of each region."""
        return [region.kept for region in self.regions]


def unmarked(text: str) -> str:
    """A text as it was read, as long as before, with no U+FFFC of its own that could pass for a removal."""
    return text.replace(GONE, STANDS_FOR_GONE)


def expect(document: Document, decisions: Sequence[Decision]) -> Expectation:
    """Lay the decisions over the document.

    Raises:
        Bug: a decision lies outside the document.
    """
    import numpy as np

    text = unmarked(document.text)
    removing = [decision for decision in decisions if decision.action is not Action.KEEP]
    gone = bytearray(len(text))
    values: dict[Value, None] = {}
    for start, end, kind in _spans(document, removing):
        gone[start:end] = b"\1" * (end - start)
        values[Value(kind, text[start:end], by_span=True)] = None
    drawn: dict[int, list[tuple[Box, Kind]]] = {}
    for decision in removing:
        if decision.start is None:
            for box in decision.boxes:
                drawn.setdefault(box.page, []).append((box, decision.kind))
    optional = dict.fromkeys((page.number for page in document.pages), 0)
    boxes: dict[int, tuple[Box, ...]] = {}
    spans = sorted((start, end) for start, end, _ in _spans(document, removing))
    longest = max((end - start for start, end in spans), default=0)
    for page in document.pages:
        near = spans[bisect_left(spans, (page.start - longest, 0)) : bisect_left(spans, (page.end, 0))]
        inside = [(max(start, page.start), min(end, page.end)) for start, end in near]
        boxes[page.number] = tuple(_line_boxes(page, [(start, end) for start, end in inside if start < end]))
    for page in document.pages:
        if boxes[page.number]:
            # A stamp across another line, say: its neighbours are covered, and must not be left under the fill.
            stays = ~np.frombuffer(gone, np.bool_)[page.start : page.end]
            optional[page.number] += int((_covered(page, boxes[page.number]) & stays).sum())
        for box, kind in drawn.get(page.number, []):
            under, edge = _under(page, box)
            optional[page.number] += int(edge.sum())
            for start, end in _runs(text, page, under):
                values[Value(kind, text[start:end], by_span=False)] = None
                gone[start:end] = b"\1" * (end - start)
            boxes[page.number] += (box,)
    removed = _by_page(document, removing)
    kept = "".join(GONE if out else character for character, out in zip(text, gone, strict=True))
    regions = tuple(
        Region(
            page.number,
            kept[page.start : page.end],
            text[page.start : page.end],
            tuple(removed.get(page.number, ())),
            page.start,
            optional[page.number],
        )
        for page in document.pages
    )
    keeps = sorted((s, e) for s, e, _ in _spans(document, [d for d in decisions if d.action is Action.KEEP]))
    return Expectation(
        kept=kept,
        values=tuple(value for value in values if alphanumerics(value.text)),
        keeps=tuple(keeps),
        regions=regions or (Region(None, kept, text),),
        boxes={number: found for number, found in boxes.items() if found},
    )


def _by_page(document: Document, removing: Sequence[Decision]) -> dict[int, list[Value]]:
    """The values of spans by the page they begin on."""
    starts = [page.start for page in document.pages]
    found: dict[int, list[Value]] = {}
    for start, end, kind in _spans(document, removing) if starts else ():
        number = document.pages[max(bisect_right(starts, start) - 1, 0)].number
        found.setdefault(number, []).append(Value(kind, unmarked(document.text[start:end]), by_span=True))
    return found


def _spans(document: Document, decisions: Iterable[Decision]) -> Iterator[tuple[int, int, Kind]]:
    for decision in decisions:
        if decision.start is not None and decision.end is not None:
            if not 0 <= decision.start < decision.end <= len(document.text):
                raise Bug("a decision lies outside its document")
            yield decision.start, decision.end, decision.kind


def _line_boxes(page: Page, spans: Sequence[tuple[int, int]]) -> Iterator[Box]:
    """A box around the ink of each stretch of a span that stays on one line.

    Neighbours share a line if they share half the height of the lower one. Boxes reach from descender to ascender, so
    those of tightly leaded lines overlap a little, and what stands between two such lines was not decided on.
    """
    sideways = page.rotation in {90, 270}
    low, high = (0, 2) if sideways else (1, 3)
    for start, end in spans:
        run: list[float] | None = None
        last: list[float] = []
        for x0, y0, x1, y1 in page.char_boxes[start - page.start : end - page.start].tolist():
            if not (x0 < x1 and y0 < y1):  # no ink, or NaN
                continue
            glyph = [x0, y0, x1, y1]
            if run is not None and _adjoin(last, glyph, low, high):
                last = glyph
                run = [min(run[0], x0), min(run[1], y0), max(run[2], x1), max(run[3], y1)]
                continue
            if run is not None:
                yield Box(page.number, *run)
            run = last = glyph
        if run is not None:
            yield Box(page.number, *run)


def _adjoin(last: Sequence[float], glyph: Sequence[float], low: int, high: int) -> bool:
    """Do two neighbours stand on one line (from `low` to `high` across it), with no wide gap between them?"""
    along, end = (1, 3) if low == 0 else (0, 2)
    height = min(last[high] - last[low], glyph[high] - glyph[low])
    gap = max(last[along], glyph[along]) - min(last[end], glyph[end])
    return min(last[high], glyph[high]) - max(last[low], glyph[low]) >= height * SAME_LINE and gap <= height * GAP


def _covered(page: Page, boxes: Sequence[Box]) -> "npt.NDArray[np.bool_]":
    """Which characters have their middle, or a good part of their area, in any of the boxes."""
    import numpy as np

    x0, y0, x1, y1 = page.char_boxes.T[:, None, :]
    a, b, c, d = np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes], np.float32).T[:, :, None]
    wide, high = np.minimum(x1, c) - np.maximum(x0, a), np.minimum(y1, d) - np.maximum(y0, b)
    material = (wide > 0) & (high > 0) & (wide * high >= MATERIAL * (x1 - x0) * (y1 - y0))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    found: npt.NDArray[np.bool_] = (material | ((a <= x) & (x <= c) & (b <= y) & (y <= d))).any(axis=0)
    return found


def _under(page: Page, box: Box) -> "tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]":
    """Which characters have their middle well in the box, and which others touch it or nearly do."""
    x0, y0, x1, y1 = page.char_boxes.T
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    dx, dy = min(TOUCH, (box.x1 - box.x0) / 4), min(TOUCH, (box.y1 - box.y0) / 4)
    inside = (box.x0 + dx <= x) & (x <= box.x1 - dx) & (box.y0 + dy <= y) & (y <= box.y1 - dy)
    touching = (x1 >= box.x0 - TOUCH) & (x0 <= box.x1 + TOUCH) & (y1 >= box.y0 - TOUCH) & (y0 <= box.y1 + TOUCH)
    return inside, touching & ~inside


def _runs(text: str, page: Page, inside: "npt.NDArray[np.bool_]") -> Iterator[tuple[int, int]]:
    """Stretches of the text under a box; blanks between two characters under it belong to it."""
    flags = "".join(
        "x" if under else " " if text[page.start + index].isspace() else "."
        for index, under in enumerate(inside.tolist())
    )
    for match in re.finditer(r"x(?:[x ]*x)?", flags):
        yield page.start + match.start(), page.start + match.end()
