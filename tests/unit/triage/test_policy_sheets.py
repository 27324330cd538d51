"""Tables out to a spreadsheet and back: what is written is read, and every fault is told by sheet, row and column."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from backbeat.rulebook import Edition
from backbeat.triage.policies import open_policies
from backbeat.triage.policy.diffing import compare_tables
from backbeat.triage.policy.errors import SheetRefused
from backbeat.triage.policy.sheets import read_csv, read_sheet, write_csv, write_sheet

Edit = Callable[[openpyxl.Workbook], None]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return open_policies().on(date(2026, 11, 22)).edition


def edited(edition: Edition, change: Edit) -> bytes:
    """The workbook after somebody opened it in another program, changed it and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(edition)))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changes(edition: Edition, data: bytes):
    return compare_tables(edition.tables, {**edition.tables, **read_sheet(data, edition).tables})


def row_of(sheet, id_: str) -> int:
    return next(n for n in range(1, sheet.max_row + 1) if sheet.cell(n, 1).value == id_ and n > 5)


def test_the_workbook_says_the_same_when_it_comes_back_unchanged(edition: Edition) -> None:
    data = write_sheet(edition)
    assert data == write_sheet(edition)
    assert changes(edition, data) == ()
    assert changes(edition, edited(edition, lambda book: None)) == ()
    free = {name for name, table in edition.tables.items() if not table.locked}
    assert set(read_sheet(data, edition).tables) == free


def test_locked_tables_are_shown_and_protected(edition: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(edition)))
    locked = {sheet["B1"].value for sheet in book if sheet["A1"].value == "locked table"}
    assert locked == {name for name, table in edition.tables.items() if table.locked}
    assert all(sheet.protection.sheet for sheet in book if sheet["A1"].value == "locked table")
    assert all(cell.data_type in ("s", "inlineStr", "n") for sheet in book for row in sheet for cell in row)


def test_what_is_changed_added_moved_and_deleted_is_read(edition: Edition) -> None:
    def change(book: openpyxl.Workbook) -> None:
        agencies, timers, scope = book["agencies"], book["timers"], book["scope"]
        agencies.cell(row_of(agencies, "hospital"), 5).value = "01632 960101"
        timers.cell(row_of(timers, "review-routine"), 3).value = 120  # a number, not text
        agencies.append(["crisis", "crisis-house", "the crisis house", "Warm transfer", "-", "local", "2", "New."])
        book["documents"].append(["local", "Local agreement", "2026-10-01", "Intranet"])
        moved = row_of(scope, "planned-unknown")
        cells = [scope.cell(moved, n).value for n in range(1, scope.max_column + 1)]
        scope.delete_rows(moved)
        scope.insert_rows(6)
        for n, value in enumerate(cells, 1):
            scope.cell(6, n).value = value
        book["timers"].title = "our times"
        book.move_sheet("agencies", 3)

    proposal = read_sheet(edited(edition, change), edition)
    assert [one.id for one in proposal.documents] == ["local"]
    found = {c.table: c for c in compare_tables(edition.tables, {**edition.tables, **proposal.tables})}
    assert set(found) == {"agencies", "timers", "scope"}
    cells = {(row.row, one.column): (one.old, one.new) for row in found["agencies"].rows for one in row.cells}
    assert cells["hospital", "phone"] == ("-", "01632 960101")
    assert [row.row for row in found["agencies"].rows if row.old is None] == ["crisis"]
    assert found["timers"].rows[0].cells[0].new == "120"
    assert [one.row for one in found["scope"].moved] == ["planned-unknown"]


FAULTS: list[tuple[str, Edit, str]] = [
    ("word", lambda b: cell(b, "scope", "planned", 3, "perhaps"), r"sheet scope row \d+: column C \(child\) .*yes, no"),
    ("blank", lambda b: cell(b, "scope", "planned", 3, None), r"sheet scope row \d+: column C \(child\) is empty"),
    ("number", lambda b: cell(b, "timers", "acceptance", 3, "soon"), r"sheet timers row \d+: column C \(minutes\)"),
    ("too-high", lambda b: cell(b, "timers", "acceptance", 3, 9999), r"column C \(minutes\) must be a whole number"),
    ("document", lambda b: cell(b, "timers", "acceptance", 4, "x"), r"column D \(document\) is none of the documents"),
    ("why", lambda b: cell(b, "timers", "acceptance", 6, " "), r"column F \(why\) is empty"),
    (
        "twice",
        lambda b: cell(b, "timers", "acceptance", 1, "call-back"),
        r"sheet timers: column id: call-back is .*twice",
    ),
    ("formula", lambda b: cell(b, "timers", "acceptance", 3, "=1+1"), r"row \d+, column C holds a formula"),
    ("date", lambda b: cell(b, "timers", "acceptance", 5, date(2026, 1, 2)), r"row \d+, column E holds a date"),
    ("true", lambda b: cell(b, "scope", "planned", 3, True), r"column C holds TRUE or FALSE"),
    ("merged", lambda b: b["timers"].merge_cells("A7:B8"), r"sheet timers: cells A7:B8 are merged"),
    ("missing", lambda b: b.remove(b["timers"]), r"the sheet of the table timers is missing"),
    ("strange", lambda b: b.create_sheet("mine").append(["notes"]), r"sheet mine is no sheet of this workbook"),
    ("locked", lambda b: cell(b, "gate_risk", "life", 7, "none"), r"sheet gate_risk changes a locked table"),
    ("column", lambda b: b["timers"].cell(5, 7, "colour"), r"sheet timers: column G is none of the table's"),
    ("beside", lambda b: b["timers"].cell(8, 9, "note"), r"row 8: column I has text, but no column name"),
    ("no-header", lambda b: b["timers"].delete_rows(5), r"sheet timers: has no row of column names"),
    ("no-default", lambda b: b["scope"].delete_rows(row_of(b["scope"], "default")), r"sheet scope: the row default is"),
    ("overlap", lambda b: cell(b, "timers", "acceptance", 2, "call-back"), r"rows acceptance and call-back overlap"),
    ("hidden", lambda b: setattr(b["timers"], "sheet_state", "hidden"), r"sheet timers is hidden"),
    ("version", lambda b: setattr(b["about"]["B11"], "value", "0" * 64), r"not made from the version in force"),
    ("document-changed", lambda b: b["documents"].cell(3, 2, "Mine"), r"sheet documents row 3: changes a document"),
    ("document-day", lambda b: b["documents"].append(["l", "T", "May", "C"]), r"row \d+: column date must be a date"),
]


def cell(book: openpyxl.Workbook, name: str, row: str, column: int, value: object) -> None:
    sheet = book[name]
    sheet.cell(row_of(sheet, row), column).value = value


@pytest.mark.parametrize(("change", "message"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_told_by_sheet_row_and_column(edition: Edition, change: Edit, message: str) -> None:
    with pytest.raises(SheetRefused, match=message):
        read_sheet(edited(edition, change), edition)


def test_all_faults_are_told_at_once(edition: Edition) -> None:
    def change(book: openpyxl.Workbook) -> None:
        cell(book, "timers", "acceptance", 3, "soon")
        cell(book, "scope", "planned", 3, "perhaps")

    with pytest.raises(SheetRefused) as refused:
        read_sheet(edited(edition, change), edition)
    assert len(refused.value.what.splitlines()) == 2


def test_csv_files_say_the_same_when_they_come_back(edition: Edition) -> None:
    files = write_csv(edition)
    assert files == write_csv(edition)
    read = read_csv(files, edition)
    assert compare_tables(edition.tables, {**edition.tables, **read.tables}) == ()
    assert not any(edition.tables[name.removesuffix(".csv")].locked for name in files if not name.startswith("_"))


def test_one_changed_csv_file_and_its_version_are_enough(edition: Edition) -> None:
    files = {name: data for name, data in write_csv(edition).items() if name in ("_policy.csv", "timers.csv")}
    files["timers.csv"] = files["timers.csv"].replace(b"review-routine,240", b"review-routine,120")
    read = read_csv(files, edition)
    (change,) = compare_tables(edition.tables, {**edition.tables, **read.tables})
    assert change.lines() == (
        "Table timers (Times in minutes):",
        "  row review-routine changes",
        "    minutes: 240 → 120",
    )


CSV_FAULTS = [
    ("timers.csv", b"review-routine,240", b"review-routine,soon", r"file timers.csv line \d+: column C \(minutes\)"),
    ("timers.csv", b"\xef\xbb\xbf", b"\xff\xfe", r"file timers.csv: is not UTF-8"),
    ("timers.csv", b"review-routine,240", b'"review-routine,240', r"file timers.csv: is not CSV"),
    ("_policy.csv", b"rcrp", b"other", None),
    ("_policy.csv", b"hash", b"hash\r\n", None),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), CSV_FAULTS)
def test_a_fault_in_a_csv_file_is_told_by_file_line_and_column(edition, name, old, new, message) -> None:
    files = write_csv(edition)
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)
    if message is None:  # only the hash counts
        read_csv(files, edition)
        return
    with pytest.raises(SheetRefused, match=message):
        read_csv(files, edition)


def test_without_its_version_or_with_a_strange_file_csv_is_refused(edition: Edition) -> None:
    files = write_csv(edition)
    del files["_policy.csv"]
    files["gate_new.csv"] = b"id\n"
    with pytest.raises(SheetRefused, match="file number 3 is none") as refused:
        read_csv(files, edition)
    assert "not made from the version in force" in refused.value.what


def test_no_cell_of_a_csv_file_can_be_taken_for_a_formula(edition: Edition) -> None:
    files = write_csv(edition)
    files["agencies.csv"] = files["agencies.csv"].replace(b"Leads for its patients.", b"'=HYPERLINK(1)", 1)
    read = read_csv(files, edition)
    row = next(row for row in read.tables["agencies"].rows if row.id == "mental-health-trust")
    assert row.why == "=HYPERLINK(1)"
    for data in files.values():
        for line in data.decode("utf-8-sig").splitlines():
            assert not line.startswith(("=", "+", "@"))
            assert ",=" not in line
