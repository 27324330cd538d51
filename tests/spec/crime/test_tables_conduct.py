"""Conduct, messages, sexual offences, blackmail: what the tables make of what happened, pages 50 to 71 and 80."""

import re
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from backbeat.rulebook import UNKNOWN, Edition, Result, Shelf, Value
from backbeat.rulebook.table import Row, Table

FOLDER = Path(__file__).resolve().parents[3] / "src" / "backbeat" / "crime" / "data"
CASES = yaml.safe_load((Path(__file__).parent / "cases_conduct.yaml").read_text(encoding="utf-8"))
ACTS = (
    "blackmail causing-sexual-activity child-images communication conduct exposure family-sexual-activity "
    "genital-images grooming images penetration public-decency rape sexual-activity sexual-activity-before-child "
    "sexual-touching trust-sexual-activity voyeurism"
).split()
OTHERS = ("former_partner", "rape_undefined")
TABLES = (*(f"classify_{act}" for act in ACTS), *OTHERS)
TEXT = "crime/rules_2026_27/crime-recording-rules-2026_27-April-v2.txt"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return Shelf.load(FOLDER).on(date(2026, 5, 1))


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> dict[str, str]:
    """Text of each page of the rules, blanks run together and bullets left out."""
    parts = re.split(r"=== p(\d+) ===", (shared_data / TEXT).read_text(encoding="utf-8"))
    return {number: one_line(text) for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\uf0b7", " "))


def decide(edition: Edition, table: str, facts: dict[str, Any]) -> Result:
    return edition.decide(table, edition.read_facts(table, facts))


def said(result: Result) -> str:
    """As the cases write it."""
    outcome = result.outcome
    if outcome is None:
        return "undecided"
    if outcome["code"]:
        return f"{outcome['code']} {outcome['class']}"
    return str(outcome["incident"] or outcome["candidates"] or "as-named")


def possible(edition: Edition, result: Result) -> list[Row]:
    """Every row that may still give the outcome."""
    table = edition.tables[result.table]
    return [table.row_at(index) for index in (*result.answered.fired, *result.answered.possible)]


def outputs_of(table: Table, row: Row) -> dict[str, Value]:
    return dict(zip((output.name for output in table.outputs), row.outputs, strict=True))


def every_row(edition: Edition) -> list[tuple[Table, Row, dict[str, Value]]]:
    return [
        (table, row, outputs_of(table, row))
        for table in (edition.tables[name] for name in TABLES)
        for row in (*table.rows, *((table.default,) if table.default else ()))
    ]


def labels_of(outputs: dict[str, Value]) -> list[str]:
    if outputs["candidates"]:
        return str(outputs["candidates"]).split("|")
    return [f"{outputs['code']} {outputs['class']}"] if outputs["code"] else []


def table_of(case: dict[str, Any]) -> str:
    return case.get("table") or f"classify_{case['act']}"


# --- the cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_is_what_the_rules_say(edition: Edition, case: dict[str, Any]) -> None:
    result = decide(edition, table_of(case), case["facts"])

    if case["expect"].startswith("class "):
        assert result.outcome is None
        table = edition.tables[result.table]
        classes = {outputs_of(table, row)["class"] for row in possible(edition, result)}
        assert classes == {case["expect"].removeprefix("class ")}
    else:
        assert said(result) == case["expect"]
    assert set(case.get("needs", ())) <= set(result.needs)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_words_of_a_case_stand_on_its_page(pages: dict[str, str], case: dict[str, Any]) -> None:
    assert one_line(case["words"]) in pages[str(case["page"])]


def test_an_answer_left_out_never_turns_a_decision_round(edition: Edition) -> None:
    for case in CASES:
        full = said(decide(edition, table_of(case), case["facts"]))
        for name in case["facts"]:
            fewer = {one: value for one, value in case["facts"].items() if one != name}
            assert said(decide(edition, table_of(case), fewer)) in {"undecided", full}, (case["id"], name)


def test_every_table_has_cases_and_every_case_a_name_of_its_own() -> None:
    assert {table_of(case) for case in CASES} == set(TABLES)
    assert len({case["id"] for case in CASES}) == len(CASES) >= 60


# --- the tables as a whole --------------------------------------------------------------------------------------------


def test_every_row_says_one_thing(edition: Edition) -> None:
    for table, row, outputs in every_row(edition):
        if (table.id, row.id) == ("former_partner", "default"):
            assert not any(outputs.values()), "the named offence stays as it is"
            continue
        ways = [bool(outputs["code"] and outputs["class"]), bool(outputs["incident"]), bool(outputs["candidates"])]
        assert ways.count(True) == 1, (table.id, row.id)
        assert bool(outputs["code"]) == bool(outputs["class"]), (table.id, row.id)


def test_every_offence_named_is_in_force_in_the_offence_list(edition: Edition) -> None:
    listed = {f"{row['code']} {row['class']}" for row in edition.lists["offences"].rows if row["current"] == "yes"}

    assert {label for _, _, outputs in every_row(edition) for label in labels_of(outputs)} <= listed


def test_a_referral_has_two_candidates(edition: Edition) -> None:
    referring = [outputs for _, _, outputs in every_row(edition) if outputs["candidates"]]

    assert len(referring) >= 20
    for outputs in referring:
        assert len(set(labels_of(outputs))) >= 2


def test_every_act_is_listed_with_its_table(edition: Edition) -> None:
    listed = {row["act"]: row["table"] for row in edition.lists["acts"].rows}

    assert {act: listed.get(act) for act in ACTS} == {act: f"classify_{act}" for act in ACTS}


def test_every_fact_asked_has_a_question(edition: Edition) -> None:
    derived = {"victim_age", "offender_age", "victim_sex", "offender_known", "offender_count"}
    derived |= {"offence_code", "offence_class"}
    asked = {row["fact"] for row in edition.lists["questions"].rows}

    assert {i.name for name in TABLES for i in edition.tables[name].inputs} - derived <= asked


def test_every_row_quotes_the_page_it_cites(edition: Edition, pages: dict[str, str]) -> None:
    for table, row, _ in every_row(edition):
        if row.document == "rules":
            quotes = re.findall("‘(.+?)’", row.why)
            assert quotes, (table.id, row.id)
            assert all(quote in pages[row.page] for quote in quotes), (table.id, row.id, row.page, quotes)


def test_rows_without_text_in_the_rules_cite_the_offence_list(edition: Edition) -> None:
    cited = [(row, outputs) for _, row, outputs in every_row(edition) if row.document == "nol"]

    assert len(cited) >= 40
    for row, outputs in cited:
        for label in labels_of(outputs):
            assert row.page == f"class {label.split()[1]}", row.id


# --- what p55 says of former partners ---------------------------------------------------------------------------------

TRI = ("yes", "no", None)
PARTNERS = {"course_of_conduct": "yes", "former_partner": "yes", "registrar_satisfied_harassment_only": "no"}
ADULTS = {"victim_age": 30, "offender_age": 16}


def test_a_former_partners_course_of_conduct_is_stalking_whatever_else_is_known(edition: Edition) -> None:
    others = ("fear_of_violence", "serious_alarm_or_distress", "fixated_or_obsessed", "controlling_or_coercive")
    for answers in product(TRI, repeat=len(others)):
        facts = {**PARTNERS, **ADULTS, "racially_or_religiously_aggravated": "no"}
        facts |= {name: answer for name, answer in zip(others, answers, strict=True) if answer}
        result = decide(edition, "classify_conduct", facts)
        rows = possible(edition, result)
        assert {outputs_of(edition.tables["classify_conduct"], row)["class"] for row in rows} == {"8Q"}, facts


@pytest.mark.parametrize(("victim", "offender"), [(15, 30), (30, 15), (15, 15)])
def test_under_16_a_former_partner_is_referred(edition: Edition, victim: int, offender: int) -> None:
    facts = {**PARTNERS, "victim_age": victim, "offender_age": offender, "racially_or_religiously_aggravated": "no"}
    facts |= {"fear_of_violence": "no", "serious_alarm_or_distress": "no", "controlling_or_coercive": "no"}

    result = decide(edition, "classify_conduct", facts)

    assert result.outcome is not None
    assert result.outcome["candidates"] == "195/12 8Q|195/94 8L"
    assert result.prevails is not None
    assert result.prevails.page == "55"


def test_a_message_in_a_course_of_conduct_is_what_the_conduct_is(edition: Edition) -> None:
    """Over every answer: the two tables agree, but for grave threats, which p57 and p58 treat differently."""
    yes_no = (
        "former_partner fixated_or_obsessed fear_of_violence serious_alarm_or_distress "
        "racially_or_religiously_aggravated registrar_satisfied_harassment_only caused_distress"
    ).split()
    for answers in product(("yes", "no"), repeat=len(yes_no)):
        facts: dict[str, Any] = {**dict(zip(yes_no, answers, strict=True)), **ADULTS, "controlling_or_coercive": "no"}
        conduct = said(decide(edition, "classify_conduct", {**facts, "course_of_conduct": "yes"}))
        message = {**facts, "part_of_course_of_conduct": "yes", "message_threat": "none"}
        assert said(decide(edition, "classify_communication", message)) == conduct, facts


# --- ages and sexes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("age", range(0, 19))
@pytest.mark.parametrize("attempted", ["yes", "no"])
def test_rape_codes_are_those_of_the_list(edition: Edition, sex: str, age: int, attempted: str) -> None:
    facts = {"attempted": attempted, "more_than_preparatory": "yes", "victim_sex": sex, "victim_age": age}
    facts |= {"sexual_consent": "no", "offender_known": "yes", "offender_count": 1}

    code, class_ = said(decide(edition, "classify_rape", facts)).split()

    (text,) = {r["offence"] for r in edition.lists["offences"].rows if (r["code"], r["class"]) == (code, class_)}
    band = "child under 13" if age < 13 else "aged under 16" if age < 16 else "aged 16 or over"
    assert text.removesuffix(" by a male") == f"{'Attempted rape' if attempted == 'yes' else 'Rape'} of a {sex} {band}"


@pytest.mark.parametrize("act", ["causing-sexual-activity", "family-sexual-activity", "sexual-activity"])
def test_codes_of_child_offences_say_what_the_facts_say(edition: Edition, act: str) -> None:
    texts = {(row["code"], row["class"]): row["offence"].casefold() for row in edition.lists["offences"].rows}
    for sex, age, penetration, offender in product(("female", "male"), (12, 13, 15), ("other", "none"), (17, 18)):
        facts: dict[str, Any] = {"victim_sex": sex, "victim_age": age, "penetration": penetration}
        facts |= {"sexual_consent": "yes", "reported_by": "victim", "offender_known": "yes", "offender_age": offender}
        facts |= {"activity_kind": "inciting"} if act == "family-sexual-activity" else {}
        known = {name: value for name, value in facts.items() if name in edition.tables[f"classify_{act}"].by_name}
        label = said(decide(edition, f"classify_{act}", known))
        if "|" in label or label.split()[1] in {"17B", "20B"}:
            assert age < 13
            assert act == "sexual-activity"
            continue
        code, class_ = label.split()
        text = texts[code, class_]
        assert re.search(rf"\b{sex}\b", text), (label, text)
        assert ("no penetration" in text.replace("-no", "- no")) == (penetration == "none"), (label, text)
        assert ("under 18" in text) == (offender < 18), (label, text)
        assert ("under 13" in text) == (age < 13), (label, text)


def test_an_unknown_age_of_the_offender_is_an_answer_where_p65_says_so(edition: Edition) -> None:
    facts = {"victim_age": 12, "victim_sex": "male", "penetration": "none", "offender_known": "yes"}

    open_ = decide(edition, "classify_causing-sexual-activity", facts)
    known = edition.read_facts("classify_causing-sexual-activity", facts)
    unknown = edition.decide("classify_causing-sexual-activity", {**known, "offender_age": UNKNOWN})

    assert said(open_) == "undecided"
    assert open_.needs == ("offender_age",)
    assert said(unknown) == "021/05 21"
    assert unknown.prevails is not None
    assert unknown.prevails.page == "65"
