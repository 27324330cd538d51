"""End to end: time and peak memory of `backbeat redact` on real and large inputs, and how soon `--help` answers."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure

RULES = Path("../shared/data/crime/rules_2026_27/crime-recording-rules-2026_27-April-v2.pdf")
"""The Home Office Crime Recording Rules (98 pages, public), beside the checkout; skipped where it is not."""

LONG_PAGES = 2000
TABLE_ROWS = 50_000

_MEASURED = """
import json, resource, sys, time
started = time.perf_counter()
from backbeat.cli import main
try:
    main(sys.argv[1:])
except SystemExit as leave:
    code = leave.code
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
sys.stderr.write("\\n" + json.dumps({"code": code, "seconds": time.perf_counter() - started, "mebibytes": peak}))
"""

_TABLE = """
import json, sys, time
from pathlib import Path
from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Kind
source, target = map(Path, sys.argv[1:])
started = time.perf_counter()
document = formats.read(source)
decisions = [
    Decision(Action.REDACT, Kind.PHONE, "r", "a", "individual", cell.start, cell.end)
    for cell in document.cells if cell.row and cell.column in (1, 2)
]
formats.apply(source, document, decisions, target)
print(json.dumps({"seconds": time.perf_counter() - started, "cells": len(document.cells)}))
"""


def run() -> list[Figure]:
    figures = [_help()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if RULES.is_file():
            rules = _redact(RULES, folder)
            figures.append(Figure("Rules PDF (98 pages) end to end", rules["seconds"], "s", 40, "lower"))
            figures.append(Figure("Rules PDF, peak memory", rules["mebibytes"], "MiB", 1024, "lower"))
        long = _redact(_long_pdf(folder), folder)
        figures.append(Figure(f"PDF of {LONG_PAGES:,} pages, peak memory", long["mebibytes"], "MiB", 1536, "lower"))
        figures.append(
            Figure(f"PDF of {LONG_PAGES:,} pages end to end", LONG_PAGES / long["seconds"], "pages/s", 2, "higher")
        )
        table = _table(folder)
        claim = f"CSV of {table['cells']:,} cells, read and apply"
        figures.append(Figure(claim, table["seconds"], "s", 60, "lower"))
    return figures


def _help() -> Figure:
    """The best of five: the claim is about our imports, not about what else the machine does."""
    best = min(_seconds([sys.executable, "-m", "backbeat", "--help"]) for _ in range(5))
    peer = min(_seconds([sys.executable, "-c", "import typer.main, rich.panel, rich.table"]) for _ in range(5))
    return Figure("backbeat --help", best, "s", 0.4, "lower", peer=f"importing its command-line library, {peer:.2f} s")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def _redact(source: Path, folder: Path) -> dict[str, float]:
    """A whole run in a process of its own, so that its peak memory is its own."""
    out = folder / f"out-{source.stem}"
    environment = {**os.environ, "BACKBEAT_DATA": str(folder / "data")}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", _MEASURED, "redact", str(source), "-o", str(out), "--accept", "all"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    if measured["code"] != 0:
        raise SystemExit(f"the run ended with {measured['code']}:\n{done.stderr}")
    return measured


def _long_pdf(folder: Path) -> Path:
    from reportlab.pdfgen import canvas

    words = "the officer attended and spoke to a witness who had seen nothing of note that night".split()
    chance = random.Random(2000)
    path = folder / "long.pdf"
    sheet = canvas.Canvas(str(path), invariant=True)
    for number in range(LONG_PAGES):
        for line in range(40):
            text = " ".join(chance.choices(words, k=12))
            if line % 10 == 0:
                text = f"{text} 07700 9{chance.randrange(100_000):05d}"
            sheet.drawString(60, 780 - 18 * line, text)
        sheet.drawString(280, 30, f"Page {number + 1}")
        sheet.showPage()
    sheet.save()
    return path


def _table(folder: Path) -> dict[str, float]:
    chance = random.Random(350_000)
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("ref,name,phone,note,date,code,flag\n")
        for row in range(TABLE_ROWS):
            phone = f"07700 9{chance.randrange(100_000):05d}"
            stream.write(f'{row},"Person {row}",{phone},"a ""quoted"" note",2026-01-01,{row % 7},y\n')
    command = [sys.executable, "-c", _TABLE, str(path), str(folder / "table-out.csv")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured
