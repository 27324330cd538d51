"""Violence and offences against the state: what the tables make of what happened, pages 34 to 49 and 86 to 97."""

import re
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import UNKNOWN, Value
from backbeat.rulebook.table import Row, Table

CASES = yaml.safe_load((Path(__file__).parent / "cases_violence.yaml").read_text(encoding="utf-8"))
ACTS = (
    "assault bail breach child-cruelty death disorder dog driving drugs fgm flashing-images forced-marriage justice "
    "kidnap prison proceeds-of-crime prostitution public-order road-danger self-harm slavery spiking threat weapon "
    "weapon-threat"
).split()
TEXT = "crime/rules_2026_27/crime-recording-rules-2026_27-April-v2.txt"
PLAIN_INCIDENTS = {"CRI", "NSIR", "none"}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> dict[str, str]:
    """Text of each page of the rules, blanks run together."""
    parts = re.split(r"=== p(\d+) ===", (shared_data / TEXT).read_text(encoding="utf-8"))
    return {number: _one_line(text) for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def table_id(act: str) -> str:
    return "classify_" + act.replace("-", "_")


def table_of(rules: Rules, act: str) -> Table:
    return rules.edition.tables[table_id(act)]


def decide(rules: Rules, act: str, facts: dict[str, Any]) -> dict[str, Value] | None:
    """The outputs that are set, or None while undecided."""
    table = table_id(act)
    outcome = rules.edition.decide(table, rules.edition.read_facts(table, facts)).outcome
    return None if outcome is None else {name: value for name, value in outcome.items() if value is not None}


def said(outcome: dict[str, Value] | None) -> str:
    """As the cases write it."""
    if outcome is None:
        return "undecided"
    if "code" in outcome:
        return f"{outcome['code']} {outcome['class']}"
    return str(outcome.get("incident") or outcome["candidates"])


def every_row(rules: Rules) -> list[tuple[Table, Row, dict[str, Value]]]:
    """All rows of this part of the rules, with their outputs by name."""
    return [
        (table, row, dict(zip((output.name for output in table.outputs), row.outputs, strict=True)))
        for table in (table_of(rules, act) for act in ACTS)
        for row in (*table.rows, *((table.default,) if table.default else ()))
    ]


def labels_of(outputs: dict[str, Value]) -> list[str]:
    if outputs["candidates"]:
        return str(outputs["candidates"]).split("|")
    return [f"{outputs['code']} {outputs['class']}"] if outputs["code"] else []


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


# --- the cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_is_what_the_rules_say(rules: Rules, case: dict[str, Any]) -> None:
    outcome = decide(rules, case["act"], case["facts"])

    assert said(outcome) == case["expect"]
    for name in ("also", "flags", "note"):
        if name in case:
            assert outcome is not None
            assert outcome[name] == case[name]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_words_of_a_case_stand_on_its_page(pages: dict[str, str], case: dict[str, Any]) -> None:
    assert case["words"] in pages[str(case["page"])]


def test_an_answer_left_out_never_turns_a_decision_round(rules: Rules) -> None:
    for case in CASES:
        for name in case["facts"]:
            fewer = {one: value for one, value in case["facts"].items() if one != name}
            assert said(decide(rules, case["act"], fewer)) in {"undecided", case["expect"]}, (case["id"], name)


def test_every_act_has_a_case(rules: Rules) -> None:
    assert {case["act"] for case in CASES} == set(ACTS)
    assert len({case["id"] for case in CASES}) == len(CASES)


# --- the tables as a whole --------------------------------------------------------------------------------------------


def test_every_row_says_one_thing(rules: Rules) -> None:
    for table, row, outputs in every_row(rules):
        ways = [bool(outputs["code"] and outputs["class"]), bool(outputs["incident"]), bool(outputs["candidates"])]
        assert ways.count(True) == 1, (table.id, row.id)
        assert bool(outputs["code"]) == bool(outputs["class"]), (table.id, row.id)


def test_every_offence_named_is_in_force_in_the_offence_list(rules: Rules) -> None:
    listed = {f"{row['code']} {row['class']}" for row in rules.rows("offences") if row["current"] == "yes"}

    assert {label for _, _, outputs in every_row(rules) for label in labels_of(outputs)} <= listed


def test_a_referral_has_two_candidates_and_a_second_source(rules: Rules) -> None:
    referring = [(row, outputs) for _, row, outputs in every_row(rules) if outputs["candidates"]]

    assert len(referring) >= 20
    for row, outputs in referring:
        assert len(set(labels_of(outputs))) >= 2, row.id
        assert re.fullmatch(r"rules p\d+", str(outputs["also"])), row.id


def test_incidents_and_flags_are_those_the_edition_lists(rules: Rules) -> None:
    incidents = PLAIN_INCIDENTS | {"N" + row["code"] for row in rules.rows("incidents")}
    flags = {row["flag"] for row in rules.rows("flags")}

    for table, row, outputs in every_row(rules):
        assert outputs["incident"] is None or outputs["incident"] in incidents, (table.id, row.id)
        assert outputs["flags"] is None or set(str(outputs["flags"]).split("|")) <= flags, (table.id, row.id)


def test_every_row_is_reached(rules: Rules) -> None:
    for act in ACTS:
        table = table_of(rules, act)
        diagram, root = table.hits
        assert diagram.restrict(root, [None] * len(table.inputs)).labels == set(range(len(table.rows))), act


def test_every_row_quotes_the_page_it_cites(rules: Rules, pages: dict[str, str]) -> None:
    for table, row, _ in every_row(rules):
        if row.document != "rules":
            continue
        quoted = re.findall("‘(.+?)’", row.why)
        assert quoted, (table.id, row.id)
        assert [words for words in quoted if words not in pages[row.page]] == [], (table.id, row.id, row.page)


def test_rows_of_the_offence_list_cite_the_row_of_their_offence(rules: Rules) -> None:
    stands = {(row["code"], row["class"], row["page"]) for row in rules.rows("offences")}

    for table, row, outputs in every_row(rules):
        if row.document == "nol":
            assert (outputs["code"], outputs["class"], row.page) in stands, (table.id, row.id)


def test_a_person_can_pick_every_act_and_is_asked_in_plain_words(rules: Rules) -> None:
    for act in ACTS:
        assert rules.acts[act].table == table_id(act)
        for input_ in table_of(rules, act).inputs:
            if input_.question:
                assert rules.askings[input_.name].text == input_.question, (act, input_.name)
            else:
                assert input_.name in {"victim_age", "offender_age"}, (act, input_.name)


# --- rules that hold over many answers --------------------------------------------------------------------------------

INJURIES = "none lasting-pain minor shock broken-nose broken-finger-or-toe wound broken-bone serious".split()


@pytest.mark.parametrize(("role", "class_"), [("other", "5D"), ("constable", "8S"), ("emergency-worker", "8T")])
def test_intent_and_not_the_wound_makes_section_18(rules: Rules, role: str, class_: str) -> None:
    for injury, other in product(INJURIES, ("yes", "no")):
        facts = {"intended_serious_harm": "yes", "victim_role": role, "on_duty": "yes", "injury": injury}
        facts |= {"strangled": other, "racially_or_religiously_aggravated": other}
        assert said(decide(rules, "assault", facts)) == f"005/01 {class_}"


def test_any_injury_is_more_than_assault_without_injury(rules: Rules) -> None:
    without = {"105A", "105B", "104"}
    for injury, strangled, role, aggravated in product(
        INJURIES, ("yes", "no"), ("other", "constable", "emergency-worker"), ("yes", "no")
    ):
        facts = {"intended_serious_harm": "no", "victim_role": role, "on_duty": "yes", "strangled": strangled}
        outcome = decide(
            rules, "assault", {**facts, "injury": injury, "racially_or_religiously_aggravated": aggravated}
        )
        assert outcome is not None
        classes = {label.split(" ")[1] for label in said(outcome).split("|")}
        assert (classes <= without) == (injury == "none" and strangled == "no"), (injury, strangled, role)


def test_a_broken_finger_is_always_the_registrars(rules: Rules) -> None:
    for role, aggravated in product(("other", "constable", "emergency-worker"), ("yes", "no")):
        facts = {"intended_serious_harm": "no", "victim_role": role, "on_duty": "yes", "strangled": "no"}
        facts |= {"injury": "broken-finger-or-toe", "racially_or_religiously_aggravated": aggravated}
        outcome = decide(rules, "assault", facts)
        assert outcome is not None
        assert outcome.get("candidates"), facts


def test_driving_that_is_not_made_out_waits_as_an_incident(rules: Rules) -> None:
    for result, standard, impairment in product(
        ("death", "serious-injury", "none"), ("dangerous", "careless", "neither"), ("none", "drink-or-drugs")
    ):
        facts = {"driving_result": result, "driving_standard": standard, "driver_impairment": impairment}
        facts |= {"driving_made_out": "no", "vehicle_stolen": "no", "driver_status": "licensed"}
        assert said(decide(rules, "driving", facts)) in {"N300/04", "CRI", "NSIR"}, facts


def test_an_untested_drug_is_an_attempt_only_on_admission(rules: Rules) -> None:
    drugs = [word for word in table_of(rules, "drugs").inputs[1].type.choices if word != "cannabis"]

    assert len(drugs) == 19
    for drug in drugs:
        tested = {"drug_activity": "possession", "drug": drug, "drug_tested": "yes"}
        untested = {**tested, "drug_tested": "no", "drug_admitted": "yes"}
        attempt, whole = decide(rules, "drugs", untested), decide(rules, "drugs", tested)
        assert said(attempt) == said(whole)
        assert attempt is not None
        assert "attempted" in str(attempt["note"])
        assert said(decide(rules, "drugs", {**untested, "drug_admitted": "no"})) == "NSIR"


def test_every_drug_and_activity_has_a_code_of_its_own(rules: Rules) -> None:
    inputs = {input_.name: input_.type.choices for input_ in table_of(rules, "drugs").inputs}
    by_drug = {"possession", "intent-to-supply", "supply", "production", "premises"}

    found = [
        said(decide(rules, "drugs", {"drug_activity": activity, "drug": drug, "drug_tested": "yes"}))
        for activity, drug in product(by_drug, inputs["drug"])
    ]
    assert len(set(found)) == len(by_drug) * len(inputs["drug"]) == 100


def test_a_threat_to_kill_by_message_comes_out_alike_as_a_threat_and_as_a_message(rules: Rules) -> None:
    for meant, severe, behaviour in product(("intended", "reckless"), ("yes", "no"), ("fear-of-violence", "none")):
        shared = {"threat_meant_to_be_feared": meant, "severe_threat_to_kill": severe, "behaviour": behaviour}
        threat = decide(rules, "threat", {**shared, "threat_to_kill": "yes", "by_message": "yes"})
        message = {**shared, "part_of_course_of_conduct": "no", "message_threat": "death"}
        known = {name: message[name] for name in message if name in table_of(rules, "communication").by_name}
        assert said(threat) == said(decide(rules, "communication", known)), shared


def test_unknown_is_an_answer_only_where_a_page_says_what_it_means(rules: Rules) -> None:
    answers = {(act, i.name) for act in ACTS for i in table_of(rules, act).inputs if i.unknown_answers}

    assert answers == {("spiking", "spiking_intent"), ("fgm", "fgm_role")}
    assert rules.edition.decide("classify_spiking", {"spiking_intent": UNKNOWN}).outcome is not None
