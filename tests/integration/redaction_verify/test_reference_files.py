"""Files that others redacted, well or badly, redacted by us: the sceptic is content, and nothing new is hidden."""

import random
import re
from pathlib import Path

import pytest

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Box, Decision, Document, Kind
from backbeat.redaction.verify import check, inspect

FILES = [
    "bad_cross_hatched_redactions", "multi_line_redaction_ok", "no_bad_redactions.3.1", "no_bad_redactions.4.1",
    "no_bad_redactions.6.2", "no_bad_redactions.8.1", "partial_intersections_ok", "rect_ordering_1.23",
    "rect_ordering_3.20", "rect_ordering_5.2", "rectangles_no", "rectangles_yes_2", "whitespace_redaction_with_comma",
    "whitespace_redactions_2",
]  # fmt: skip


def some_words(document: Document, share: float) -> list[Decision]:
    """Long words only: two readers may part short ones differently."""
    words = [found.span() for found in re.finditer(r"\w{4,}", document.text)]
    chosen = random.Random(11).sample(words, int(len(words) * share))
    return [Decision(Action.REDACT, Kind.OTHER, "Witness", "P", "individual", *span) for span in chosen]


def some_boxes(document: Document) -> list[Decision]:
    dice = random.Random(12)
    boxes = []
    for page in document.pages:
        for _ in range(4):
            x, y = dice.uniform(0, page.width - 100), dice.uniform(0, page.height - 30)
            boxes.append(Box(page.number, x, y, x + dice.uniform(10, 200), y + dice.uniform(5, 60)))
    return [Decision(Action.REDACT, Kind.OTHER, "Box", "P", "individual", boxes=(box,)) for box in boxes]


@pytest.mark.parametrize("with_boxes", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_our_redaction_of_it_passes_and_hides_nothing_new(
    shared_data: Path, tmp_path: Path, name: str, with_boxes: bool
) -> None:
    source, target = shared_data / "redaction" / "bad_pdfs" / f"{name}.pdf", tmp_path / "target.pdf"
    document = formats.read(source)
    decisions = [*some_words(document, 0.08), *(some_boxes(document) if with_boxes else [])]
    applied = formats.apply(source, document, decisions, target)
    assert check(source, target, document, applied, decisions) == ()
    assert {found.check for found in inspect(target)} <= {found.check for found in inspect(source)}


def test_text_under_the_fill_of_another_is_expected_to_go_and_is_noticed(shared_data: Path, tmp_path: Path) -> None:
    """A filing stamp stands across another line at the head of this page."""
    source, target = shared_data / "redaction" / "bad_pdfs" / "no_bad_redactions.6.2.pdf", tmp_path / "target.pdf"
    document = formats.read(source)
    top = max(range(len(document.text)), key=lambda at: float(document.pages[0].char_boxes[at, 3]) or 0.0)
    line = slice(document.text.rfind("\n", 0, top) + 1, document.text.find("\n", top))
    decision = Decision(Action.REDACT, Kind.OTHER, "Stamp", "P", "individual", line.start, line.stop)
    applied = formats.apply(source, document, [decision], target)
    assert "text.covered" in {notice.code for notice in applied.notices}
    assert check(source, target, document, applied, [decision]) == ()
