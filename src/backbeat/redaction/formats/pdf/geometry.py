"""Characters and where they stand, as pdfium sees them: the only module that reads text through pdfium."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["PageText", "crop_box", "count_drawings", "flatten_widgets", "page_text", "picture_share"]

LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
LINE_END_HYPHEN = 0x02
"""What pdfium reports for a hyphen that breaks a word over two lines; it reports no line break after it."""
ZERO_WIDTH = frozenset({0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x0B, 0x0C})
HYPHENS = frozenset({0xAD, 0x2010, 0x2011})
"""Soft, true and non-breaking hyphen: all stand as ink, all read as one. Dashes and the minus stay themselves."""
BLANKS = frozenset({0x09, 0xA0, 0x202F, 0x2007, *range(0x2000, 0x200B), 0x3000})


def _bare(function: Any, result: Any, *arguments: Any) -> Callable[..., int]:
    # The generated bindings check each argument in Python; calling the same address barely typed is 3x faster,
    # which matters at several thousand calls a page.
    address = ctypes.cast(function, ctypes.c_void_p).value
    bound: Callable[..., int] = ctypes.CFUNCTYPE(result, *arguments)(address or 0)
    return bound


_unicode_of = _bare(raw.FPDFText_GetUnicode, ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)
_loose_box_of = _bare(raw.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True, slots=True, eq=False)
class PageText:
    """Text of one page and one box per character."""

    text: str
    boxes: "npt.NDArray[np.float32]"
    """(len(text), 4): x0, y0, x1, y1 from the crop box's lower left corner; NaN for line breaks."""
    outside: int
    """Characters left out because they stand outside the crop box."""
    unmapped: int
    """Characters whose font does not say what they mean; they read as U+FFFD."""


def crop_box(page: pypdfium2.PdfPage) -> tuple[float, float, float, float]:
    """The visible part of a page in its raw user space: crop box within media box, never empty."""
    mx0, my0, mx1, my1 = page.get_mediabox()
    cx0, cy0, cx1, cy1 = page.get_cropbox()
    x0, y0, x1, y1 = max(mx0, cx0), max(my0, cy0), min(mx1, cx1), min(my1, cy1)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else (mx0, my0, mx1, my1)


def flatten_widgets(page: pypdfium2.PdfPage) -> bool:
    """Draw form fields into the page's content, in memory, and drop every other annotation; True if any was drawn.

    The caller must load the page afresh afterwards.
    """
    handle = page.raw
    count = raw.FPDFPage_GetAnnotCount(handle)
    widgets = 0
    for index in range(count - 1, -1, -1):
        annotation = raw.FPDFPage_GetAnnot(handle, index)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET:
            widgets += 1
        else:
            raw.FPDFPage_RemoveAnnot(handle, index)
    if widgets:
        raw.FPDFPage_Flatten(handle, raw.FLAT_NORMALDISPLAY)
    return widgets > 0


def picture_share(page: pypdfium2.PdfPage) -> float:
    """Share of the page that its largest picture covers, 0 where there is none; one in a nested form counts whole."""
    x0, y0, x1, y1 = crop_box(page)
    largest = 0.0
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=8):
        if found.level > 0:
            return 1.0
        left, bottom, right, top = found.get_bounds()
        across, up = min(right, x1) - max(left, x0), min(top, y1) - max(bottom, y0)
        largest = max(largest, max(across, 0) * max(up, 0) / ((x1 - x0) * (y1 - y0)))
    return largest


def count_drawings(page: pypdfium2.PdfPage) -> int:
    """How many lines, shapes and shadings the page paints: letters may be drawn as outlines."""
    return sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING], max_depth=8))


def page_text(page: pypdfium2.PdfPage, most: int) -> PageText | None:
    """Text and boxes of a page, or None where it holds more than `most` characters."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > most:
            return None
        handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
        codes = [_unicode_of(handle, index) for index in range(count)]
        rectangles = np.zeros((count, 4), np.float32)
        address = rectangles.ctypes.data
        for index in range(count):
            _loose_box_of(handle, index, address + 16 * index)
    finally:
        textpage.close()
    return _assembled(codes, rectangles, crop_box(page))


def _assembled(
    codes: list[int], rectangles: "npt.NDArray[np.float32]", crop: tuple[float, float, float, float]
) -> PageText:
    # pdfium's rectangle is left, top, right, bottom.
    left, top, right, bottom = rectangles.T
    boxes = np.stack(
        [np.minimum(left, right), np.minimum(bottom, top), np.maximum(left, right), np.maximum(bottom, top)], axis=1
    )
    inked = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]) & np.isfinite(boxes).all(axis=1)
    x0, y0, x1, y1 = crop
    away = inked & ((boxes[:, 2] <= x0) | (boxes[:, 0] >= x1) | (boxes[:, 3] <= y0) | (boxes[:, 1] >= y1))
    boxes -= np.array([x0, y0, x0, y0], np.float32)
    boxes[~inked] = np.nan
    characters: list[str] = []
    origin: list[int] = []
    outside = unmapped = 0
    previous = ""
    for index, (code, is_away) in enumerate(zip(codes, away.tolist(), strict=True)):
        if is_away:
            outside += 1
            continue
        if 0x20 <= code < 0x7F:
            piece = chr(code)
        else:
            piece = _readable(code)
            if piece == "\ufffd":
                unmapped += 1
            if piece == "\n" and (previous.endswith("\n") or not characters):
                continue
            if not piece:
                continue
        if piece == "-\n":
            # The break after the hyphen has no place on the page.
            characters += ["-", "\n"]
            origin += [index, -1]
        else:
            characters += piece
            origin += [index] * len(piece)
        previous = piece
    placed = np.full((len(characters), 4), np.nan, np.float32)
    if characters:
        where = np.array(origin)
        placed[where >= 0] = boxes[where[where >= 0]]
    return PageText("".join(characters), placed, outside, unmapped)


def _readable(code: int) -> str:
    if code in (0x0A, 0x0D):
        return "\n"
    if code == LINE_END_HYPHEN or code == 0xFFFE:
        return "-\n"
    if code in BLANKS:
        return " "
    if code in ZERO_WIDTH:
        return ""
    if code in HYPHENS:
        return "-"
    if code in LIGATURES:
        return LIGATURES[code]
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code <= 0xDFFF or code in (0xFFFD, 0xFFFF) or code > 0x10FFFF:
        return "\ufffd"
    return chr(code)
