"""Every worked example of the rules is decided as the rules say.

`worked_examples.yaml` says it in facts; the shared file of examples says it in words of its own. The first tests hold
the engine to the former, the last hold the former to the latter.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from crime_facts import check, cited_pages, decided, load_yaml

EXAMPLES: dict[str, dict[str, Any]] = load_yaml(Path(__file__).parent / "worked_examples.yaml")["examples"]
STAGES = [(id_, stage) for id_, example in EXAMPLES.items() for stage in example["stages"]]
ASSAULTS = {"8N", "105A", "5D"}
RAPES = {"19C", "19D", "19E", "19F", "19G", "19H"}
DAMAGE = {"58A", "58B", "58C", "58D"}

Stages = list[dict[str, Any]]


@pytest.mark.parametrize(("id_", "stage"), STAGES, ids=[f"{id_} {stage['stage']}" for id_, stage in STAGES])
def test_worked_example_is_decided_as_the_rules_say(id_: str, stage: dict[str, Any]) -> None:
    decision = decided(stage["facts"])

    check(decision, stage["expect"])


@pytest.mark.parametrize("id_", EXAMPLES)
def test_a_decision_on_a_worked_example_rests_on_its_page(id_: str) -> None:
    example = EXAMPLES[id_]
    pages = {page for stage in example["stages"] for page in cited_pages(decided(stage["facts"]))}

    assert str(example.get("rests_on", example["page"])) in pages, sorted(pages)


# --- the shared file says the same ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(shared_data: Path) -> dict[str, Any]:
    lines = (shared_data / "crime" / "worked_examples.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def test_no_example_is_left_out(shared: dict[str, Any]) -> None:
    assert set(EXAMPLES) == set(shared)
    assert len(EXAMPLES) == 40


@pytest.mark.parametrize("id_", EXAMPLES)
def test_the_shared_example_expects_what_this_file_expects(shared: dict[str, Any], id_: str) -> None:
    row = shared[id_]

    assert EXAMPLES[id_]["page"] in row["page"]
    compare(row["expected"], EXAMPLES[id_]["stages"])


def compare(expected: Mapping[str, Any], stages: Stages) -> None:
    """Hold each thing that a shared example expects against the stages here; an expectation nobody reads fails."""
    for name, value in expected.items():
        if isinstance(value, dict):
            compare(value, [stage for stage in stages if stage["stage"] == name])
        else:
            assert stages, "the stage has no facts here"
            READERS[name](value, stages)


def _crimes(value: Any, stages: Stages) -> None:
    if isinstance(value, str):
        SENTENCES[value](stages)
        return
    for wanted in value:
        _crime(wanted, stages)
    if not value:
        assert not any(stage["expect"].get("crimes") for stage in stages)


def _crime(wanted: Mapping[str, Any], stages: Stages) -> None:
    if wanted["hocr_class"].startswith("NFIB"):
        # Recorded nationally: here it is an incident that goes there, and the note says as what.
        assert any("Report Fraud" in stage["expect"].get("incidents", ()) for stage in stages)
        return
    classes = _classes(wanted["hocr_class"])
    counts = [
        sum(count for count, class_, code in _lines(stage) if class_ in classes and wanted["ho_code"] in (None, code))
        for stage in stages
    ]
    assert wanted["count"] in counts, (wanted, counts)
    if "outcome" in wanted:
        outcome = wanted["outcome"].removeprefix("not ")
        verdict = "refused" if wanted["outcome"].startswith("not ") else "allowed"
        assert any(_answered(stage, f"outcome {outcome}", classes) == verdict for stage in stages), wanted


def _classes(phrase: str) -> set[str]:
    """Class labels in a phrase such as `19D/19G` or `assault (8N/105A by injury)`."""
    if re.fullmatch(r"\d+(/\d+|[A-Z])?", phrase):
        return {phrase}
    return set(re.findall(r"\d+[A-Z]", phrase)) or {"assault": ASSAULTS}[phrase]


def _lines(stage: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    return [
        (int(count), class_, code)
        for line in stage["expect"].get("crimes", ())
        for count, _, class_, code in [line.split(" ")]
    ]


def _answered(stage: Mapping[str, Any], asked: str, classes: set[str]) -> str | None:
    for answer in stage["expect"].get("answers", {}).values():
        request, _, verdict = answer.partition(": ")
        if request.startswith(f"{asked} on ") and request.split(" ")[-2] in classes:
            return str(verdict)
    return None


def _incidents(value: list[str], stages: Stages) -> None:
    wanted = [code.removesuffix(" incident") for code in value]
    if not wanted:
        # The example of p36 says that no N300 is needed; that every report is registered as an incident is p6 and p34.
        assert any(set(stage["expect"].get("incidents", [])) <= {"NSIR"} for stage in stages)
        return
    assert any(stage["expect"].get("incidents", []) == wanted for stage in stages)


def _reclassify(value: list[str], stages: Stages) -> None:
    assert any(" > ".join(value) in stage["expect"].get("becomes", {}).values() for stage in stages)


def _not_recorded(value: list[str], stages: Stages) -> None:
    for phrase in value:
        assert all(class_ != phrase.split(" ")[0] for stage in stages for _, class_, _ in _lines(stage))


def _conspiracy(value: str, stages: Stages) -> None:
    answers = [answer for stage in stages for answer in stage["expect"].get("answers", {}).values()]
    recorded = sum(count for stage in stages for count, class_, _ in _lines(stage) if class_ == "28I")
    assert answers == [f"outcome {value} on 28I 028/03: allowed"] * recorded


def _additional(value: list[Any], stages: Stages) -> None:
    for wanted in value:
        _crime(wanted, stages)
    if not value:
        assert not stages[-1]["expect"].get("crimes")


def _said(value: str, stages: Stages) -> None:
    SENTENCES[value](stages)


def _has(stages: Stages, name: str, part: str) -> None:
    values = [
        one
        for stage in stages
        for said in [stage["expect"].get(name, ())]
        for one in (said.values() if isinstance(said, dict) else said)
    ]
    assert any(part in one for one in values), (name, part, values)


def _harassment_only(stages: Stages) -> None:
    _has(stages, "crimes", "1 x 8L 195/94")
    _has(stages, "candidates", "8Q 195/12")


def _circumstances(stages: Stages) -> None:
    _has(stages, "duties", "Add the new crime's circumstances")
    _has(stages, "duties", "review whether")


def _one_of(classes: set[str]) -> Callable[[Stages], None]:
    def reads(stages: Stages) -> None:
        assert any(count == 1 and class_ in classes for stage in stages for count, class_, _ in _lines(stage))

    return reads


def _damage_by_a_child(stages: Stages) -> None:
    _one_of(DAMAGE)(stages)
    assert any(_answered(stage, "outcome 11", DAMAGE) == "allowed" for stage in stages)


SENTENCES: dict[str, Callable[[Stages], None]] = {
    "record rape": _one_of(RAPES),
    "record criminal damage (outcome 11 later)": _damage_by_a_child,
    "add to existing conduct crime": lambda stages: _has(stages, "under", "continuation"),
    "add circumstances to conduct crime; review for reclassification": _circumstances,
    "cancel C2": lambda stages: _has(stages, "answers", "cancel C2 on 49A 053/25: allowed"),
    "CPS referral states conduct crime disclosed": lambda stages: _has(
        stages, "duties", "Say in any referral to the CPS that a conduct crime was disclosed"
    ),
    "FCR satisfied harassment in law only; or a party under 16": _harassment_only,
    "A (force covering the most recent principal crime)": lambda stages: _has(stages, "forces", "A"),
    "Report Fraud": lambda stages: _has(stages, "notes", "NFIB52E"),
}
READERS: dict[str, Callable[[Any, Stages], None]] = {
    "crimes": _crimes,
    "additional_crimes": _additional,
    "incidents": _incidents,
    "reclassify": _reclassify,
    "not_recorded": _not_recorded,
    "all_burglaries_outcome": _conspiracy,
    "8N_outcome_allowed_1A": lambda value, stages: _has(
        stages, "answers", f"outcome 1A on 8N 008/06: {'allowed' if value else 'refused'}"
    ),
    "flags": lambda value, stages: [_has(stages, "flags", one) for one in value],
    "attempt": lambda value, stages: _has(stages, "notes", "attempted" if value else ""),
    "must": lambda value, stages: [_said(one, stages) for one in value],
    "action": _said,
    "unless": _said,
    "recording_force": _said,
    "recorded_by": _said,
}
