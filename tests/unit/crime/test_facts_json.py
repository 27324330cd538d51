"""FACTS.json into a report in canonical order. What it refuses is in the spec of bad input."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from crime_facts import facts_of, offence_of

from backbeat.crime.errors import FactsRefused
from backbeat.crime.facts_json import read_facts
from backbeat.crime.model import NamedOffence, PartyKind
from backbeat.crime.rules import open_rules
from backbeat.rulebook import UNKNOWN, YES


def test_values_are_read_as_the_tables_declare_them() -> None:
    facts = {"strangled": "yes", "injury": "minor", "people_together": 3, "intended_serious_harm": "unknown"}
    allegation = {"id": "a1", "act": "assault", "victims": ["v1"], "on": "2026-04-01", "facts": facts}
    report, rules = read_facts(facts_of([allegation], [{"id": "v1", "age": 30}]), open_rules())
    (one,) = report.allegations

    assert rules.id == "hocr-2026-27"
    assert dict(one.facts) == {
        "strangled": YES,
        "injury": "minor",
        "people_together": 3,
        "intended_serious_harm": UNKNOWN,
    }
    assert (one.on, one.until, one.place) == (date(2026, 4, 1), None, None)
    assert report.parties["v1"].kind is PartyKind.PERSON


def test_lists_come_sorted_and_each_name_once() -> None:
    allegation = {"id": "a1", "act": "assault", "victims": ["v2", "v1", "v2"], "offenders": ["o2", "o1"]}
    report, _ = read_facts(facts_of([{**allegation, "id": "b"}, allegation]), open_rules())

    assert [one.id for one in report.allegations] == ["a1", "b"]
    assert report.allegations[0].victims == ("v1", "v2")
    assert list(report.parties) == ["o1", "o2", "v1", "v2"]


def test_the_moment_keeps_its_instant() -> None:
    facts = facts_of([{"id": "a1", "act": "assault"}], received_at="2026-05-01T09:30:00+01:00")
    report, _ = read_facts(facts, open_rules())

    assert report.received_at == datetime(2026, 5, 1, 8, 30, tzinfo=UTC)


def test_a_day_that_has_begun_elsewhere_is_not_after_the_report() -> None:
    allegation = {"id": "a1", "act": "assault", "victims": ["v1"], "on": "2026-05-02"}
    report, _ = read_facts(facts_of([allegation], received_at="2026-05-01T23:30:00+01:00"), open_rules())

    assert report.allegations[0].on == date(2026, 5, 2)


def test_incidents_are_taken_where_they_stand_on_record() -> None:
    allegation = {"id": "a1", "act": "death", "victims": ["v1"], "recorded_as": offence_of("300/01 N300")}
    report, _ = read_facts(facts_of([allegation]), open_rules())

    assert report.allegations[0].recorded_as == NamedOffence("300/01", "N300")


def test_a_named_edition_is_taken_whatever_the_day() -> None:
    facts = facts_of([{"id": "a1", "act": "assault"}], received_at="2025-01-01T00:00:00+00:00")

    assert read_facts(facts, open_rules(), "hocr-2026-27")[1].id == "hocr-2026-27"


@pytest.mark.parametrize(
    ("allegation", "fault"),
    [
        # the name of an allegation must not decide whether what it alleges has to be in force
        (
            {"id": "recorded", "act": "named", "offence": offence_of("008/71 8R"), "victims": ["v1"]},
            "allegation recorded, offence: 8R 008/71 is no longer in force",
        ),
        (
            {"id": "a1", "act": "assault", "victims": ["v1"], "facts": {"other_force": "no\x00where"}},
            "allegations 1 facts other_force: must be",
        ),
    ],
)
def test_what_hides_behind_a_name_or_a_control_character_is_refused(allegation: dict[str, Any], fault: str) -> None:
    with pytest.raises(FactsRefused, match=fault):
        read_facts(facts_of([allegation]), open_rules())
