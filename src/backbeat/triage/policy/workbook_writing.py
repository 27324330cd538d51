"""Writes .xlsx workbooks (ECMA-376, SpreadsheetML) of text cells: the same sheets give the same bytes.

Every cell is inline text formatted as text, so that a spreadsheet program neither evaluates `=…` nor makes a date of
`10..20`. No program's name, user or time is written into the file.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from backbeat.triage.policy.pages import letter
from backbeat.triage.policy.xml_text import attribute, content

__all__ = ["Cell", "Sheet", "Style", "write_workbook"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LONGEST_CHOICES = 255
"""Characters Excel takes in a list of choices."""


class Style(IntEnum):
    """How a cell looks. Grey is read-only; the words beside it say so too."""

    PLAIN = 0
    TITLE = 1
    HEADER = 2
    GREY = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of text."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True)
class Sheet:
    """One sheet."""

    name: str
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = ()
    """Of the columns, in characters."""
    read_only: bool = False
    frozen: int = 0
    """Rows that stay in sight."""
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Words a column offers, from the row below the frozen ones on."""


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The workbook as bytes. Names of sheets must differ and be such that Excel takes them: 1 to 31 characters."""
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": _sheet(sheet) for n, sheet in zip(numbers, sheets, strict=True)}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, (_HEAD + part).encode())
    return stream.getvalue()


def _content_types(numbers: range) -> str:
    made = [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers] + [("/xl/styles.xml", "styles")]
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(f'<Override PartName="{name}" ContentType="{base}.{kind}+xml"/>' for name, kind in made)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{base}.sheet.main+xml"/>{overrides}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _workbook(sheets: Sequence[Sheet]) -> str:
    made = "".join(
        f'<sheet name={attribute(sheet.name)} sheetId="{n}" r:id="rId{n}"/>' for n, sheet in enumerate(sheets, 1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{made}</sheets></workbook>'


def _sheet(sheet: Sheet) -> str:
    view = '<sheetView workbookViewId="0"/>'
    if sheet.frozen:
        top = (
            f'<pane ySplit="{sheet.frozen}" topLeftCell="A{sheet.frozen + 1}" activePane="bottomLeft" state="frozen"/>'
        )
        view = f'<sheetView workbookViewId="0">{top}</sheetView>'
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" style="0" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, 1)
    )
    rows = "".join(
        f'<row r="{r}">{"".join(_cell(r, c, cell) for c, cell in enumerate(row) if cell.text or cell.style)}</row>'
        for r, row in enumerate(sheet.rows, 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews>{view}</sheetViews>'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{rows}</sheetData>"
        + ('<sheetProtection sheet="1" objects="1" scenarios="1"/>' if sheet.read_only else "")
        + _validations(sheet)
        + "</worksheet>"
    )


def _cell(row: int, column: int, cell: Cell) -> str:
    place = f'<c r="{letter(column)}{row}" s="{cell.style.value}"'
    if not cell.text:
        return f"{place}/>"
    return f'{place} t="inlineStr"><is><t xml:space="preserve">{content(cell.text)}</t></is></c>'


def _validations(sheet: Sheet) -> str:
    made = []
    for column, words in sheet.choices.items():
        listed = ",".join(words)
        if len(listed) > _LONGEST_CHOICES or any('"' in word or "," in word for word in words):
            continue  # the reader checks the word all the same; only the drop-down is left out
        name = letter(column)
        made.append(
            '<dataValidation type="list" allowBlank="1" showErrorMessage="0"'
            f' sqref="{name}{sheet.frozen + 1}:{name}2000"><formula1>"{content(listed)}"</formula1></dataValidation>'
        )
    return f'<dataValidations count="{len(made)}">{"".join(made)}</dataValidations>' if made else ""


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><i/><sz val="11"/><color rgb="FF505A5F"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE6E6E6"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4">'
    + "".join(
        f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"'
        ' applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
        for font, fill in ((0, 0), (1, 0), (1, 2), (2, 2))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
