"""Plain text: decoded with care, written back byte for byte except where something was removed.

Offsets are into the file's own text: line endings as they stand, without a byte-order mark. Each removed span becomes
the fixed token of its kind, each pseudonym its stand-in; the rest of the file keeps its bytes.
"""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

from backbeat.errors import Bug
from backbeat.files import write_whole
from backbeat.redaction import labels
from backbeat.redaction.errors import InputBinary, InputEncoding, InputTooLarge
from backbeat.redaction.formats.limits import Limits
from backbeat.redaction.formats.sniff import TEXT
from backbeat.redaction.model import Action, Applied, Decision, Document, Kind, Notice

__all__ = [
    "GONE",
    "PAGE_CHARACTERS",
    "apply",
    "decode",
    "encode",
    "notices_of",
    "pages_of",
    "read",
    "read_text",
    "removals",
    "stand_in",
]

PAGE_CHARACTERS = 3000
"""Characters counted as one page of work in plain text and tables (about 500 words, a full sheet)."""

GONE = "\ufffc"
"""Stands for each removal in `Applied.retained_text`."""

_MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # tab, line feed, form feed and carriage return are text
_HINT = "open it in a text editor, save it as UTF-8 text, check that names and accents look right, and hand it in again"


def read(path: Path, sha256: str, limits: Limits) -> Document:
    """Read a text file whose size and first bytes were already looked at.

    Raises:
        InputBinary: control characters, such as NUL, that no text holds.
        InputEncoding: not UTF-8, UTF-16 with its mark, or Windows-1252.
    """
    text, encoding = read_text(path, limits)
    return Document(sha256, TEXT, text, encoding=encoding, notices=notices_of(encoding))


def read_text(path: Path, limits: Limits) -> tuple[str, str]:
    """Text and encoding of a file, held to the limit on characters."""
    text, encoding = decode(path.read_bytes())
    if len(text) > limits.max_characters:
        raise InputTooLarge(
            f"The file has {len(text):,} characters; the limit is {limits.max_characters:,}.",
            where="the file as a whole",
            do="split it into smaller files, or ask your administrator to raise the limit",
        )
    return text, encoding


def notices_of(encoding: str) -> tuple[Notice, ...]:
    """What a person must know about how the text was read."""
    if encoding != "cp1252":
        return ()
    message = "The file is not Unicode and was read as Windows-1252: check that accented names look right."
    return (Notice("text.windows-1252", message),)


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding of a file's bytes; `encode` gives the same bytes back.

    UTF-16 is taken only with its mark: without one it looks like other things. Windows-1252 is the last resort and
    refuses bytes that have no meaning in it.
    """
    if content.startswith(_UTF_32):
        raise _unknown()
    encoding = next((name for name, mark in _MARKS.items() if content.startswith(mark)), "utf-8")
    body = content[len(_MARKS.get(encoding, b"")) :]
    try:
        text = body.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as err:
        if encoding != "utf-8":
            raise _unknown() from err
        if b"\0" in body:
            raise _binary(body.count(b"\n", 0, body.index(b"\0")) + 1) from err
        encoding = "cp1252"
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as second:
            raise _unknown() from second
    if control := _CONTROL.search(text):
        raise _binary(text.count("\n", 0, control.start()) + 1)
    if encode(text, encoding) != content:
        raise Bug("a text file did not come back byte for byte")
    return text, encoding


def encode(text: str, encoding: str) -> bytes:
    """The bytes of `text` in a file of this encoding, with the byte-order mark it had."""
    return _MARKS.get(encoding, b"") + text.encode("utf-8" if encoding == "utf-8-sig" else encoding)


def _binary(line: int) -> InputBinary:
    return InputBinary(
        "This text file holds bytes that are not text, so what a reader would see in it is not certain.",
        where=f"line {line}",
        do="find out what the file really is; if it is text, save it again as UTF-8 from a text editor",
    )


def _unknown() -> InputEncoding:
    return InputEncoding(
        "The encoding of this text file is not UTF-8, UTF-16 with its mark, or Windows-1252.",
        where="the whole file",
        do=_HINT,
    )


def pages_of(text: str) -> int:
    """Pages of work in a text: one for every `PAGE_CHARACTERS` begun, at least one."""
    return max(1, -(-len(text) // PAGE_CHARACTERS))


def removals(document: Document, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that take something out, by start; overlapping ones are a broken promise of the review stage."""
    chosen = sorted((d for d in decisions if d.action is not Action.KEEP), key=_start)
    edge = 0
    for decision in chosen:
        if decision.start is None or decision.end is None:
            raise Bug("boxes were drawn on a document that has no pages")
        if not edge <= decision.start < decision.end <= len(document.text):
            raise Bug("decisions overlap or run past the end of the document")
        edge = decision.end
    return chosen


def _start(decision: Decision) -> int:
    return -1 if decision.start is None else decision.start


def stand_in(decision: Decision) -> str:
    """What is written in place of a removed span."""
    if decision.action is Action.PSEUDONYM:
        if decision.replacement is None:
            raise Bug("a pseudonym decision without its replacement")
        return decision.replacement
    return labels.token(decision.kind)


def apply(source: Path, document: Document, decisions: Sequence[Decision], target: Path) -> Applied:
    """Write the redacted text to `target`; it appears whole or not at all. `decisions` must not overlap."""
    kept: list[str] = []
    drawn: list[str] = []
    removed: list[tuple[Kind, str]] = []
    edge = 0
    for decision in removals(document, decisions):
        start, end = decision.start or 0, decision.end or 0
        kept.append(document.text[edge:start])
        drawn.append(stand_in(decision))
        removed.append((decision.kind, document.text[start:end]))
        edge = end
    kept.append(document.text[edge:])
    written = "".join(piece + mark for piece, mark in zip(kept, [*drawn, ""], strict=True))
    with write_whole(target) as stream:
        stream.write(encode(written, document.encoding or "utf-8"))
    return Applied(
        removed=tuple(removed),
        retained_text=GONE.join(kept),
        pages=pages_of(document.text),
        notices=document.notices,
        drawn_text=tuple(drawn),
    )
