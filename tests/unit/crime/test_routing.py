"""The most recent crime of a series, and the schools protocol's list of serious offences."""

from datetime import date

import pytest

from backbeat.crime.model import Allegation, Offence
from backbeat.crime.routing import is_serious_at_school, latest
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import NO, UNKNOWN, YES, Answer


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


def crime(id_: str, day: str | None, force: str | None, until: str | None = None) -> Allegation:
    return Allegation(
        id_,
        "assault",
        on=date.fromisoformat(day) if day else None,
        until=date.fromisoformat(until) if until else None,
        force=force,
    )


@pytest.mark.parametrize(
    ("series", "newest"),
    [
        ([], None),
        ([("a1", "2026-01-10", "a"), ("a2", "2026-03-10", "b")], "a2"),
        ([("a2", "2026-03-10", "b"), ("a1", "2026-01-10", "a")], "a2"),
        ([("a1", "2026-01-10", "a", "2026-04-10"), ("a2", "2026-03-10", "b")], "a1"),  # it went on longest
        ([("a1", "2026-03-10", "a"), ("a2", "2026-03-10", "b")], None),  # one day, two forces
        ([("a1", None, "a"), ("a2", "2026-03-10", "b")], None),  # the undated one may be the newest
        ([("a1", None, "a"), ("a2", "2026-03-10", "a")], "a2"),  # whichever it is, the force is the same
        ([("a1", "2026-01-10", "a"), ("a2", "2026-03-10", "b"), ("a3", "2026-03-10", "b")], "a2"),
    ],
)
def test_the_most_recent_of_a_series(series: list[tuple[str, ...]], newest: str | None) -> None:
    found = latest(crime(*one) for one in series)

    assert (found.id if found else None) == newest


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
