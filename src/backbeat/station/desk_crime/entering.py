"""Changing a facts document: pure functions, a new document out, the old one untouched.

`about` names a place in it as the engine's questions do: `report`, `party:v1`, `relationship:v1/o1`, `allegation:a1`,
`request:r1`, `recorded:CR/1`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from backbeat.crime.facts_file import FORMAT

__all__ = [
    "ATTRIBUTES",
    "ask_again",
    "find_fact",
    "is_field",
    "new_document",
    "next_label",
    "put_allegation",
    "put_fact",
    "put_party",
    "remove_allegation",
    "remove_party",
    "value_of",
]

Document = dict[str, Any]
ATTRIBUTES = ("age", "sex", "household", "kind")
"""Of a party: asked like facts, kept as fields of their own, without a spelling of *not known*."""
FIELDS = {"party": ATTRIBUTES, "allegation": ("on",), "recorded": ("last_incident_on",)}
"""By kind of place: what is asked like a fact and kept as a field, without a spelling of *not known*."""


def new_document(reference: str, received_at: datetime, force: str) -> Document:
    """A report of which nothing else is known yet; `received_at` with its offset."""
    head = {"reference": reference, "received_at": received_at.isoformat(timespec="seconds"), "force": force}
    return {
        "format": FORMAT,
        "report": {**head, "facts": {}},
        "parties": [],
        "relationships": [],
        "allegations": [],
    }


def next_label(document: Document, letter: str) -> str:
    """The first free label of this letter: `v1`, `o2`, `a3`."""
    taken = {party["id"] for party in document["parties"]} | {one["id"] for one in document["allegations"]}
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def put_party(document: Document, label: str, attributes: Mapping[str, object]) -> Document:
    """Add a party, or replace its attributes; facts asked about it stay. Empty attributes are left out."""
    changed = deepcopy(document)
    given = {name: value for name, value in attributes.items() if name in ATTRIBUTES and value not in (None, "")}
    for party in changed["parties"]:
        if party["id"] == label:
            for name in ATTRIBUTES:
                party.pop(name, None)
            party.update(given)
            return changed
    changed["parties"].append({"id": label, **given})
    return changed


def remove_party(document: Document, label: str) -> Document:
    """Take a party out, and out of every allegation and relationship."""
    changed = deepcopy(document)
    changed["parties"] = [party for party in changed["parties"] if party["id"] != label]
    changed["relationships"] = [
        one for one in changed.get("relationships", []) if label not in (one["victim"], one["offender"])
    ]
    for allegation in changed["allegations"]:
        for side in ("victims", "offenders"):
            allegation[side] = [one for one in allegation.get(side, []) if one != label]
    return changed


def put_allegation(
    document: Document,
    label: str,
    *,
    act: str,
    offence: Mapping[str, str] | None,
    victims: Sequence[str],
    offenders: Sequence[str],
    on: str = "",
    until: str = "",
    place: str = "",
    force: str = "",
) -> Document:
    """Add an allegation, or replace it; what was asked about it stays as long as the act stays."""
    changed = deepcopy(document)
    made: Document = {"id": label, "act": act, "victims": list(victims), "offenders": list(offenders)}
    if offence:
        made["offence"] = dict(offence)
    made |= {name: value for name, value in {"on": on, "until": until, "place": place, "force": force}.items() if value}
    for index, before in enumerate(changed["allegations"]):
        if before["id"] == label:
            same = before["act"] == act and before.get("offence") == made.get("offence")
            made["facts"] = before.get("facts", {}) if same else {}
            if "recorded_as" in before:
                made["recorded_as"] = before["recorded_as"]
            changed["allegations"][index] = made
            return changed
    made["facts"] = {}
    changed["allegations"].append(made)
    return changed


def remove_allegation(document: Document, label: str) -> Document:
    """Take an allegation out."""
    changed = deepcopy(document)
    changed["allegations"] = [one for one in changed["allegations"] if one["id"] != label]
    return changed


def _place(document: Document, about: str, *, make: bool) -> Document | None:
    """The entry of the document that `about` names; a relationship is made where `make` and both are parties."""
    kind, _, label = about.partition(":")
    if kind == "report":
        found: Document = document["report"]
        return found
    if kind == "relationship":
        victim, _, offender = label.partition("/")
        for one in document.setdefault("relationships", []):
            if (one["victim"], one["offender"]) == (victim, offender):
                return _entry(one)
        known = {party["id"] for party in document["parties"]}
        if not make or not {victim, offender} <= known:
            return None
        document["relationships"].append({"victim": victim, "offender": offender, "facts": {}})
        return _entry(document["relationships"][-1])
    lists = {
        "party": ("parties", "id"),
        "allegation": ("allegations", "id"),
        "request": ("requests", "id"),
        "recorded": ("recorded", "reference"),
    }
    name, key = lists.get(kind, ("", ""))
    return next((_entry(one) for one in document.get(name, []) if one[key] == label), None)


def _entry(entry: Any) -> Document:
    """An entry of the document, typed."""
    assert isinstance(entry, dict)  # noqa: S101 - the document was validated when it came in
    return entry


def is_field(about: str, fact: str) -> bool:
    """Whether the answer is kept as a field of what it is about, which cannot say *not known*."""
    return fact in FIELDS.get(about.partition(":")[0], ())


def put_fact(document: Document, about: str, fact: str, value: str | int | None) -> Document:
    """Set a fact where it is asked; None takes it out again, so that it is asked anew.

    Raises:
        KeyError: the document has no such place.
    """
    changed = deepcopy(document)
    entry = _place(changed, about, make=True)
    if entry is None:
        raise KeyError(about)
    target = entry if is_field(about, fact) else entry.setdefault("facts", {})
    if value is None:
        target.pop(fact, None)
    else:
        target[fact] = value
    return changed


def find_fact(document: Document, about: str, fact: str) -> str | int | None:
    """What stands there; None where nothing does."""
    entry = _place(document, about, make=False)
    if entry is None:
        return None
    target = entry if is_field(about, fact) else entry.get("facts", {})
    value = target.get(fact)
    return value if isinstance(value, str | int) else None


def ask_again(asked: Iterable[Sequence[str]], about: str, fact: str) -> list[list[str]]:
    """What was asked without an answer, less this."""
    return [list(pair) for pair in asked if list(pair) != [about, fact]]


_INT = re.compile(r"int(\[.*\])?")


def value_of(type_: str, text: str) -> str | int:
    """An answer as the facts document spells it; whether it is a good one, the engine says.

    Raises:
        ValueError: the answer is empty, or no whole number where one is asked.
    """
    text = text.strip()
    if text == "unknown":
        return text
    if not text:
        raise ValueError("Give an answer, or say that it is not known")
    if _INT.fullmatch(type_):
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError("Give a whole number, or say that it is not known")
        return int(text)
    return text
