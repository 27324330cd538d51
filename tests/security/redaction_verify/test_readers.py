"""The quick way through content streams reads what pdfminer's own parser reads."""

from pathlib import Path

import pytest
from pdfminer.pdfinterp import PDFPageInterpreter

from backbeat.redaction.verify import interpreter, readers


def both(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    quick = [page.text for page in readers.read_with_pdfminer(path, {})]
    with monkeypatch.context() as patch:
        patch.setattr(interpreter.QuickInterpreter, "execute", PDFPageInterpreter.execute)
        return quick, [page.text for page in readers.read_with_pdfminer(path, {})]


def test_on_files_of_many_makers(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((shared_data / "redaction" / "bad_pdfs").glob("*.pdf"))
    unequal = [path.name for path in files if len(set(map(tuple, both(path, monkeypatch)))) != 1]
    assert unequal == []


@pytest.mark.parametrize(
    "shown",
    [
        rb"(nested (brackets) here) Tj",
        rb"(escaped \( bracket, octal \101\7, broken \
line) Tj",
        b"<41 6D 69 6E 60> Tj",  # no odd digit: pdfminer puts the 0 before it, against the standard
        b"% a comment (not text) Tj\n(text) Tj",
        b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI (after a picture) Tj",
        b"/Span <</MCID 0>> BDC (marked) Tj EMC",
        b"[(a) -500 (b) .5 +3 (c)] TJ 1 0 0 1 5 5 Tm (d) ' 1 2 (e) \" T* (f) Tj",
    ],
)
def test_on_unusual_streams(page: object, shown: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(page)
    quick, slow = both(page(b"BT /F1 12 Tf 50 700 Td " + shown + b" ET"), monkeypatch)
    assert quick == slow
    assert quick[0].strip()
