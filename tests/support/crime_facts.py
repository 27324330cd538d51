"""Reports for the crime engine out of YAML, and decisions in the words such files expect. Nobody in them exists."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from backbeat.crime.deciding import decide
from backbeat.crime.decision import Decision
from backbeat.crime.facts_json import read_facts
from backbeat.crime.model import Report
from backbeat.crime.replaying import replay
from backbeat.crime.rules import RulesShelf, open_rules
from backbeat.rulebook import Node

FORMAT = "backbeat.crime.facts/1"
RECEIVED = "2026-05-01T09:30:00+01:00"
ORDINARY = {
    "reported_by": "victim",
    "amounts_to_crime": "yes",
    "contrary_evidence": "no",
    "another_force_recording": "no",
    "reporter_impaired": "no",
    "police_on_duty_complaint": "no",
    "nca_hold": "no",
    "investigation_by": "police",
    "school_premises_and_hours": "no",
    "suspect_was_in": "this-force",
    "points_to_prove": "yes",
    "offender_role_critical": "no",
    "disorder_over": "no",
}
"""A report that nothing speaks against: the victim tells the force in whose area it was of what amounts to a crime."""


def load_yaml(path: Path) -> Any:
    """A YAML file with days as FACTS.json writes them."""
    return _plain(yaml.safe_load(path.read_text(encoding="utf-8")))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def facts_of(
    allegations: Iterable[Mapping[str, Any]],
    parties: Iterable[Mapping[str, Any]] = (),
    *,
    facts: Mapping[str, Any] | None = None,
    received_at: str = RECEIVED,
    **more: Any,
) -> dict[str, Any]:
    """FACTS.json around allegations: an ordinary report, and a party for everybody they name."""
    given = list(allegations)
    known = {party["id"]: dict(party) for party in parties}
    for one in given:
        for name in (*one.get("victims", ()), *one.get("offenders", ())):
            known.setdefault(name, {"id": name})
    return {
        "format": FORMAT,
        "report": {
            "reference": "REF-1",
            "received_at": received_at,
            "force": more.pop("force", "northshire"),
            "facts": {name: value for name, value in {**ORDINARY, **(facts or {})}.items() if value != "-"},
        },
        "parties": list(known.values()),
        "allegations": given,
        **more,
    }


def decided(facts: Mapping[str, Any], shelf: RulesShelf | None = None) -> Decision:
    """The decision on facts; it must come out the same when replayed from its bytes."""
    shelf = shelf or open_rules()
    report, rules = read_facts(facts, shelf)
    decision = decide(rules, report)
    again = replay(decision.to_json(), shelf)
    assert again, again.differs
    return decision


def summary(decision: Decision) -> dict[str, Any]:
    """A decision as the case files expect it; what is empty is left out."""
    answers = {one.request: f"{_asked(decision.report, one.request)}: {one.verdict}" for one in decision.answers}
    said = {
        "state": str(decision.state),
        "crimes": [f"{one.count} x {one.offence.label}" for one in decision.crimes],
        "incidents": [one.code for one in decision.incidents],
        "under": {one.allegation: f"{one.offence.label} under {one.under} {one.rule}" for one in decision.not_counted},
        "candidates": sorted({one.label for referral in decision.referrals for one in referral.candidates}),
        "becomes": {one.allegation: f"{one.stands_as} > {one.becomes}" for one in decision.reclassifications},
        "answers": answers,
        "flags": [one.flag for one in decision.flags],
        "asks": sorted({one.fact for one in decision.questions}),
    }
    return {name: value for name, value in said.items() if value}


def _asked(report: Report, request_id: str) -> str:
    request = next(one for one in report.requests if one.id == request_id)
    code, _, class_ = request.wanted.partition(" ")
    wanted = f"{class_} {code}" if class_ else code
    if request.kind == "reclassify":
        wanted = request.wanted
    return f"{request.kind} {wanted} on {request.offence.class_} {request.offence.code}"


def check(decision: Decision, expect: Mapping[str, Any]) -> None:
    """Whether a decision is what a case expects; of `asks`, `notes`, `duties` and `forces` those named are enough."""
    said = summary(decision)
    why = "\n".join(decision.explanation.lines())
    for name in ("crimes", "incidents", "under", "candidates", "becomes", "answers", "flags"):
        assert said.get(name) == (expect.get(name) or None), f"{name}: {said}\n{why}"
    if "state" in expect:
        assert said["state"] == expect["state"], f"{said}\n{why}"
    if "asks" in expect:
        assert set(expect["asks"]) <= set(said.get("asks", ())), said
    else:
        assert "asks" not in said, said
    for name, sentences in (("notes", decision.notes), ("duties", [duty.what for duty in decision.duties])):
        for part in expect.get(name, ()):
            assert any(part in sentence for sentence in sentences), (name, part, sentences)
    forces = {one: crime.recording_force for crime in decision.crimes for one in crime.allegations}
    for allegation, force in expect.get("forces", {}).items():
        assert forces[allegation] == force


def offence_of(label: str) -> dict[str, str]:
    """`008/06 8N` as FACTS.json names an offence."""
    code, class_ = label.split(" ")
    return {"code": code, "class": class_}


def cited_pages(decision: Decision) -> set[str]:
    """Every page that a decision cites: in its explanation, for its duties, and for its answers to requests."""
    told = {node.page for node in nodes_of(decision.explanation) if node.page}
    reasons = {source.page for answer in decision.answers for _, source in answer.reasons}
    return told | reasons | {duty.source.page for duty in decision.duties}


def nodes_of(node: Node) -> Iterator[Node]:
    """A sentence of an explanation and all under it."""
    yield node
    for child in node.children:
        yield from nodes_of(child)
