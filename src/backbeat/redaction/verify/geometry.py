"""What the page looks like where something was removed, without what was drawn on top of it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backbeat.redaction.model import Box, Finding
from backbeat.redaction.pdfium import PDFIUM_LOCK

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["check_pixels"]

SCALE = 2.0
"""Pixels per point."""
RIM = 3
"""Pixels inside a box's edge that a picture's own pixels, which may be large, can blur."""
SPREAD = 24
"""Difference of two brightnesses that still counts as one colour (JPEG leaves ripples)."""


def check_pixels(output: Path, boxes: Mapping[int, Sequence[Box]]) -> Iterator[Finding]:
    """Pictures that still show something in a redacted place once everything drawn on top is taken away."""
    import pypdfium2
    import pypdfium2.raw as c

    with PDFIUM_LOCK:
        pdf = pypdfium2.PdfDocument(output)
        try:
            for number, places in sorted(boxes.items()):
                page = pdf[number - 1]
                try:
                    pictures = list(page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=8))
                    if pictures and (uneven := _uneven(page, places)):
                        message = f"A picture still shows something under {uneven} redacted places."
                        yield Finding("geometry.picture-under-box", message, number)
                finally:
                    page.close()
        finally:
            pdf.close()


def _uneven(page: Any, boxes: Sequence[Box]) -> int:
    import pypdfium2.raw as c

    page.set_rotation(0)
    others = [
        item for item in page.get_objects(max_depth=1) if item.type not in {c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_FORM}
    ]
    for item in others:
        c.FPDFPage_RemoveObject(page.raw, item.raw)
    # Where there is no picture, paper shows: white in one drawing and black in the other.
    light, dark = _render(page, (255, 255, 255, 255)), _render(page, (0, 0, 0, 255))
    covered = (light < 255) | (dark > 0)
    return sum(_is_uneven(light, covered, box) for box in boxes)


def _render(page: Any, paper: tuple[int, int, int, int]) -> "npt.NDArray[np.uint8]":
    drawn = page.render(scale=SCALE, may_draw_forms=False, draw_annots=False, grayscale=True, fill_color=paper)
    picture: npt.NDArray[np.uint8] = drawn.to_numpy()
    return picture.reshape(picture.shape[:2]).copy()


def _is_uneven(picture: "npt.NDArray[np.uint8]", covered: "npt.NDArray[np.bool_]", box: Box) -> bool:
    height = picture.shape[0]
    x0, x1 = round(box.x0 * SCALE) + RIM, round(box.x1 * SCALE) - RIM
    y0, y1 = height - round(box.y1 * SCALE) + RIM, height - round(box.y0 * SCALE) - RIM
    place = slice(max(0, y0), max(0, y1)), slice(max(0, x0), max(0, x1))
    part = picture[place][covered[place]]
    return bool(part.size) and int(part.max()) - int(part.min()) > SPREAD
