"""Hidden text in any PDF, ours or not, with nothing to compare it with.

Every character of a page is drawn three ways: as the page is; with all text made invisible; and the text alone in
black. The third picture says where the character's ink would be, the difference of the first two says where ink of
text really shows. A character of which hardly any ink shows is hidden: under a box, hatched or plain, a picture or an
annotation; white on white; invisible; clipped; off the page. What is drawn, and in which order, does not matter, so
there is no list of tricks to complete.

Text behind a picture of itself is what scanners write so that a scan can be searched, and hides nothing. It counts
only where the picture shows nothing, as under a bar that was burnt into the picture but not taken out of the text.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backbeat.redaction.model import Finding
from backbeat.redaction.pdfium import PDFIUM_LOCK

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Picture = npt.NDArray[np.uint8]

__all__ = ["hidden_letters", "inspect"]

SCALE = 2.0
"""Pixels per point (144 dpi): type of 4 points still has ink of its own."""
MOST_PIXELS = 40_000_000
"""Larger pages are drawn smaller."""
CHANGE = 12
"""Difference of two brightnesses, of 255, that counts as seen."""
SHOWN = 0.5
"""Share of a character's ink that must show. Text on top of hidden text shows some of its ink by chance."""
EVEN = 24
"""Spread of brightness within a patch that shows nothing."""
RUN = 3
"""Hidden letters and digits in a row that make a finding; fewer are accents, stray marks and rounding."""
DEPTH = 12


def inspect(output: Path) -> tuple[Finding, ...]:
    """Text that is in a PDF but cannot be seen on its pages, and redactions that were marked but never applied.

    One finding a page and kind of hiding. A file that cannot be read is a finding.
    """
    import pypdfium2

    findings: list[Finding] = []
    with PDFIUM_LOCK:
        try:
            pdf = pypdfium2.PdfDocument(output)
        except pypdfium2.PdfiumError:
            return (Finding("reader.failed", "The file could not be read as a PDF."),)
        try:
            pdf.init_forms()
            for number in range(1, len(pdf) + 1):
                try:
                    findings += _inspect_page(pdf, number)
                except pypdfium2.PdfiumError:
                    findings.append(Finding("reader.failed", "The page could not be drawn.", number))
        finally:
            pdf.close()
    return tuple(findings)


def _inspect_page(pdf: Any, number: int) -> Iterator[Finding]:
    page = pdf[number - 1]
    try:
        if _unapplied(page):
            yield Finding("hidden.unapplied-redaction", "A redaction was marked here but never applied.", number)
        page.set_rotation(0)
        characters = _characters(page)
        if not characters:
            return
        flags = _hidden(page, characters)
        for check, message, mark in (
            ("hidden.text", "letters and digits are in the file but cannot be seen on the page", "h"),
            ("hidden.outside-page", "letters and digits stand outside the visible page", "o"),
        ):
            if size := _in_runs(flags, mark):
                yield Finding(check, f"{size} {message}.", number)
    finally:
        page.close()


def hidden_letters(pdf: Any, number: int) -> int:
    """How many letters and digits of a page cannot be seen; `pdf` is pdfium's, and the caller holds its lock."""
    page = pdf[number - 1]
    try:
        page.set_rotation(0)
        characters = _characters(page)
        return _in_runs(_hidden(page, characters), "h") if characters else 0
    finally:
        page.close()


def _in_runs(flags: str, mark: str) -> int:
    runs = [run.count(mark) for run in re.findall(rf"{mark}[{mark} ]*", flags)]
    return sum(size for size in runs if size >= RUN)


def _unapplied(page: Any) -> bool:
    import pypdfium2.raw as c

    for index in range(c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = c.FPDFPage_GetAnnot(page.raw, index)
        kind = c.FPDFAnnot_GetSubtype(annotation)
        c.FPDFPage_CloseAnnot(annotation)
        if kind == c.FPDF_ANNOT_REDACT:
            return True
    return False


def _characters(page: Any) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Each character and its ink's box, in page coordinates."""
    text = page.get_textpage()
    try:
        characters = []
        for index in range(text.count_chars()):
            character = text.get_text_range(index, 1)
            box = text.get_charbox(index) if character.strip() else (0.0, 0.0, 0.0, 0.0)
            characters.append((character, box))
        return characters
    finally:
        text.close()


def _hidden(page: Any, characters: list[tuple[str, tuple[float, float, float, float]]]) -> str:
    """One sign a character: `h` hidden, `o` outside the page, `.` visible, a blank for what is no letter or digit."""
    import numpy as np

    width, height = page.get_size()
    x0, _, _, y1 = _visible(page)
    scale = min(SCALE, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    whole, shown, ink, pictures = _draw(page, scale)
    flags: list[str] = []
    for character, (left, bottom, right, top) in characters:
        if not character.isalnum() or right <= left or top <= bottom:
            flags.append(" " if not character.strip() or not character.isalnum() else ".")
            continue
        a, b = int((left - x0) * scale), int(np.ceil((right - x0) * scale)) + 1
        c, d = int((y1 - top) * scale), int(np.ceil((y1 - bottom) * scale)) + 1
        if b <= 0 or d <= 0 or a >= whole.shape[1] or c >= whole.shape[0]:
            flags.append("o")
            continue
        place = np.s_[max(0, c) : d, max(0, a) : b]
        should = ink[place]
        wanted = int(should.sum())
        # No ink of its own at all: clipped away, in a layer that is off, or a glyph without a shape.
        if wanted and int((should & shown[place]).sum()) >= SHOWN * wanted:
            flags.append(".")
        elif _is_inside(pictures, left, bottom, right, top) and int(np.ptp(whole[place])) > EVEN:
            flags.append(".")
        else:
            flags.append("h")
    return "".join(flags)


def _visible(page: Any) -> tuple[float, float, float, float]:
    media, crop = page.get_mediabox(), page.get_cropbox()
    both = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return both if both[0] < both[2] and both[1] < both[3] else media


def _is_inside(boxes: list[tuple[float, float, float, float]], x0: float, y0: float, x1: float, y1: float) -> bool:
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return any(a <= x <= c and b <= y <= d for a, b, c, d in boxes)


def _draw(
    page: Any, scale: float
) -> "tuple[Picture, npt.NDArray[np.bool_], npt.NDArray[np.bool_], list[tuple[float, float, float, float]]]":
    """The page in grey, where text shows, where its ink should be, and the boxes of its pictures."""
    import numpy as np
    import pypdfium2.raw as c

    whole = _render(page, scale)
    objects = list(page.get_objects(max_depth=DEPTH))
    texts = [item.raw for item in objects if item.type == c.FPDF_PAGEOBJ_TEXT]
    others = [item.raw for item in objects if item.type not in {c.FPDF_PAGEOBJ_TEXT, c.FPDF_PAGEOBJ_FORM}]
    pictures = [item.get_bounds() for item in objects if item.type == c.FPDF_PAGEOBJ_IMAGE]
    for item in texts:
        c.FPDFTextObj_SetTextRenderMode(item, c.FPDF_TEXTRENDERMODE_INVISIBLE)
    bare = _render(page, scale)
    for item in texts:
        c.FPDFTextObj_SetTextRenderMode(item, c.FPDF_TEXTRENDERMODE_FILL)
        c.FPDFPageObj_SetFillColor(item, 0, 0, 0, 255)
    for item in others:
        c.FPDFPageObj_SetIsActive(item, False)
    alone = _render(page, scale, annotations=False)
    shown = np.abs(whole.astype(np.int16) - bare) > CHANGE
    return whole, shown, alone < 255 - 4 * CHANGE, pictures


def _render(page: Any, scale: float, *, annotations: bool = True) -> "Picture":
    picture: Picture = page.render(
        scale=scale, grayscale=True, may_draw_forms=annotations, draw_annots=annotations
    ).to_numpy()
    return picture.reshape(picture.shape[:2]).copy()
