"""The last resort that keeps a page's looks: draw it, paint the fills into the pixels, keep only the picture."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pypdfium2.raw as raw

from backbeat.redaction.formats.pdf.errors import PdfUnsupported
from backbeat.redaction.formats.pdf.geometry import flatten_widgets
from backbeat.redaction.formats.pdf.plan import Fill
from backbeat.redaction.pdfium import PDFIUM_LOCK

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["DOTS_PER_INCH", "PageDrawer"]

DOTS_PER_INCH = 200
PIXELS_MOST = 120_000_000
QUALITY = 85
BLACK = (0, 0, 0)


class PageDrawer:
    """Draws pages of one source document. Opens it on first use only."""

    def __init__(self, source: Path) -> None:
        self._path = source
        self._pdf: pypdfium2.PdfDocument | None = None

    def close(self) -> None:
        """Let go of the document."""
        if self._pdf is not None:
            with PDFIUM_LOCK:
                self._pdf.close()
            self._pdf = None

    def draw(
        self, number: int, width: float, height: float, fills: Iterable[Fill], target: pikepdf.Pdf
    ) -> pikepdf.Stream:
        """The page as an image of `target`, unturned, as large as its crop box, with the fills painted in.

        Raises:
            PdfUnsupported: the page is too large to be drawn at 200 dots per inch.
        """
        from PIL import ImageDraw

        scale = DOTS_PER_INCH / 72
        if width * height * scale * scale > PIXELS_MOST:
            raise PdfUnsupported(
                f"Page {number} can only be redacted as a picture and is too large for that.",
                where=f"page {number} of the PDF file",
                do="print that page on a smaller sheet to PDF, or redact it by hand",
            )
        with PDFIUM_LOCK:
            try:
                picture = self._picture(number, scale)
            except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
                raise PdfUnsupported(
                    f"Page {number} cannot be taken apart, and cannot be drawn either.",
                    where=f"page {number} of the PDF file",
                    do="redact that page by hand",
                ) from error
        pen = ImageDraw.Draw(picture)
        across, down = picture.width / width, picture.height / height
        for fill in fills:
            # Whole pixels, one more on every side: an edge pixel mixes covered ink with paper.
            box = (int(fill.x0 * across) - 1, int((height - fill.y1) * down) - 1,
                   int(fill.x1 * across) + 1, int((height - fill.y0) * down) + 1)  # fmt: skip
            pen.rectangle(box, fill=BLACK)
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=QUALITY)
        image = pikepdf.Stream(target, buffer.getvalue(), Filter=pikepdf.Name.DCTDecode)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = picture.width, picture.height, 8
        image.ColorSpace = pikepdf.Name.DeviceRGB
        return image

    def _picture(self, number: int, scale: float) -> "Image.Image":
        if self._pdf is None:
            self._pdf = pypdfium2.PdfDocument(self._path)
        page = self._pdf[number - 1]
        if raw.FPDFPage_GetAnnotCount(page.raw) and flatten_widgets(page):
            page.close()
            page = self._pdf[number - 1]
        page.set_rotation(0)
        bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False, rev_byteorder=True)
        drawn: Image.Image = bitmap.to_pil().convert("RGB")
        page.close()
        return drawn
