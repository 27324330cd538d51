"""Stand-ins tell nothing about what they stand for."""

import doctest

from backbeat.redaction import labels
from backbeat.redaction.labels import LABEL_LIMIT, label, pseudonym, token
from backbeat.redaction.model import Kind


def test_every_kind_has_a_token_that_any_encoding_holds():
    tokens = [token(kind) for kind in Kind]
    assert len(set(tokens)) == len(tokens)
    assert all(t.isascii() and t[0] == "[" and t[-1] == "]" for t in tokens)
    assert not any(mark in t for t in tokens for mark in ',;\t|"\r\n')  # a token never breaks a table


def test_pseudonyms_are_stable_in_a_case_and_unrelated_across_cases_and_forces():
    first = pseudonym(b"s", "case 1", "P1", Kind.PERSON)
    assert first == pseudonym(b"s", "case 1", "P1", Kind.PERSON)
    others = [
        pseudonym(b"s", "case 2", "P1", Kind.PERSON),
        pseudonym(b"s", "case 1", "P2", Kind.PERSON),
        pseudonym(b"t", "case 1", "P1", Kind.PERSON),
        pseudonym(b"s", "case 1", "P1", Kind.ADDRESS),
    ]
    assert len({first, *others}) == 5


def test_pseudonyms_of_a_kind_have_one_width():
    assert len({len(pseudonym(b"s", "c", f"P{n}", Kind.PERSON)) for n in range(500)}) == 1


def test_a_label_is_the_reason_on_one_line():
    assert label(Kind.PHONE, "Witness\n phone") == "Witness phone"
    assert label(Kind.NHS_NUMBER, "") == "NHS NUMBER"
    assert len(label(Kind.PHONE, "very long reason " * 9)) <= LABEL_LIMIT


def test_the_examples_run():
    assert doctest.testmod(labels).failed == 0
