"""The sceptic: pages a second with redaction, and how many bad and good files of others it tells apart."""

import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Document, Kind
from backbeat.redaction.verify import check, inspect
from benchmarks.figure import Figure, peak_mebibytes
from benchmarks.pdf_apply import born_digital

PAGES = 100
BOXES = 42
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
BAD = {"rectangles_yes_2.pdf", "bad_cross_hatched_redactions.pdf"}


def make(path: Path) -> None:
    """A born-digital document: 42 numbered lines a page, each with an invented telephone number."""
    with pikepdf.new() as pdf:
        face = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        font = pdf.make_indirect(face)
        for page in range(PAGES):
            lines = [
                f"(Line {line}: the witness was called on 07700 9{page:02d}{line:03d} that night.) Tj 0 -17 Td"
                for line in range(BOXES)
            ]
            content = "BT /F1 10 Tf 60 760 Td\n" + "\n".join(lines) + "\nET"
            pdf.pages.append(
                pikepdf.Page(
                    Dictionary(
                        Type=Name.Page,
                        MediaBox=Array([0, 0, 595, 842]),
                        Resources=Dictionary(Font=Dictionary(F1=font)),
                        Contents=Stream(pdf, content.encode()),
                    )
                )
            )
        pdf.save(path)


def redact(document: Document, pattern: str, kind: Kind) -> list[Decision]:
    found = re.finditer(pattern, document.text)
    return [Decision(Action.REDACT, kind, "Witness phone", "bench", "bulk", m.start(), m.end()) for m in found]


def timed(source: Path, pattern: str, kind: Kind, claim: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        document = formats.read(source)
        decisions = redact(document, pattern, kind)
        output = Path(folder) / "out.pdf"
        begin = time.perf_counter()
        applied = formats.apply(source, document, decisions, output)
        between = time.perf_counter()
        findings = check(source, output, document, applied, decisions)
        end = time.perf_counter()
    pages = len(document.pages)
    peer = f"apply alone {pages / (between - begin):.0f}, verify alone {pages / (end - between):.0f} pages/s"
    yield Figure(
        f"apply and verify, {claim}, {len(decisions)} removals", pages / (end - begin), "pages/s", 20, "higher", peer
    )
    yield Figure(f"false alarms, {claim}", len(findings), "findings", 0, "lower")


def run() -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.pdf"
        make(source)
        figures += timed(source, r"07700 \d{6}", Kind.PHONE, "born-digital PDF, 2,500 glyphs a page")
        short = born_digital(Path(folder) / "short.pdf", PAGES)
        figures += timed(short, r"Zeb\w+", Kind.PERSON, "born-digital PDF, 411 glyphs and 42 boxes a page")
    rules = sorted((SHARED / "crime" / "rules_2026_27").glob("crime-recording-rules*.pdf"))
    if rules:
        figures += timed(rules[0], r"(?i)\bregistrars?\b", Kind.PERSON, "98 real pages")
    foreign = sorted((SHARED / "redaction" / "bad_pdfs").glob("*.pdf"))
    if foreign:
        alarmed = {path.name for path in foreign if any(f.check == "hidden.text" for f in inspect(path))}
        peer = "x-ray 0.4.0 finds 1 of 2 (published)"
        figures.append(Figure("bad redactions of others found", len(alarmed & BAD), "of 2 files", 2, "higher", peer))
        figures.append(Figure("alarms on good redactions", len(alarmed - BAD), "of 12 files", 1, "lower"))
    figures.append(Figure("peak memory", peak_mebibytes(), "MiB", 1024, "lower"))
    return figures
