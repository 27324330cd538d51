"""A pdfminer device that writes down each glyph where the pen is, and nothing else."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.utils import MATRIX_IDENTITY, mult_matrix

__all__ = ["Pen"]

_Core = tuple[float, float, float, float]
_Glyphs = dict[int, tuple[str, float]]
"""Meaning and width (text space, type of size 1) by character code."""

BLANK = 0.15
"""A jump along the line of more than this share of the type size is a blank."""
LINE = 0.3
"""A jump across the line of more than this share is a new line."""


class Pen(PDFTextDevice):
    """Collects the text of one page in drawing order, and apart from it the text in given boxes."""

    def __init__(self, resources: Any) -> None:
        super().__init__(resources)
        self._pieces: list[str] = []
        self._cores: list[_Core] = []
        self._middles: list[tuple[int, float, float]] = []
        """Piece number and middle of each glyph."""
        self._at = (0.0, 0.0)
        self._fonts: dict[int, tuple[Any, _Glyphs]] = {}
        """By identity, with the font itself, so that no other can take its place."""

    def begin(self, cores: Sequence[_Core]) -> None:
        """Forget the page before."""
        self._pieces = []
        self._cores = list(cores)
        self._middles = []
        self._at = (math.inf, math.inf)

    def text(self) -> str:
        """The page's text so far."""
        return "".join(self._pieces)

    def text_in_boxes(self) -> tuple[str, ...]:
        """The text of which the middle of a glyph stands in each box."""
        if not self._middles:
            return ("",) * len(self._cores)
        numbers, x, y = np.array(self._middles).T
        found = [numbers[(x0 < x) & (x < x1) & (y0 < y) & (y < y1)] for x0, y0, x1, y1 in self._cores]
        return tuple("".join(self._pieces[int(number)] for number in inside) for inside in found)

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """Called by pdfminer for every operator that shows text."""
        font = textstate.font
        a, b, c, d, e, f = mult_matrix(textstate.matrix, self.ctm or MATRIX_IDENTITY)
        size, stretch = textstate.fontsize, textstate.scaling * 0.01
        upright = font.is_vertical()
        spacing = textstate.charspace * (1 if upright else stretch)
        word_spacing = textstate.wordspace * (1 if upright else stretch)
        unit = max(abs(size) * math.hypot(a, b), 0.01)
        x, y = textstate.linematrix
        pieces, cores = self._pieces, self._cores
        glyphs = self._glyphs_of(font)
        for item in seq:
            if isinstance(item, int | float):
                step = -item * 0.001 * size
                x, y = (x, y + step) if upright else (x + step * stretch, y)
                continue
            if not isinstance(item, bytes):
                continue
            for cid in font.decode(item):
                place = (a * x + c * y + e, b * x + d * y + f)
                self._jump(place, (a, b), unit)
                character, width = glyphs.get(cid) or _look_up(font, glyphs, cid)
                pieces.append(character)
                advance = width * size
                if cores:
                    mx, my = x + advance * stretch / 2, y + textstate.rise + size / 4
                    self._middles.append((len(pieces) - 1, a * mx + c * my + e, b * mx + d * my + f))
                x, y = (x, y + advance) if upright else (x + advance * stretch, y)
                # The edge of the glyph: spacing after it is part of a jump.
                self._at = (a * x + c * y + e, b * x + d * y + f)
                extra = spacing + (word_spacing if cid == 32 and not font.is_multibyte() else 0.0)
                x, y = (x, y + extra) if upright else (x + extra, y)
        textstate.linematrix = (x, y)

    def _glyphs_of(self, font: Any) -> _Glyphs:
        """What is known of a font's glyphs; a document has a few fonts and many thousands of letters."""
        known = self._fonts.get(id(font))
        if known is None:
            known = self._fonts[id(font)] = (font, {})
        return known[1]

    def _jump(self, place: tuple[float, float], along: tuple[float, float], unit: float) -> None:
        """Write a blank or a line end where the pen has moved on its own."""
        if not self._pieces:
            return
        dx, dy = place[0] - self._at[0], place[1] - self._at[1]
        length = math.hypot(*along) or 1.0
        forward = (dx * along[0] + dy * along[1]) / length
        across = abs(dx * along[1] - dy * along[0]) / length
        if across > LINE * unit or forward < -unit:
            self._pieces.append("\n")
        elif forward > BLANK * unit:
            self._pieces.append(" ")


def _look_up(font: Any, glyphs: _Glyphs, cid: int) -> tuple[str, float]:
    try:
        character = font.to_unichr(cid)
    except PDFUnicodeNotDefined:
        character = "\ufffd"
    found = glyphs[cid] = (character, font.char_width(cid))
    return found
