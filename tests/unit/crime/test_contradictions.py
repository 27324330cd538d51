"""Facts that cannot both be true: nothing is decided from them, and the message names both without their values."""

from datetime import date
from typing import Any

import pytest
from crime_facts import facts_of

from backbeat.crime.errors import FactsRefused
from backbeat.crime.fact_types import fact_types
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import open_rules

RULES = open_rules().on(date(2026, 5, 1))
ROWS = RULES.rows("contradictions")
NOTHING = dict.fromkeys(facts_of([])["report"]["facts"], "-")
OF_THE_PARTY = {"victim_kind": "kind", "victim_sex": "sex"}


def facts_with(row: Any, value: str, other: str) -> dict[str, Any]:
    """A report in which both facts of a row stand, each where the format has it."""
    party: dict[str, Any] = {"id": "v1"}
    allegation: dict[str, Any] = {"id": "a1", "act": "assault", "victims": ["v1"], "offenders": ["o1"], "facts": {}}
    report: dict[str, Any] = dict(NOTHING)
    types = fact_types(RULES)
    for name, given in ((row["fact"], value), (row["other"], other)):
        if name in OF_THE_PARTY:
            party[OF_THE_PARTY[name]] = given
        elif name == "force_same":
            allegation["force"] = "northshire" if given == "yes" else "westvale"
        elif "allegation" in types[name].places:
            allegation["facts"][name] = given
        else:
            report[name] = given
    return facts_of([allegation], [party], facts=report)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_each_pair_is_refused_by_name_and_page(row: dict[str, str]) -> None:
    for value in row["values"].split("|"):
        for other in row["other_values"].split("|"):
            with pytest.raises(FactsRefused) as refused:
                read_facts(facts_with(row, value, other), open_rules())
            assert f"allegation a1: {row['fact']} and {row['other']} contradict" in refused.value.what
            assert f"({row['document']} p{row['page']})" in refused.value.what


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_either_alone_and_either_unknown_is_taken(row: dict[str, str]) -> None:
    value, other = row["values"].split("|")[0], row["other_values"].split("|")[0]
    for one, two in ((value, None), (None, other), (value, "unknown"), ("unknown", other)):
        facts = facts_with(row, one or "unknown", two or "unknown")
        if "unknown" in str(facts["parties"]) or "force_same" in row.values():
            continue  # an age, a kind, a sex or a force that nobody knows is left out of the format
        read_facts(facts, open_rules())


def test_every_value_of_a_row_is_one_the_fact_can_have() -> None:
    types = fact_types(RULES)
    for row in ROWS:
        for name, values in ((row["fact"], row["values"]), (row["other"], row["other_values"])):
            if name not in (*OF_THE_PARTY, "force_same"):
                assert set(values.split("|")) <= set(types[name].type.choices), (row["id"], name)


def test_each_victim_is_looked_at() -> None:
    allegation = {"id": "a1", "act": "assault", "victims": ["v1", "v2"], "facts": {"injury": "minor"}}
    facts = facts_of([allegation], [{"id": "v1"}, {"id": "v2", "kind": "organisation"}])

    with pytest.raises(FactsRefused, match="only a person can be injured"):
        read_facts(facts, open_rules())


@pytest.mark.parametrize("victim", ["v1", "v2"])
@pytest.mark.parametrize("offender", ["o1", "o2"])
def test_each_victim_is_looked_at_with_each_offender(victim: str, offender: str) -> None:
    """p54: whichever of the pairs it is, and however the parties are named."""
    allegation = {"id": "a1", "act": "conduct", "victims": ["v1", "v2"], "offenders": ["o1", "o2"]}
    bond = {"victim": victim, "offender": offender, "facts": {"former_partner": "yes", "personally_connected": "no"}}

    with pytest.raises(FactsRefused, match=r"former_partner and personally_connected contradict: .* \(rules p54\)"):
        read_facts(facts_of([allegation], relationships=[bond]), open_rules())


def test_the_last_incident_of_a_record_cannot_come_after_the_report() -> None:
    recorded = {
        "reference": "CR-1",
        "offence": {"code": "008/06", "class": "8N"},
        "recorded_on": "2026-04-01",
        "last_incident_on": "2026-05-02",
    }
    facts = facts_of([{"id": "a1", "act": "assault", "victims": ["v1"]}], recorded=[recorded])

    with pytest.raises(FactsRefused, match="recorded CR-1"):
        read_facts(facts, open_rules())
