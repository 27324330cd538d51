"""From filled-in pages to tables: what a force proposes, with every fault by sheet, row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backbeat.rulebook import Edition, Hit, SourceDocument
from backbeat.rulebook.conditions import Condition
from backbeat.rulebook.sources import Faults
from backbeat.rulebook.table import Input, Output, Row, Table
from backbeat.rulebook.tables import Declaration, TableSource, TextRow, declare, make_table
from backbeat.rulebook.values import Shape, Value, ValueType, write_value
from backbeat.triage.policy.pages import Page, letter

__all__ = ["DEFAULT", "TIE", "Proposal", "columns_of", "propose_table", "read_document", "same_text", "text_rows_of"]

DEFAULT = "default"
"""Id of the row that holds where no other does."""
TIE = "tie"
"""Id of the row that holds where rows of one rank tie. Never a force's to change."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """Tables and documents as a force would have them. A table that is not there stays as it is."""

    about: Edition
    """The version the proposal was made from."""
    tables: Mapping[str, Table]
    documents: tuple[SourceDocument, ...]
    """The force's own, which the version does not have yet."""


def columns_of(table: Table) -> tuple[str, ...]:
    """Every column of a table's rows, in order."""
    rank = ("rank",) if table.hit is Hit.RANKED else ()
    names = tuple(i.name for i in table.inputs) + tuple(o.name for o in table.outputs)
    return ("id", *rank, *names, "document", "page", "why")


def text_rows_of(table: Table) -> list[dict[str, str]]:
    """The rows of a table as text by column, in the order of the table; the default and the tie row last."""
    rows = [_as_text(table, row, row.id) for row in table.rows]
    return rows + [
        _as_text(table, row, id_) for row, id_ in ((table.default, DEFAULT), (table.tie, TIE)) if row is not None
    ]


def same_text(one: Table, other: Table) -> bool:
    """Whether two versions of a table say the same; how words are spaced does not count."""
    return _spaced(one) == _spaced(other)


def propose_table(table: Table, page: Page, documents: Mapping[str, SourceDocument], faults: Faults) -> Table | None:
    """The table as the page would have it; None with faults recorded.

    Args:
        table: as it is, which gives inputs, outputs and hit policy.
        page: its header is the first row that begins with `id`.
        documents: what rows may cite.
        faults: where faults go, each with the page's name, the row and the column.
    """
    about, before = faults.under(page.place), len(faults.found)
    header_at = next((n for n, (_, cells) in enumerate(page.rows) if cells.get(0) == "id"), None)
    if header_at is None:
        about.add("has no row of column names that begins with id")
        return None
    columns = _columns(table, page.rows[header_at][1], about)
    rows: list[TextRow] = []
    special: dict[str, dict[str, str]] = {}
    for number, cells in page.rows[header_at + 1 :]:
        place = about.under(f"{page.row_word} {number}")
        row = _row(table, cells, columns, documents, place)
        id_ = row.get("id", "")
        if id_ not in (DEFAULT, TIE):
            rows.append((f"{page.row_word} {number}", row))
        elif id_ in special:
            place.add(f"is a second row called {id_}")
        else:
            special[id_] = row
    _check_ids([row["id"] for _, row in rows], about)
    _check_special(table, special, about)
    if len(faults.found) > before:
        return None
    default = {name: special[DEFAULT][name] for name in _ending(table)} if DEFAULT in special else None
    return make_table(TableSource(_declaration(table, default), None, tuple(rows)), documents.keys(), about)


def read_document(cells: Mapping[str, str], faults: Faults) -> SourceDocument | None:
    """One of the force's own documents from a row with `id`, `title`, `date` and `citation`."""
    before = len(faults.found)
    for name in ("id", "title", "citation"):
        if not cells.get(name):
            faults.add(f"column {name} is empty")
    with faults.caught("column date"):
        day = ValueType(Shape.DATE).read(cells.get("date", ""))
        if len(faults.found) == before and isinstance(day, date):
            return SourceDocument(cells["id"], cells["title"], day, cells["citation"])
    return None


def _columns(table: Table, header: Mapping[int, str], faults: Faults) -> dict[int, str]:
    """Name of each column by its place."""
    wanted, names = columns_of(table), list(header.values())
    for at, name in header.items():
        if name not in wanted:
            faults.add(f"column {letter(at)} is none of the table's; its columns are {', '.join(wanted)}")
        elif names.count(name) > 1:
            faults.add(f"column {letter(at)} is a second column called {name}")
    for name in wanted:
        if name not in names:
            faults.add(f"column {name} is missing")
    return {at: name for at, name in header.items() if name in wanted}


def _row(
    table: Table,
    cells: Mapping[int, str],
    columns: Mapping[int, str],
    documents: Mapping[str, SourceDocument],
    faults: Faults,
) -> dict[str, str]:
    for at in sorted(cells.keys() - columns.keys()):
        if cells[at]:
            faults.add(f"column {letter(at)} has text, but no column name stands over it")
    row = {name: " ".join(cells.get(at, "").split()) for at, name in columns.items()}
    special = row.get("id") in (DEFAULT, TIE)
    for at, name in columns.items():
        with faults.caught(f"column {letter(at)} ({name})"):
            _check_cell(table, name, row[name], documents, special)
    return row


def _check_cell(table: Table, name: str, text: str, documents: Mapping[str, SourceDocument], special: bool) -> None:
    """Raises ValueError: what is wrong with the cell."""
    declared: tuple[Input | Output, ...] = (*table.inputs, *table.outputs)
    column = next((c for c in declared if c.name == name), None)
    if isinstance(column, Input) and not special:
        Condition.parse(text, column.type, unknown_answers=column.unknown_answers)
    elif isinstance(column, Input) or name == "rank":
        if special and text not in ("", "-"):
            raise ValueError("must be empty in this row, which holds where no other does")
        if not special:
            ValueType(Shape.INT, low=0).read(text)
    elif isinstance(column, Output):
        if text in ("", "-") and not column.optional:
            raise ValueError(f"is empty; it must be {column.type.wanted}")
        if text not in ("", "-"):
            column.type.read(text)
    elif not text:
        raise ValueError("is empty")
    elif name == "document" and text not in documents:
        raise ValueError("is none of the documents; add it to the sheet of documents first")


def _check_ids(ids: Sequence[str], faults: Faults) -> None:
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        faults.add(f"column id: {id_} is there twice")
    if not ids:
        faults.add("has no rows")


def _check_special(table: Table, special: Mapping[str, Mapping[str, str]], faults: Faults) -> None:
    if table.default is not None and DEFAULT not in special:
        faults.add(f"the row {DEFAULT} is missing; it says what holds where no other row does")
    if table.hit is Hit.COLLECT and DEFAULT in special:
        faults.add(f"this table collects rows, so it has no row {DEFAULT}")
    tie = _as_text(table, table.tie, TIE) if table.tie is not None else {}
    ending = _ending(table)
    given = special.get(TIE, {})
    if any(given.get(name, "") != tie.get(name, "") for name in ending):
        faults.add(f"the row {TIE} is locked; a force may not change it")


def _spaced(table: Table) -> list[dict[str, str]]:
    return [{name: " ".join(text.split()) for name, text in row.items()} for row in text_rows_of(table)]


def _ending(table: Table) -> tuple[str, ...]:
    return (*(o.name for o in table.outputs), "document", "page", "why")


def _declaration(table: Table, default: Mapping[str, str] | None) -> Declaration:
    """The declaration a table was made from, with another default row."""
    return declare(
        {
            "id": table.id,
            "file": f"tables/{table.id}",
            "title": table.title or table.id,
            "hit": str(table.hit),
            "locked": "yes" if table.locked else "no",
            "inputs": [
                {
                    "name": i.name,
                    "type": str(i.type),
                    "unknown": "answer" if i.unknown_answers else "ask",
                    "question": i.question,
                }
                for i in table.inputs
            ],
            "outputs": [
                {"name": o.name, "type": str(o.type), "optional": "yes" if o.optional else "no"} for o in table.outputs
            ],
            "default": default,
            "tie": _special_text(table, table.tie),
        },
        Faults(),
    )


def _special_text(table: Table, row: Row | None) -> dict[str, str] | None:
    return None if row is None else {name: _as_text(table, row, row.id)[name] for name in _ending(table)}


def _as_text(table: Table, row: Row, id_: str) -> dict[str, str]:
    cells = {"id": id_}
    if table.hit is Hit.RANKED:
        cells["rank"] = "" if row.rank is None else str(row.rank)
    conditions = row.cells or (None,) * len(table.inputs)
    cells |= {i.name: "" if c is None else c.text for i, c in zip(table.inputs, conditions, strict=True)}
    cells |= {o.name: _value_text(value) for o, value in zip(table.outputs, row.outputs, strict=True)}
    return cells | {"document": row.document, "page": row.page, "why": row.why}


def _value_text(value: Value) -> str:
    return "-" if value is None else str(write_value(value))
