"""Whether a page may hold text that nobody can see: a cheap look that says where a thorough one is worth its time.

Only the order of painting and the boxes of objects are looked at: text set to be invisible, something filled painted
over text, text in the colour of its ground. What is found here is a suspicion, to be settled by drawing the page.
"""

import ctypes
import math
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

__all__ = ["may_conceal_text"]

DEPTH = 8
REACH = 2.0
"""Points that two boxes must share in both directions: less is an underline, a rule or a cell that touches."""
CONTRAST = 40
"""Difference of two brightnesses, of 255, from which text stands out from its ground."""
SHOWN = 0.6
"""Share of a text's width and height that its clip must leave."""
POINTS = 64
"""A clip of more points is a drawing, whose box says little."""
INVISIBLE = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})

_Sides = tuple[float, float, float, float]


def may_conceal_text(page: pypdfium2.PdfPage) -> bool:
    """Whether text of the page may be invisible, covered, or of the colour of its ground."""
    texts: list[tuple[int, _Sides]] = []
    covers: list[tuple[int, _Sides]] = []
    inks: list[float] = []
    grounds: list[float] = []
    holds_text = covers_text = False
    form: Any = None
    for order, found in enumerate(page.get_objects(max_depth=DEPTH)):
        is_text = found.type == raw.FPDF_PAGEOBJ_TEXT
        if is_text and raw.FPDFTextObj_GetTextRenderMode(found.raw) in INVISIBLE:
            return True
        if found.level > 0:  # places within a form are its own; the form stands for all of it
            if form is not None and is_text and not holds_text:
                holds_text = True
                texts.append((order, form))
                inks.append(math.nan)
            if form is not None and not is_text and not covers_text and _fills(found):
                covers_text = True
                covers.append((order, form))
                grounds.append(math.nan)
            continue
        sides = found.get_bounds()
        if found.type == raw.FPDF_PAGEOBJ_FORM:
            form, holds_text, covers_text = sides, False, False
        elif is_text:
            if _is_clipped_away(found, sides):
                return True
            texts.append((order, sides))
            inks.append(_brightness(found))
        elif _fills(found):
            covers.append((order, sides))
            grounds.append(_brightness(found))
    if _overlap(texts, covers).any():
        return True
    if not texts:
        return False
    # Each text's ground is what was painted there last before it, or else white paper; NaN is a colour not known.
    under = _overlap(covers, texts)
    last = np.where(under.any(axis=0), len(covers) - 1 - under[::-1].argmax(axis=0), -1) if covers else -1
    return bool((np.abs(np.array([*grounds, 255.0])[last] - np.array(inks)) < CONTRAST).any())


def _fills(found: pypdfium2.PdfObject) -> bool:
    """Whether an object paints an area that text may vanish behind."""
    if found.type in {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING}:
        return True
    if found.type != raw.FPDF_PAGEOBJ_PATH:
        return False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(found.raw, mode, stroke)
    width = ctypes.c_float()
    wide = bool(stroke) and bool(raw.FPDFPageObj_GetStrokeWidth(found.raw, width)) and width.value > REACH
    return mode.value != raw.FPDF_FILLMODE_NONE or wide


def _is_clipped_away(found: pypdfium2.PdfObject, sides: _Sides) -> bool:
    """Whether the box of what an object is clipped to leaves out a good part of it."""
    clip = raw.FPDFPageObj_GetClipPath(found.raw)
    x0, y0, x1, y1 = sides
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(raw.FPDFClipPath_CountPaths(clip), 0)):
        xs: list[float] = []
        ys: list[float] = []
        for at in range(min(raw.FPDFClipPath_CountPathSegments(clip, path), POINTS)):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, path, at), x, y)
            xs.append(x.value)
            ys.append(y.value)
        if xs and len(xs) < POINTS:
            x0, y0, x1, y1 = max(x0, min(xs)), max(y0, min(ys)), min(x1, max(xs)), min(y1, max(ys))
    left, bottom, right, top = sides
    return x1 - x0 < SHOWN * (right - left) or y1 - y0 < SHOWN * (top - bottom)


def _brightness(found: pypdfium2.PdfObject) -> float:
    """0 to 255; NaN where an object's colour is not one plain colour."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if found.type not in {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH}:
        return math.nan
    if not raw.FPDFPageObj_GetFillColor(found.raw, red, green, blue, alpha):
        return math.nan
    strength = alpha.value / 255
    return 255 * (1 - strength) + strength * (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value)


def _overlap(first: list[tuple[int, _Sides]], later: list[tuple[int, _Sides]]) -> Any:
    """(first, later) bool: the later one is painted on top of the other and shares an area with it."""
    if not first or not later:
        return np.zeros((len(first), len(later)), np.bool_)
    order, others = np.array([at for at, _ in first])[:, None], np.array([at for at, _ in later])
    x0, y0, x1, y1 = np.array([sides for _, sides in first]).T[:, :, None]
    a, b, c, d = np.array([sides for _, sides in later]).T[:, None, :]
    wide, high = np.minimum(x1, c) - np.maximum(x0, a), np.minimum(y1, d) - np.maximum(y0, b)
    return (others > order) & (wide > REACH) & (high > REACH)
