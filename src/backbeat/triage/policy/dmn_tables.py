"""Tables of the rulebook as DMN decision tables that never say more than the rulebook does.

With every fact given both say the same. While a fact is open (null, or "unknown" where the table has no such answer) a
DMN engine would pass over a row that might match and reach a later one: *unknown would count as no*. So behind each
row stands a guard: where the row may match and a fact it asks for is open, the outcome is null. In a table that
collects the guard adds a null to the list, which then is not complete.

- unique without a default → UNIQUE; with one → FIRST, the default last
- first → FIRST
- ranked → FIRST in the order of rank; before rows of one rank that can match together, what they share with the tie
- gates → FIRST: for each gate a rule for each way not to pass it, the default last
- collect → COLLECT
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from backbeat.rulebook import Hit
from backbeat.rulebook.table import Input, Row, Table
from backbeat.triage.policy.feel import ANY, Matches, open_tests, type_ref, write_feel

__all__ = ["DmnInput", "DmnOutput", "DmnRule", "DmnTable", "translate"]

_OPEN = "Undecided: a fact that the row before asks for is open."


@dataclass(frozen=True, slots=True)
class DmnInput:
    """One input clause."""

    name: str
    """The fact, or the decision, that it takes."""
    label: str
    type_ref: str
    values: tuple[str, ...] = ()
    """FEEL literals it may have; empty where they are not listed."""
    path: str = ""
    """Which of the decision's outputs; empty where it has one."""


@dataclass(frozen=True, slots=True)
class DmnOutput:
    """One output clause."""

    name: str
    type_ref: str


@dataclass(frozen=True, slots=True)
class DmnRule:
    """One rule: unary tests and FEEL expressions, parallel to inputs and outputs."""

    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    row: str
    """Id of the row it comes from."""
    source: str
    """Document and page."""
    why: str


@dataclass(frozen=True, slots=True)
class DmnTable:
    """One decision with a decision table."""

    name: str
    title: str
    hit: str
    inputs: tuple[DmnInput, ...]
    outputs: tuple[DmnOutput, ...]
    rules: tuple[DmnRule, ...]
    documents: tuple[str, ...] = ()
    """Ids of the documents it cites."""


def translate(table: Table, name: str, rename: Callable[[str], str]) -> DmnTable:
    """The table as DMN.

    Args:
        table: any table of an edition.
        name: of the decision.
        rename: gives the name an input has in the model.
    """
    rows = [*table.rows, *(row for row in (table.default, table.tie) if row is not None)]
    return DmnTable(
        name,
        table.title or table.id,
        _hit(table),
        tuple(_input(one, rename) for one in table.inputs),
        tuple(DmnOutput(rename(one.name), type_ref(one.type)) for one in table.outputs),
        tuple(_rules(table)),
        tuple(sorted({row.document for row in rows})),
    )


def _hit(table: Table) -> str:
    if table.hit is Hit.COLLECT:
        return "COLLECT"
    return "UNIQUE" if table.hit is Hit.UNIQUE and table.default is None else "FIRST"


def _input(one: Input, rename: Callable[[str], str]) -> DmnInput:
    values = tuple(write_feel(word) for word in one.type.choices)
    if values:
        values += ('"unknown"',)
    return DmnInput(
        rename(one.name), one.question or one.name, type_ref(one.type, or_unknown=one.unknown_answers), values
    )


def _rules(table: Table) -> Iterator[DmnRule]:
    matches = {row.id: _matches(table, row) for row in table.rows}
    if table.hit is Hit.GATES:
        for row in table.rows:
            yield from _gate(row, matches[row.id])
    elif table.hit is Hit.COLLECT:
        for row in table.rows:
            yield _rule(row, [one.feel() for one in matches[row.id]])
            yield from _each_open(row, matches[row.id])
    elif table.hit is Hit.UNIQUE and table.default is None:
        for row in table.rows:
            yield _rule(row, [one.feel() for one in matches[row.id]])
    else:
        for row, cells in _in_order(table, matches):
            yield _rule(row, [one.feel() for one in cells])
            yield from _guard(row, cells)
    if table.default is not None:
        yield _rule(table.default, [ANY] * len(table.inputs))


def _matches(table: Table, row: Row) -> list[Matches]:
    return [Matches.of(input_, cell) for input_, cell in zip(table.inputs, row.cells, strict=True)]


def _in_order(table: Table, matches: dict[str, list[Matches]]) -> Iterator[tuple[Row, list[Matches]]]:
    """Rows as FIRST takes them; for a ladder what rows of one rank share comes before them, with the tie's outputs."""
    if table.hit is not Hit.RANKED:
        yield from ((row, matches[row.id]) for row in table.rows)
        return
    for rank in sorted({row.rank or 0 for row in table.rows}):
        group = [row for row in table.rows if (row.rank or 0) == rank]
        for one, other in combinations(group, 2):
            shared = [a.meet(b) for a, b in zip(matches[one.id], matches[other.id], strict=True)]
            if table.tie is not None and not any(cell.nothing for cell in shared):
                yield table.tie, shared
        yield from ((row, matches[row.id]) for row in group)


def _gate(row: Row, cells: Sequence[Matches]) -> Iterator[DmnRule]:
    asked = [at for at, cell in enumerate(cells) if not cell.everything]
    for at in asked:
        if not (fails := cells[at].complement()).nothing:
            yield _rule(row, _only(at, fails.feel(), len(cells)))
    for at in asked:
        yield _undecided(row, _only(at, ", ".join(open_tests(cells[at].input)), len(cells)))


def _guard(row: Row, cells: Sequence[Matches]) -> Iterator[DmnRule]:
    """Behind the row itself: whatever still meets it has a fact open that the row asks for."""
    if any(not cell.everything for cell in cells):
        yield _undecided(row, [cell.feel_or_open() for cell in cells])


def _each_open(row: Row, cells: Sequence[Matches]) -> Iterator[DmnRule]:
    for at, cell in enumerate(cells):
        if not cell.everything:
            tests = [one.feel_or_open() for one in cells]
            tests[at] = ", ".join(open_tests(cell.input))
            yield _undecided(row, tests)


def _only(at: int, test: str, inputs: int) -> list[str]:
    return [test if n == at else ANY for n in range(inputs)]


def _rule(row: Row, tests: Sequence[str]) -> DmnRule:
    source = f"{row.document}, {row.page}"
    return DmnRule(tuple(tests), tuple(write_feel(value) for value in row.outputs), row.id, source, row.why)


def _undecided(row: Row, tests: Sequence[str]) -> DmnRule:
    return DmnRule(tuple(tests), ("null",) * len(row.outputs), row.id, "", _OPEN)
