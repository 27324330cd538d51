"""Every hiding place of the PDF factory through apply and the sceptic: sound redactions pass, sabotaged ones do not."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pdf_case import on_boxes, on_spans, put
from pdf_factory import CASES, PLAIN, Hiding, simple, text

from backbeat.redaction.formats.pdf import apply
from backbeat.redaction.model import Action, Decision, Document, Kind
from backbeat.redaction.verify import check
from backbeat.redaction.verify.expectation import expect


def decided(document: Document, hiding: Hiding) -> list[Decision]:
    return [*on_spans(document, hiding.secret), *on_boxes(hiding.boxes)]


@pytest.mark.parametrize("name", CASES)
def test_a_sound_redaction_passes(tmp_path: Path, name: str) -> None:
    hiding = CASES[name]()
    source, document = put(tmp_path, hiding.data)
    decisions = decided(document, hiding)
    target = tmp_path / "target.pdf"
    applied = apply(source, document, decisions, target)
    assert check(source, target, document, applied, decisions) == ()


Sabotage = Callable[[Path, Document, Path], None]

NOTHING_DECIDED = {"earlier_revision"}
"""The value stands in an old revision only, so nobody can decide on it and no page can be spoilt."""


def nothing_taken_out(source: Path, document: Document, target: Path) -> None:
    """A new document, but every letter is still there."""
    apply(source, document, [], target)


def boxes_only(source: Path, document: Document, target: Path) -> None:
    """Solid boxes drawn over the source, as the bad tools do."""
    with pikepdf.open(source) as pdf:
        for page in pdf.pages:
            page.contents_add(pikepdf.Stream(pdf, b"q 0 g 20 120 360 110 re f Q"))
        pdf.save(target)


def handed_through(source: Path, document: Document, target: Path) -> None:
    """The source itself."""
    target.write_bytes(source.read_bytes())


@pytest.mark.parametrize(
    ("name", "sabotage"),
    [
        *((name, sabotage) for name in CASES if name not in NOTHING_DECIDED
          for sabotage in (nothing_taken_out, boxes_only)),
        *((name, handed_through) for name in CASES),
    ],
)  # fmt: skip
def test_a_sabotaged_redaction_is_caught(tmp_path: Path, name: str, sabotage: Sabotage) -> None:
    hiding = CASES[name]()
    source, document = put(tmp_path, hiding.data)
    decisions = decided(document, hiding)
    target = tmp_path / "target.pdf"
    applied = apply(source, document, decisions, target)
    sabotage(source, document, target)
    assert check(source, target, document, applied, decisions)


def test_a_word_of_a_label_may_stand_in_the_kept_text(tmp_path: Path) -> None:
    words = "Witness statement. The witness saw. A witness heard. Each witness signed. Every witness left."
    source, document = put(tmp_path, simple("label", PLAIN + text(20, 200, words, 8)).data)
    decisions = on_spans(document, "statement signed")
    target = tmp_path / "target.pdf"
    applied = apply(source, document, decisions, target)
    assert set(applied.drawn_text) == {"Witness"}
    assert check(source, target, document, applied, decisions) == ()


@pytest.mark.parametrize("leading", [14, 9])
def test_a_span_over_two_lines_has_a_box_for_each_however_tight(tmp_path: Path, leading: float) -> None:
    content = text(40, 170, "made by Quill-") + text(40, 170 - leading, "feather today")
    _, document = put(tmp_path, simple("tight", content).data)
    start, end = document.text.index("Quill"), document.text.index(" today")
    decision = Decision(Action.REDACT, Kind.PERSON, "Witness", "P", "individual", start, end)
    assert len(expect(document, [decision]).boxes[1]) == 2
