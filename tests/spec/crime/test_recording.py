"""Whether, where and by whom: each case of `cases_recording.yaml` against the steps of the edition."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from backbeat.crime.authority import duties
from backbeat.crime.classifying import classify
from backbeat.crime.fact_types import fact_types
from backbeat.crime.model import Allegation, NamedOffence, Party, PartyKind, Report
from backbeat.crime.recording import Recording, whether
from backbeat.crime.resolving import Scope, scope_of
from backbeat.crime.routing import Place, place
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import Result

DOCUMENT = yaml.safe_load((Path(__file__).parent / "cases_recording.yaml").read_text(encoding="utf-8"))
BASES, CASES = DOCUMENT["bases"], DOCUMENT["cases"]
RECEIVED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
FORCE = "northshire"
TEXTS = {"rules": "crime-recording-rules-2026_27-April-v2.txt", "schools": "crime-recording-schools-protocol.txt"}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(RECEIVED.date())


def read(rules: Rules, case: dict[str, Any]) -> tuple[Report, Allegation]:
    base = BASES[case["base"]]
    types = fact_types(rules)
    given = {**base["facts"], **case["change"], **case.get("facts_also", {})}
    facts = {name: types[name].read(value) for name, value in given.items() if value != "-"}
    parties = {"o1": Party("o1", age=case.get("offender_age"))}
    kind = case.get("victim", base.get("victim"))
    if kind:
        parties["v1"] = Party("v1", PartyKind(kind), 30 if kind == "person" else None)
    code, class_ = case.get("offence", base["offence"]).split(" ")
    victims = ("v1",) if kind else ()
    allegation = Allegation("a1", "named", NamedOffence(code, class_), victims, ("o1",), facts=facts)
    return Report("REF-1", RECEIVED, FORCE, parties, {}, (allegation,)), allegation


def decide(rules: Rules, case: dict[str, Any]) -> tuple[Scope, Recording, Place]:
    report, allegation = read(rules, case)
    classified = classify(rules, allegation, scope_of(rules, report, allegation))
    scope = scope_of(rules, report, allegation, classified.offence)
    return scope, whether(rules, scope, classified), place(rules, report, allegation, scope)


def said(found: Recording) -> list[str]:
    return [line for one in found.why if isinstance(one, Result) for line in one.explanation.lines()]


def words(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_report_is_recorded_as_the_rules_say(rules: Rules, case: dict[str, Any]) -> None:
    scope, found, where = decide(rules, case)

    assert words(found.verdict, found.incident) == case["expect"], said(found)
    assert bool(found.questions) == (found.verdict == "open")
    if found.verdict in ("incident", "later", "refer"):
        assert found.source is not None
        assert found.source.page == str(case.get("cites", case["page"])), found.because
    if "place" in case:
        assert words(where.verdict, where.incident) == case["place"]
        assert bool(where.questions) == (where.verdict == "open" or "asks" in case)
    for name in ("principle", "force"):
        if name in case:
            assert getattr(where, name) == case[name]
    if "asks" in case:
        assert [question.fact for question in where.questions] == [case["asks"]]
    if "duty" in case:
        assert case["duty"] in [duty.what for duty in duties(rules, scope, found, where)]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_question_can_be_answered(rules: Rules, case: dict[str, Any]) -> None:
    """No step asks a person for what another step finds out."""
    _, found, where = decide(rules, case)
    known = {*fact_types(rules), "age", "sex"}

    assert {question.fact for question in (*found.questions, *where.questions)} <= known
    assert all(question.source for question in (*found.questions, *where.questions))


def test_a_referral_names_two_ways_with_their_pages(rules: Rules) -> None:
    referred = []
    for case in CASES:
        _, found, where = decide(rules, case)
        referred += [one.referral for one in (found, where) if one.verdict == "refer"]

    assert len(referred) >= 6
    for referral in referred:
        assert referral is not None
        assert len(referral.candidates) >= 2
        assert all(candidate.source.page for candidate in referral.candidates)


def test_the_words_of_a_case_stand_on_its_page(shared_data: Path) -> None:
    folder = shared_data / "crime" / "rules_2026_27"
    pages: dict[tuple[str, str], str] = {}
    for document, name in TEXTS.items():
        parts = re.split(r"^=== p(\d+) ===\s*$", (folder / name).read_text(encoding="utf-8"), flags=re.M)
        for number, text in zip(parts[1::2], parts[2::2], strict=True):
            pages[document, number] = " ".join(text.split())
    wrong = [
        case["id"] for case in CASES if case["words"] not in pages[case.get("document", "rules"), str(case["page"])]
    ]

    assert not wrong
