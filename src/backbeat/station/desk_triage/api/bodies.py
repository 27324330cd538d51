"""What may be sent: bodies read strictly, checked by the rules of the calls themselves, described from the same rules.

One set of rules stands behind the page, the interface and its description (`backbeat.triage.calls.fields`), so none of
them can allow what another refuses.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from django.http import HttpRequest

from backbeat.canonical import Json
from backbeat.rulebook import Fact
from backbeat.station.desk_triage.api.errors import BodyRefused, RequestRefused
from backbeat.triage.calls.events import read_happening
from backbeat.triage.calls.fields import (
    MOST_MINUTES,
    ChoiceRule,
    FlagRule,
    MaybeRule,
    MomentRule,
    NumberRule,
    Rule,
    TextRule,
    rules_of,
)
from backbeat.triage.calls.happenings import (
    Arrived,
    Cleared,
    Deployed,
    Described,
    Escalated,
    EtaGiven,
    Happening,
    HarmReported,
    Lost,
    Noted,
    Opened,
    Promised,
    Recontacted,
    Reopened,
    StoodDown,
)
from backbeat.triage.facts_json import read_facts
from backbeat.triage.policies import Policy
from backbeat.triage.schema import fact_schema

__all__ = ["KINDS", "MOST_BYTES", "call_schema", "event_schema", "facts_schema", "read_body", "read_call", "read_event"]

MOST_BYTES: Final = 256 << 10
"""Room for notes of 8,000 characters, every one of them escaped."""
KINDS: Final[Mapping[str, type[Happening]]] = {
    one.kind: one
    for one in (
        Described, Noted, Lost, Recontacted, Promised, EtaGiven, Deployed, StoodDown, Arrived, Cleared, Escalated,
        HarmReported, Reopened,
    )
}  # fmt: skip
"""What another system may say happened. It never accepts, tells, decides or closes."""
_REFERENCE: Final = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,59}"
_HOW: Final = "correct what is named and send it again under the same key; nothing was recorded"


# --- reading ----------------------------------------------------------------------------------------------------------


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body.

    Raises:
        BodyRefused: too large (413), of another kind (415), or no JSON object (400).
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise _refused(f"The body is larger than {MOST_BYTES >> 10} KiB.", 413)
    if request.content_type != "application/json":
        raise _refused("The body is not application/json.", 415)
    try:
        value = json.loads(
            request.body.decode("utf-8"),
            parse_constant=_no_number,
            parse_float=_whole_number,
            object_pairs_hook=_each_key_once,
        )
    except (ValueError, RecursionError) as error:
        raise _refused("The body is no JSON, gives a field twice, or holds a number that is not whole.", 400) from error
    if not isinstance(value, dict):
        raise _refused("The body is not one JSON object, in braces.", 400)
    return value


def _refused(what: str, status: int) -> BodyRefused:
    error = BodyRefused(what, where="body", do="send one JSON object in UTF-8, with Content-Type: application/json")
    error.status = status
    return error


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _whole_number(text: str) -> int:
    """`5.0` and `5e2` are whole numbers to JSON Schema; a fraction is nothing that any field here may hold."""
    number = float(text)
    if not number.is_integer():
        raise ValueError("a number is not whole")
    return int(number)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a field is given twice")
    return value


def read_call(body: Mapping[str, Any], policy: Policy) -> tuple[str, Opened, dict[str, Fact]]:
    """Reference (empty: the station gives one), opening and facts of a new call.

    Raises:
        RequestRefused: the reference is none.
        EventRefused: a field is not what it may be, or there is no such field.
        FactsRefused: facts are not what they may be.
    """
    reference = body.get("reference", "")
    if "reference" in body and not (isinstance(reference, str) and re.fullmatch(_REFERENCE, reference)):
        raise RequestRefused.of(
            ["reference: must be letters, digits and ._/-, at most 60, and hold no personal data"],
            where="body", do=_HOW,
        )  # fmt: skip
    rest = {name: value for name, value in body.items() if name not in ("reference", "facts")}
    opened = read_happening(Opened.kind, rest)
    if not isinstance(opened, Opened):
        raise TypeError(opened.kind)
    return reference, opened, _facts(body["facts"], policy) if "facts" in body else {}


def read_fact_body(body: Mapping[str, Any], policy: Policy) -> dict[str, Fact]:
    """Facts that were learnt, at least one.

    Raises:
        RequestRefused: there is no field `facts`, or another beside it.
        FactsRefused: facts are not what they may be.
    """
    if set(body) != {"facts"}:
        raise RequestRefused.of(["facts: must be there, and nothing beside it"], where="body", do=_HOW)
    facts = _facts(body["facts"], policy)
    if not facts:
        raise RequestRefused.of(["facts: must hold at least one"], where="body", do=_HOW)
    return facts


def _facts(given: object, policy: Policy) -> dict[str, Fact]:
    if not isinstance(given, Mapping):
        raise RequestRefused.of(["facts: must be an object, in braces"], where="body", do=_HOW)
    return read_facts(policy, given)


def read_event(body: Mapping[str, Any]) -> Happening:
    """What happened: `kind` and its fields beside it.

    Raises:
        RequestRefused: no such kind.
        EventRefused: a field is not what it may be, or there is no such field.
    """
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise RequestRefused.of([f"kind: must be one of {', '.join(KINDS)}"], where="body", do=_HOW)
    return read_happening(kind, {name: value for name, value in body.items() if name != "kind"})


# --- describing -------------------------------------------------------------------------------------------------------


def call_schema(policy: Policy) -> dict[str, Json]:
    """JSON Schema of a new call."""
    reference: dict[str, Json] = {
        "type": "string",
        "pattern": f"^{_REFERENCE}$",
        "description": "Of the call in your own system; no personal data. Left out: the station gives one.",
    }
    return _object({"reference": reference, **_fields(Opened), "facts": facts_schema(policy)}, [])


def facts_schema(policy: Policy) -> dict[str, Json]:
    """JSON Schema of facts: every one a policy asks for, and which cannot be true together."""
    properties = {name: _within(fact_schema(policy, name)) for name in policy.types}
    never: list[Json] = [
        {"not": {"required": list(pair), "properties": {name: {"const": word} for name, word in pair.items()}}}
        for pair in ({"crime": "no", "crime_live": "yes"}, {"s136_custody": "yes", "strand": "voluntary"})
    ]
    return {**_object(properties, []), "allOf": never}


def _within(schema: dict[str, Json]) -> dict[str, Json]:
    """A number of an event has bounds of its own, whatever a table would take."""
    kinds = schema.get("anyOf")
    if isinstance(kinds, list) and isinstance(kinds[0], dict) and "type" in kinds[0]:
        kinds[0]["maximum"] = min(int(str(kinds[0].get("maximum", MOST_MINUTES))), MOST_MINUTES)
    return schema


def fact_body_schema(policy: Policy) -> dict[str, Json]:
    """JSON Schema of facts that were learnt."""
    return _object({"facts": {**facts_schema(policy), "minProperties": 1}}, ["facts"])


def event_schema() -> dict[str, Json]:
    """JSON Schema of what happened."""
    return {"oneOf": [_event(kind) for kind in KINDS.values()], "discriminator": {"propertyName": "kind"}}


def _event(kind: type[Happening]) -> dict[str, Json]:
    needed = [one.name for one in fields(kind) if one.default is MISSING]  # type: ignore[arg-type]
    doc = (kind.__doc__ or "").strip().partition("\n")[0]
    schema = _object({"kind": {"const": kind.kind}, **_fields(kind)}, ["kind", *needed])
    return {"title": kind.__name__, "description": doc, **schema}


def _object(properties: Mapping[str, Json], required: list[str]) -> dict[str, Json]:
    schema: dict[str, Json] = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return {**schema, "required": required} if required else schema


def _fields(kind: type[Happening]) -> dict[str, Json]:
    return {name: _field(rule) for name, rule in rules_of(kind).items()}


def _field(rule: Rule) -> dict[str, Json]:
    match rule:
        case MaybeRule():
            return {"anyOf": [_field(rule.rule), {"type": "null"}]}
        case TextRule():
            return _text(rule)
        case ChoiceRule():
            return {"enum": [one.value for one in rule.kind if one not in rule.but]}
        case NumberRule():
            unit = {"description": rule.unit} if rule.unit else {}
            return {"type": "integer", "minimum": rule.least, "maximum": rule.most, **unit}
        case FlagRule():
            return {"type": "boolean"}
        case MomentRule():
            return {"type": "string", "format": "date-time"}
    raise TypeError(type(rule).__name__)


def _text(rule: TextRule) -> dict[str, Json]:
    """Blanks at either end do not count, so what must hold something must hold that between them."""
    plain = r"[^\u0000-\u001f]" if not rule.lines else r"[^\u0000-\u0008\u000b-\u001f]"
    between = f"{plain}{{{rule.least - 2},}}\\S" if rule.least > 1 else ""
    pattern = f"^{plain}*\\S{between}{plain}*$" if rule.least else f"^{plain}*$"
    return {"type": "string", "maxLength": rule.most, "pattern": pattern, "minLength": rule.least}
