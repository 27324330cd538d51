"""How a question is asked: kind of control, choices, keys, and what explains it."""

import pytest
import station_django  # noqa: F401 - sets Django up

from backbeat.crime.model import Question
from backbeat.station.desk_crime.auditing import read_lines
from backbeat.station.desk_crime.controls import control_of
from backbeat.station.desk_crime.details import title_of

DOCUMENT = {"allegations": [{"id": "a1", "act": "assault"}]}
ACTS = {"assault": "Assault, or threat of it"}


def control(type_: str, text: str = "Was it so?", about: str = "allegation:a1"):
    return control_of(Question(about, "injury", text, type_, False), DOCUMENT, ACTS)


@pytest.mark.parametrize(
    ("type_", "kind", "values", "keys"),
    [
        ("tri", "choice", ["yes", "no", "unknown"], "ynu"),
        ("enum[none, minor]", "choice", ["none", "minor", "unknown"], "12u"),
        ("int[0..120]", "number", ["unknown"], "u"),
        ("date", "date", ["unknown"], "u"),
        ("duration-hours", "hours", ["unknown"], "u"),
        ("text", "text", ["unknown"], "u"),
    ],
)
def test_every_type_has_a_control_and_unknown_is_always_an_answer(type_, kind, values, keys):
    made = control(type_)
    assert made.kind == kind
    assert [choice.value for choice in made.choices] == values
    assert "".join(choice.key for choice in made.choices) == keys


def test_no_two_choices_share_a_key_and_the_tenth_has_none():
    keys = [choice.key for choice in control(f"enum[{', '.join(f'c{n}' for n in range(12))}]").choices]
    used = [key for key in keys if key]
    assert len(set(used)) == len(used)
    assert keys[9] == ""


def test_what_the_question_explains_stands_at_the_choice_it_explains():
    made = control("enum[none, minor, shock]", "How bad is it? Say the worst. none: a touch. minor: bruise, redness.")
    assert (made.text, made.help) == ("How bad is it?", "Say the worst.")
    assert {choice.value: choice.hint for choice in made.choices} == {
        "none": "a touch", "minor": "bruise, redness", "shock": "", "unknown": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("report", "About the whole report"),
        ("party:v1", "About v1"),
        ("relationship:v1/o1", "About v1 and o1"),
        ("allegation:a1", "About Assault, or threat of it (a1)"),
        ("allegation:a9", "About a9"),
        ("request:r1", "About request r1"),
    ],
)
def test_a_question_says_whom_or_what_it_is_about(about, words):
    assert control("tri", about=about).about_words == words


def test_a_named_offence_is_called_by_class_code_and_words():
    offence = {"code": "008/56", "class": "8M", "offence": "Aggravated harassment"}
    assert title_of({"act": "named", "offence": offence}, ACTS) == "8M 008/56 Aggravated harassment"
    assert title_of({"act": "assault"}, ACTS) == ACTS["assault"]
    assert title_of({"act": "gone"}, ACTS) == "gone"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("8n 008/06", [("8N", "008/06", 1)]),
        ("8N 008/06 x 2\n\n58D 149/00×3", [("8N", "008/06", 2), ("58D", "149/00", 3)]),
        ("", []),
    ],
)
def test_a_reviewer_writes_a_line_for_each_crime(text, lines):
    assert read_lines(text) == lines


def test_a_line_that_says_nothing_is_named():
    with pytest.raises(ValueError, match="Line 2"):
        read_lines("8N 008/06\n8N")
