"""How many crimes a report makes, case by case from the rules, through the whole engine."""

import re
from pathlib import Path
from typing import Any

import pytest
from crime_facts import check, decided, facts_of, load_yaml, offence_of

CASES = load_yaml(Path(__file__).parent / "cases_counting.yaml")
TEXT = "crime/rules_2026_27/crime-recording-rules-2026_27-April-v2.txt"
NAMES = {"to": "victims", "by": "offenders", "at": "place", "day": "on", "force": "force", "facts": "facts"}


def allegation_of(id_: str, given: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": id_, "act": given.get("act", "named")}
    if "is" in given:
        made["offence"] = {**offence_of(given["is"]), "offence": given.get("text", "")}
    for short, name in NAMES.items():
        if short in given:
            made[name] = given[short].split(" ") if short in ("to", "by") else given[short]
    return made


def facts_for(case: dict[str, Any]) -> dict[str, Any]:
    allegations = [allegation_of(id_, given) for id_, given in case["a"].items()]
    recorded = [{**one, "offence": offence_of(one["offence"])} for one in case.get("recorded", ())]
    parties = [*case.get("parties", ())]
    facts = {"former_partner": "no", **case.get("facts", {})}
    more = {"force": case["force"]} if "force" in case else {}
    return facts_of(allegations, parties, facts=facts, recorded=recorded, **more)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_report_makes_the_crimes_the_rules_say(case: dict[str, Any]) -> None:
    check(decided(facts_for(case)), case["expect"])


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_allegation_of_a_case_is_accounted_for(case: dict[str, Any]) -> None:
    decision = decided(facts_for(case))
    accounted = {
        *(id_ for crime in decision.crimes for id_ in crime.allegations),
        *(id_ for incident in decision.incidents for id_ in incident.allegations),
        *(one.allegation for one in decision.not_counted),
        *(about.removeprefix("allegation:") for one in decision.referrals for about in one.about),
    }

    assert accounted == set(case["a"]) or decision.questions


def test_the_words_of_a_case_stand_on_its_page(shared_data: Path) -> None:
    parts = re.split(r"^=== p(\d+) ===\s*$", (shared_data / TEXT).read_text(encoding="utf-8"), flags=re.M)
    pages = {number: " ".join(text.split()) for number, text in zip(parts[1::2], parts[2::2], strict=True)}

    assert not [case["id"] for case in CASES if case["words"] not in pages[str(case["page"])]]


def test_there_are_many_cases_each_with_a_name_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 60
