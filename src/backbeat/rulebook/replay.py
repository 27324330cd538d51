"""Deciding again from a result's own bytes, and saying which part differs."""

import json
from dataclasses import dataclass

from backbeat.canonical import differing_paths
from backbeat.rulebook.errors import FactsRejected, NoSuchTable, ResultUnreadable
from backbeat.rulebook.result import SCHEMA, Result
from backbeat.rulebook.shelf import Shelf

__all__ = ["Replay", "replay"]

MAX_DIFFERENCES = 50
MAX_BYTES = 16 << 20


@dataclass(frozen=True)
class Replay:
    """Whether the same facts under the same edition gave the same bytes. True in a condition when they did."""

    result: Result | None
    """The decision as it comes out now; None where it cannot be made at all."""
    differs: tuple[str, ...]
    """JSON paths that differ, at most 50, without their values; empty when the bytes are equal."""

    def __bool__(self) -> bool:
        return not self.differs


def replay(data: bytes, shelf: Shelf) -> Replay:
    """Evaluate the facts in `data` (from `Result.to_json`) again and compare byte for byte.

    Raises:
        ResultUnreadable: the bytes are not a result of the rulebook.
    """
    then = _parse(data)
    edition = shelf.named(str(then["edition"]["id"]))
    if edition is None:
        return Replay(None, ("$.edition.id",))
    try:
        table = str(then["table"])
        result = edition.decide(table, edition.read_facts(table, then["facts"]))
    except NoSuchTable:
        return Replay(None, ("$.table",))
    except FactsRejected:
        return Replay(None, ("$.facts",))
    now = result.to_json()
    if now == data:
        return Replay(result, ())
    paths = []
    for path in differing_paths(then, json.loads(now)):
        paths.append(path)
        if len(paths) == MAX_DIFFERENCES:
            break
    # Equal values in other bytes: white space, key order or escapes were changed.
    return Replay(result, tuple(paths) or ("$ (spelling)",))


def _parse(data: bytes) -> dict[str, dict[str, object]]:
    try:
        value = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        value = None
    if (
        not isinstance(value, dict)
        or value.get("schema") != SCHEMA
        or not isinstance(value.get("edition"), dict)
        or not isinstance(value["edition"].get("id"), str)
        or not isinstance(value.get("facts"), dict)
        or not isinstance(value.get("table"), str)
    ):
        raise ResultUnreadable(
            "These bytes are not a decision that backbeat wrote, so they cannot be replayed.",
            where="the result given to replay",
            do=f"give the bytes of a result with schema {SCHEMA}, unchanged",
        )
    return value
