"""Lines and curves under a fill: drawn signatures and letters made of outlines are information too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backbeat.redaction.formats.pdf.errors import PageUnsupported
from backbeat.redaction.formats.pdf.plan import Fills
from backbeat.redaction.formats.pdf.textstate import Matrix

__all__ = ["PathWatch"]

CURVES_MOST = 8
LINES_MOST = 24
"""A subpath that reaches out of a fill and has more segments than this might be handwriting or a letter."""


@dataclass(slots=True)
class _Subpath:
    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    lines: int = 0
    curves: int = 0


class PathWatch:
    """Follows the path under construction and takes out the parts that lie under a fill."""

    def __init__(self, fills: Fills) -> None:
        self._fills = fills
        self._subpaths: list[_Subpath] = []
        self.start: int | None = None
        """Where in the output the current path began."""

    def add(self, name: str, operands: Sequence[Any], ctm: Matrix, at: int) -> None:
        """Take note of one path operator that was put at place `at` of the output."""
        if self.start is None:
            self.start = at
        if not self._fills.all:
            return
        values = [float(value) for value in operands]
        if name == "re":
            x, y, w, h = values
            values = [x, y, x + w, y, x, y + h, x + w, y + h]
        a, b, c, d, e, f = ctm
        xs = [a * x + c * y + e for x, y in zip(values[::2], values[1::2], strict=True)]
        ys = [b * x + d * y + f for x, y in zip(values[::2], values[1::2], strict=True)]
        if name in ("m", "re") or not self._subpaths:
            box = (min(xs), min(ys), max(xs), max(ys)) if xs else (0.0, 0.0, 0.0, 0.0)
            self._subpaths.append(_Subpath(at, at + 1, *box))
            return
        path = self._subpaths[-1]
        path.end = at + 1
        if xs:
            path.x0, path.y0 = min(path.x0, *xs), min(path.y0, *ys)
            path.x1, path.y1 = max(path.x1, *xs), max(path.y1, *ys)
            path.lines += name == "l"
            path.curves += name != "l"

    def paint(self, out: list[Any], *, clips: bool) -> int:
        """The path is painted now: delete from `out` what lies under a fill, and say how many parts that were.

        Raises:
            PageUnsupported: an intricate path reaches out from under a fill, or is also a clip.
        """
        deleted = 0
        for path in reversed(self._subpaths):
            touching = self._fills.touching(path.x0, path.y0, path.x1, path.y1)
            if not touching:
                continue
            intricate = path.lines > LINES_MOST or path.curves > CURVES_MOST
            if clips:
                if intricate:
                    raise PageUnsupported("A drawing under a redaction also cuts out other content.")
            elif any(fill.contains(path.x0, path.y0, path.x1, path.y1) for fill in touching):
                del out[path.start : path.end]
                deleted += 1
            elif intricate:
                raise PageUnsupported("A drawing lies partly under a redaction.")
        self.clear()
        return deleted

    def clear(self) -> None:
        """The path is done with."""
        self._subpaths.clear()
        self.start = None
