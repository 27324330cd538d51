"""Hold our account of a page's glyphs against pdfium's: only where they agree may glyphs be taken out one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Match", "match_glyphs"]

LOOK_AHEAD = 4
CELL = 8.0
Quad = Sequence[float]


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Which of our glyphs each character of the text is."""

    glyph: "npt.NDArray[np.int_]"
    """(characters,): index of the glyph; -1 where none stands in the character's place."""
    placed: "npt.NDArray[np.bool_]"
    """(characters,): whether pdfium gives the character a place at all."""

    @property
    def missing(self) -> int:
        """Characters with a place where we know of no glyph."""
        return int((self.placed & (self.glyph < 0)).sum())


def match_glyphs(characters: "npt.NDArray[np.float32]", glyphs: Sequence[Quad]) -> Match:
    """Find each character's glyph by place.

    Args:
        characters: (n, 4) boxes from pdfium; NaN where a character has none.
        glyphs: boxes of our own glyphs in painting order.
    """
    placed = ~np.isnan(characters[:, 0])
    found = np.full(len(characters), -1)
    cells: dict[tuple[int, int], list[int]] | None = None
    cursor = 0
    total = len(glyphs)
    for index, box in enumerate(characters.tolist()):
        if box[0] != box[0]:
            continue
        for candidate in range(cursor, min(cursor + LOOK_AHEAD, total)):
            if _same_place(box, glyphs[candidate]):
                found[index] = candidate
                cursor = candidate + 1
                break
        else:
            # Out of step: pdfium reorders some text and leaves out repeats.
            if cells is None:
                cells = _by_place(glyphs)
            candidate = _nearest(box, glyphs, cells)
            found[index] = candidate
            if candidate >= 0:
                cursor = candidate + 1
            elif cursor > 0 and _same_place(box, glyphs[cursor - 1]):
                found[index] = cursor - 1
    return Match(found, placed)


def _same_place(character: Quad, glyph: Quad) -> bool:
    x0, y0, x1, y1 = character
    g0, h0, g1, h1 = glyph
    slack = 0.25 * max(x1 - x0, 0.15 * (y1 - y0)) + 0.3
    cy = (h0 + h1) / 2
    return abs((g0 + g1) - (x0 + x1)) / 2 <= slack and y0 - 0.3 <= cy <= y1 + 0.3


def _by_place(glyphs: Sequence[Quad]) -> dict[tuple[int, int], list[int]]:
    cells: dict[tuple[int, int], list[int]] = {}
    for index, (x0, y0, x1, y1) in enumerate(glyphs):
        cells.setdefault((int((x0 + x1) / 2 // CELL), int((y0 + y1) / 2 // CELL)), []).append(index)
    return cells


def _nearest(box: Quad, glyphs: Sequence[Quad], cells: dict[tuple[int, int], list[int]]) -> int:
    x0, y0, x1, y1 = box
    column, best, least = int((x0 + x1) / 2 // CELL), -1, 1e9
    reach = 1 + int((x1 - x0) / 4 // CELL)
    for row in range(int(y0 // CELL) - 1, int(y1 // CELL) + 2):
        for place in range(column - reach, column + reach + 1):
            for index in cells.get((place, row), ()):
                if _same_place(box, glyphs[index]):
                    away = abs(glyphs[index][0] + glyphs[index][2] - x0 - x1)
                    if away < least:
                        best, least = index, away
    return best
