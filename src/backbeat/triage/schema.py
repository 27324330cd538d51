"""JSON Schema of FACTS.json under one policy: every fact its tables ask for, its question, and the words it takes."""

from backbeat.canonical import Json
from backbeat.rulebook.values import Shape, ValueType
from backbeat.triage.facts_json import FORMAT
from backbeat.triage.policies import Policy

__all__ = ["fact_schema", "facts_schema"]


def facts_schema(policy: Policy) -> dict[str, Json]:
    """The schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Facts of a call, {policy.edition.title}",
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "at", "facts"],
        "properties": {
            "format": {"const": FORMAT},
            "at": {"type": "string", "format": "date-time", "description": "When the call came in, with offset."},
            "facts": {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: fact_schema(policy, name) for name in policy.types},
            },
        },
    }


def fact_schema(policy: Policy, name: str) -> dict[str, Json]:
    """The schema of one fact of the policy."""
    group = policy.groups[policy.group_of[name]]
    words = [choice.words for choice in group.choices if any(fact == name for fact, _ in choice.sets)]
    return {"description": f"{group.text} ({'; '.join(words)})" if words else group.text, **_values(policy.types[name])}


def _values(type_: ValueType) -> dict[str, Json]:
    if type_.shape is Shape.INT:
        bounds: dict[str, Json] = {"type": "integer"}
        if type_.low is not None:
            bounds["minimum"] = type_.low
        if type_.high is not None:
            bounds["maximum"] = type_.high
        return {"anyOf": [bounds, {"const": "unknown"}]}
    return {"enum": [*type_.choices, "unknown"]}
