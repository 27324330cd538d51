"""The schools protocol's list of serious offences."""

from datetime import date

import pytest

from backbeat.crime.model import Offence
from backbeat.crime.routing import is_serious_at_school
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import NO, UNKNOWN, YES, Answer


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


@pytest.mark.parametrize(
    ("label", "serious"),
    [
        ("005/01 5D", YES),
        ("008/27 10D", YES),
        ("092/53 92D", YES),
        ("020/05 20A", YES),  # a sexual assault, triable either way
        ("034/02 34B", YES),  # indictable only
        ("008/06 8N", NO),
        ("105/01 105A", NO),
        ("066/01 66", NO),
    ],
)
def test_the_list_of_serious_offences(rules: Rules, label: str, serious: Answer) -> None:
    code, class_ = label.split(" ")
    found = rules.offences.find(code, class_)
    assert isinstance(found, Offence)

    assert is_serious_at_school(rules, found) is serious


def test_no_offence_yet_is_not_known_to_be_serious(rules: Rules) -> None:
    assert is_serious_at_school(rules, None) is UNKNOWN
