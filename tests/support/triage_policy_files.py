"""Changed workbooks and CSV files of a triage policy, as somebody at a force would hand them in."""

import io
import zipfile

from openpyxl import load_workbook


def changed_workbook(content: bytes, table: str, row: str, column: str, value: str) -> bytes:
    """The workbook with one cell of one table's row written anew."""
    book = load_workbook(io.BytesIO(content))
    sheet = next(one for one in book if one["B1"].value == table)
    rows = list(sheet.iter_rows())
    header = next(cells for cells in rows if cells[0].value == "id")
    at = next(n for n, cell in enumerate(header) if cell.value == column)
    next(cells for cells in rows if cells[0].value == row)[at].value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed_csv(archive: bytes, table: str, old: str, new: str) -> dict[str, bytes]:
    """The files of one table and of the version, with a piece of text replaced."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        name = f"{table}.csv"
        changed = files.read(name).decode("utf-8-sig").replace(old, new)
        return {"_policy.csv": files.read("_policy.csv"), name: changed.encode()}
