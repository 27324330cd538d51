"""What a table said, in a recorder's words: the answer, the row that gave it with its page, the facts it stands on."""

from backbeat.crime.model import Why
from backbeat.rulebook import Node, Result
from backbeat.rulebook.explanation import word
from backbeat.rulebook.table import Hit

__all__ = ["tell"]

_SHOWN_POSSIBLE = 12
"""Rows shown while a table is open; the questions say the rest."""


def tell(why: Why) -> Node:
    """A sentence with its source, and under it the facts it rests on, or what may still apply and what is asked."""
    return why if isinstance(why, Node) else _of_table(why)


def _of_table(result: Result) -> Node:
    table = result.edition.tables[result.table]
    answered = result.answered
    if table.hit is Hit.COLLECT or answered.outcome is None:
        return _open(result)
    prevails = answered.prevails if answered.prevails is not None else (answered.fired or answered.possible)[0]
    row = table.row_at(prevails)
    values = [word(value) for value in answered.outcome if value is not None]
    stands_on = table.boxes[prevails] if prevails < len(table.rows) else ()
    facts = tuple(
        Node(f"{table.inputs[at].name}: {word(result.facts[name])}")
        for at, _ in stands_on
        if (name := table.inputs[at].name) in result.facts
    )
    return Node(f"{table.title}: {' '.join(values)}. {row.why}", result.edition.ref(table.id, prevails), facts)


def _open(result: Result) -> Node:
    table = result.edition.tables[result.table]
    answered = result.answered
    fired = tuple(Node(f"applies: {table.row_at(at).why}", result.edition.ref(table.id, at)) for at in answered.fired)
    may = [
        Node(f"may still apply: {table.row_at(at).why}", result.edition.ref(table.id, at)) for at in answered.possible
    ]
    more = len(may) - _SHOWN_POSSIBLE
    if more > 0:
        may = [*may[:_SHOWN_POSSIBLE], Node(f"and {more} more rules")]
    said = "cannot be said yet" if answered.outcome is None else ""
    asks = (Node(f"asks for {', '.join(answered.needs)}"),) if answered.needs else ()
    return Node(f"{table.title}: {said}".rstrip(": "), None, (*fired, *may, *asks))
