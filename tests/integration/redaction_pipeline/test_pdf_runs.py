"""Whole runs on a PDF: places on pages in suggestions, spans and drawn boxes in decisions."""

import json
from datetime import date

import pypdf
import pytest
from reportlab.pdfgen import canvas

from backbeat.redaction import service
from backbeat.redaction.case import parse_people
from backbeat.redaction.review import Accept

DAY = date(2026, 11, 1)
PEOPLE = parse_people([{"id": "P1", "names": ["Ffion Caddick"], "role": "witness"}])
OPTIONS = {"people": PEOPLE, "profile_id": "cps-precharge", "on": DAY, "use_model": False}


@pytest.fixture
def statement(tmp_path):
    path = tmp_path / "statement.pdf"
    sheet = canvas.Canvas(str(path), invariant=True)
    for lines in (
        ["Statement of Ffion Caddick", "Ring 07700 900123 after six"],
        ["A blue door", "Seen by Ffion Caddick"],
    ):
        for number, line in enumerate(lines):
            sheet.drawString(72, 760 - 20 * number, line)
        sheet.showPage()
    sheet.save()
    return path


@pytest.fixture
def redact(statement, tmp_path, installation):
    def run(decisions=None, accept=None):
        if decisions is not None:
            (tmp_path / "d.json").write_text(json.dumps({"decisions": decisions}))
            decisions = tmp_path / "d.json"
        return service.redact(
            [statement],
            tmp_path / "out",
            installation=installation,
            actor=service.Actor("tester"),
            decisions=decisions,
            accept=accept,
            **OPTIONS,
        )

    return run


def text_of(tmp_path):
    return [page.extract_text() for page in pypdf.PdfReader(tmp_path / "out" / "document-0001.pdf").pages]


def test_suggestions_say_where_on_the_page(statement):
    result, code = service.suggest([statement], **OPTIONS)
    assert code == 0
    phone = next(m for m in result["documents"][0]["mentions"] if m["kind"] == "phone")
    (box,) = phone["boxes"]
    assert phone["page"] == 1
    assert len(box) == 4
    assert 72 < box[0] < box[2] < 300
    assert 730 < box[1] < 745 < box[3] < 760  # the second line, base line at 740, from the bottom left


def test_a_run_removes_the_text_and_passes_its_own_verification(redact, tmp_path):
    done = redact(accept=Accept.ALL)
    assert done.exit_code == 0
    first, second = text_of(tmp_path)
    assert "900123" not in first
    assert "Ffion Caddick" in first  # the profile keeps a witness's name for the prosecutor
    assert "blue door" in second
    (document,) = done.manifest["documents"]
    assert (document["pages"], document["counts"]) == (2, {"phone": 1})
    assert service.verify_output(tmp_path / "out")["ok"]


def test_drawn_boxes_remove_what_is_under_them(redact, statement, tmp_path):
    box = {"document": str(statement), "page": 2, "boxes": [[70, 755, 140, 775]], "action": "redact", "reason": "Door"}
    done = redact([box], Accept.ALL)
    assert done.exit_code == 0
    first, second = text_of(tmp_path)
    assert "blue" not in second
    assert "Statement" in first
    assert done.manifest["documents"][0]["reasons"]["Door"] == 1


def test_a_name_decided_once_goes_on_every_page(redact, statement, tmp_path):
    result, _ = service.suggest([statement], **OPTIONS)
    mention = next(m for m in result["documents"][0]["mentions"] if m["text"] == "Ffion Caddick")
    place = {"document": str(statement), "start": mention["start"], "end": mention["end"], "reason": "Anonymity"}
    done = redact([{**place, "action": "redact"}], Accept.NONE)
    assert done.exit_code == 0, done.manifest["documents"][0]["findings"]
    assert not any("Caddick" in page for page in text_of(tmp_path))


@pytest.mark.parametrize(
    "fields", [{"page": 3, "boxes": [[1, 1, 2, 2]]}, {"start": 0, "end": 9999}, {"boxes": [[1, 1, 2, 2]]}]
)
def test_places_outside_the_document_are_faults(redact, statement, tmp_path, fields):
    from backbeat.redaction.errors import DecisionsInvalid

    with pytest.raises(DecisionsInvalid):
        redact([{"document": str(statement), "action": "redact", "reason": "r", **fields}], Accept.ALL)
    assert not (tmp_path / "out").exists()
