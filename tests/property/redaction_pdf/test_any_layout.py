"""However text is laid out, exactly the marked words go and every other letter stays where it stood."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_case import put
from pdf_factory import simple

from backbeat.files import hash_file
from backbeat.redaction.formats.limits import DEFAULT_LIMITS
from backbeat.redaction.formats.pdf import apply, read
from backbeat.redaction.model import Action, Decision, Document, Kind

WORDS = ("Quill", "amber", "Oakes", "seventeen", "of", "Tarn")


@st.composite
def shown_lines(draw: st.DrawFn) -> bytes:
    """One line of words every 30 points, each with a text state of its own."""
    parts = []
    for row in range(draw(st.integers(1, 6))):
        words = [w.encode() for w in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))]
        size, stretch = draw(st.integers(6, 14)), draw(st.sampled_from([70, 100, 130]))
        spacing, gap = draw(st.sampled_from([0, 0.7, 1.5])), draw(st.sampled_from([0, 2.5]))
        scale = draw(st.sampled_from([0.5, 1, 1.7]))
        y = 270 - 40 * row
        if draw(st.booleans()):
            shown = b"(%s) Tj" % b" ".join(words)
        else:
            kern = draw(st.integers(-40, 40))
            shown = b"[%s] TJ" % (b" %d ( ) 0 " % kern).join(b"(%s)" % word for word in words)
        parts.append(
            b"q %g 0 0 %g 0 0 cm BT /F1 %g Tf %g Tc %g Tw %d Tz %g %g Td %s ET Q\n"
            % (scale, scale, size / scale, spacing, gap, stretch, 30 / scale, y / scale, shown)
        )
    return b"".join(parts)


Letter = tuple[str, float, float]


def letters(document: Document) -> list[Letter]:
    """Every letter with its place."""
    return [
        (character, float(box[0]), float(box[1]))
        for character, box in zip(document.text, document.pages[0].char_boxes, strict=True)
        if not character.isspace() and not np.isnan(box[0])
    ]


def unpartnered(some: list[Letter], others: list[Letter]) -> list[Letter]:
    """Those without one of the same kind in the same place, give or take half a point, among the others."""
    rest = list(others)
    alone = []
    for letter in some:
        same = (o for o in rest if o[0] == letter[0] and abs(o[1] - letter[1]) < 0.5 and abs(o[2] - letter[2]) < 0.5)
        partner = next(same, None)
        if partner is None:
            alone.append(letter)
        else:
            rest.remove(partner)
    return alone + rest


@settings(max_examples=40, deadline=None)
@given(shown_lines(), st.sets(st.integers(0, 29), max_size=8))
def test_marked_words_go_and_the_rest_stays_in_place(content: bytes, chosen: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, document = put(Path(folder), simple("case", content).data)
        words = [(m, m + len(w)) for w in WORDS for m in _finds(document.text, w)]
        marked = [span for index, span in enumerate(sorted(words)) if index in chosen]
        decisions = [Decision(Action.REDACT, Kind.PERSON, "|", "P", "individual", *span) for span in marked]
        target = Path(folder) / "target.pdf"
        applied = apply(source, document, decisions, target)
        after = read(target, hash_file(target), DEFAULT_LIMITS)

        assert "page.rasterised" not in {notice.code for notice in applied.notices}
        boxes = document.pages[0].char_boxes
        gone = [
            (document.text[index], float(boxes[index][0]), float(boxes[index][1]))
            for start, end in marked
            for index in range(start, end)
        ]
        expected = unpartnered(letters(document), gone)
        found = [letter for letter in letters(after) if letter[0] != "|"]
        assert unpartnered(expected, found) == []


def _finds(text: str, word: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + len(word))
    return found
