"""The JSON Schema of FACTS.json knows every field of the format and every fact of the edition."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from backbeat.canonical import canonical_json
from backbeat.crime.classifying import NAMED
from backbeat.crime.fact_types import fact_types
from backbeat.crime.rules import open_rules
from backbeat.crime.schema import facts_schema

RULES = open_rules().on(date(2026, 5, 1))
SCHEMA: Any = json.loads(canonical_json(facts_schema(RULES)))
EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "crime-examples"


def facts_of_holder(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["$defs"][name]["properties"]["facts"]
    return found


def test_it_is_of_the_draft_it_says() -> None:
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert {"format", "report"} <= set(SCHEMA["required"])
    assert all(one["additionalProperties"] is False for one in SCHEMA["$defs"].values())


def test_every_fact_stands_where_it_may_be_given_and_nowhere_else() -> None:
    holders = {"HeadEntry": "report", "PartyEntry": "party", "RelationshipEntry": "relationship"}
    holders |= {"AllegationEntry": "allegation", "RecordedEntry": "recorded", "RequestEntry": "request"}
    for name, place in holders.items():
        known = {fact for fact, one in fact_types(RULES).items() if place in one.places}
        assert set(facts_of_holder(name)["properties"]) == known
        assert facts_of_holder(name)["additionalProperties"] is False


def test_every_act_can_be_picked_by_its_title() -> None:
    acts = {one["const"]: one["title"] for one in SCHEMA["$defs"]["AllegationEntry"]["properties"]["act"]["oneOf"]}

    assert set(acts) == {NAMED, *RULES.acts}
    assert all(acts.values())


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(SCHEMA)

    assert set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', text)) <= set(SCHEMA["$defs"])


def test_days_and_moments_are_said_to_be_such() -> None:
    assert SCHEMA["$defs"]["HeadEntry"]["properties"]["received_at"]["format"] == "date-time"
    assert {"format": "date", "type": "string"} in SCHEMA["$defs"]["AllegationEntry"]["properties"]["on"]["anyOf"]


def test_the_examples_of_the_documentation_fit() -> None:
    """Checked by hand where no validator is installed: fields, facts and their values."""
    for path in sorted(EXAMPLES.iterdir()):
        file = json.loads(path.read_text(encoding="utf-8"))
        assert set(file) <= set(SCHEMA["properties"])
        for one in file.get("allegations", ()):
            assert set(one) <= set(SCHEMA["$defs"]["AllegationEntry"]["properties"])
            for name, value in one.get("facts", {}).items():
                fact = facts_of_holder("AllegationEntry")["properties"][name]
                assert value in fact.get("enum", [value]), (path.name, name)
