"""Changing a facts document: a new one out, the old one untouched."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from backbeat.station.desk_crime.entering import (
    find_fact,
    new_document,
    put_allegation,
    put_fact,
    put_party,
    remove_allegation,
    remove_party,
    value_of,
)


def document():
    made = new_document("R1", datetime(2026, 5, 1, 20, 40, tzinfo=UTC), "exampleshire")
    made = put_party(put_party(made, "v1", {"age": 30, "sex": ""}), "o1", {})
    return put_allegation(made, "a1", act="assault", offence=None, victims=["v1"], offenders=["o1"], on="2026-05-01")


@pytest.mark.parametrize(
    ("about", "fact", "value", "stands"),
    [
        ("report", "reported_by", "victim", lambda d: d["report"]["facts"]),
        ("party:v1", "victim_role", "other", lambda d: d["parties"][0]["facts"]),
        ("party:v1", "age", 31, lambda d: d["parties"][0]),  # an attribute, not a fact
        ("relationship:v1/o1", "former_partner", "yes", lambda d: d["relationships"][0]["facts"]),
        ("allegation:a1", "injury", "unknown", lambda d: d["allegations"][0]["facts"]),
    ],
)
def test_a_fact_stands_where_it_is_asked_and_can_be_taken_out_again(about, fact, value, stands):
    before = document()
    kept = deepcopy(before)
    after = put_fact(before, about, fact, value)
    assert stands(after)[fact] == value
    assert find_fact(after, about, fact) == value
    assert find_fact(put_fact(after, about, fact, None), about, fact) is None
    assert before == kept


@pytest.mark.parametrize("about", ["party:v9", "allegation:a9", "relationship:v1/o9", "request:r1", "nowhere"])
def test_a_place_that_is_not_there_takes_no_fact(about):
    with pytest.raises(KeyError):
        put_fact(document(), about, "injury", "yes")
    assert find_fact(document(), about, "injury") is None


def test_another_act_forgets_what_was_asked_about_the_first():
    asked = put_fact(document(), "allegation:a1", "injury", "minor")
    same = put_allegation(asked, "a1", act="assault", offence=None, victims=["v1"], offenders=[])
    other = put_allegation(asked, "a1", act="damage", offence=None, victims=["v1"], offenders=[])
    assert same["allegations"][0]["facts"] == {"injury": "minor"}
    assert other["allegations"][0]["facts"] == {}


def test_who_is_taken_out_is_gone_everywhere():
    related = put_fact(document(), "relationship:v1/o1", "former_partner", "yes")
    left = remove_party(related, "o1")
    assert [one["id"] for one in left["parties"]] == ["v1"]
    assert left["relationships"] == []
    assert left["allegations"][0]["offenders"] == []
    assert remove_allegation(left, "a1")["allegations"] == []


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("tri", " yes ", "yes"),
        ("int[0..120]", "17", 17),
        ("int", "unknown", "unknown"),
        ("date", "2026-05-01", "2026-05-01"),
        ("enum[a, b]", "b", "b"),
        # invalid
        ("tri", "", None),
        ("int", "-1", None),
        ("int", "1.5", None),
        ("int", "٣", None),  # a digit of another script
        ("int", "9" * 10, None),
    ],
)
def test_an_answer_is_spelt_as_facts_are(type_, text, value):
    if value is None:
        with pytest.raises(ValueError, match="not known"):
            value_of(type_, text)
    else:
        assert value_of(type_, text) == value
