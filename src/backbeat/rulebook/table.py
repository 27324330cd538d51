"""A decision table: rows as data, compiled once, answered by class.

What a table answers is an `Answered`: which rows fired, which still could, whether the outcome is settled, and on which
facts it still depends. `result.py` puts that into words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from backbeat.errors import Bug
from backbeat.rulebook.conditions import Condition, Partition
from backbeat.rulebook.diagram import Diagram, label, terminal
from backbeat.rulebook.values import UNKNOWN, Fact, Facts, Value, ValueType

__all__ = ["Answered", "Hit", "Input", "Output", "Row", "RowRef", "Table"]

MEMO = 8192
"""Answers kept per table, one for each combination of classes met so far; the memo is emptied when full."""


class Hit(StrEnum):
    """Hit policy: how the rows of a table become one outcome."""

    UNIQUE = "unique"
    """At most one row can match; the loader proves it."""
    FIRST = "first"
    """The first matching row in the order of the file."""
    RANKED = "ranked"
    """A ladder of precedence: every matching row is reported; the one with the smallest rank prevails."""
    COLLECT = "collect"
    """Every matching row counts; each output becomes a tuple with one entry per row."""
    GATES = "gates"
    """A row states what passes it; the first gate not passed gives the outcome, the default follows the last gate."""


@dataclass(frozen=True, slots=True)
class Input:
    """A fact the table asks for."""

    name: str
    type: ValueType
    unknown_answers: bool = False
    """Whether `unknown` is an answer of its own: a given UNKNOWN is then a fact, and only an absent fact is open."""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A named part of the outcome."""

    name: str
    type: ValueType
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RowRef:
    """Which row of which edition said so, and where its source says it."""

    edition: str
    table: str
    row: str
    document: str
    page: str
    why: str

    def __str__(self) -> str:
        return f"{self.edition}/{self.table}#{self.row}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `cells` is parallel to the table's inputs, `outputs` to its outputs."""

    id: str
    cells: tuple[Condition, ...]
    outputs: tuple[Value, ...]
    document: str
    page: str
    why: str
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a table says to one combination of classes. Rows are indices; see `Table.row_at`."""

    outcome: tuple[Value, ...] | None
    """Parallel to the table's outputs; None while completions of the unknown facts still disagree."""
    fired: tuple[int, ...]
    """Rows that apply whatever the unknown facts turn out to be; the one that prevails first."""
    possible: tuple[int, ...]
    """Rows that apply under some completions only."""
    passed: tuple[int, ...]
    """Gates certainly passed on the way."""
    prevails: int | None
    """The one row that gives the outcome; None while that is open, and where a table collects."""
    needs: tuple[str, ...]
    """Facts that could change the outcome, most useful question first."""


class Table:
    """One decision table of an edition."""

    def __init__(
        self,
        id_: str,
        hit: Hit,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rows: Sequence[Row],
        *,
        title: str = "",
        locked: bool = False,
        default: Row | None = None,
        tie: Row | None = None,
    ) -> None:
        self.id = id_
        self.title = title
        self.hit = hit
        self.locked = locked
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.rows = tuple(rows)
        self.default = default
        self.tie = tie
        self.partitions = tuple(
            Partition(i.type, (row.cells[n] for row in rows), unknown_answers=i.unknown_answers)
            for n, i in enumerate(self.inputs)
        )
        self.by_name = {i.name: n for n, i in enumerate(self.inputs)}
        masks = [[p.mask(cell) for p, cell in zip(self.partitions, row.cells, strict=True)] for row in rows]
        full = [p.everything for p in self.partitions]
        self.boxes = tuple(tuple((i, m) for i, m in enumerate(row) if m != full[i]) for row in masks)
        """Per row the inputs it really tests, each with the mask of classes that match."""
        self._memo: dict[tuple[int | None, ...], Answered] = {}

    # Special rows stand after the ordinary ones, as terminals of the diagrams and as indices alike.
    @property
    def default_at(self) -> int:
        """Index of the default row."""
        return len(self.rows)

    @property
    def tie_at(self) -> int:
        """Index of the row for ties in rank."""
        return len(self.rows) + 1

    def row_at(self, index: int) -> Row:
        """The row at an index of `Answered`."""
        row = self.rows[index] if index < len(self.rows) else self.default if index == self.default_at else self.tie
        if row is None:
            raise Bug(f"table {self.id} reached a row it does not have")
        return row

    def classes(self, facts: Facts) -> tuple[int | None, ...]:
        """The class of each input; None where the fact is open. `facts` are accepted facts of this table."""
        return tuple(
            None if (fact := facts.get(i.name)) is None or self._is_open(i, fact) else partition.classify(fact)
            for i, partition in zip(self.inputs, self.partitions, strict=True)
        )

    def answer(self, facts: Facts) -> Answered:
        """Evaluate accepted facts; remembered by class."""
        known = self.classes(facts)
        answered = self._memo.get(known)
        if answered is None:
            answered = self._collect(known) if self.hit is Hit.COLLECT else self._choose(known)
            if len(self._memo) >= MEMO:
                self._memo.clear()
            self._memo[known] = answered
        return answered

    def forget(self) -> None:
        """Empty the memo of answers."""
        self._memo.clear()

    @cached_property
    def hits(self) -> tuple[Diagram, int]:
        """Which row gives the outcome (every hit policy but collect). Terminals are row indices.

        Raises:
            TooEntangled: see there.
        """
        diagram = Diagram([p.size for p in self.partitions])
        none = terminal(self.default_at)
        root = none
        if self.hit is Hit.RANKED:
            for group in reversed(self._rank_groups()):
                best = none
                for index in group:
                    best = diagram.combine(diagram.box(self.boxes[index], terminal(index), none), best, self._share)
                root = diagram.combine(best, root, self._over)
            return diagram, root
        for index in reversed(range(len(self.rows))):
            inside, outside = terminal(index), none
            if self.hit is Hit.GATES:
                inside, outside = outside, inside
            root = diagram.combine(diagram.box(self.boxes[index], inside, outside), root, self._over)
        return diagram, root

    @cached_property
    def _verdicts(self) -> tuple[Diagram, int, tuple[tuple[Value, ...], ...]]:
        """The hits with rows of equal outputs merged, and the outputs by label."""
        diagram, root = self.hits
        seen: dict[tuple[Value, ...], int] = {}
        ends = [*self.rows, self.default, self.tie]
        labels = [seen.setdefault(end.outputs if end else (), len(seen)) for end in ends]
        return diagram, diagram.relabel(root, labels), tuple(seen)

    @cached_property
    def _counts(self) -> tuple[Diagram, tuple[tuple[tuple[int, ...], int], ...]]:
        """For collect: per distinct output, its rows and how many of them match."""
        diagram = Diagram([p.size for p in self.partitions])
        groups: dict[tuple[Value, ...], list[int]] = {}
        for index, row in enumerate(self.rows):
            groups.setdefault(row.outputs, []).append(index)
        made = []
        for members in groups.values():
            root = terminal(0)
            for index in members:
                one = diagram.box(self.boxes[index], terminal(1), terminal(0))
                root = diagram.combine(one, root, _add)
            made.append((tuple(members), root))
        return diagram, tuple(made)

    def compile(self) -> None:
        """Build the diagrams now, so that faults show at load and the first decision is as fast as the next.

        Raises:
            TooEntangled: the table needs too many nodes to be decided exactly.
        """
        if self.hit is Hit.COLLECT:
            _ = self._counts
        else:
            _ = self._verdicts

    def certain(self, index: int, known: Sequence[int | None]) -> bool | None:
        """Whether all cells of a row match: True, False, or None while that is open."""
        verdict: bool | None = True
        for i, mask in self.boxes[index]:
            fixed = known[i]
            if fixed is None:
                if not mask:
                    return False
                verdict = None
            elif not mask >> fixed & 1:
                return False
        return verdict

    def _choose(self, known: tuple[int | None, ...]) -> Answered:
        diagram, root, outputs = self._verdicts
        verdict = diagram.restrict(root, known)
        hits = sorted(diagram.restrict(self.hits[1], known).labels)
        outcome = outputs[next(iter(verdict.labels))] if len(verdict.labels) == 1 else None
        passed: tuple[int, ...] = ()
        if self.hit is Hit.RANKED:
            fired, possible = self._by_rank(known, hits)
        else:
            fired, possible = (tuple(hits), ()) if len(hits) == 1 else ((), tuple(hits))
        if self.hit is Hit.GATES:
            passed = tuple(i for i in range(min(hits[-1], len(self.rows))) if self.certain(i, known))
        order = possible if self.hit is not Hit.RANKED else self._precedence
        prevails = hits[0] if len(hits) == 1 else None
        return Answered(outcome, fired, possible, passed, prevails, self._ordered(verdict.inputs, order, known))

    def _collect(self, known: tuple[int | None, ...]) -> Answered:
        diagram, groups = self._counts
        needed: set[int] = set()
        columns: list[tuple[Value, ...]] = []
        for members, root in groups:
            count = diagram.restrict(root, known)
            needed |= count.inputs
            if len(count.labels) == 1:
                (times,) = count.labels
                columns += [self.rows[members[0]].outputs] * times
        states = [self.certain(i, known) for i in range(len(self.rows))]
        fired = tuple(i for i, state in enumerate(states) if state)
        possible = tuple(i for i, state in enumerate(states) if state is None)
        outcome = None if needed else tuple(tuple(c[n] for c in columns) for n in range(len(self.outputs)))
        asked = [sum(i in dict(self.boxes[row]) for row in possible) for i in range(len(self.inputs))]
        order = sorted(needed, key=lambda i: (-asked[i], i))
        return Answered(outcome, fired, possible, (), None, tuple(self.inputs[i].name for i in order))

    def _by_rank(self, known: tuple[int | None, ...], hits: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        states = {i: self.certain(i, known) for i in self._precedence}
        fired = [i for i in self._precedence if states[i]]
        possible = [i for i in self._precedence if states[i] is None]
        for special in (self.tie_at, self.default_at):
            if special in hits and len(hits) == 1:
                fired.insert(0, special)
            elif special in hits:
                possible.append(special)
        return tuple(fired), tuple(possible)

    def _ordered(self, needed: frozenset[int], rows: Sequence[int], known: tuple[int | None, ...]) -> tuple[str, ...]:
        """Needed facts: those of the earliest unsettled row first, within a row in column order."""
        order: dict[int, None] = {}
        for row in rows:
            if row < len(self.rows):
                order |= {i: None for i, _ in self.boxes[row] if i in needed and known[i] is None}
        order |= dict.fromkeys(sorted(needed))
        return tuple(self.inputs[i].name for i in order)

    @cached_property
    def _precedence(self) -> tuple[int, ...]:
        return tuple(i for group in self._rank_groups() for i in group)

    def _rank_groups(self) -> list[list[int]]:
        """Row indices by rank, the prevailing rank first."""
        groups: dict[int, list[int]] = {}
        for index, row in enumerate(self.rows):
            groups.setdefault(row.rank or 0, []).append(index)
        return [groups[rank] for rank in sorted(groups)]

    def _over(self, upper: int, lower: int) -> int | None:
        if upper >= 0:
            return None
        return lower if label(upper) == self.default_at else upper

    def _share(self, one: int, other: int) -> int | None:
        """Two rows of equal rank: whichever matches; a tie where both do."""
        none = terminal(self.default_at)
        if one == none:
            return other
        if other == none or one == other:
            return one
        return terminal(self.tie_at) if one < 0 and other < 0 else None

    @staticmethod
    def _is_open(input_: Input, fact: Fact) -> bool:
        return fact is UNKNOWN and not input_.unknown_answers


def _add(one: int, other: int) -> int | None:
    return terminal(label(one) + label(other)) if one < 0 and other < 0 else None
