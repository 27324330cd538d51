"""The shared worked examples, as far as they are about outcomes, cancellation and reclassification."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backbeat.crime.fact_types import fact_types
from backbeat.crime.model import NamedOffence, Report, Request, RequestKind
from backbeat.crime.requests import decide_request
from backbeat.crime.rules import open_rules

RECEIVED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
TOLD = {"victim_told": "yes", "suspect_told": "yes"}
CHARGED = {**TOLD, "charged": "yes", "disposal_matches": "yes", "only_related_chargeable": "no"}
ALTERNATIVE = {
    **TOLD,
    "charged": "yes",
    "only_related_chargeable": "no",
    "same_material_facts": "yes",
    "principal_or_accessory": "yes",
    "reclassification_justified": "no",
}
EXPECTED: dict[str, tuple[tuple[str, ...], Any]] = {
    # Where the example says what comes out, and what stands there.
    "H11": (("later", "8N_outcome_allowed_1A"), False),
    "H13": (("crimes", "0", "outcome"), "not 1A"),
    "H15": (("crimes", "0", "outcome"), "not 1A"),
    "H17": (("crimes", "0", "outcome"), "1A"),
    "H19": (("all_burglaries_outcome",), "1A"),
    "H21": (("crimes", "0", "outcome"), "16"),
    "H65": (("action",), "cancel C2"),
    "H03": (("later", "reclassify"), ["N300/01", "N300/07"]),
    "H05": (("final", "reclassify"), ["N300/01", "N300/06"]),
    "H07": (("final", "crimes", "0", "ho_code"), "004/04"),
    "H09": (("final", "reclassify"), ["N300/01", "N300/08"]),
}
ASKED = [
    # example, kind, stands recorded as, wanted, facts, verdict
    ("H11", "outcome", "008/06 8N", "1A", {**ALTERNATIVE, "only_related_chargeable": "yes"}, "refused"),
    ("H11", "outcome", "149/00 58D", "1", CHARGED, "allowed"),
    ("H13", "outcome", "001/01 1", "1A", {**TOLD, "charged": "yes", "charged_for_death": "other"}, "refused"),
    ("H13", "outcome", "005/01 5D", "1", CHARGED, "allowed"),
    ("H15", "outcome", "019/08 19C", "1A", {**TOLD, "charged": "yes", "charged_under": "not-sexual"}, "refused"),
    ("H15", "outcome", "105/01 105A", "1", CHARGED, "allowed"),
    (
        "H17",
        "outcome",
        "019/07 19D",
        "1A",
        {
            **TOLD,
            "charged": "yes",
            "only_related_chargeable": "no",
            "charged_under": "s13",
            "cps_mg3_alternative": "yes",
        },
        "allowed",
    ),
    (
        "H19",
        "outcome",
        "028/03 28I",
        "1A",
        {**ALTERNATIVE, "principal_or_accessory": "unknown", "group_conspiracy_charged": "yes"},
        "allowed",
    ),
    (
        "H21",
        "outcome",
        "034/01 34A",
        "16",
        {**TOLD, "suspect_identity_established": "yes", "victim_position": "unable", "high_risk_domestic": "no"},
        "allowed",
    ),
    ("H21", "outcome", "105/01 105A", "1", CHARGED, "allowed"),
    (
        "H65",
        "cancel",
        "053/25 49A",
        "C2",
        {"victim_told": "yes", "independent_decider": "yes", "victim_withdrew": "no", "paid_before_contact": "yes"},
        "allowed",
    ),
    ("H03", "reclassify", "300/01 N300", "300/07 N300", {"death_cause": "natural"}, "allowed"),
    ("H05", "reclassify", "300/01 N300", "300/06 N300", {"death_cause": "accident"}, "allowed"),
    ("H07", "reclassify", "300/04 N300", "004/04 4/4", {"death_cause": "unlawful-driving"}, "allowed"),
    ("H09", "reclassify", "300/01 N300", "300/08 N300", {"death_cause": "open-verdict"}, "allowed"),
]


@pytest.fixture(scope="module")
def examples(shared_data: Path) -> dict[str, Any]:
    lines = (shared_data / "crime" / "worked_examples.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize("id_", EXPECTED)
def test_the_example_says_what_this_file_takes_it_to_say(examples: dict[str, Any], id_: str) -> None:
    path, expected = EXPECTED[id_]
    value = examples[id_]["expected"]
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]

    assert value == expected


@pytest.mark.parametrize(("example", "kind", "offence", "wanted", "facts", "verdict"), ASKED)
def test_worked_example_is_answered_so(
    example: str, kind: str, offence: str, wanted: str, facts: dict[str, str], verdict: str
) -> None:
    assert example in EXPECTED
    rules = open_rules().on(RECEIVED.date())
    types = fact_types(rules)
    given = {name: types[name].read(value) for name, value in facts.items()}
    code, class_ = offence.split(" ")
    request = Request("r1", RequestKind(kind), NamedOffence(code, class_), wanted, given)
    answer = decide_request(rules, Report("REF-1", RECEIVED, "northshire", {}, {}, (), (), (request,)), request)

    assert answer.verdict == verdict, answer.why.lines()
