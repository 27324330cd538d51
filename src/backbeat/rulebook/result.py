"""What a decision says: outcome, rows, open questions, and why. One result, one sequence of bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from backbeat.canonical import canonical_json
from backbeat.rulebook.explanation import explain
from backbeat.rulebook.node import Node
from backbeat.rulebook.table import Answered, RowRef
from backbeat.rulebook.values import Fact, Outcome, write_value

if TYPE_CHECKING:
    from backbeat.rulebook.edition import Edition

__all__ = ["SCHEMA", "Result"]

SCHEMA = "backbeat.rulebook.result/1"


@dataclass(frozen=True)
class Result:
    """The answer of one table to one set of facts."""

    edition: "Edition" = field(repr=False)
    table: str
    facts: Mapping[str, Fact]
    """The facts that were given, as accepted; open ones are left out."""
    answered: Answered = field(repr=False)

    @cached_property
    def outcome(self) -> Outcome | None:
        """Value by output name, or None while completions of the unknown facts still disagree."""
        outputs = self.edition.tables[self.table].outputs
        values = self.answered.outcome
        return None if values is None else {o.name: v for o, v in zip(outputs, values, strict=True)}

    @property
    def decided(self) -> bool:
        """Whether the outcome is the same however the unknown facts turn out."""
        return self.answered.outcome is not None

    @property
    def needs(self) -> tuple[str, ...]:
        """Facts that could still change the outcome, most useful question first; empty when decided."""
        return self.answered.needs

    @cached_property
    def fired(self) -> tuple[RowRef, ...]:
        """Rows that apply whatever the unknown facts turn out to be; in a ladder the highest first."""
        return tuple(self._ref(i) for i in self.answered.fired)

    @cached_property
    def possible(self) -> tuple[RowRef, ...]:
        """Rows that would apply under some answers only."""
        return tuple(self._ref(i) for i in self.answered.possible)

    @cached_property
    def prevails(self) -> RowRef | None:
        """The one row that gives the outcome; None while open, and where a table collects."""
        index = self.answered.prevails
        return None if index is None else self._ref(index)

    @cached_property
    def explanation(self) -> Node:
        """Why, as a tree of sentences with sources."""
        return explain(self.edition, self.table, self.facts, self.answered)

    def to_json(self) -> bytes:
        """Canonical bytes: same facts in any order and same edition give the same bytes."""
        prevails = self.prevails
        return canonical_json(
            {
                "schema": SCHEMA,
                "edition": {"id": self.edition.id, "hash": self.edition.hash},
                "table": self.table,
                "facts": {name: write_value(fact) for name, fact in self.facts.items()},
                "outcome": None
                if self.outcome is None
                else {name: write_value(value) for name, value in self.outcome.items()},
                "fired": [ref.row for ref in self.fired],
                "possible": [ref.row for ref in self.possible],
                "prevails": prevails.row if prevails else None,
                "needs": self.needs,
                "explanation": self.explanation.to_json(),
            }
        )

    def _ref(self, index: int) -> RowRef:
        return self.edition.ref(self.table, index)
