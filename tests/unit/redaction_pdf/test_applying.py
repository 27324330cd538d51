"""What `apply` reports, and what the pages look like afterwards."""

from pathlib import Path

import pytest
from pdf_case import REASON, on_boxes, on_spans, put, redact
from pdf_factory import CASES, SECRET, lines, simple, statement, text
from pdf_leaks import pixels

from backbeat.files import hash_file
from backbeat.redaction.formats.limits import DEFAULT_LIMITS
from backbeat.redaction.formats.pdf import apply, read
from backbeat.redaction.model import Action, Decision, Kind


def test_the_report_says_what_went_and_what_stayed(tmp_path: Path) -> None:
    source, document = put(tmp_path, simple("case", statement()).data)
    start = document.text.index(SECRET)
    decision = Decision(Action.REDACT, Kind.PERSON, REASON, "P", "individual", start, start + len(SECRET))
    applied = apply(source, document, [decision], tmp_path / "target.pdf")
    assert applied.removed == ((Kind.PERSON, SECRET),)
    assert applied.retained_text == document.text.replace(SECRET, "\ufffc")
    assert applied.drawn_text == (REASON,)
    assert applied.pages == 1
    assert [notice.code for notice in applied.notices] == ["layout.width"]


def test_a_box_drawn_by_hand_reports_the_text_under_it(tmp_path: Path) -> None:
    source, document = put(tmp_path, simple("case", statement()).data)
    (drawn,) = on_boxes([(1, 70, 195, 205, 212)])
    applied = apply(source, document, [drawn], tmp_path / "target.pdf")
    ((kind, value),) = applied.removed
    assert kind is Kind.OTHER
    assert SECRET in value


def test_decisions_to_keep_change_no_text(tmp_path: Path) -> None:
    source, document = put(tmp_path, simple("case", statement()).data)
    keep = Decision(Action.KEEP, Kind.PERSON, "Suspect", "P", "individual", 0, 5)
    target = tmp_path / "target.pdf"
    applied = apply(source, document, [keep], target)
    assert applied.removed == ()
    assert read(target, hash_file(target), DEFAULT_LIMITS).text == document.text


def test_a_pseudonym_stands_on_the_fill(tmp_path: Path) -> None:
    source, document = put(tmp_path, simple("case", statement()).data)
    start = document.text.index(SECRET)
    decision = Decision(
        Action.PSEUDONYM, Kind.PERSON, REASON, "P", "individual", start, start + len(SECRET), replacement="Person 7"
    )
    target = tmp_path / "target.pdf"
    applied = apply(source, document, [decision], target)
    assert applied.drawn_text == ("Person 7",)
    assert "Person 7" in read(target, hash_file(target), DEFAULT_LIMITS).text


@pytest.mark.parametrize("name", ["box_only", "identity_font", "form_field", "unknown_operator", "picture_metadata"])
def test_same_source_and_decisions_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    first, _ = redact(tmp_path, CASES[name]())
    before = first.read_bytes()
    second, _ = redact(tmp_path, CASES[name]())
    assert second.read_bytes() == before


def test_redacting_the_result_again_changes_nothing_more(tmp_path: Path) -> None:
    target, _ = redact(tmp_path, CASES["several_in_one_show"]())
    once = read(target, hash_file(target), DEFAULT_LIMITS)
    again = tmp_path / "again.pdf"
    apply(target, once, on_spans(once, SECRET), again)
    assert read(again, hash_file(again), DEFAULT_LIMITS).text == once.text
    assert REASON in once.text


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_fill_is_solid_and_the_rest_looks_the_same(tmp_path: Path, rotation: int) -> None:
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(simple("case", statement()).data)) as pdf:
        pdf.pages[0].obj.Rotate = rotation
        buffer = io.BytesIO()
        pdf.save(buffer)
    source, document = put(tmp_path, buffer.getvalue())
    target = tmp_path / "target.pdf"
    apply(source, document, on_spans(document, SECRET), target)
    before, after = pixels(source), pixels(target)
    assert before.shape == after.shape
    changed = (before.astype(int) - after) != 0
    dark = after < 60
    assert dark.sum() > 2000, "a black fill with small white letters"
    if rotation == 0:
        rows = changed.any(axis=1).nonzero()[0]
        assert rows.min() >= 2 * (300 - 215), "nothing above the line changed"
        assert rows.max() <= 2 * (300 - 195), "nothing below it"


def test_a_label_that_does_not_fit_is_left_out_but_the_fill_stays(tmp_path: Path) -> None:
    source, document = put(tmp_path, simple("case", text(40, 100, "A b", 3)).data)
    decision = Decision(Action.REDACT, Kind.PERSON, "A very long reason indeed", "P", "individual", 0, 1)
    target = tmp_path / "target.pdf"
    applied = apply(source, document, [decision], target)
    assert applied.drawn_text == ()
    assert read(target, hash_file(target), DEFAULT_LIMITS).text.strip() == "b"


def test_pages_without_decisions_keep_their_text_and_place(tmp_path: Path) -> None:
    import numpy as np

    source, document = put(tmp_path, lines(pages=3))
    target = tmp_path / "target.pdf"
    apply(source, document, on_spans(document, "abcde")[:1], target)
    after = read(target, hash_file(target), DEFAULT_LIMITS)
    for before, now in list(zip(document.pages, after.pages, strict=True))[1:]:
        assert document.text[before.start : before.end] == after.text[now.start : now.end]
        assert np.allclose(before.char_boxes, now.char_boxes, atol=0.05, equal_nan=True)
