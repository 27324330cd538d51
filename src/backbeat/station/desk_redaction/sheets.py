"""Pages of PDF evidence for the screen.

Evidence is content under its hash and never changes, so the pages somebody is at work on are kept rather than drawn
again after each decision. Who is shown one is written down by the view each time, drawn afresh or not.
"""

from functools import lru_cache

from backbeat.redaction.page_view import PageView, draw_page, view_page
from backbeat.station.cases.models import EvidenceItem
from backbeat.station.desk_redaction.evidence import readable

__all__ = ["picture_of", "view_of"]

_PICTURES = 48
"""Kept per process; about 300 kB each."""


def view_of(item: EvidenceItem, number: int) -> PageView:
    """How page `number` (from 1) is shown."""
    return _view(item.sha256, number)


def picture_of(item: EvidenceItem, number: int) -> bytes:
    """Page `number` (from 1) as JPEG."""
    return _picture(item.sha256, number)


@lru_cache(maxsize=1024)
def _view(sha256: str, number: int) -> PageView:
    with readable(sha256, ".pdf") as path:
        return view_page(path, number)


@lru_cache(maxsize=_PICTURES)
def _picture(sha256: str, number: int) -> bytes:
    with readable(sha256, ".pdf") as path:
        return draw_page(path, number)
