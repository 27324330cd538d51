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
    covered: int = 0


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
    spacing, word_spacing = state.spacing, state.word_spacing
    m = product(text_matrix, state.ctm)
    a, b, c, d, e, f = m
    low, high = state.rise + font.low * size, state.rise + font.high * size
    upright = b == 0 and c == 0
    near, touched = page.fills.near, bool(page.fills.all)
    width, height, boxes, gone = page.width, page.height, page.boxes, page.gone
    used = font.used
    x = 0.0
    gap = 0.0
    kept: list[Any] = []
    run: list[bytes] = []
    changed = False
    y0, y1 = sorted((d * low + f, d * high + f))
    for item in items:
        if not isinstance(item, bytes):
            step = -float(item) / 1000 * size * scale
            x += step
            if run:
                kept.append(b"".join(run))
                run = []
            gap += step
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
                page.covered += 1
            boxes.append((x0, y0, x1, y1))
            gone.append(goes)
            if goes:
                changed = True
                if run:
                    kept.append(b"".join(run))
                    run = []
                gap += step
                continue
            if gap:
                kept.append(gap)
                gap = 0.0
            used.add(code)
            run.append(code)
    if not changed:
        return x, None
    if state.mode >= 4:
        raise PageUnsupported("Text that must go also cuts out other content.")
    if run:
        kept.append(b"".join(run))
    if gap:
        kept.append(gap)
    return x, _adjusted(kept, size * scale)


def _adjusted(kept: list[Any], unit: float) -> list[Any]:
    """Gaps in text space turned into the thousandths that TJ counts in."""
    if abs(unit) < 1e-9:
        raise PageUnsupported("Text that must go has no size.")
    return [pikepdf.String(item) if isinstance(item, bytes) else Decimal(f"{-item * 1000 / unit:.3f}") for item in kept]
