"""Evidence as the redaction desk reads it: a plain file whose name ends as its content does."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from backbeat.redaction import formats
from backbeat.station.cases.models import EvidenceItem

__all__ = ["readable", "staged", "text_of"]

SUFFIXES = {"application/pdf": ".pdf", "text/csv": ".csv", "text/plain": ".txt"}


def _suffix(item: EvidenceItem) -> str:
    return Path(item.original_name).suffix.lower() or SUFFIXES.get(item.media_type, "")


def staged(item: EvidenceItem, folder: Path) -> Path:
    """The item's content under a name with the right ending, in `folder`; a hard link, so nothing is copied.

    The name holds the item's id and nothing of its original name, which may itself be personal data.
    """
    path = folder / f"{item.pk}{_suffix(item)}"
    if not path.exists():
        os.link(settings.INSTALLATION.store.path(item.sha256), path)
    return path


@contextmanager
def readable(sha256: str, suffix: str) -> Iterator[Path]:
    """Stored content under a name that ends in `suffix`, for as long as the block lasts."""
    root = settings.INSTALLATION.data / "reading"
    root.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        path = Path(folder) / f"content{suffix}"
        os.link(settings.INSTALLATION.store.path(sha256), path)
        yield path


@lru_cache(maxsize=4)
def _text(sha256: str, suffix: str) -> str:
    with readable(sha256, suffix) as path:
        return formats.read(path).text


def text_of(item: EvidenceItem) -> str:
    """The text of a document without pages. The last few read are kept: content under its hash never changes."""
    return _text(item.sha256, _suffix(item))
