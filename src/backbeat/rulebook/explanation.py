"""Why a table said what it said, as a tree of sentences with sources."""

from typing import TYPE_CHECKING

from backbeat.rulebook.node import Node
from backbeat.rulebook.table import Answered, Hit, Table
from backbeat.rulebook.values import Facts, Outcome, Value, write_value

if TYPE_CHECKING:
    from backbeat.rulebook.edition import Edition

__all__ = ["explain", "in_words", "word"]


def explain(edition: "Edition", table_name: str, facts: Facts, answered: Answered) -> Node:
    """The tree: the verdict on top; under it gates passed, rows that fired, rows still possible, facts needed."""
    table = edition.tables[table_name]
    known = table.classes(facts)

    def node(index: int, said: str) -> Node:
        return Node(
            f"{said}: {table.row_at(index).why}", edition.ref(table_name, index), _cells(table, index, facts, known)
        )

    children = [node(i, f"passed {table.row_at(i).id}") for i in answered.passed]
    children += [node(i, _fired(table, answered, i)) for i in answered.fired]
    children += [node(i, f"{table.row_at(i).id} may still apply") for i in answered.possible]
    children += [Node(f"needed: {_question(table, name)}") for name in answered.needs]
    return Node(f"{edition.id}/{table_name}: {_verdict(table, answered)}", None, tuple(children))


def in_words(outcome: Outcome) -> str:
    """An outcome in words: `outcome=record, count=2`."""
    return ", ".join(f"{name}={word(value)}" for name, value in outcome.items())


def word(value: Value) -> str:
    """One value in words; a dash where there is none."""
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return "[" + ", ".join(word(item) for item in value) + "]"
    return str(write_value(value))


def _verdict(table: Table, answered: Answered) -> str:
    if answered.outcome is None:
        return f"cannot be said yet; needs {', '.join(answered.needs)}"
    return in_words({o.name: value for o, value in zip(table.outputs, answered.outcome, strict=True)})


def _fired(table: Table, answered: Answered, index: int) -> str:
    row = table.row_at(index)
    if index == table.default_at:
        return "every gate passed" if table.hit is Hit.GATES else "no row applies"
    if index == table.tie_at:
        return "rows of equal rank apply"
    if table.hit is Hit.GATES:
        return f"stopped at {row.id}"
    if table.hit is Hit.RANKED:
        standing = "prevails" if index == answered.prevails else "applies"
        return f"{row.id} {standing} at rank {row.rank}"
    return f"{row.id} applies"


def _cells(table: Table, index: int, facts: Facts, known: tuple[int | None, ...]) -> tuple[Node, ...]:
    if index >= len(table.rows):
        return ()
    row = table.rows[index]
    nodes = []
    for i, mask in table.boxes[index]:
        input_, fixed = table.inputs[i], known[i]
        if fixed is None:
            said = "not known yet"
        else:
            said = f"{word(facts[input_.name])}, {'met' if mask >> fixed & 1 else 'not met'}"
        nodes.append(Node(f"{input_.name}: wants {row.cells[i].text}; {said}"))
    return tuple(nodes)


def _question(table: Table, name: str) -> str:
    question = table.inputs[table.by_name[name]].question
    return f"{name}: {question}" if question else name
