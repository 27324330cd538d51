"""decisions.json: both shapes, and every fault at once."""

import json

import pytest

from backbeat.redaction.decisions import Source, faults_against, faults_in, load_decisions
from backbeat.redaction.errors import DecisionsInvalid
from backbeat.redaction.model import Action, Box, Document

SOURCE = Source(1, "a.txt", "f" * 64)


def load(tmp_path, content):
    path = tmp_path / "d.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return load_decisions(path)


def entry(**fields):
    return {"document": "a.txt", "start": 0, "end": 4, "action": "redact", "reason": "r", **fields}


def test_takes_the_list_shape(tmp_path):
    boxes = [[1, 2, 3, 4], {"page": 3, "x0": 1, "y0": 2, "x1": 3, "y1": 4}, [1, 2, 3, 4, 7]]
    drawn = {"document": "F" * 64, "page": 2, "boxes": boxes, "action": "redact", "reason": "by hand"}
    file, faults = load(tmp_path, {"reviewer": "DC 1", "decisions": [entry(kind="phone", person="P1"), drawn]})
    assert faults == []
    assert file.reviewer == "DC 1"
    assert [len(file.of(SOURCE)), file.entries[0].kind, file.entries[0].person] == [2, "phone", "P1"]
    assert file.entries[1].boxes == (Box(2, 1, 2, 3, 4), Box(3, 1, 2, 3, 4), Box(7, 1, 2, 3, 4))


def test_takes_edited_suggestions_and_leaves_questions_open(tmp_path):
    mention = {"kind": "person", "text": "Jane", "start": 0, "end": 4, "page": None, "boxes": [], "confidence": 0.9}
    mentions = [{**mention, "action": "keep", "why": "x"}, {**mention, "action": "ask"}]
    file, faults = load(tmp_path, {"documents": [{"path": "a.txt", "mentions": mentions}], "refused": []})
    assert faults == []
    assert [e.action for e in file.of(SOURCE)] == [Action.KEEP]


@pytest.mark.parametrize("content", ["{", "[1]", '{"decisions": 3}', '{"reviewer": "x"}', "[" * 100_000])
def test_what_is_no_decisions_file_is_said_so(tmp_path, content):
    try:
        _, faults = load(tmp_path, content)
    except DecisionsInvalid:
        return
    assert faults


def test_every_fault_is_listed_and_no_content_quoted(tmp_path):
    wrong = [
        entry(action="burn"),
        entry(start="SECRET"),
        entry(SECRET="SECRET"),
        entry(kind="SECRET"),
        entry(start=5, end=5),
        {"document": "a.txt", "action": "redact", "reason": "SECRET"},
    ]
    _, faults = load(tmp_path, {"decisions": wrong})
    assert [fault.split(":")[0] for fault in faults] == [
        "decision 1, action",
        "decision 2, start",
        "decision 3",  # the name of the field is the user's own word and is not shown
        "decision 4, kind",
        "decision 5",
        "decision 6",
    ]
    assert "SECRET" not in " ".join(faults)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"boxes": [[1, 2, 3, 4]], "start": None, "end": None}, "page is missing"),
        ({"boxes": [[3, 2, 1, 4, 1]], "start": None, "end": None}, "x0 must be less"),
        ({"boxes": [[1, 2, 3, 4, 1]], "start": None, "end": None, "action": "keep"}, "only be redacted"),
    ],
)
def test_boxes_that_make_no_sense(tmp_path, fields, words):
    _, faults = load(tmp_path, {"decisions": [entry(**fields)]})
    assert len(faults) == 1
    assert words in faults[0]


@pytest.mark.parametrize(
    ("entries", "count"),
    [
        ([entry(document="b.txt")], 1),
        ([entry(), entry(start=2, end=6)], 0),  # they agree
        ([entry(), entry(start=2, end=6, action="keep")], 1),
        ([entry(), entry(start=4, end=6, action="keep")], 0),  # they touch
        ([entry(action="pseudonym", person="P1"), entry(action="pseudonym", person="P2")], 1),
        ([entry(end=100), entry(start=1, end=2), entry(start=50, end=60, action="keep")], 1),  # not only neighbours
    ],
)
def test_contradictions_and_unknown_documents(tmp_path, entries, count):
    file, faults = load(tmp_path, {"decisions": entries})
    assert faults == []
    assert len(faults_in(file, [SOURCE])) == count


def test_what_does_not_fit_the_document(tmp_path):
    boxes = {"document": "a.txt", "boxes": [[1, 2, 3, 4, 1]], "action": "redact", "reason": "r"}
    file, _ = load(tmp_path, {"decisions": [entry(end=99), boxes, entry(person="P9")]})
    document = Document("f" * 64, "text/plain", "short text")
    faults = faults_against(document, file.entries, {"P1": None})
    assert [fault.split(":")[0] for fault in faults] == ["decision 1", "decision 2", "decision 3"]


@pytest.mark.parametrize(
    "wrong",
    [
        '{"document": "a.txt", "boxes": [[0, 0, 1, 1, Infinity]], "action": "redact"}',
        '{"document": "a.txt", "boxes": [[0, 0, 1, 1, NaN]], "action": "redact"}',
        '{"document": "a.txt", "page": 1, "boxes": [[0, 0, 1, 1e999]], "action": "redact"}',
        f'{{"document": "a.txt", "start": {"9" * 5000}, "end": 4, "action": "redact"}}',
        # half a character, which no file can hold
        '{"document": "a.txt", "start": 0, "end": 4, "action": "redact", "reason": "\\ud800"}',
    ],
)
def test_numbers_and_letters_nobody_can_mean_are_faults(tmp_path, wrong):
    try:
        _, faults = load(tmp_path, f'{{"decisions": [{wrong}]}}')
    except DecisionsInvalid:
        return
    assert len(faults) == 1


def test_a_reviewer_of_half_characters_is_a_fault(tmp_path):
    _, faults = load(tmp_path, '{"reviewer": "\\udfff", "decisions": []}')
    assert faults == ["reviewer: holds half a character (an escape such as \\ud800)"]


@pytest.mark.parametrize(
    ("start", "end", "action", "reason", "faulty"),
    [
        (4, 14, "redact", "ref qx-77  ab12 is sensitive", True),  # it would be drawn on the page
        (15, 21, "redact", "Pendle's number", True),
        (15, 21, "redact", "a pendle", False),  # an ordinary word
        (4, 14, "keep", "QX-77 AB12 is evidence", False),
        (4, 14, "redact", "AB12", False),
    ],
)
def test_a_reason_must_not_quote_what_it_removes(tmp_path, start, end, action, reason, faulty):
    document = Document("f" * 64, "text/plain", "Ref QX-77 AB12 Pendle")
    file, faults = load(tmp_path, {"decisions": [entry(start=start, end=end, action=action, reason=reason)]})
    assert faults == []
    found = faults_against(document, file.entries, {})
    assert [fault.startswith("decision 1, reason: repeats") for fault in found] == [True] * faulty
    assert "QX" not in "".join(found)
