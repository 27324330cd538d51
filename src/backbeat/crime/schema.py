"""JSON Schema of FACTS.json under one edition: the shape of the file and every fact the edition's tables ask for."""

from backbeat.canonical import Json
from backbeat.crime.classifying import NAMED
from backbeat.crime.fact_types import FactType, fact_types
from backbeat.crime.facts_file import FactsFile
from backbeat.crime.rules import Rules
from backbeat.rulebook.values import Shape, ValueType

__all__ = ["facts_schema"]

_HOLDERS = {
    "HeadEntry": "report",
    "PartyEntry": "party",
    "RelationshipEntry": "relationship",
    "AllegationEntry": "allegation",
    "RecordedEntry": "recorded",
    "RequestEntry": "request",
}
"""Which definition holds facts of which place."""


def facts_schema(rules: Rules) -> dict[str, Json]:
    """The schema, draft 2020-12. Facts are listed by name, each with its question and the values it takes."""
    schema: dict[str, Json] = FactsFile.model_json_schema(by_alias=True)
    definitions = dict(_map(schema["$defs"]))
    known = fact_types(rules)
    for name, place in _HOLDERS.items():
        holder = dict(_map(definitions[name]))
        properties = dict(_map(holder["properties"]))
        properties["facts"] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {fact: _fact(one) for fact, one in known.items() if place in one.places},
        }
        if name == "AllegationEntry":
            properties["act"] = {
                "description": "What happened.",
                "oneOf": [
                    {"const": NAMED, "title": "An offence the recorder names outright"},
                    *({"const": act.id, "title": act.title} for act in rules.acts.values()),
                ],
            }
        holder["properties"] = properties
        definitions[name] = holder
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"Facts of a report, {rules.edition.title}",
        "$defs": definitions,
    }


def _map(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)  # noqa: S101 - pydantic's own output
    return value


def _fact(one: FactType) -> Json:
    return {"description": one.text, **_values(one.type)}


def _values(type_: ValueType) -> dict[str, Json]:
    match type_.shape:
        case Shape.TRI | Shape.ENUM:
            return {"enum": [*type_.choices, "unknown"]}
        case Shape.INT:
            bounds: dict[str, Json] = {"type": "integer"}
            if type_.low is not None:
                bounds["minimum"] = type_.low
            if type_.high is not None:
                bounds["maximum"] = type_.high
            return {"anyOf": [bounds, {"const": "unknown"}]}
        case Shape.DATE:
            return {"anyOf": [{"type": "string", "format": "date"}, {"const": "unknown"}]}
        case Shape.DURATION:
            return {"type": "string", "description": f"{type_.wanted}, or unknown"}
    return {"type": "string"}
