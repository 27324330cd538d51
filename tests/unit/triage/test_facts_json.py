"""What a file of facts may hold, and what is said of one that does not."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backbeat.errors import NoRuleForDate
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.errors import FactsRefused
from backbeat.triage.facts_json import FORMAT, read_call, read_call_file, read_facts
from backbeat.triage.policies import Policy, open_policies
from backbeat.triage.schema import facts_schema

POLICY: Policy = open_policies().on(date(2026, 11, 22))


def call(**changes: object) -> dict[str, object]:
    return {"format": FORMAT, "at": "2026-11-22T01:30:00+00:00", "facts": {"crime": "no"}, **changes}


def test_a_call_is_read_with_the_policy_of_its_day() -> None:
    read = read_call(call(facts={"crime": "no", "contact_number": 2, "risk_life_now": "unknown"}), open_policies())

    assert read.at == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert read.policy.id == "rcrp-national-2026"
    assert read.facts == {"contact_number": 2, "crime": NO, "risk_life_now": UNKNOWN}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "one object"),
        (call(format="other"), f"format: must be {FORMAT}"),
        (call(at="2026-11-22T01:30:00"), "at: must be a day and time with its offset"),
        (call(at="yesterday"), "at: must be a day and time with its offset"),
        (call(at=5), "at: must be a day and time with its offset"),
        (call(facts=[]), "facts: must be an object"),
        (call(extra=1), "extra: is no field of the format"),
        (call(facts={"crimes": "no"}), "crimes: is no fact of a call; crime is"),
        (call(facts={"crime": True}), "crime"),
        (call(facts={"crime": "No"}), "crime"),
        (call(facts={"contact_number": 0}), "contact_number"),
        (call(facts={"contact_number": 1.5}), "contact_number"),
        (call(facts={"ambulance_eta_minutes": -1}), "ambulance_eta_minutes"),
        (call(facts={"strand": "other"}), "strand"),
        (call(facts={"ambulance_in_time": "yes"}), "ambulance_in_time: is no fact of a call"),
        (call(facts={"crime": "no", "crime_live": "yes"}), "crime_live: cannot be yes where crime is no"),
        (call(facts={"s136_custody": "yes", "strand": "voluntary"}), "s136_custody: cannot be yes"),
    ],
)
def test_a_call_at_fault_is_refused_with_its_place(value: object, said: str) -> None:
    with pytest.raises(FactsRefused) as refused:
        read_call(value, open_policies())

    assert said in str(refused.value)
    assert "nothing was recorded" in str(refused.value)


def test_every_fault_is_named_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(FactsRefused) as refused:
        read_facts(POLICY, {"crime": "Ann Example", "strand": "Ann Example", "Ann Example": "yes"})

    said = str(refused.value)
    assert said.count("\n") >= 2
    assert "Ann Example" not in said


def test_a_call_before_the_first_policy_is_refused() -> None:
    with pytest.raises(NoRuleForDate):
        read_call(call(at="2020-01-01T00:00:00+00:00"), open_policies())


@pytest.mark.parametrize("text", ["", "{", '{"format": 1, "format": 2}', "\x00"])
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "facts.json").write_text(text, "utf-8")

    with pytest.raises(FactsRefused):
        read_call_file(tmp_path / "facts.json", open_policies())


def test_the_schema_lists_every_fact_with_its_question() -> None:
    schema = json.loads(json.dumps(facts_schema(POLICY)))
    facts = schema["properties"]["facts"]["properties"]

    assert facts.keys() == POLICY.types.keys()
    assert facts["crime"]["enum"] == ["yes", "no", "unknown"]
    assert "is there a crime?" in facts["crime"]["description"]
    assert facts["contact_number"]["anyOf"][0] == {"type": "integer", "minimum": 1}


def test_every_fact_stands_in_a_group_and_every_choice_gives_facts_of_its_group() -> None:
    assert set(POLICY.group_of) == set(POLICY.types)
    for group in POLICY.groups.values():
        for choice in group.choices:
            for name, word in choice.sets:
                assert name in group.facts
                read_facts(POLICY, {name: word})
        if group.kind == "one" and len(group.facts) > 1:
            for choice in group.choices:
                assert {name for name, _ in choice.sets} == set(group.facts), (group.id, choice.id)
        if group.kind == "fields":
            assert group.choices == ()


def test_risk_order_names_facts_and_values_that_exist() -> None:
    for name, words in POLICY.rising.items():
        type_ = POLICY.types.get(name)
        if type_ is not None and type_.choices:
            assert set(words) <= set(type_.choices), name


def test_yes_is_no_bool() -> None:
    assert read_facts(POLICY, {"medical": "yes"})["medical"] is YES
