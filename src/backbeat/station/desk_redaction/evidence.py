"""Evidence as the redaction desk reads it: a plain file whose name ends as its content does."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from backbeat.station.cases.models import EvidenceItem

__all__ = ["readable_path", "staged"]

SUFFIXES = {"application/pdf": ".pdf", "text/csv": ".csv", "text/plain": ".txt"}


def stored_path(item: EvidenceItem) -> Path:
    """Where the content of an evidence item lies in the store (named by its hash alone)."""
    return settings.INSTALLATION.store.path(item.sha256)


def staged(item: EvidenceItem, folder: Path) -> Path:
    """The item's content under a name with the right ending, in `folder`; a hard link, so nothing is copied.

    The name holds the item's id and nothing of its original name, which may itself be personal data.
    """
    suffix = Path(item.original_name).suffix.lower() or SUFFIXES.get(item.media_type, "")
    path = folder / f"{item.pk}{suffix}"
    if not path.exists():
        os.link(stored_path(item), path)
    return path


@contextmanager
def readable_path(item: EvidenceItem) -> Iterator[Path]:
    """The item's content under a name with the right ending, for as long as the block lasts."""
    root = settings.INSTALLATION.data / "reading"
    root.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        yield staged(item, Path(folder))
