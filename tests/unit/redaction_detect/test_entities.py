"""The packaged model behind its wrapper."""

import pytest
from marked_text import document

from backbeat.redaction.case import parse_people
from backbeat.redaction.detect import detect
from backbeat.redaction.model import Kind

pytestmark = pytest.mark.model


def test_the_model_adds_people_places_and_organisations() -> None:
    text = "Yesterday Peter Hargreaves flew from Manchester to Berlin to work for Deutsche Bank."
    found = {m.text: m.kind for m in detect(document(text), ())}
    assert found["Peter Hargreaves"] is Kind.PERSON
    assert found["Manchester"] is Kind.PLACE
    assert any(kind is Kind.ORGANISATION for kind in found.values())


def test_the_model_is_named_with_its_version_and_never_sure() -> None:
    (mention, *_) = detect(document("Peter Hargreaves left."), ())
    assert mention.detector.startswith("entities en_core_web_sm 3.")
    assert mention.confidence < 0.8


def test_numbers_and_acronyms_are_no_people() -> None:
    mentions = detect(document("PNC 12345 KCPO 998877 and 4471 OFFICIAL"), ())
    assert not [m for m in mentions if m.kind is Kind.PERSON]


def test_long_text_is_read_to_the_end() -> None:
    filler = "The weather was fine and nothing of note happened on that day. " * 400
    mentions = detect(document(filler + "Then Peter Hargreaves arrived."), ())
    assert any("Hargreaves" in m.text for m in mentions)


def test_the_register_outranks_the_model() -> None:
    people = parse_people([{"id": "P1", "names": ["Peter Hargreaves"], "role": "witness"}])
    (mention,) = detect(document("Peter Hargreaves left."), people)
    assert (mention.detector, mention.person) == ("register", "P1")
