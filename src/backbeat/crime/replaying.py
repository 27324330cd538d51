"""Deciding again from a decision's own bytes, and saying which part differs."""

import json
from dataclasses import dataclass

from backbeat.canonical import differing_paths
from backbeat.crime.deciding import decide
from backbeat.crime.decision import FORMAT, Decision
from backbeat.crime.errors import DecisionUnreadable, FactsRefused
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import RulesShelf

__all__ = ["Replay", "replay"]

MAX_DIFFERENCES = 50
MAX_BYTES = 16 << 20
_DO = "take the file as `backbeat crime decide --json` wrote it"


@dataclass(frozen=True)
class Replay:
    """Whether the same facts under the same edition gave the same bytes. True in a condition when they did."""

    decision: Decision | None
    """The decision as it comes out now; None where it cannot be made at all."""
    differs: tuple[str, ...]
    """JSON paths that differ, at most 50, without their values; empty when the bytes are equal."""

    def __bool__(self) -> bool:
        return not self.differs


def replay(data: bytes, shelf: RulesShelf) -> Replay:
    """Decide the facts in `data` (from `Decision.to_json`) again and compare byte for byte.

    Raises:
        DecisionUnreadable: the bytes are not a decision of the crime desk.
    """
    then = _parse(data)
    edition_id = str(then["edition"]["id"])
    rules = shelf.named(edition_id)
    if rules is None:
        return Replay(None, ("$.edition.id",))
    try:
        report, rules = read_facts(then["facts"], shelf, edition_id)
        decision = decide(rules, report)
    except FactsRefused:
        return Replay(None, ("$.facts",))
    now = decision.to_json()
    if now == data:
        return Replay(decision, ())
    paths = []
    for path in differing_paths(then, json.loads(now)):
        paths.append(path)
        if len(paths) == MAX_DIFFERENCES:
            break
    # Equal values in other bytes: white space, key order or escapes were changed.
    return Replay(decision, tuple(paths) or ("$ (spelling)",))


def _parse(data: bytes) -> dict[str, dict[str, object]]:
    try:
        value = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        value = None
    edition = value.get("edition") if isinstance(value, dict) else None
    if (
        not isinstance(value, dict)
        or value.get("format") != FORMAT
        or not isinstance(edition, dict)
        or not isinstance(edition.get("id"), str)
        or "facts" not in value
    ):
        raise DecisionUnreadable("The file is not a decision of the crime desk.", where="decision file", do=_DO)
    return value
