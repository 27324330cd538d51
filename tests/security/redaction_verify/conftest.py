"""A small document, redacted properly, that each test then spoils in one way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Applied, Decision, Document, Finding, Kind
from backbeat.redaction.verify import check

LINES = [
    "Statement of Amina Khan about the night of the fire.",
    "She can be reached on 07700 900123 or through her sister.",
    "The weather was dry and the street lamps were lit.",
]
SECOND = ["A second page with nothing to hide at all."]
VALUES = {"Amina Khan": Kind.PERSON, "07700 900123": Kind.PHONE}


def font(pdf: Pdf) -> Any:
    return pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )


def lines(texts: Sequence[str]) -> bytes:
    shown = b"\n".join(b"(%s) Tj 0 -40 Td" % text.encode("cp1252") for text in texts)
    return b"BT /F1 12 Tf 50 700 Td\n" + shown + b"\nET"


def add_page(pdf: Pdf, content: bytes, **resources: Any) -> Any:
    page = pdf.make_indirect(
        Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, 600, 800]),
            Resources=Dictionary(Font=Dictionary(F1=font(pdf)), **resources),
            Contents=Stream(pdf, content),
        )
    )
    pdf.pages.append(pikepdf.Page(page))
    return pdf.pages[-1]


def source_pdf(path: Path) -> Path:
    with pikepdf.new() as pdf:
        add_page(pdf, lines(LINES))
        add_page(pdf, lines(SECOND))
        pdf.save(path)
    return path


@dataclass
class Case:
    """A source, its decisions and a sound redaction of it."""

    source: Path
    output: Path
    document: Document
    decisions: list[Decision]
    applied: Applied

    def findings(self) -> tuple[Finding, ...]:
        return check(self.source, self.output, self.document, self.applied, self.decisions)

    def checks(self) -> set[str]:
        return {finding.check for finding in self.findings()}

    def spoil(self, change: Callable[[Pdf], None], **save: Any) -> "Case":
        """Change the output through pikepdf."""
        with pikepdf.open(self.output, allow_overwriting_input=True) as pdf:
            change(pdf)
            pdf.save(self.output, **save)
        return self

    def draw(self, content: bytes, page: int = 0, **resources: Any) -> "Case":
        """Draw more on a page of the output."""

        def change(pdf: Pdf) -> None:
            target = pdf.pages[page]
            target.obj.Resources.Font["/F1"] = font(pdf)
            for key, value in resources.items():
                target.obj.Resources["/" + key] = value(pdf) if callable(value) else value
            target.contents_add(Stream(pdf, content))

        return self.spoil(change)


def decide(document: Document) -> list[Decision]:
    found = []
    for value, kind in VALUES.items():
        start = document.text.index(value)
        found.append(
            Decision(Action.REDACT, kind, "Witness details", "tester", "individual", start, start + len(value))
        )
    return found


@pytest.fixture
def case(tmp_path: Path) -> Case:
    source = source_pdf(tmp_path / "source.pdf")
    document = formats.read(source)
    decisions = decide(document)
    output = tmp_path / "output.pdf"
    applied = formats.apply(source, document, decisions, output)
    return Case(source, output, document, decisions, applied)


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Path]:
    """Makes a PDF of one page from a content stream, changed further if wanted."""

    def make(content: bytes, change: Callable[[Pdf], None] | None = None) -> Path:
        with pikepdf.new() as pdf:
            add_page(pdf, content)
            if change is not None:
                change(pdf)
            pdf.save(tmp_path / "page.pdf")
        return tmp_path / "page.pdf"

    return make
