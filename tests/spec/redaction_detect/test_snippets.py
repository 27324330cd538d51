"""What must be found in British police papers, snippet by snippet, with rules and register only (no model)."""

import importlib.util
from pathlib import Path

import pytest
from marked_text import covered, document, read_marked, typed

from backbeat.redaction.case import parse_people
from backbeat.redaction.detect import detect

_spec = importlib.util.spec_from_file_location("snippets", Path(__file__).with_name("snippets.py"))
assert _spec is not None
assert _spec.loader is not None
snippets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(snippets)

REGISTER = parse_people(snippets.REGISTER)


@pytest.mark.parametrize("name", snippets.RULES)
def test_rules_cover_the_whole_value_and_name_its_kind(name: str) -> None:
    text, spans = read_marked(snippets.RULES[name])
    mentions = detect(document(text), (), use_model=False)
    for span in spans:
        assert covered(text, span, mentions), mentions
        assert typed(span, mentions), mentions


@pytest.mark.parametrize("name", snippets.PEOPLE)
def test_the_register_covers_its_people_and_names_them(name: str) -> None:
    marked, person = snippets.PEOPLE[name]
    text, spans = read_marked(marked)
    mentions = detect(document(text), REGISTER, use_model=False)
    for span in spans:
        assert covered(text, span, mentions), mentions
        assert typed(span, mentions), mentions
        found = [m for m in mentions if m.start < span.end and m.end > span.start]
        assert {m.person for m in found} == {person}, found


@pytest.mark.parametrize("name", snippets.NOTHING)
def test_ordinary_words_and_numbers_are_left_alone(name: str) -> None:
    assert detect(document(snippets.NOTHING[name]), REGISTER, use_model=False) == ()


def test_a_name_two_people_share_says_who_they_are_but_links_nobody() -> None:
    (mention,) = detect(document("then Testani said"), REGISTER, use_model=False)
    assert mention.person is None
    assert "P5" in mention.why
    assert "P7" in mention.why
    assert mention.confidence < 0.8


def test_why_never_quotes_the_value() -> None:
    for marked in snippets.RULES.values():
        text, _ = read_marked(marked)
        for mention in detect(document(text), REGISTER, use_model=False):
            assert mention.text.lower() not in mention.why.lower()
