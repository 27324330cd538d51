"""From a declaration and rows of text to a `Table`, with every fault on the way."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass

from backbeat.rulebook.checks import check_table
from backbeat.rulebook.conditions import Condition
from backbeat.rulebook.sources import Faults, Fields
from backbeat.rulebook.table import Hit, Input, Output, Row, Table
from backbeat.rulebook.values import Shape, Value, ValueType

__all__ = ["Declaration", "TableSource", "TextRow", "declare", "make_table"]

MAX_INPUTS = 200
MAX_ROWS = 2_000
"""Every pair of rows may have to be compared; the time for that is bounded here."""
RESERVED = frozenset({"id", "rank", "document", "page", "why"})
TextRow = tuple[str, Mapping[str, str]]
"""Where a row stands, and its cells as text by column."""


class Declaration:
    """What edition.yaml says about one table."""

    def __init__(self, fields: Fields) -> None:
        faults = fields.faults
        self.id = fields.text("id")
        self.file = fields.text("file")
        self.title = fields.text("title")
        self.locked = fields.flag("locked")
        hit = fields.text("hit")
        self.hit = Hit(hit) if hit in list(Hit) else None
        if hit and self.hit is None:
            faults.add(f"hit must be one of {', '.join(Hit)}")
        self.inputs = _inputs(fields.items("inputs"), faults)
        self.outputs = _outputs(fields.items("outputs"), faults)
        self.special = {name: fields.raw(name) for name in ("default", "tie")}
        fields.done()
        if len(self.inputs) > MAX_INPUTS:
            faults.add(f"has more than {MAX_INPUTS} inputs; split it into smaller tables")
        names = [i.name for i in self.inputs] + [o.name for o in self.outputs]
        for name in sorted({n for n in names if names.count(n) > 1}):
            faults.add(f"column {name} is declared twice")
        for name in sorted(RESERVED & set(names)):
            faults.add(f"column name {name} is reserved")
        if self.hit is Hit.COLLECT and self.special["default"] is not None:
            faults.add("a table that collects has no default; with no row it collects nothing")
        if self.hit is not Hit.RANKED and self.special["tie"] is not None:
            faults.add("only a ranked table has a tie")

    def with_default(self, default: object) -> "Declaration":
        """The same declaration with another default row."""
        changed = copy(self)
        changed.special = {**self.special, "default": default}
        return changed

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column a row has."""
        rank = ("rank",) if self.hit is Hit.RANKED else ()
        names = tuple(i.name for i in self.inputs) + tuple(o.name for o in self.outputs)
        return ("id", *rank, *names, "document", "page", "why")


@dataclass(frozen=True)
class TableSource:
    """A table as written: its declaration and its rows as text. What an overlay changes."""

    declared: Declaration
    header: tuple[str, ...] | None
    """Columns of a CSV; None where each row names its own, and what it leaves out is any."""
    rows: tuple[TextRow, ...]


def declare(value: object, faults: Faults) -> Declaration:
    """Read one entry of `tables:`."""
    return Declaration(Fields(value, faults))


def make_table(source: TableSource, documents: AbstractSet[str], faults: Faults) -> Table | None:
    """The table, or None with faults recorded. Compiled and checked for overlap, reach and defaults."""
    declared, header, rows = source.declared, source.header, source.rows
    if declared.hit is None:
        return None
    before = len(faults.found)
    if len(rows) > MAX_ROWS:
        faults.add(f"has more than {MAX_ROWS} rows; split it into smaller tables")
        return None
    if header is not None:
        _check_columns(set(declared.columns), set(header), faults)
    made = [
        row for place, cells in rows if (row := _row(declared, cells, header is None, documents, faults.under(place)))
    ]
    ids = [row.id for row in made]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        faults.add(f"row id {id_} is used twice")
    if not rows:
        faults.add("has no rows")
    special = {
        name: _special(declared, name, value, documents, faults.under(name))
        for name, value in declared.special.items()
        if value is not None
    }
    if len(faults.found) > before:
        return None
    table = Table(
        declared.id,
        declared.hit,
        declared.inputs,
        declared.outputs,
        made,
        title=declared.title,
        locked=declared.locked,
        default=special.get("default"),
        tie=special.get("tie"),
    )
    check_table(table, faults)
    return table if len(faults.found) == before else None


def _check_columns(wanted: AbstractSet[str], given: AbstractSet[str], faults: Faults) -> None:
    for name in sorted(given - wanted):
        faults.add(f"unknown column {name}" if name else "a column has no name")
    for name in sorted(wanted - given):
        faults.add(f"column {name} is missing")


def _row(
    declared: Declaration, cells: Mapping[str, str], sparse: bool, documents: AbstractSet[str], faults: Faults
) -> Row | None:
    before = len(faults.found)
    if sparse:
        _check_columns(set(declared.columns), set(cells) | {i.name for i in declared.inputs}, faults)
    if id_ := cells.get("id", ""):
        faults = faults.under(f"({id_})")
    elif "id" in cells:
        faults.add("id is empty")
    conditions = []
    for input_ in declared.inputs:
        text = cells.get(input_.name, "-" if sparse else None)
        if text is None:
            continue
        with faults.caught(f"column {input_.name}"):
            conditions.append(Condition.parse(text, input_.type, unknown_answers=input_.unknown_answers))
    outputs, document, page, why = _ending(declared, cells, documents, faults)
    rank = None
    if declared.hit is Hit.RANKED and "rank" in cells:
        with faults.caught("column rank"):
            number = ValueType(Shape.INT, low=0).read(cells["rank"])
            rank = number if isinstance(number, int) else None
    if len(faults.found) > before or len(conditions) < len(declared.inputs) or len(outputs) < len(declared.outputs):
        return None
    return Row(id_, tuple(conditions), outputs, document, page, why, rank)


def _special(
    declared: Declaration, name: str, value: object, documents: AbstractSet[str], faults: Faults
) -> Row | None:
    """The default or tie row of a declaration: outputs and source, no conditions."""
    if not isinstance(value, dict) or not all(isinstance(cell, str) for cell in value.values()):
        faults.add("is not a map of columns to text")
        return None
    wanted = {o.name for o in declared.outputs} | {"document", "page", "why"}
    _check_columns(wanted, set(value), faults)
    outputs, document, page, why = _ending(declared, value, documents, faults)
    return Row(name, (), outputs, document, page, why)


def _ending(
    declared: Declaration, cells: Mapping[str, str], documents: AbstractSet[str], faults: Faults
) -> tuple[tuple[Value, ...], str, str, str]:
    """Outputs, document, page and why of a row."""
    outputs: list[Value] = []
    for output in declared.outputs:
        if output.name not in cells:
            continue
        with faults.caught(f"column {output.name}"):
            outputs.append(_read_output(output, cells[output.name].strip()))
    for name in ("document", "page", "why"):
        if name in cells and not cells[name].strip():
            faults.add(f"{name} is empty")
    document = cells.get("document", "").strip()
    if document and document not in documents:
        faults.add("document is not one the edition declares")
    return tuple(outputs), document, cells.get("page", "").strip(), cells.get("why", "").strip()


def _read_output(output: Output, text: str) -> Value:
    if text in ("", "-"):
        if output.optional:
            return None
        raise ValueError("is empty, and the output is not optional")
    return output.type.read(text)


def _inputs(values: list[object], faults: Faults) -> tuple[Input, ...]:
    made = []
    for number, value in enumerate(values, 1):
        fields = Fields(value, faults.under(f"input {number}"))
        name, type_ = fields.text("name"), _type(fields)
        unknown = fields.text("unknown", required=False)
        if unknown not in ("", "ask", "answer"):
            fields.faults.add("unknown must be ask or answer")
        if unknown == "answer" and type_ is not None and type_.shape is Shape.TEXT:
            # In JSON the answer and the word would look the same.
            fields.faults.add("unknown cannot be an answer of a text input; use an enum")
        question = fields.text("question", required=False)
        fields.done()
        if type_ is not None:
            made.append(Input(name, type_, unknown == "answer", question))
    return tuple(made)


def _outputs(values: list[object], faults: Faults) -> tuple[Output, ...]:
    made = []
    for number, value in enumerate(values, 1):
        fields = Fields(value, faults.under(f"output {number}"))
        name, type_ = fields.text("name"), _type(fields)
        optional = fields.flag("optional")
        fields.done()
        if type_ is not None:
            made.append(Output(name, type_, optional))
    return tuple(made)


def _type(fields: Fields) -> ValueType | None:
    text = fields.text("type")
    if text:
        with fields.faults.caught():
            return ValueType.parse(text)
    return None
