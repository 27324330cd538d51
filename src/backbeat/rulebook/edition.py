"""An edition: the tables in force over a span of dates, with their sources and a hash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from backbeat.rulebook.errors import FactsRejected, NoSuchTable
from backbeat.rulebook.lists import RuleList
from backbeat.rulebook.result import Result
from backbeat.rulebook.table import RowRef, Table
from backbeat.rulebook.values import UNKNOWN, Fact, ValueType

__all__ = ["Edition", "SourceDocument"]


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A published text that rows cite."""

    id: str
    title: str
    date: date
    citation: str


@dataclass(frozen=True, eq=False)
class Edition:
    """One dated edition of one family of rules."""

    id: str
    family: str
    title: str
    valid_from: date
    valid_to: date | None
    """Last day in force; None while no end is known."""
    documents: Mapping[str, SourceDocument] = field(repr=False)
    tables: Mapping[str, Table] = field(repr=False)
    hash: str
    """SHA-256 over the names and bytes of its files; for an overlay over the hash below it and the signed bytes."""
    lists: Mapping[str, RuleList] = field(default_factory=dict, repr=False)
    """Reference rows the tables refer to, by list id. An overlay leaves them as they are."""

    @property
    def base(self) -> str:
        """Id of the edition this is, or that an overlay made it from."""
        return self.id.partition("+")[0]

    def decide(self, table: str, facts: Mapping[str, object]) -> Result:
        """Ask a table. An absent fact is unknown.

        Raises:
            NoSuchTable: the edition has no such table.
            FactsRejected: a fact is unknown to the table or of the wrong type; all such faults at once.
        """
        accepted = self.accept(table, facts)
        return Result(self, table, accepted, self.tables[table].answer(accepted))

    def accept(self, table: str, facts: Mapping[str, object]) -> dict[str, Fact]:
        """The facts, checked and made plain, open ones left out, in column order. Raises as `decide`."""
        return self._facts(table, facts, ValueType.accept)

    def read_facts(self, table: str, facts: Mapping[str, object]) -> dict[str, Fact]:
        """The same from JSON, where dates and durations are text. Raises as `decide`."""
        return self._facts(table, facts, ValueType.read_json)

    def _facts(
        self, table: str, facts: Mapping[str, object], take: Callable[[ValueType, object], Fact]
    ) -> dict[str, Fact]:
        declared = self._table(table)
        # A name from outside could be anything; only one that looks like a name is repeated in a message.
        strange = facts.keys() - declared.by_name.keys()
        named = sorted(
            name if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else "given" for name in strange
        )
        faults = [f"The table does not ask for the fact {name}." for name in named]
        accepted: dict[str, Fact] = {}
        for input_ in declared.inputs:
            if input_.name not in facts:
                continue
            try:
                fact = take(input_.type, facts[input_.name])
            except ValueError as error:
                faults.append(f"Fact {input_.name} {error}.")
                continue
            if fact is not UNKNOWN or input_.unknown_answers:
                accepted[input_.name] = fact
        if faults:
            raise FactsRejected(
                "\n".join(faults),
                where=f"edition {self.id}, table {table}",
                do=f"send facts of the declared types; the table asks for {', '.join(declared.by_name)}",
            )
        return accepted

    def ref(self, table: str, index: int) -> RowRef:
        """The reference of a row by its index in the table."""
        row = self.tables[table].row_at(index)
        return RowRef(self.id, table, row.id, row.document, row.page, row.why)

    def _table(self, name: str) -> Table:
        try:
            return self.tables[name]
        except KeyError:
            raise NoSuchTable(
                "The edition has no table of that name.",
                where=f"edition {self.id}",
                do=f"ask one of its tables: {', '.join(sorted(self.tables))}",
            ) from None
