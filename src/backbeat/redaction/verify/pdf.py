"""A redacted PDF from every side: two readers, bare codes, raw bytes, objects, structure, what lies in the boxes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from backbeat.redaction.model import Applied, Box, Finding
from backbeat.redaction.verify import geometry, raw, search, structure
from backbeat.redaction.verify.account import account
from backbeat.redaction.verify.expectation import Expectation, unmarked
from backbeat.redaction.verify.forms import compact
from backbeat.redaction.verify.readers import PageReading, letters_in, read_with_pdfium, read_with_pdfminer

__all__ = ["check"]

Reader = Callable[[Path, Mapping[int, Sequence[Box]]], Iterator[PageReading]]


def check(source: Path, output: Path, applied: Applied, expectation: Expectation) -> list[Finding]:
    """Everything found in a redacted PDF. A reader that fails is a finding, never a pass."""
    content = output.read_bytes()
    findings = [*structure.check_bytes(content), *raw.carve(content, expectation, applied.drawn_text)]
    readers: dict[str, Reader] = {"pdfium": read_with_pdfium, "pdfminer": read_with_pdfminer}
    for name, reader in readers.items():
        findings += _guarded(name, partial(_read, name, reader, source, output, applied, expectation))
    findings += _guarded("pikepdf", lambda: _objects(output, applied, expectation))
    if expectation.boxes:
        findings += _guarded("pixels", lambda: list(geometry.check_pixels(output, expectation.boxes)))
    return findings


def _guarded(name: str, attempt: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return attempt()
    # Libraries that read a hostile file may raise anything at all. Whatever it is, the output was not verified, so it
    # becomes a finding; the exception's own words may quote the file and are dropped.
    except Exception as err:  # noqa: BLE001
        return [Finding("reader.failed", f"The reader {name} could not read the output ({type(err).__name__}).")]


def _read(
    name: str, reader: Reader, source: Path, output: Path, applied: Applied, expectation: Expectation
) -> list[Finding]:
    pages = list(reader(output, expectation.boxes))
    if len(pages) != len(expectation.regions):
        return [Finding("structure.pages", f"The reader {name} finds {len(pages)} pages.")]
    texts = [unmarked(page.text) for page in pages]
    reread = partial(_reread, reader, source)
    findings = [*search.excess(f"text.reader-{name}", texts, expectation, applied.drawn_text, reread)]
    findings += search.disguised("text.encoded", texts, expectation)
    if name == "pdfium":
        # The document was read with pdfium too, so letters can be accounted for one by one.
        again = partial(_reread, read_with_pdfminer, output)
        findings += account(name, texts, expectation, applied, again)
    labels = sorted({compact(label) for label in applied.drawn_text} - {""}, key=len, reverse=True)
    for region, page in zip(expectation.regions, pages, strict=True):
        left = [at for at, text in enumerate(page.in_boxes) if not _is_ours(text, labels)]
        if left and name == "pdfium" and region.page is not None:
            # pdfium counts whatever a box touches; look at the middles of letters before raising the alarm.
            boxes = [expectation.boxes[region.page][at] for at in left]
            left = [at for at, text in enumerate(letters_in(output, region.page, boxes)) if not _is_ours(text, labels)]
        if left:
            message = f"Text other than our labels stands in {len(left)} redacted places. Reader: {name}."
            findings.append(Finding("geometry.text-in-box", message, region.page))
    return findings


def _reread(reader: Reader, path: Path) -> list[str]:
    """A file through a reader, page by page; nothing where it cannot be read."""
    try:
        return [unmarked(page.text) for page in reader(path, {})]
    # As in `_guarded`: the file is hostile too. Without a second reading no find is excused.
    except Exception:  # noqa: BLE001
        return []


def _is_ours(text: str, labels: Sequence[str]) -> bool:
    """Is every word in a box part of a label? Single letters that pass here are caught by the account of letters.

    Two labels side by side may come without a blank between them, so whole labels are taken out as well; `labels` are
    compact, the longest first.
    """
    rest = compact(text)
    for label in labels:
        rest = rest.replace(label, " ")
    return any(
        all(any(piece in label for label in labels) for piece in pieces if piece)
        for pieces in (rest.split(), [compact(word) for word in text.split()])
    )


def _objects(output: Path, applied: Applied, expectation: Expectation) -> list[Finding]:
    import pikepdf

    with pikepdf.Pdf.open(output, suppress_warnings=True) as pdf:
        findings = list(structure.check_objects(pdf, len(expectation.regions)))
        if pdf.get_warnings():
            findings.append(Finding("structure.damaged", "The output had to be repaired to be read."))
        findings += raw.walk(pdf, expectation, applied.drawn_text)
        findings += _codes(pdf, expectation, applied.drawn_text)
    return findings


def _codes(pdf: Any, expectation: Expectation, drawn: Sequence[str]) -> list[Finding]:
    """Values in the bare codes of the content streams, whatever the fonts say the codes mean."""
    import pikepdf

    pages: list[str] = []
    for page in pdf.pages:
        parts = page.obj.get("/Contents", pikepdf.Array())
        streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
        pages.append(raw.shown_codes(b"\n".join(stream.read_bytes() for stream in streams)))
    forms = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"]
    shared = "\n".join(raw.shown_codes(form.read_bytes()) for form in forms)
    return [*raw.search_codes([*pages, shared], expectation, drawn)]
