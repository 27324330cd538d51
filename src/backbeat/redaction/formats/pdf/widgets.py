"""Form fields as they look: their appearance becomes part of the page, everything else of them is left behind."""

from collections.abc import Iterator
from typing import Any

import pikepdf

from backbeat.redaction.formats.pdf.textstate import IDENTITY, Matrix, bounds

__all__ = ["appearances", "count_dropped"]

HIDDEN, NO_VIEW = 2, 32


def appearances(page: Any) -> Iterator[tuple[pikepdf.Stream, Matrix]]:
    """Appearance streams of the page's visible form fields, with the transformation that puts each in its place."""
    for annotation in _annotations(page):
        stream = _appearance(annotation)
        if stream is None:
            continue
        box = [float(value) for value in stream.get("/BBox", pikepdf.Array([0, 0, 1, 1])).as_list()]
        matrix = IDENTITY
        if "/Matrix" in stream:
            a, b, c, d, e, f = (float(value) for value in stream.Matrix.as_list())
            matrix = (a, b, c, d, e, f)
        x0, y0, x1, y1 = bounds(matrix, *box[:4])
        left, bottom, right, top = _upright([float(value) for value in annotation.Rect.as_list()])
        if x1 <= x0 or y1 <= y0:
            continue
        across, up = (right - left) / (x1 - x0), (top - bottom) / (y1 - y0)
        yield stream, (across, 0.0, 0.0, up, left - x0 * across, bottom - y0 * up)


def count_dropped(page: Any) -> int:
    """Annotations of the page that do not come along: notes, links, stamps, fields without a look of their own."""
    return sum(_appearance(annotation) is None for annotation in _annotations(page))


def _annotations(page: Any) -> list[Any]:
    found = page.get("/Annots")
    if not isinstance(found, pikepdf.Array):
        return []
    return [item for item in found.as_list() if isinstance(item, pikepdf.Dictionary)]


def _appearance(annotation: Any) -> pikepdf.Stream | None:
    if str(annotation.get("/Subtype", "")) != "/Widget" or int(annotation.get("/F", 0)) & (HIDDEN | NO_VIEW):
        return None
    looks = annotation.get("/AP")
    normal = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    if isinstance(normal, pikepdf.Dictionary) and not isinstance(normal, pikepdf.Stream):
        normal = normal.get(str(annotation.get("/AS", "/Off")))
    return normal if isinstance(normal, pikepdf.Stream) and "/Rect" in annotation else None


def _upright(sides: list[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = sides
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
