"""What a file is: by its first bytes and by the end of its name, which must agree.

Own table rather than a library's guess: the answer decides whether a file is opened at all, so it has to be the same on
every machine and has to say *why not* in words an officer can act on.
"""

import zipfile
from pathlib import Path

from backbeat.redaction.errors import InputMismatch, InputUnsupported

__all__ = ["CSV", "HEAD_BYTES", "PDF", "SUFFIXES", "TEXT", "media_type"]

PDF = "application/pdf"
TEXT = "text/plain"
CSV = "text/csv"

SUFFIXES = {".pdf": PDF, ".txt": TEXT, ".text": TEXT, ".csv": CSV, ".tsv": CSV}
"""Ends of names we take in, lower case."""

HEAD_BYTES = 4096
"""How much of a file is looked at; a PDF may carry up to 1,024 bytes before its header."""

_AS_PDF = "open it in the program that made it, export or print it to PDF, and hand in the PDF"
_AS_TEXT = "export the cells as CSV, one file for each sheet, and hand those in; look at hidden rows and sheets first"
_MEDIA = "redact it by hand: pictures, sound and video are not supported yet"

_UNSUPPORTED = {
    "Word document": _AS_PDF,
    "spreadsheet": _AS_TEXT,
    "presentation": _AS_PDF,
    "OpenDocument file": _AS_PDF,
    "old Office or Outlook file": _AS_PDF,
    "rich-text file": _AS_PDF,
    "e-mail message": "save the message as plain text or PDF, and each attachment as a file of its own",
    "web page": _AS_PDF,
    "picture": _MEDIA,
    "video": _MEDIA,
    "sound recording": _MEDIA,
    "archive": "unpack it and hand in the files inside",
    "database": _AS_TEXT,
    "program": "leave it out: a program is not something to redact",
}

_NAMED = {
    **dict.fromkeys((".doc", ".docx", ".docm", ".dotx"), "Word document"),
    **dict.fromkeys((".xls", ".xlsx", ".xlsm", ".xlsb"), "spreadsheet"),
    **dict.fromkeys((".ppt", ".pptx", ".pptm"), "presentation"),
    **dict.fromkeys((".odt", ".ods", ".odp"), "OpenDocument file"),
    **dict.fromkeys((".eml", ".msg", ".mbox", ".pst"), "e-mail message"),
    **dict.fromkeys((".htm", ".html", ".xml", ".mht"), "web page"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".heic", ".webp", ".bmp"), "picture"),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm", ".wmv"), "video"),
    **dict.fromkeys((".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg", ".wma"), "sound recording"),
    **dict.fromkeys((".zip", ".7z", ".rar", ".gz", ".tar", ".bz2", ".xz"), "archive"),
    **dict.fromkeys((".sqlite", ".sqlite3", ".db", ".mdb", ".accdb"), "database"),
    **dict.fromkeys((".exe", ".dll", ".msi", ".sh", ".bat"), "program"),
    ".rtf": "rich-text file",
}

_RTF = b"{\\rtf"
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office or Outlook file"),
    (0, _RTF, "rich-text file"),
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"\x89PNG\r\n\x1a\n", "picture"),
    (0, b"GIF8", "picture"),
    (0, b"II*\x00", "picture"),
    (0, b"MM\x00*", "picture"),
    (8, b"WEBP", "picture"),
    (4, b"ftypheic", "picture"),
    (4, b"ftyp", "video"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (8, b"AVI ", "video"),
    (8, b"WAVE", "sound recording"),
    (0, b"ID3", "sound recording"),
    (0, b"OggS", "sound recording"),
    (0, b"fLaC", "sound recording"),
    (0, b"PK\x03\x04", "archive"),
    (0, b"PK\x05\x06", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"Rar!\x1a\x07", "archive"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\x00", "archive"),
    (0, b"SQLite format 3\x00", "database"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
)

_ZIPPED = (("word/", "Word document"), ("xl/", "spreadsheet"), ("ppt/", "presentation"))


def media_type(path: Path, head: bytes) -> str:
    """The media type of a file we can redact, from its first `HEAD_BYTES` bytes and the end of its name.

    Raises:
        InputUnsupported: a kind of file we cannot redact yet; says what to do instead.
        InputMismatch: the content is not what the name says.
    """
    named = SUFFIXES.get(path.suffix.lower())
    content = _content(path, head)
    if named is None:
        raise _unsupported(_NAMED.get(path.suffix.lower()) or (content if content in _UNSUPPORTED else None))
    # Text has no mark of its own: anything without a foreign mark may be text, and the decoder has the last word.
    if content == named or (content is None and named != PDF):
        return named
    found = {PDF: "a PDF", None: "not a PDF"}.get(content, f"{_article(content)}" if content else "")
    raise InputMismatch(
        f"The content of this file is {found}, but its name ends in {path.suffix.lower()}, so it was not opened.",
        where="the first bytes of the file",
        do="find out what the file really is, give it the right ending or export it again, and hand it in again",
    )


def _unsupported(kind: str | None) -> InputUnsupported:
    what = f"This file is {_article(kind)}" if kind else "This kind of file is not known"
    return InputUnsupported(
        f"{what}, which backbeat cannot redact yet, so it was not opened." if kind else f"{what}; it was not opened.",
        where="the end of the file's name and its first bytes",
        do=_UNSUPPORTED[kind] if kind else "hand it in as PDF (.pdf), plain text (.txt) or a table (.csv, .tsv)",
    )


def _article(kind: str | None) -> str:
    return f"{'an' if kind and kind[0] in 'aeiouO' else 'a'} {kind}"


def _content(path: Path, head: bytes) -> str | None:
    """`PDF`, a name of something unsupported, or None for bytes without a mark (which text never has)."""
    if b"%PDF-" in head[:1024]:
        # Text may quote the mark; only at the very start (after white space or a BOM) does it decide for a text file.
        at_start = head.lstrip(b"\xef\xbb\xbf\x00\t\r\n\x0c ").startswith(b"%PDF-")
        if at_start or path.suffix.lower() == ".pdf":
            return PDF
    # A mark of letters only ("MZ", "ID3") may also begin a sentence; such files hold zero bytes, and text does not.
    for offset, mark, kind in _MAGIC:
        if head.startswith(mark, offset) and (b"\0" in head or not mark.strip().isalnum()):
            return _inside_zip(path) if mark == b"PK\x03\x04" else kind
    start = head.lstrip(b"\xef\xbb\xbf\t\r\n ")[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "web page"
    if b"\nmime-version:" in head.lower() or start.startswith(b"mime-version:"):
        return "e-mail message"  # parts may be base64, where nothing can be found or removed as text
    return None


def _inside_zip(path: Path) -> str:
    """An Office file is a zip; its own folders say which."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "archive"
    if "mimetype" in names:
        return "OpenDocument file"
    return next((kind for folder, kind in _ZIPPED if any(name.startswith(folder) for name in names)), "archive")
