"""The graphics and text state of a content stream, and where each shown glyph stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pikepdf

from backbeat.redaction.formats.pdf.errors import PageUnsupported
from backbeat.redaction.formats.pdf.fonts import Font
from backbeat.redaction.formats.pdf.plan import Fills, covered

__all__ = ["IDENTITY", "Matrix", "PageGlyphs", "State", "bounds", "inverse", "product", "show"]

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def product(m: Matrix, n: Matrix) -> Matrix:
    """The transformation that applies `m` first, then `n`."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def inverse(m: Matrix) -> Matrix | None:
    """The transformation back, or None where `m` flattens the plane."""
    a, b, c, d, e, f = m
    det = a * d - b * c
    if abs(det) < 1e-12:
        return None
    return (d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det)


def bounds(m: Matrix, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    """Smallest upright rectangle around a transformed one."""
    a, b, c, d, e, f = m
    xs = [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)]
    ys = [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)]
    return min(xs), min(ys), max(xs), max(ys)


class State:
    """What q saves and Q brings back."""

    __slots__ = ("ctm", "font", "leading", "mode", "rise", "scale", "size", "spacing", "word_spacing")

    def __init__(self, ctm: Matrix) -> None:
        self.ctm = ctm
        self.font: Font | None = None
        self.size = 0.0
        self.spacing = 0.0
        self.word_spacing = 0.0
        self.scale = 1.0
        self.leading = 0.0
        self.rise = 0.0
        self.mode = 0

    def copy(self) -> "State":
        """An independent copy."""
        made = State.__new__(State)
        for name in State.__slots__:
            setattr(made, name, getattr(self, name))
        return made


@dataclass(slots=True)
class PageGlyphs:
    """Every glyph met on a page, in the order it is painted."""

    width: float
    height: float
    fills: Fills
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    gone: list[bool] = field(default_factory=list)
    hidden: int = 0
    outside: int = 0


def show(
    items: Sequence[Any], state: State, text_matrix: Matrix, page: PageGlyphs, *, hidden: bool
) -> tuple[float, list[Any] | None]:
    """Place the glyphs of one text-showing operator.

    Args:
        items: shown strings (bytes) and adjustments (thousandths of text space), as in a TJ array.
        state: graphics and text state.
        text_matrix: text space to the stream's user space.
        page: takes a record of every glyph and says what is to go.
        hidden: the text is on a layer that is switched off.

    Returns:
        How far the pen moved in text space, and the items that remain with gaps where glyphs went, or None where
        nothing went.

    Raises:
        PageUnsupported: something must go and the font's advances are not known.
    """
    font, size, scale = state.font, state.size, state.scale
    if font is None:
        raise PageUnsupported("Text is shown without a font.")
    if not font.sound and (page.fills.all or hidden):
        raise PageUnsupported("Text is set in a font whose measures are missing or that runs down the page.")
    steps = _placed(items, state, font, product(text_matrix, state.ctm), page, hidden=hidden)
    moved = sum(step for _, step, _ in steps)
    if not any(goes for _, _, goes in steps):
        return moved, None
    if state.mode >= 4:
        raise PageUnsupported("Text that must go also cuts out other content.")
    return moved, _remaining(steps, size * scale)


Step = tuple[bytes | None, float, bool]
"""A glyph's code (None for an adjustment), how far it moves the pen in text space, and whether it goes."""


def _placed(items: Sequence[Any], state: State, font: Font, m: Matrix, page: PageGlyphs, *, hidden: bool) -> list[Step]:
    """Place each glyph on the page, note its box there and say whether it goes. The inner loop of everything."""
    size, scale, spacing, word_spacing = state.size, state.scale, state.spacing, state.word_spacing
    a, b, c, d, e, f = m
    low, high = state.rise + font.low * size, state.rise + font.high * size
    upright = b == 0 and c == 0
    y0, y1 = sorted((d * low + f, d * high + f))
    width, height, boxes, gone = page.width, page.height, page.boxes, page.gone
    near, touched = page.fills.near, bool(page.fills.all)
    used = font.used
    steps: list[Step] = []
    x = 0.0
    for item in items:
        if not isinstance(item, bytes):
            step = -float(item) / 1000 * size * scale
            x += step
            steps.append((None, step, False))
            continue
        for code, advance, is_space in font.split(item):
            step = (advance * size + spacing + (word_spacing if is_space else 0.0)) * scale
            reach = x + advance * size * scale
            if upright:
                x0, x1 = a * x + e, a * reach + e
                if x0 > x1:
                    x0, x1 = x1, x0
            else:
                x0, y0, x1, y1 = bounds(m, x, low, reach, high)
            x += step
            cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
            goes = hidden
            if hidden:
                page.hidden += 1
            elif not (0 <= cx <= width and 0 <= cy <= height):
                goes = font.sound
                page.outside += goes
            elif touched and (fills := near(cy)) and covered(fills, x0, y0, x1, y1):
                goes = True
            boxes.append((x0, y0, x1, y1))
            gone.append(goes)
            steps.append((code, step, goes))
            if not goes:
                used.add(code)
    return steps


def _remaining(steps: Sequence[Step], unit: float) -> list[Any]:
    """Items of a TJ array: what stays, with gaps in the thousandths that TJ counts in."""
    if abs(unit) < 1e-9:
        raise PageUnsupported("Text that must go has no size.")
    kept: list[Any] = []
    run = bytearray()
    gap = 0.0
    for code, step, goes in steps:
        if code is None or goes:
            if run:
                kept.append(pikepdf.String(bytes(run)))
                run.clear()
            gap += step
            continue
        if gap:
            kept.append(Decimal(f"{-gap * 1000 / unit:.3f}"))
            gap = 0.0
        run += code
    if run:
        kept.append(pikepdf.String(bytes(run)))
    elif gap:
        kept.append(Decimal(f"{-gap * 1000 / unit:.3f}"))
    return kept
