"""Property, vehicles, damage and fraud: what the tables make of what happened, pages 72 to 86, 97 and 98."""

import re
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import YES, Value
from backbeat.rulebook.table import Row, Table

CASES = yaml.safe_load((Path(__file__).parent / "cases_property.yaml").read_text(encoding="utf-8"))
ACTS = (
    "arson burglary cycle damage electricity equipped fraud handling mail making-off pet robbery shop theft "
    "threat-damage vehicle"
).split()
TABLES = [*(f"classify_{act}" for act in ACTS), "fraud_route", "flags"]
DERIVED = {
    *("victim_age", "offender_age", "victim_kind", "has_victim"),
    *("offence_class", "offence_code", "is_violence", "is_robbery", "is_sexual"),
}
INCIDENTS = {"CRI", "NSIR", "Report Fraud", "none"}
TEXTS = {"rules": "crime-recording-rules-2026_27-April-v2.txt", "nfib": "nfib-fraud-april-2026.txt"}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> dict[tuple[str, str], str]:
    """Text by document and page, blanks run together."""
    found = {}
    for document, name in TEXTS.items():
        parts = re.split(r"=== p(\d+) ===", (shared_data / "crime/rules_2026_27" / name).read_text(encoding="utf-8"))
        for number, text in zip(parts[1::2], parts[2::2], strict=True):
            found[document, number] = in_one_line(text)
    return found


@pytest.fixture(scope="module")
def listed(rules: Rules) -> dict[str, str]:
    """Text of each row of the offence list, by its page."""
    return {row["page"]: in_one_line(f"{row['offence']} {row['category']}") for row in rules.rows("offences")}


def in_one_line(text: str) -> str:
    """Blanks run together, one kind of quotation mark and no capitals: the copy has some of each."""
    return re.sub(r"\s+", " ", text).replace("‘", "'").replace("’", "'").casefold()


def decide(rules: Rules, table: str, facts: dict[str, Any]) -> dict[str, Value] | None:
    """The outputs that are set, or None while undecided."""
    outcome = rules.edition.decide(table, rules.edition.read_facts(table, facts)).outcome
    return None if outcome is None else {name: value for name, value in outcome.items() if value is not None}


def said(outcome: dict[str, Value] | None) -> str:
    """As the cases write it."""
    if outcome is None:
        return "undecided"
    if "code" in outcome:
        return f"{outcome['code']} {outcome['class']}"
    return str(outcome.get("incident") or outcome["candidates"])


def what_is(rules: Rules, act: str, **facts: str) -> str:
    return said(decide(rules, f"classify_{act}", facts))


def classified_rows(rules: Rules) -> list[tuple[Table, Row, dict[str, Value]]]:
    """All rows that classify, with their outputs by name."""
    return [
        (table, row, dict(zip((output.name for output in table.outputs), row.outputs, strict=True)))
        for table in (rules.edition.tables[f"classify_{act}"] for act in ACTS)
        for row in table.rows
    ]


def labels_of(outputs: dict[str, Value]) -> list[str]:
    if outputs["candidates"]:
        return str(outputs["candidates"]).split("|")
    return [f"{outputs['code']} {outputs['class']}"] if outputs["code"] else []


# --- the cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_is_what_the_rules_say(rules: Rules, case: dict[str, Any]) -> None:
    assert what_is(rules, case["act"], **case["facts"]) == case["expect"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_words_of_a_case_stand_on_its_page(
    pages: dict[tuple[str, str], str], listed: dict[str, str], case: dict[str, Any]
) -> None:
    document, page = case.get("document", "rules"), str(case["page"])
    text = listed[page] if document == "nol" else pages[document, page]
    assert in_one_line(case["words"]) in text


def test_an_answer_left_out_never_turns_a_decision_round(rules: Rules) -> None:
    for case in CASES:
        for name in case["facts"]:
            fewer = {one: value for one, value in case["facts"].items() if one != name}
            assert what_is(rules, case["act"], **fewer) in {"undecided", case["expect"]}, (case["id"], name)


def test_every_act_has_a_case(rules: Rules) -> None:
    assert {case["act"] for case in CASES} == set(ACTS)
    assert len({case["id"] for case in CASES}) == len(CASES)


# --- the tables as a whole --------------------------------------------------------------------------------------------


def test_every_row_says_one_thing(rules: Rules) -> None:
    for table, row, outputs in classified_rows(rules):
        ways = [bool(outputs["code"] and outputs["class"]), bool(outputs["incident"]), bool(outputs["candidates"])]
        assert ways.count(True) == 1, (table.id, row.id)
        assert bool(outputs["code"]) == bool(outputs["class"]), (table.id, row.id)
        assert outputs["incident"] is None or outputs["incident"] in INCIDENTS, (table.id, row.id)


def test_every_offence_named_is_in_force_in_the_offence_list(rules: Rules) -> None:
    current = {f"{row['code']} {row['class']}" for row in rules.rows("offences") if row["current"] == "yes"}

    assert {label for _, _, outputs in classified_rows(rules) for label in labels_of(outputs)} <= current


def test_a_referral_has_two_candidates_and_a_second_source(rules: Rules) -> None:
    referring = [(table, row, outputs) for table, row, outputs in classified_rows(rules) if outputs["candidates"]]

    assert len(referring) >= 20
    for table, row, outputs in referring:
        assert len(set(labels_of(outputs))) >= 2, (table.id, row.id)
        assert re.fullmatch(r"rules p\d+|nol row \d+", str(outputs["also"])), (table.id, row.id)


def test_every_row_quotes_the_page_it_cites(
    rules: Rules, pages: dict[tuple[str, str], str], listed: dict[str, str]
) -> None:
    for name in TABLES:
        for row in rules.edition.tables[name].rows:
            text = listed[row.page] if row.document == "nol" else pages[row.document, row.page]
            quoted = re.findall(r"‘((?:[^’]|’(?=[a-z]))+)’", row.why)
            assert quoted, (name, row.id)
            assert [words for words in quoted if in_one_line(words) not in text] == [], (name, row.id, row.page)


def test_rows_of_the_offence_list_cite_the_row_of_their_offence(rules: Rules) -> None:
    stands = {(row["code"], row["class"], row["page"]) for row in rules.rows("offences")}

    for table, row, outputs in classified_rows(rules):
        if row.document == "nol":
            assert (outputs["code"], outputs["class"], row.page) in stands, (table.id, row.id)


def test_a_person_can_pick_every_act_and_is_asked_in_plain_words(rules: Rules) -> None:
    for act in ACTS:
        assert rules.acts[act].table == f"classify_{act}"
    for name in TABLES:
        for input_ in rules.edition.tables[name].inputs:
            if input_.name in DERIVED:
                assert not input_.question, (name, input_.name)
            else:
                assert rules.askings[input_.name].text == input_.question, (name, input_.name)


# --- rules that hold over many answers --------------------------------------------------------------------------------

FORCE = {"theft_force_when": "before-or-during", "anything_taken": "yes"}
UNARMED = {"theft_force": "none", "weapon_carried": "no", "occupant_tricked": "no"}


@pytest.mark.parametrize("act", ["robbery", "theft", "shop", "burglary"])
@pytest.mark.parametrize("force", ["person", "threat"])
@pytest.mark.parametrize(("goods", "expected"), [("personal", "034/01 34B"), ("business", "034/01 34A")])
def test_force_in_order_to_steal_is_robbery_whatever_the_theft_would_have_been(
    rules: Rules, act: str, force: str, goods: str, expected: str
) -> None:
    table = rules.edition.tables[f"classify_{act}"]
    facts = {"theft_force": force, "goods_robbed": goods, **FORCE}
    asked = {name: value for name, value in facts.items() if name in table.by_name}
    assert what_is(rules, act, **asked) == expected


# The table of page 75, cell by cell: rows are premises, columns how they were lived in.
HABITATION = "owner long-stay short-stay vacant-habitable vacant-not-habitable".split()
PAGE_75 = {
    "house-or-flat": "28I 28I 28I 28I 28I",
    "room-in-institution": "28I 28I 28I 28I 28I",
    "hotel-or-holiday-room": "28I 28I 30C 30C 30C",
    "caravan-or-cruiser": "28I 28I 30C 49 49",
}
CODES = {"28I": "028/03", "30C": "030/02", "49": "049/10"}


@pytest.mark.parametrize("premises", sorted(PAGE_75))
def test_break_ins_follow_the_table_of_page_75(rules: Rules, premises: str) -> None:
    for habitation, class_ in zip(HABITATION, PAGE_75[premises].split(), strict=True):
        facts = {**UNARMED, "break_in": "entered", "premises": premises, "habitation": habitation}
        assert what_is(rules, "burglary", **facts) == f"{CODES[class_]} {class_}", habitation


@pytest.mark.parametrize(
    ("premises", "done", "attempted", "tricked", "tried_to_trick", "armed"),
    [
        ("house-or-flat", "28I", "28J", "28K", "28L", "29B"),
        ("outbuilding", "28M", "28N", "28O", "28P", "29C"),
        # There is no distraction burglary of a business (p74).
        ("business-or-community", "30C", "30D", "30C", "30D", "31A"),
    ],
)
def test_each_kind_of_premises_has_its_five_classes(
    rules: Rules, premises: str, done: str, attempted: str, tricked: str, tried_to_trick: str, armed: str
) -> None:
    def class_of(**more: str) -> str:
        return what_is(rules, "burglary", **{**UNARMED, "premises": premises, **more}).split(" ")[1]

    assert class_of(break_in="entered") == done
    assert class_of(break_in="attempted") == attempted
    assert class_of(break_in="entered", occupant_tricked="yes") == tricked
    assert class_of(break_in="attempted", occupant_tricked="yes") == tried_to_trick
    for trick in ("yes", "no"):
        assert class_of(break_in="entered", weapon_carried="yes", occupant_tricked=trick) == armed


def test_an_electric_cycle_is_a_pedal_cycle_only_within_all_three_limits(rules: Rules) -> None:
    for pedals, power, speed in product(("yes", "no"), repeat=3):
        facts = {"cycle_pedals_needed": pedals, "cycle_power_within": power, "cycle_speed_within": speed}
        within = (pedals, power, speed) == ("yes", "yes", "yes")
        expected = "044/00 44" if within else "048/01 48"
        assert what_is(rules, "cycle", cycle_kind="electric-cycle", meant_to_keep="yes", **facts) == expected
        # The act for vehicles gives the same answer.
        taken = {
            "vehicle_done": "taken",
            "vehicle_kind": "electric-cycle",
            "meant_to_keep": "yes",
            "avt_dangerous": "no",
        }
        known = dict.fromkeys(("avt_death", "avt_injury", "avt_property_damage", "avt_vehicle_damage"), "no")
        assert what_is(rules, "vehicle", **taken, **known, **facts) == expected


def test_what_is_not_known_when_recording_does_not_aggravate_a_taking(rules: Rules) -> None:
    for answer in ("no", "unknown"):
        known = dict.fromkeys(("avt_death", "avt_injury", "avt_property_damage", "avt_vehicle_damage"), answer)
        danger = {"avt_dangerous": answer, "meant_to_keep": "yes"}
        assert what_is(rules, "vehicle", vehicle_done="taken", vehicle_kind="motor-vehicle", **known, **danger) == (
            "048/01 48"
        )


def test_dangerous_driving_alone_shows_the_registrar_both_pages(rules: Rules) -> None:
    known = dict.fromkeys(("avt_death", "avt_injury", "avt_property_damage", "avt_vehicle_damage"), "no")
    facts = {"vehicle_done": "taken", "vehicle_kind": "motor-vehicle", "meant_to_keep": "yes", **known}
    table = "classify_vehicle"
    result = rules.edition.decide(table, rules.edition.read_facts(table, {**facts, "avt_dangerous": "alleged"}))
    assert result.outcome is not None
    assert result.outcome["candidates"] == "048/01 48|037/02 37/2"
    assert result.prevails is not None
    assert (result.prevails.page, result.outcome["also"]) == ("75", "rules p97")


KINDS = {"home": "58A", "building-apart": "58A", "business-building": "58B", "vehicle": "58C", "other": "58D"}


@pytest.mark.parametrize(("damaged", "class_"), sorted(KINDS.items()))
def test_damage_has_the_class_of_the_property_and_the_code_of_its_cost(rules: Rules, damaged: str, class_: str) -> None:
    facts = {"easily_cleaned": "no", "damage_owner": "another", "damage_by_fire": "no", "damage_to": damaged}
    plain = {"attempt_likelier_than_damage": "no", "racially_or_religiously_aggravated": "no"}
    for over, code in (("yes", "058/00"), ("no", "149/00")):
        more = {**facts, **plain, "damage_5000_or_more": over}
        assert what_is(rules, "damage", life_endangered="no", **more) == f"{code} {class_}"
        assert what_is(rules, "damage", life_endangered="yes", **more) == f"057/00 {class_}"
    aggravated = {**facts, **plain, "racially_or_religiously_aggravated": "yes"}
    assert what_is(rules, "damage", life_endangered="no", **aggravated) == "058/04 58J"


def test_a_fire_is_the_same_arson_under_either_act(rules: Rules) -> None:
    facts = {"easily_cleaned": "no", "damage_owner": "another", "damage_by_fire": "yes"}
    for endangered in ("yes", "no"):
        assert what_is(rules, "damage", life_endangered=endangered, **facts) == what_is(
            rules, "arson", meant_to_kill="no", life_endangered=endangered
        )


def test_what_is_never_referred_to_report_fraud_has_a_code_of_its_own(rules: Rules) -> None:
    local = {row["selector"] for row in rules.rows("sets") if row["set"] == "fraud-local"}
    coded = {str(outputs["class"]) for table, _, outputs in classified_rows(rules) if table.id == "classify_fraud"}
    assert local - {"49A"} <= coded  # making off is an act of its own


# --- whether a fraud is recorded locally too, p97 and pages 3 and 6 of the fraud rules --------------------------------

QUIET = dict.fromkeys(
    "offender_arrested committing_or_recently_committed local_suspect passed_by_nfib pnc_registered_item".split(), "no"
)


@pytest.mark.parametrize(
    ("change", "local", "refer", "pnc"),
    [
        ({}, "no", "yes", "no"),
        ({"offender_arrested": "yes"}, "yes", "yes", "no"),
        # Example 1 of page 3: the accountant is known. Examples 2 to 4: at the till, on the way, in the branch.
        ({"local_suspect": "yes"}, "yes", "yes", "no"),
        ({"committing_or_recently_committed": "yes"}, "yes", "yes", "no"),
        ({"passed_by_nfib": "yes"}, "yes", "no", "no"),
        ({"pnc_registered_item": "yes"}, "no", "yes", "yes"),
        ({"local_suspect": "yes", "pnc_registered_item": "yes"}, "yes", "yes", "yes"),
    ],
)
def test_a_call_for_service_is_recorded_locally_too(
    rules: Rules, change: dict[str, str], local: str, refer: str, pnc: str
) -> None:
    outcome = decide(rules, "fraud_route", {**QUIET, **change})
    assert outcome is not None
    assert [getattr(outcome[name], "value", None) for name in ("local", "refer", "pnc")] == [local, refer, pnc]


def test_an_open_suspect_keeps_the_route_open(rules: Rules) -> None:
    facts = {name: value for name, value in QUIET.items() if name != "local_suspect"}
    assert decide(rules, "fraud_route", facts) is None
    arrested = decide(rules, "fraud_route", {**facts, "offender_arrested": "yes"})
    assert arrested is not None
    assert arrested["local"] is YES
