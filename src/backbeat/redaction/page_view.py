"""Pages as pictures for a reviewer, and the way between PDF points and the picture.

The picture is drawn by the rasteriser that the verifier uses too, so a person approves the pixels that are released.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from backbeat.errors import InputRejected
from backbeat.redaction.model import Box
from backbeat.redaction.pdfium import PDFIUM_LOCK

__all__ = ["PageView", "Rectangle", "draw_page", "view_page"]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle on the page as shown: points, origin top left, y downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageView:
    """How one page is shown: the size of its visible (crop) box before rotation, and the rotation."""

    number: int
    width: float
    height: float
    rotation: int
    """0, 90, 180 or 270, clockwise."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        return (self.height, self.width) if self.rotation in (90, 270) else (self.width, self.height)

    def shown(self, box: Box) -> Rectangle:
        """Where a box is on the page as shown."""
        (ax, ay), (bx, by) = self._to_view(box.x0, box.y0), self._to_view(box.x1, box.y1)
        return Rectangle(min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay))

    def box(self, shown: Rectangle) -> Box:
        """The box under a rectangle drawn on the page as shown, cut to the page.

        Raises:
            InputRejected: the rectangle is empty or lies outside the page.
        """
        width, height = self.size
        left, right = max(0.0, shown.x), min(width, shown.x + shown.width)
        top, bottom = max(0.0, shown.y), min(height, shown.y + shown.height)
        if not (left < right and top < bottom):
            raise InputRejected(
                "The box drawn covers nothing of the page.",
                where=f"page {self.number}",
                do="draw it again, on the page",
            )
        (ax, ay), (bx, by) = self._from_view(left, top), self._from_view(right, bottom)
        return Box(self.number, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def _to_view(self, x: float, y: float) -> tuple[float, float]:
        match self.rotation:
            case 90:
                return y, x
            case 180:
                return self.width - x, y
            case 270:
                return self.height - y, self.width - x
            case _:
                return x, self.height - y

    def _from_view(self, x: float, y: float) -> tuple[float, float]:
        match self.rotation:
            case 90:
                return y, x
            case 180:
                return self.width - x, y
            case 270:
                return self.width - y, self.height - x
            case _:
                return x, self.height - y


def view_page(path: Path, number: int) -> PageView:
    """How page `number` (from 1) of the PDF at `path` is shown."""
    import pypdfium2

    with PDFIUM_LOCK, pypdfium2.PdfDocument(path) as document:
        page = document[number - 1]
        x0, y0, x1, y1 = page.get_cropbox()
        return PageView(number, x1 - x0, y1 - y0, page.get_rotation() % 360)


def draw_page(path: Path, number: int, *, width_px: int = 1200) -> bytes:
    """Page `number` (from 1) of the PDF at `path` as JPEG, `width_px` wide, rotated as a viewer shows it.

    JPEG with full colour, because making a PNG of a page takes ten times as long, and a reviewer turns many pages.
    """
    import pypdfium2

    with PDFIUM_LOCK, pypdfium2.PdfDocument(path) as document:
        page = document[number - 1]
        # A page of absurd proportions must not become a picture of absurd size.
        scale = min(width_px / page.get_width(), 4 * width_px / page.get_height())
        picture = page.render(scale=scale).to_pil().convert("RGB")
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=90, subsampling=0)
    return stream.getvalue()
