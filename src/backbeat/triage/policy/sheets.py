"""The tables of a policy as a workbook or as CSV files, out to whoever edits them and back again.

A workbook begins with a sheet that explains, then the documents, then a sheet for each table a force may change, then
the locked ones, grey and only to be read. What comes back is read by what stands in the sheets: the first row names the
table, so a tab may be renamed or moved. Every fault is told at once, by sheet, row and column.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from backbeat.errors import ConfigError
from backbeat.rulebook import Edition, Hit, SourceDocument
from backbeat.rulebook.sources import Faults
from backbeat.rulebook.table import Output, Table
from backbeat.triage.policy.errors import SheetRefused
from backbeat.triage.policy.pages import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Page, letter
from backbeat.triage.policy.proposing import (
    DEFAULT,
    Proposal,
    columns_of,
    propose_table,
    read_document,
    same_text,
    text_rows_of,
)
from backbeat.triage.policy.workbook_reading import MOST_BYTES, read_workbook
from backbeat.triage.policy.workbook_writing import Cell, Sheet, Style, write_workbook

__all__ = ["read_csv", "read_sheet", "write_csv", "write_sheet"]

_DOCUMENTS = "documents"
_POLICY = "policy"
_DOCUMENT_COLUMNS = ("id", "title", "date", "citation")
_WIDTHS = {"id": 18, "rank": 8, "document": 16, "page": 8, "why": 60}
_HIT_WORDS = {
    Hit.UNIQUE: "One row at most may match; rows that overlap are refused.",
    Hit.FIRST: "The first row that matches decides, so the order of rows matters.",
    Hit.RANKED: "Of the rows that match the one with the smallest rank decides.",
    Hit.COLLECT: "Every row that matches counts.",
    Hit.GATES: "Cells say what passes. The first row not passed decides, so the order of rows matters.",
}
_EXPLAINED = (
    "This workbook holds the tables of a policy for Right Care, Right Person.",
    "Change, add, move or delete rows in the sheets whose first cell says: table. Then upload the workbook again.",
    "You are shown what would change, and every rule is tried, before anybody signs it.",
    "Grey is only to be read. Tables whose first cell says: locked table are the same for every force.",
    "In a cell: - is anything · a|b is one of these · !a is anything known but this · >= 10, < 5, 10..20 are numbers"
    " · unknown is the answer that it cannot be known.",
    f"The row {DEFAULT} says what holds where no other row does.",
    "Every row names a document, a page and why. Add your own documents to the sheet: documents.",
    "Write text. Formulas, merged cells, dates and hidden sheets are refused; write a date as 2026-04-01.",
)
_RISKY = re.compile(r"[=+@\t]|-(?=.)")
"""How a CSV cell begins that a spreadsheet program might evaluate."""


def write_sheet(edition: Edition) -> bytes:
    """The tables of a version as an .xlsx workbook; the same version gives the same bytes."""
    free = [table for table in edition.tables.values() if not table.locked]
    locked = [table for table in edition.tables.values() if table.locked]
    names = _names([table.id for table in (*free, *locked)])
    about = [[Cell(edition.title, Style.TITLE)], *([Cell(line)] for line in _EXPLAINED)]
    about += [[Cell(_POLICY, Style.GREY), Cell(value, Style.GREY)] for value in (edition.id, edition.hash)]
    sheets = [Sheet("about", about, widths=(110, 70)), _documents_sheet(edition)]
    sheets += [_table_sheet(table, names[table.id]) for table in (*free, *locked)]
    return write_workbook(sheets)


def read_sheet(data: bytes, edition: Edition) -> Proposal:
    """What a filled-in workbook proposes for the version it was made from.

    Args:
        data: the uploaded file, from anybody.
        edition: the newest version of the policy.

    Raises:
        SheetRefused: every fault at once. Nothing in the file is run or followed.
    """
    faults = Faults()
    pages = read_workbook(data, faults)
    if not faults.found:
        about = next(
            (p for p in pages if any(c.get(0) == _POLICY and c.get(1) == edition.hash for _, c in p.rows)), None
        )
        if about is None:
            faults.add(_other_version(edition))
    if faults.found:
        raise _refused(faults, "the workbook")
    tables: list[tuple[str, Page]] = []
    documents = [page for page in pages if _first(page) == (_DOCUMENTS, "")]
    for page in pages:
        kind, name = _first(page)
        if kind in ("table", "locked table"):
            tables.append((name, page))
        elif page is not about and page not in documents and page.rows:
            faults.add(f"{page.place} is no sheet of this workbook; delete it")
    return _gather(edition, tables, documents, faults, "the workbook")


def write_csv(edition: Edition) -> dict[str, bytes]:
    """The tables a force may change as CSV by file name; `_documents.csv`, and in `_policy.csv` which version it is."""
    files = {f"_{_POLICY}.csv": [["id", "hash"], [edition.id, edition.hash]]}
    documents = [[d.id, d.title, d.date.isoformat(), d.citation] for d in edition.documents.values()]
    files[f"_{_DOCUMENTS}.csv"] = [list(_DOCUMENT_COLUMNS), *documents]
    for table in edition.tables.values():
        if not table.locked:
            columns = columns_of(table)
            rows = [[row.get(name, "") for name in columns] for row in text_rows_of(table)]
            files[f"{table.id}.csv"] = [list(columns), *rows]
    return {name: _csv(rows) for name, rows in files.items()}


def read_csv(files: Mapping[str, bytes], edition: Edition) -> Proposal:
    """What CSV files propose; a table without a file stays as it is.

    Args:
        files: content by file name. `_policy.csv` must be among them, as it was written.
        edition: the newest version of the policy.

    Raises:
        SheetRefused: every fault at once.
    """
    faults = Faults()
    tables: list[tuple[str, Page]] = []
    documents: list[Page] = []
    version = None
    for number, (name, data) in enumerate(sorted(files.items()), 1):
        stem = name.removesuffix(".csv")
        known = stem in (f"_{_POLICY}", f"_{_DOCUMENTS}", *edition.tables) and name.endswith(".csv")
        if not known:
            faults.add(f"file number {number} is none of the policy's CSV files")
            continue
        page = _csv_page(f"file {name}", data, faults)
        if stem == f"_{_POLICY}":
            version = page
        elif stem == f"_{_DOCUMENTS}":
            documents.append(page)
        else:
            tables.append((stem, page))
    if version is None or edition.hash not in [cells.get(1) for _, cells in version.rows]:
        faults.add(_other_version(edition))
    return _gather(edition, tables, documents, faults, "the CSV files", whole=False)


def _gather(
    edition: Edition,
    pages: Sequence[tuple[str, Page]],
    document_pages: Sequence[Page],
    faults: Faults,
    where: str,
    *,
    whole: bool = True,
) -> Proposal:
    own = [document for page in document_pages for document in _own_documents(edition, page, faults)]
    known = {**edition.documents, **{document.id: document for document in own}}
    tables: dict[str, Table] = {}
    names = [name for name, _ in pages]
    for name, page in pages:
        table = edition.tables.get(name)
        if table is None:
            faults.add(f"{page.place} names a table that the policy does not have")
        elif names.count(name) > 1:
            faults.add(f"{page.place} is one of two for the same table")
        elif (proposed := propose_table(table, page, known, faults)) is not None:
            if table.locked and not same_text(table, proposed):
                faults.add(f"{page.place} changes a locked table; a force may not. Put it back as it was")
            elif not table.locked:
                tables[name] = proposed
    for table in edition.tables.values():
        if whole and not table.locked and table.id not in names:
            faults.add(f"the sheet of the table {table.id} is missing; an unchanged table keeps its sheet")
    if faults.found:
        raise _refused(faults, where)
    return Proposal(edition, tables, tuple(own))


def _own_documents(edition: Edition, page: Page, faults: Faults) -> list[SourceDocument]:
    """The documents of a page that the version does not have. Those it has must stand as they are."""
    about, found = faults.under(page.place), []
    seen: set[str] = set()
    header_at = next((n for n, (_, cells) in enumerate(page.rows) if cells.get(0) == "id"), None)
    if header_at is None or tuple(page.rows[header_at][1].get(n) for n in range(4)) != _DOCUMENT_COLUMNS:
        about.add(f"needs a row with the column names {', '.join(_DOCUMENT_COLUMNS)}")
        return []
    for number, cells in page.rows[header_at + 1 :]:
        place = about.under(f"{page.row_word} {number}")
        row = {name: " ".join(cells.get(n, "").split()) for n, name in enumerate(_DOCUMENT_COLUMNS)}
        document = read_document(row, place)
        if document is None:
            continue
        if document.id in seen:
            place.add("column id: this document is there twice")
        seen.add(document.id)
        if document.id not in edition.documents:
            found.append(document)
        elif _plain(document) != _plain(edition.documents[document.id]):
            place.add("changes a document that the policy cites; give yours an id of its own")
    return found


def _plain(document: SourceDocument) -> tuple[object, ...]:
    return document.id, " ".join(document.title.split()), document.date, " ".join(document.citation.split())


def _documents_sheet(edition: Edition) -> Sheet:
    head = [[Cell(_DOCUMENTS, Style.TITLE)], [Cell(name, Style.HEADER) for name in _DOCUMENT_COLUMNS]]
    rows = [
        [Cell(text, Style.GREY) for text in (d.id, d.title, d.date.isoformat(), d.citation)]
        for d in edition.documents.values()
    ]
    return Sheet(_DOCUMENTS, [*head, *rows], widths=(18, 60, 14, 60), frozen=2)


def _table_sheet(table: Table, name: str) -> Sheet:
    columns = columns_of(table)
    kind = "locked table" if table.locked else "table"
    asked = {i.name: i.question for i in table.inputs}
    takes = {i.name: _takes(i.type.wanted, i.unknown_answers) for i in table.inputs}
    takes |= {o.name: o.type.wanted + (", or -" if o.optional else "") for o in table.outputs}
    head = [
        [Cell(kind, Style.TITLE), Cell(table.id, Style.TITLE), Cell(table.title or "", Style.TITLE)],
        [Cell(f"How rows decide: {_HIT_WORDS[table.hit]}", Style.GREY)],
        [Cell(asked.get(column, ""), Style.GREY) for column in columns],
        [Cell(takes.get(column, ""), Style.GREY) for column in columns],
        [Cell(column, Style.HEADER) for column in columns],
    ]
    style = Style.GREY if table.locked else Style.PLAIN
    inputs = {i.name for i in table.inputs}
    rows = [
        [Cell(row.get(c, ""), Style.GREY if c in inputs and not row.get(c) else style) for c in columns]
        for row in text_rows_of(table)
    ]
    choices = {columns.index(o.name): _offered(o) for o in table.outputs if o.type.choices and not table.locked}
    widths = [_WIDTHS.get(column, 22) for column in columns]
    return Sheet(name, [*head, *rows], widths=widths, read_only=table.locked, frozen=len(head), choices=choices)


def _takes(wanted: str, unknown_answers: bool) -> str:
    plain = wanted.replace("yes, no or unknown", "yes or no")
    return f"{plain}, or unknown" if unknown_answers else plain


def _offered(output: Output) -> tuple[str, ...]:
    return (*output.type.choices, "-") if output.optional else output.type.choices


def _names(ids: Sequence[str]) -> dict[str, str]:
    """A name for each table's sheet that spreadsheet programs take: 31 characters, no two alike but for case."""
    names: dict[str, str] = {}
    taken = {"about", _DOCUMENTS}
    for number, id_ in enumerate(ids, 1):
        name = re.sub(r"[^A-Za-z0-9_-]", "_", id_)[:31]
        names[id_] = f"{name[:26]}_{number}" if name.lower() in taken else name
        taken.add(names[id_].lower())
    return names


def _first(page: Page) -> tuple[str, str]:
    """First and second cell of the first row."""
    if not page.rows:
        return "", ""
    cells = page.rows[0][1]
    return cells.get(0, ""), cells.get(1, "")


def _other_version(edition: Edition) -> str:
    return (
        f"this was not made from the version in force, {edition.id}; download that one and make the changes there,"
        " so that nobody's changes are lost"
    )


def _refused(faults: Faults, where: str) -> ConfigError:
    return SheetRefused.of(
        faults.found, where=where, do="put right what is listed and upload it again; the policy stays as it was"
    )


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerows([[f"'{cell}" if _RISKY.match(cell) else cell for cell in row] for row in rows])
    return ("\ufeff" + stream.getvalue()).encode()


def _csv_page(place: str, data: bytes, faults: Faults) -> Page:
    about = faults.under(place)
    rows: list[tuple[int, Mapping[int, str]]] = []
    if len(data) > MOST_BYTES:
        about.add(f"is larger than {MOST_BYTES >> 20} MiB")
        return Page(place, (), "line")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        about.add("is not UTF-8 text; save it as CSV UTF-8")
        return Page(place, (), "line")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for given in reader:
            cells = {n: cell for n, raw in enumerate(given) if (cell := _unescaped(raw.strip()))}
            if not cells:
                continue
            rows.append((reader.line_num, cells))
            if len(rows) > MOST_ROWS or len(given) > MOST_COLUMNS:
                about.add(f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns")
                return Page(place, (), "line")
            for at, cell in cells.items():
                if len(cell) > MOST_TEXT or "\0" in cell:
                    about.add(f"line {reader.line_num}, column {letter(at)} holds too much text, or no text")
    except csv.Error:
        about.add(f"is not CSV that can be read (line {reader.line_num})")
    return Page(place, tuple(rows), "line")


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell[1:]) else cell
