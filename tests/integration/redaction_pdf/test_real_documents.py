"""Real public documents, whole: the Home Office rules, and redactions that other tools made badly."""

import random
import re
from pathlib import Path

import pytest
from pdf_leaks import leaks

from backbeat.files import hash_file
from backbeat.redaction.formats.limits import DEFAULT_LIMITS
from backbeat.redaction.formats.pdf import apply, read
from backbeat.redaction.model import Action, Decision, Document, Kind


def on(document: Document, spans: list[tuple[int, int]]) -> list[Decision]:
    return [Decision(Action.REDACT, Kind.OTHER, "|", "P", "individual", *span) for span in spans]


def letters(text: str) -> str:
    return re.sub(r"[\s|\ufffc-]", "", text)


def test_the_crime_recording_rules_lose_one_word_and_nothing_else(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "crime" / "rules_2026_27" / "crime-recording-rules-2026_27-April-v2.pdf"
    document = read(source, hash_file(source), DEFAULT_LIMITS)
    assert len(document.pages) == 98
    spans = [found.span() for found in re.finditer("(?i)burglar(y|ies)", document.text)]
    assert len(spans) > 50
    target = tmp_path / "target.pdf"
    applied = apply(source, document, on(document, spans), target)
    assert [notice.code for notice in applied.notices] == ["layout.width"]
    after = read(target, hash_file(target), DEFAULT_LIMITS)
    assert "burglar" not in after.text.lower()
    assert letters(after.text) == letters(applied.retained_text)
    assert leaks(target, "burglary") == []


@pytest.mark.parametrize(
    "name",
    [
        "bad_cross_hatched_redactions", "multi_line_redaction_ok", "no_bad_redactions.8.1", "partial_intersections_ok",
        "rect_ordering_1.23", "rect_ordering_5.2", "rectangles_no", "whitespace_redaction_with_comma",
    ],
)  # fmt: skip
def test_court_filings_lose_the_marked_words_and_nothing_else(shared_data: Path, tmp_path: Path, name: str) -> None:
    source = shared_data / "redaction" / "bad_pdfs" / f"{name}.pdf"
    document = read(source, hash_file(source), DEFAULT_LIMITS)
    words = [found.span() for found in re.finditer(r"[A-Z][a-z]{3,}", document.text)]
    spans = random.Random(7).sample(words, max(1, len(words) // 4))
    target = tmp_path / "target.pdf"
    applied = apply(source, document, on(document, spans), target)
    after = read(target, hash_file(target), DEFAULT_LIMITS)
    assert sorted(letters(after.text)) == sorted(letters(applied.retained_text))


def test_a_page_whose_picture_cannot_be_decoded_becomes_a_picture_and_says_so(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "redaction" / "bad_pdfs" / "no_bad_redactions.4.1.pdf"
    document = read(source, hash_file(source), DEFAULT_LIMITS)
    spans = [found.span() for found in re.finditer(r"[A-Z][a-z]{3,}", document.text)]
    target = tmp_path / "target.pdf"
    applied = apply(source, document, on(document, spans), target)
    assert "page.rasterised" in {notice.code for notice in applied.notices}
    assert letters(read(target, hash_file(target), DEFAULT_LIMITS).text) == ""
