"""Lines set tighter than their type: letters that a reader leaves out are told from letters that are gone."""

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Kind
from backbeat.redaction.verify import check
from backbeat.redaction.verify.readers import read_with_pdfium


def test_like_words_on_tight_lines_are_not_lost(page: Callable[..., Path]) -> None:
    """pdfium reads most of these words as one word painted twice, in the output, and says nothing of the others."""
    words = " rang 07700 900123 gypqj"
    lines = [f"1 0 0 1 50 {780 - n * 9.5:.1f} Tm ({n} Amina Khan{words}) Tj" for n in range(60)]
    source = page(("BT /F1 11 Tf " + " ".join(lines) + " ET").encode())
    document = formats.read(source)
    decisions = [
        Decision(Action.REDACT, Kind.PERSON, "Witness", "t", "bulk", *match.span())
        for match in re.finditer(r"\d+ Amina Khan|07700 900123", document.text)
    ]
    assert len(decisions) == 120
    output = source.with_name("out.pdf")
    applied = formats.apply(source, document, decisions, output)
    pdfium = "".join(reading.text for reading in read_with_pdfium(output, {}))
    assert pdfium.count("gypqj") < 60
    assert check(source, output, document, applied, decisions) == ()
    with pikepdf.open(output, allow_overwriting_input=True) as pdf:
        stream = pdf.pages[0].Contents
        stream.write(stream.read_bytes().replace(b"gypqj", b"gy", 5))
        pdf.save(output)
    assert "text.lost" in {finding.check for finding in check(source, output, document, applied, decisions)}
