"""Finding offences by words, class or code."""

from datetime import date

import pytest

from backbeat.crime.finding import find_offences
from backbeat.crime.rules import Rules, open_rules


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("strangulation 8N", "8N 008/77"),
        ("008/77 8n", "8N 008/77"),
        ("8N occasioning actual bodily", "8N 008/06"),
        ("non-fatal strang 8T", "8T 008/77"),
        ("making off", "49A 053/25"),
        ("robbery business", "34A 034/01"),
        ("019/16", "19E 019/16"),
    ],
)
def test_the_offence_meant_comes_first(rules: Rules, query: str, first: str) -> None:
    assert find_offences(rules, query, 5)[0].label == first


@pytest.mark.parametrize("query", ["", "   ", "?!", "zzzz", "strangulation zzzz"])
def test_words_of_no_offence_find_nothing(rules: Rules, query: str) -> None:
    assert find_offences(rules, query, 5) == ()


def test_offences_in_force_come_before_repealed_ones(rules: Rules) -> None:
    found = find_offences(rules, "assault", 500)

    assert [one.current for one in found] == sorted((one.current for one in found), reverse=True)
    assert len(find_offences(rules, "assault", 3)) == 3
