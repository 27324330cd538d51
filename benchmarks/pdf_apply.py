"""How fast redactions are applied to a PDF, against PyMuPDF given the same boxes, and what a 2,000-page file takes."""

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from backbeat.files import hash_file
from backbeat.redaction.formats.limits import DEFAULT_LIMITS
from backbeat.redaction.formats.pdf import apply, read
from backbeat.redaction.model import Action, Decision, Document, Kind
from benchmarks.figure import Figure, peak_mebibytes

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "var" / "peers" / "pymupdf"
PEER_VERSION = "PyMuPDF==1.24.14"
RULES = ROOT.parent / "shared" / "data" / "crime" / "rules_2026_27" / "crime-recording-rules-2026_27-April-v2.pdf"
LINES = 42
REPEATS = 3


@dataclass(frozen=True)
class Marked:
    """A document and what is to go from it."""

    path: Path
    document: Document
    decisions: list[Decision]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        case = marked(born_digital(place / "born-digital.pdf", pages=100), r"Zeb\w+")
        ours = best(case, place / "ours.pdf")
        figures = [Figure("apply, 411 glyphs and 42 boxes a page", 100 / ours, "pages/s", 40, "higher")]
        peer = best_of_peer(case, place)
        if peer is not None:
            figures.append(
                Figure(
                    "apply against PyMuPDF with boxes given", peer / ours, "times as fast", 1.5, "higher",
                    f"{PEER_VERSION}, {100 / peer:.1f} pages/s",
                )
            )  # fmt: skip
        if RULES.is_file():
            rules = marked(RULES, "(?i)crime")
            took = best(rules, place / "rules.pdf")
            figures.append(Figure("apply, Rules PDF, 98 pages of 2,700 glyphs", took, "s", 10, "lower"))
        long = marked(born_digital(place / "long.pdf", pages=2000), r"Zeb\w+")
        best(long, place / "long-out.pdf", repeats=1)
        figures.append(Figure("read and apply, 2,000 pages: peak memory", peak_mebibytes(), "MiB", 1536, "lower"))
    return figures


def born_digital(path: Path, pages: int) -> Path:
    """A document of short lines, 411 glyphs a page, each line with one name that will go."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    shown = b"".join(b"BT /F1 10 Tf 50 %d Td (Zebed%d was) Tj ET\n" % (800 - 18 * row, row) for row in range(LINES))
    for _ in range(pages):
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=pikepdf.Array([0, 0, 595, 842]),
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
            Contents=pikepdf.Stream(pdf, shown),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    buffer = io.BytesIO()
    pdf.save(buffer)
    path.write_bytes(buffer.getvalue())
    return path


def marked(path: Path, pattern: str) -> Marked:
    document = read(path, hash_file(path), DEFAULT_LIMITS)
    decisions = [
        Decision(Action.REDACT, Kind.PERSON, "Witness", "bench", "accepted-all", found.start(), found.end())
        for found in re.finditer(pattern, document.text)
    ]
    return Marked(path, document, decisions)


def best(case: Marked, target: Path, repeats: int = REPEATS) -> float:
    """Seconds of the fastest of several runs."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        apply(case.path, case.document, case.decisions, target)
        times.append(time.perf_counter() - started)
    return min(times)


def best_of_peer(case: Marked, place: Path) -> float | None:
    """The same for the peer, or None (said on stderr) where it cannot be installed."""
    python = PEER / "bin" / "python"
    if not python.is_file():
        made = subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=False)
        if made.returncode == 0:
            made = subprocess.run([str(python), "-m", "pip", "install", "-q", PEER_VERSION], check=False)
        if made.returncode != 0:
            print("PyMuPDF could not be installed: no ratio this time.", file=sys.stderr)
            return None
    boxes = [[] for _ in case.document.pages]
    for decision in case.decisions:
        for page in case.document.pages:
            if page.start <= decision.start < page.end:
                found = page.char_boxes[decision.start - page.start : decision.end - page.start]
                (x0, y0), (x1, y1) = found[:, :2].min(axis=0), found[:, 2:].max(axis=0)
                boxes[page.number - 1].append([float(x0), page.height - float(y1), float(x1), page.height - float(y0)])
                break
    listed = place / "boxes.json"
    listed.write_text(json.dumps(boxes))
    script = Path(__file__).parent / "peers" / "pymupdf_apply.py"
    command = [str(python), str(script), str(case.path), str(listed), str(place / "peer.pdf")]
    times = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(REPEATS)]
    return min(times)
