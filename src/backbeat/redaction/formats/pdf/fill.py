"""The solid fill over a removed place, with its reason in small white letters."""

from collections.abc import Iterable
from functools import cache

from backbeat.redaction.formats.pdf.plan import Fill

__all__ = ["LABEL_FONT", "draw_fills", "label_font"]

LABEL_FONT = "/BackbeatLabel"
LARGEST, SMALLEST = 8.0, 2.0
"""Points. A label that would have to be smaller than the smallest is left out; the fill itself never is."""
MARGIN = 1.0


@cache
def _widths() -> tuple[float, ...]:
    from pdfminer.fontmetrics import FONT_METRICS

    metrics = FONT_METRICS["Helvetica"][1]
    return tuple(
        float(metrics.get(bytes([code]).decode("cp1252", "replace"), metrics["?"])) / 1000 for code in range(256)
    )


def label_font() -> dict[str, str]:
    """Keys of the font dictionary that `draw_fills` refers to."""
    return {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}


def draw_fills(fills: Iterable[Fill], rotation: int) -> tuple[bytes, list[str]]:
    """Content stream that paints the fills, and the labels really drawn.

    Letters stand upright for a reader who sees the page turned by `rotation` degrees.
    """
    found = list(fills)
    boxes = [b"%.2f %.2f %.2f %.2f re" % (f.x0, f.y0, f.x1 - f.x0, f.y1 - f.y0) for f in found]
    if not boxes:
        return b"", []
    parts = [b"q 0 g", *boxes, b"f 1 g BT"]
    drawn: list[str] = []
    for fill in found:
        text = fill.label.encode("cp1252", "replace")
        piece = _label(fill, text, rotation)
        if piece:
            parts.append(piece)
            drawn.append(text.decode("cp1252", "replace"))
    parts.append(b"ET Q")
    return b"\n".join(parts), drawn


def _label(fill: Fill, text: bytes, rotation: int) -> bytes:
    width, height = fill.x1 - fill.x0, fill.y1 - fill.y0
    if rotation in (90, 270):
        width, height = height, width
    widths = _widths()
    length = sum(widths[byte] for byte in text)
    if not length:
        return b""
    size = min(LARGEST, height * 0.75, (width - 2 * MARGIN) / length)
    if size < SMALLEST:
        return b""
    size = int(size * 20) / 20
    along, up = (width - length * size) / 2, (height - 0.7 * size) / 2
    a, b, x, y = {
        0: (1, 0, fill.x0 + along, fill.y0 + up),
        90: (0, 1, fill.x1 - up, fill.y0 + along),
        180: (-1, 0, fill.x1 - along, fill.y1 - up),
        270: (0, -1, fill.x0 + up, fill.y1 - along),
    }[rotation]
    escaped = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"%s %.2f Tf %d %d %d %d %.2f %.2f Tm (%s) Tj" % (
        LABEL_FONT.encode("ascii"), size, a, b, -b, a, x, y, escaped,
    )  # fmt: skip
