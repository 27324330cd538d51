"""Files that appear whole or not at all, and content-addressed storage."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from backbeat.errors import Bug

__all__ = ["CHUNK", "ContentStore", "hash_file", "sync", "write_whole"]

CHUNK = 1 << 20
"""Bytes read at a time; memory stays flat whatever the size of the file."""


def hash_file(path: Path) -> str:
    """Lower-case hex SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def write_whole(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`; on a clean exit fsync it and rename it over `path`.

    If the body raises, or the process dies, `path` is untouched and no half-written file carries its name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk; a power cut may take a name whose content survives."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ContentStore:
    """Files named by their own SHA-256. Nothing stored is ever changed; the same content is kept once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the content with this hash lives, whether or not it is there yet."""
        if len(sha256) != 64 or any(c not in "0123456789abcdef" for c in sha256):
            raise Bug("not a SHA-256 in lower-case hex")
        return self.root / sha256[:2] / sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    @contextmanager
    def incoming(self) -> Iterator["Incoming"]:
        """Take in a stream chunk by chunk; the content is in the store only once `keep()` was called."""
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.root, prefix=".partial-")
        incoming = Incoming(self, Path(name), os.fdopen(descriptor, "wb"))
        try:
            yield incoming
        finally:
            incoming.close()

    def adopt(self, path: Path) -> str:
        """Move a finished file in; returns its hash. May be repeated and interrupted; on the same file system only."""
        sha256 = hash_file(path)
        sync(path)
        self._place(path, sha256)
        return sha256

    def _place(self, path: Path, sha256: str) -> None:
        """Give a whole file its name, and have the name on the disk before anybody writes it into a database."""
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o400)
        path.replace(target)
        sync(target.parent)
        sync(self.root)

    def sweep(self, older_than_s: float) -> int:
        """Remove what uploads left behind whose process died; returns how many files."""
        removed = 0
        for path in self.root.glob(".partial-*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > older_than_s:
                    path.unlink()
                    removed += 1
        return removed

    def put(self, source: Path) -> str:
        """Copy a file in; returns its hash."""
        with self.incoming() as incoming, source.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                incoming.write(chunk)
            return incoming.keep()


class Incoming:
    """One upload on its way into a `ContentStore`."""

    def __init__(self, store: ContentStore, temporary: Path, stream: BinaryIO) -> None:
        self._store = store
        self._stream = stream
        self._digest = hashlib.sha256()
        self.temporary = temporary
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        self._stream.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def flush(self) -> Path:
        """Make what was written so far readable at the returned temporary path (to sniff its type)."""
        self._stream.flush()
        return self.temporary

    def keep(self) -> str:
        """Move the content to its place; returns its hash."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        sha256 = self._digest.hexdigest()
        self._store._place(self.temporary, sha256)
        return sha256

    def close(self) -> None:
        """Drop what was not kept."""
        self._stream.close()
        self.temporary.unlink(missing_ok=True)
