"""Every class that prints its own counting rule, through the whole engine: what ordinary reports of it make."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crime_facts import decided, facts_of, load_yaml, offence_of

from backbeat.crime.model import Basis, Offence
from backbeat.crime.rules import open_rules

CASES = load_yaml(Path(__file__).parent / "cases_units.yaml")
RUNS = [(case, shape, count) for case in CASES for shape, count in case["makes"].items()]
TEXT = "crime/rules_2026_27/crime-recording-rules-2026_27-April-v2.txt"
RULES = open_rules().on(date(2026, 5, 1))
NOT_COUNTED_HERE = {"N100", "N300"}
"""Incidents; `cases_counting.yaml` has them."""

Entries = list[dict[str, Any]]

SHAPES: dict[str, tuple[Entries, Entries]] = {
    # shape: allegations, parties
    "two-victims": ([{"victims": ["v1", "v2"], "offenders": ["o1"]}], []),
    "two-offenders": ([{"victims": ["v1"], "offenders": ["o1", "o2"]}], []),
    "two-households": (
        [{"victims": ["v1", "v2"], "offenders": ["o1"]}],
        [{"id": "v1", "household": "one"}, {"id": "v2", "household": "two"}],
    ),
    "one-household": (
        [{"victims": ["v1", "v2"], "offenders": ["o1"]}],
        [{"id": "v1", "household": "one"}, {"id": "v2", "household": "one"}],
    ),
    "two-businesses": (
        [{"victims": ["v1", "v2"], "offenders": ["o1"]}],
        [{"id": "v1", "kind": "organisation"}, {"id": "v2", "kind": "organisation"}],
    ),
    "two-places": (
        [
            {"victims": ["v1"], "offenders": ["o1"], "place": "one"},
            {"victims": ["v1"], "offenders": ["o1"], "place": "two"},
        ],
        [],
    ),
    "one-place": ([{"victims": ["v1", "v2"], "offenders": ["o1"], "place": "one"}], []),
    "two-days": (
        [
            {"victims": ["v1"], "offenders": ["o1"], "on": "2026-04-27", "place": "one"},
            {"victims": ["v1"], "offenders": ["o1"], "on": "2026-04-29", "place": "one"},
        ],
        [],
    ),
    "one-day": ([{"victims": ["v1", "v2"], "offenders": ["o1"], "on": "2026-04-27", "place": "one"}], []),
    "together": ([{"offenders": ["o1", "o2"]}], []),
    "apart": ([{"offenders": ["o1"]}, {"offenders": ["o2"]}], []),
    "nobody": ([{"offenders": ["o1"]}], []),
}


def listed(case: dict[str, Any]) -> Offence:
    found = RULES.offences.find(*case["offence"].split(" "), case.get("text", ""))
    assert isinstance(found, Offence), "name the line of the list in `text`"
    return found


@pytest.mark.parametrize(
    ("case", "shape", "count"), RUNS, ids=[f"{case['offence']} {shape}" for case, shape, _ in RUNS]
)
def test_a_report_makes_as_many_crimes_as_the_rule_says(case: dict[str, Any], shape: str, count: int) -> None:
    offence = listed(case)
    named = {**offence_of(case["offence"]), **({"offence": case["text"]} if "text" in case else {})}
    allegations, parties = SHAPES[shape]
    victimless = shape in ("together", "apart") and offence.basis is Basis.VICTIM
    given = [
        {"id": f"a{number}", "act": "named", "offence": named, **({"victims": ["v1"]} if victimless else {}), **one}
        for number, one in enumerate(allegations, 1)
    ]
    facts = {"former_partner": "no", "offenders_acted_together": "no"}
    if shape == "nobody":
        facts |= {"victim_found": "no", "appropriate_without_confirmation": "yes"}
    if offence.class_ not in ("19J", "19K"):
        facts["offenders_defined"] = "all"
    decision = decided(facts_of(given, parties, facts=facts))

    assert sum(crime.count for crime in decision.crimes) == count, decision.explanation.lines()
    assert not decision.questions
    assert all(crime.offence.class_ == offence.class_ for crime in decision.crimes)


def test_every_class_with_a_rule_of_its_own_has_a_case() -> None:
    with_cases = {tuple(reversed(case["offence"].split(" "))) for case in CASES}
    classes = {class_ for class_, _ in with_cases}
    own = [
        (row["class"], row["code"])
        for row in RULES.rows("units")
        if row["document"] == "rules" and row["page"] != "12" and row["class"] not in NOT_COUNTED_HERE
    ]

    assert not [row for row in own if row[1] and row not in with_cases]
    assert not [row for row in own if not row[1] and row[0] not in classes]


def test_the_words_of_each_rule_stand_on_its_page(shared_data: Path) -> None:
    parts = re.split(r"^=== p(\d+) ===\s*$", (shared_data / TEXT).read_text(encoding="utf-8"), flags=re.M)
    pages = {number: " ".join(text.split()) for number, text in zip(parts[1::2], parts[2::2], strict=True)}

    assert not [case["offence"] for case in CASES if case["words"] not in pages[str(case["page"])]]
