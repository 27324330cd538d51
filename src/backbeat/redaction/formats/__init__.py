"""Kinds of file. One module each, with the same two functions: `read` a file into a `Document`, `apply` decisions."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from backbeat.errors import Bug
from backbeat.files import hash_file
from backbeat.redaction.errors import InputEmpty, InputLink, InputTooLarge, InputUnreadable
from backbeat.redaction.formats.limits import DEFAULT_LIMITS, Limits
from backbeat.redaction.formats.sniff import CSV, HEAD_BYTES, PDF, TEXT, media_type
from backbeat.redaction.model import Applied, Decision, Document

__all__ = ["DEFAULT_LIMITS", "Limits", "apply", "pages_of", "read"]


def read(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read one file, decided by its first bytes and the end of its name together.

    Raises:
        InputRejected: one of its leaves, by the reason: a folder or link, unreadable, empty, too large, unsupported,
            not what its name says, damaged, encrypted.
    """
    try:
        _check_plain(path, limits)
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        kind = media_type(path, head)
        sha256 = hash_file(path)
    except OSError as err:
        raise InputUnreadable(
            f"The file could not be read: {os.strerror(err.errno) if err.errno else 'unknown reason'}.",
            where="the file as a whole",
            do="check that it is there and that you may read it, then hand it in again",
        ) from err
    document: Document = _module(kind).read(path, sha256, limits)
    return document


def apply(source: Path, document: Document, decisions: Sequence[Decision], target: Path) -> Applied:
    """Write the redacted file to `target`, with the module for the document's kind."""
    applied: Applied = _module(document.media_type).apply(source, document, decisions, target)
    return applied


def pages_of(document: Document) -> int:
    """Pages of work in a document: its pages, or one for every 3,000 characters begun where it has none."""
    from backbeat.redaction.formats import text

    return len(document.pages) or text.pages_of(document.text)


def _module(kind: str) -> ModuleType:
    """Imported when needed: one kind of file must not pull in the libraries of another."""
    if kind == PDF:
        from backbeat.redaction.formats import pdf

        return pdf
    if kind == TEXT:
        from backbeat.redaction.formats import text

        return text
    if kind == CSV:
        from backbeat.redaction.formats import tables

        return tables
    raise Bug("a document of a kind that has no module")


def _check_plain(path: Path, limits: Limits) -> None:
    """Refuse what is no plain file with something in it, without following links."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise InputLink(
            "This is a link to a file, not a file; links are not followed, because they may lead out of the case.",
            where="the file as a whole",
            do="hand in the file it points to",
        )
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a plain file"
        raise InputLink(f"This is {kind}.", where="the file as a whole", do="hand in the files themselves")
    if status.st_size == 0:
        raise InputEmpty(
            "The file is empty.", where="the file as a whole", do="find the copy that has its content and hand that in"
        )
    if status.st_size > limits.max_bytes:
        raise InputTooLarge(
            f"The file has {status.st_size:,} bytes; the limit is {limits.max_bytes:,}.",
            where="the file as a whole",
            do="split it into smaller files, or ask your administrator to raise the limit",
        )
