"""Read a PDF into a Document: its text, page by page, and the place of every character."""

from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as raw

from backbeat.redaction.formats.limits import Limits
from backbeat.redaction.formats.pdf.admission import FILE, MALFORMED, SHORTEST_SIDE, admit, damaged
from backbeat.redaction.formats.pdf.concealed import may_conceal_text
from backbeat.redaction.formats.pdf.errors import PdfDamaged, PdfTooLarge
from backbeat.redaction.formats.pdf.geometry import (
    PageText,
    count_drawings,
    crop_box,
    flatten_widgets,
    page_text,
    picture_share,
)
from backbeat.redaction.formats.pdf.stand_in import without_stand_ins
from backbeat.redaction.model import Document, Notice, Page
from backbeat.redaction.pdfium import PDFIUM_LOCK
from backbeat.redaction.verify.standalone import hidden_letters

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["MEDIA_TYPE", "read"]

MEDIA_TYPE = "application/pdf"
FORM_FEED = "\f"
FEW_LETTERS, LARGE_PICTURE = 400, 0.25
"""A page with fewer letters and a picture over this share of it may be a scan under a typed header."""

MANY_DRAWINGS = 20
"""A page without any letter that paints so many lines and shapes may show text as outlines."""


def read(path: Path, sha256: str, limits: Limits) -> Document:
    """Text and geometry of a PDF.

    Lines end in a line feed and pages are parted by one form feed. Hidden and invisible text is read like any other;
    text outside the visible page is left out, with a notice, and is dropped when the document is redacted.

    Raises:
        InputRejected: one of its leaves; the file cannot be redacted safely; the message says why and what to do.
    """
    count = admit(path, limits)
    try:
        copy = without_stand_ins(path)
    except MALFORMED as error:
        raise damaged() from error
    with PDFIUM_LOCK:
        try:
            pdf = pypdfium2.PdfDocument(path if copy is None else copy)
        except pypdfium2.PdfiumError as error:
            raise PdfDamaged(
                "The PDF could not be opened for reading.", where=FILE, do="export it again and put that in"
            ) from error
        try:
            if len(pdf) != count:
                raise damaged()
            return _read(pdf, sha256, limits)
        except pypdfium2.PdfiumError as error:
            raise damaged() from error
        finally:
            pdf.close()


def _read(pdf: pypdfium2.PdfDocument, sha256: str, limits: Limits) -> Document:
    pages: list[Page] = []
    texts: list[str] = []
    notices = _document_notices(pdf)
    start = 0
    for number in range(1, len(pdf) + 1):
        found, page, page_notices = _read_page(pdf, number, start, limits)
        notices += page_notices
        pages.append(page)
        texts.append(found.text)
        start = page.end + len(FORM_FEED)
        if start > limits.max_characters:
            raise PdfTooLarge(
                f"The document holds more than {limits.max_characters:,} characters.",
                where=FILE,
                do="split the document and put the parts in",
            )
    return Document(sha256, MEDIA_TYPE, FORM_FEED.join(texts), tuple(pages), notices=tuple(notices))


def _read_page(
    pdf: pypdfium2.PdfDocument, number: int, start: int, limits: Limits
) -> tuple[PageText, Page, list[Notice]]:
    page = _load(pdf, number)
    try:
        if raw.FPDFPage_GetAnnotCount(page.raw) and flatten_widgets(page):
            page.close()
            page = _load(pdf, number)
        found = page_text(page, limits.max_characters_per_page)
        if found is None:
            raise PdfTooLarge(
                f"Page {number} holds more than {limits.max_characters_per_page:,} characters.",
                where=f"page {number} of {FILE}",
                do="print that page to PDF again, or take it out and redact it by hand",
            )
        x0, y0, x1, y1 = crop_box(page)
        if min(x1 - x0, y1 - y0) < SHORTEST_SIDE:
            raise damaged()
        end = start + len(found.text)
        shape = Page(number, start, end, x1 - x0, y1 - y0, page.get_rotation(), _frozen(found.boxes))
        letters = len(found.text) - found.text.count(" ") - found.text.count("\n")
        share = picture_share(page) if letters < FEW_LETTERS else 0.0
        if not letters and not share and count_drawings(page) >= MANY_DRAWINGS:
            share = 1.0
        suspect = letters > 0 and may_conceal_text(page)
    finally:
        page.close()
    hidden = hidden_letters(pdf, number) if suspect else 0
    return found, shape, _page_notices(number, found, letters, share, hidden)


def _load(pdf: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    try:
        return pdf[number - 1]
    except pypdfium2.PdfiumError as error:
        raise PdfDamaged(
            f"Page {number} could not be read, so the whole document is held back.",
            where=f"page {number} of {FILE}",
            do="open that page in a viewer; if it opens, export the document again, otherwise redact it by hand",
        ) from error


def _frozen(boxes: "npt.NDArray[np.float32]") -> "npt.NDArray[np.float32]":
    boxes.flags.writeable = False
    return boxes


def _document_notices(pdf: pypdfium2.PdfDocument) -> list[Notice]:
    if raw.FPDF_GetSignatureCount(pdf.raw) < 1:
        return []
    return [Notice("signature.dropped", "The document is signed. A redacted copy cannot keep the signature.")]


def _page_notices(number: int, found: PageText, letters: int, share: float, hidden: int) -> list[Notice]:
    notices: list[Notice] = []
    if share and not letters:
        notices.append(
            Notice(
                "page.no-text",
                "The page is a picture or drawing without text: nothing on it can be found by itself.",
                number,
            )
        )
    elif share >= LARGE_PICTURE:
        notices.append(
            Notice("page.picture", "A large picture stands on the page. What it shows was not read.", number)
        )
    if hidden:
        message = (
            f"Letters or digits that cannot be seen are in the text of this page: {hidden}. "
            "They stay in the redacted file unless somebody decides on them."
        )
        notices.append(Notice("text.hidden", message, number))
    if found.outside:
        notices.append(
            Notice("text.outside-page", "Text outside the visible page was left out and will be dropped.", number)
        )
    if found.unmapped:
        notices.append(
            Notice("text.unmapped", "Some characters do not say what they mean; read this page by eye.", number)
        )
    return notices
