"""Whether a PDF may come in: refuses what is encrypted, damaged, a bomb, or of a kind we cannot redact."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf

from backbeat.errors import InputRejected
from backbeat.redaction.formats.limits import Limits
from backbeat.redaction.formats.pdf.errors import PdfDamaged, PdfEncrypted, PdfTooLarge, PdfUnsupported

__all__ = ["FILE", "MALFORMED", "SHORTEST_SIDE", "admit", "damaged", "open_source"]

FILE = "the PDF file"
EXPORT_AGAIN = "open it in a viewer, print or export it to a new PDF, and put that in instead"
MALFORMED = (
    pikepdf.PikepdfError, UnicodeError, TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError,
    OSError, RecursionError,
)  # fmt: skip
"""What reading a hostile or broken file can end in: an object of another kind than the format demands, bytes that are
no name, numbers out of range. Caught where a file or a page as a whole is given up, never in between."""
SHORTEST_SIDE = 1.0
"""Points. No real page is narrower."""
SIGNS_OF_DAMAGE = ("damaged", "reconstruct", "loop", "unexpected eof", "attempting to recover", "ignoring")
"""In what the parser says: it repairs on its own, and a repaired file may have lost a page."""
CHUNK = 1 << 20
FLATE_MOST = 1032
"""Deflate cannot unpack one byte into more than this."""
LZW_MOST = 2731
RUN_LENGTH_MOST = 64


def admit(path: Path, limits: Limits) -> int:
    """Number of pages of the file at `path`, which is refused if it cannot be redacted safely.

    Raises:
        InputRejected: not a PDF, too large, encrypted, damaged, a form (XFA) or portfolio, or a decompression bomb.
    """
    if path.stat().st_size > limits.max_bytes:
        raise _too_much(f"The file is larger than {limits.max_bytes:,} bytes.")
    with path.open("rb") as stream:
        if b"%PDF-" not in stream.read(1024):
            raise PdfUnsupported("This is not a PDF file.", where=FILE, do="check the file's type and put it in again")
    with open_source(path) as pdf:
        if len(pdf.objects) > limits.max_objects:
            raise _too_much(f"The file holds more than {limits.max_objects:,} objects.")
        try:
            count = _check_pages(pdf, limits)
            _check_kind(pdf)
            _check_streams(pdf, limits)
            _check_warnings(pdf)
        except MALFORMED as error:
            raise damaged() from error
        return count


def open_source(path: Path) -> pikepdf.Pdf:
    """Open a PDF for reading only; the caller closes it.

    Raises:
        InputRejected: it needs a password, is encrypted at all, or cannot be opened.
    """
    try:
        pdf = pikepdf.open(path, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except (pikepdf.PikepdfError, RecursionError) as error:
        raise damaged() from error
    if pdf.is_encrypted:
        pdf.close()
        raise _encrypted()
    return pdf


def _encrypted() -> InputRejected:
    return PdfEncrypted(
        "The PDF is encrypted or restricted with a password, so it cannot be redacted.",
        where=FILE,
        do="remove the password and its restrictions (File, Print to PDF will do) and put the result in",
    )


def damaged() -> InputRejected:
    """The refusal of a file whose parts do not hold together."""
    return PdfDamaged("The PDF is damaged and parts of it could be missed.", where=FILE, do=EXPORT_AGAIN)


def _too_much(what: str) -> InputRejected:
    return PdfTooLarge(what, where=FILE, do="split the document and put the parts in, or ask to raise the limit")


def _check_pages(pdf: pikepdf.Pdf, limits: Limits) -> int:
    count = len(pdf.pages)
    if count > limits.max_pages:
        raise _too_much(f"The document has more than {limits.max_pages:,} pages.")
    if count == 0:
        raise PdfDamaged("The PDF has no pages.", where=FILE, do=EXPORT_AGAIN)
    for page in pdf.pages:
        for box in (page.mediabox, page.cropbox):
            x0, y0, x1, y1 = (float(value) for value in box.as_list())
            sides = abs(x1 - x0), abs(y1 - y0)
            if max(sides) > limits.max_page_side:
                raise _too_much("A page is larger than the PDF format allows.")
            if min(sides) < SHORTEST_SIDE:
                raise damaged()
    return count


def _check_kind(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    if "/Collection" in root:
        raise PdfUnsupported(
            "The PDF is a portfolio: a folder of other files.",
            where=FILE,
            do="open it, save each file it holds, and put those in one by one",
        )
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        raise PdfUnsupported(
            "The PDF is an XFA form, whose pages are made by the viewer and cannot be redacted.",
            where=FILE,
            do="print the filled form to PDF and put the printed file in",
        )


def _check_warnings(pdf: pikepdf.Pdf) -> None:
    found = " ".join(str(warning) for warning in pdf.get_warnings()).lower()
    if any(sign in found for sign in SIGNS_OF_DAMAGE):
        raise damaged()


def _check_streams(pdf: pikepdf.Pdf, limits: Limits) -> None:
    total = 0
    for found in pdf.objects:
        if not isinstance(found, pikepdf.Stream):
            continue
        filters = _filters(found)
        packed = int(found.get("/Length", 0))
        most = packed * _expansion(filters)
        if most > min(limits.max_stream_bytes, limits.max_total_stream_bytes - total) // 64:
            most = _measure(found, filters, most, limits)
        if most > limits.max_stream_bytes:
            raise _too_much("A part of the PDF unpacks to more than is allowed (a decompression bomb).")
        total += most
        if total > limits.max_total_stream_bytes:
            raise _too_much("The PDF unpacks to more than is allowed (a decompression bomb).")


def _filters(stream: pikepdf.Stream) -> list[str]:
    value = stream.get("/Filter")
    if value is None:
        return []
    return [str(name) for name in value] if isinstance(value, pikepdf.Array) else [str(value)]


def _expansion(filters: Iterable[str]) -> int:
    most = 1
    for name in filters:
        if name in {"/FlateDecode", "/Fl"}:
            most *= FLATE_MOST
        elif name in {"/LZWDecode", "/LZW"}:
            most *= LZW_MOST
        elif name in {"/RunLengthDecode", "/RL"}:
            most *= RUN_LENGTH_MOST
    return most


def _measure(stream: pikepdf.Stream, filters: list[str], most: int, limits: Limits) -> int:
    """How many bytes a stream really unpacks to, without keeping them; `most` where only a bound is known."""
    if not filters or any(name not in {"/FlateDecode", "/Fl"} for name in filters):
        return most
    chunks: Iterator[bytes] = iter([stream.read_raw_bytes()])
    for _ in filters:
        chunks = _inflated(chunks)
    size = 0
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > limits.max_stream_bytes:
                break
    except zlib.error as error:
        raise damaged() from error
    return size


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj()
    for packed in chunks:
        rest = packed
        while rest and not engine.eof:
            yield engine.decompress(rest, CHUNK)
            rest = engine.unconsumed_tail
