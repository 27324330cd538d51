"""A decision decided again from its own bytes: equal, or which part differs."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of

from backbeat.canonical import canonical_json
from backbeat.crime.errors import DecisionUnreadable
from backbeat.crime.replaying import replay
from backbeat.crime.rules import open_rules


def data() -> bytes:
    allegation = {
        "id": "a1",
        "act": "named",
        "offence": offence_of("008/06 8N"),
        "victims": ["v1"],
        "offenders": ["o1"],
    }
    return decided(facts_of([allegation])).to_json()


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(data())
    change(value)
    return canonical_json(value)


def test_equal_bytes_are_true_and_carry_the_decision() -> None:
    again = replay(data(), open_rules())

    assert again
    assert again.differs == ()
    assert again.decision is not None


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (lambda value: value["crimes"][0].update(count=2), "$.crimes[0].count"),
        (lambda value: value["edition"].update(hash="0" * 64), "$.edition.hash"),
        (lambda value: value["edition"].update(id="hocr-1998"), "$.edition.id"),
        (lambda value: value["count"].update(separate=9), "$.count.separate"),
        (lambda value: value.update(state="open"), "$.state"),
        (lambda value: value["facts"]["allegations"][0].update(victims=[]), "$.facts"),
        (lambda value: value["facts"].update(format="none"), "$.facts"),
        (lambda value: value["facts"]["allegations"][0].update(act="sorcery"), "$.facts"),
    ],
)
def test_whatever_was_changed_is_found(change: Callable[[dict[str, Any]], object], differs: str) -> None:
    again = replay(changed(change), open_rules())

    assert not again
    assert differs in again.differs


def test_the_same_values_in_other_bytes_differ_in_spelling() -> None:
    assert replay(json.dumps(json.loads(data()), indent=1).encode(), open_rules()).differs == ("$ (spelling)",)


@pytest.mark.parametrize(
    "broken", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 200_000, b'{"format": "backbeat.crime.decision/1"}']
)
def test_bytes_that_are_no_decision_are_refused(broken: bytes) -> None:
    with pytest.raises(DecisionUnreadable):
        replay(broken, open_rules())
