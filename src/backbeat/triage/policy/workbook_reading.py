"""Reads the text of .xlsx workbooks that a stranger may have made.

Nothing in a workbook is ever run or followed. A formula, a merged cell, a date or a number shown in some other form is
a fault with its cell, because what a person saw there is not what the file holds. What may hide something (macros,
links to other files, hidden sheets, encryption) refuses the whole file. The archive is read with limits on every step,
also where it says that it is small; a part with a document type is refused, so there are no entities.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from backbeat.rulebook.sources import Faults
from backbeat.rulebook.values import is_whole
from backbeat.triage.policy.pages import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Page, letter

__all__ = ["MOST_BYTES", "read_workbook"]

MOST_BYTES = 8 << 20
"""Of the file as it was uploaded."""
_MOST_UNPACKED = 64 << 20
_MOST_PARTS = 400
_MOST_SHEETS = 100
_MOST_STRINGS = 200_000
_MOST_FAULTS = 200
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REFUSED_PARTS = (
    (re.compile(r"vbaproject|macrosheets|dialogsheets|activex|ctrlprops", re.IGNORECASE), "macros or controls"),
    (re.compile(r"externallinks/|connections\.xml|querytables/", re.IGNORECASE), "links to other files or databases"),
    (re.compile(r"embeddings/|oleobject", re.IGNORECASE), "embedded files"),
)
_PLAIN_FORMATS = frozenset({0, 1, 49})
"""General, whole number, text: forms in which a number looks as it is kept."""
_NUMBER = re.compile(r"(-?[0-9]{1,15})(?:\.0+|(\.[0-9]{1,10}))?")
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,31}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class _Refused(Exception):
    """The whole workbook or one part of it cannot be taken. Says why; never leaves this module."""


def read_workbook(data: bytes, faults: Faults) -> tuple[Page, ...]:
    """The sheets in their order. With a fault recorded the pages are not to be used."""
    try:
        with _open(data) as archive:
            parts = _Parts(archive)
            strings, formats = parts.strings(), parts.formats()
            return tuple(
                _read_sheet(place, parts.read(path), strings, formats, faults) for place, path in parts.sheets()
            )
    except _Refused as refused:
        faults.add(str(refused))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        # What zipfile raises for archives that are damaged, encrypted or packed in a way it does not know.
        faults.add("the workbook is damaged or packed in a way that cannot be read")
    return ()


def _open(data: bytes) -> zipfile.ZipFile:
    if len(data) > MOST_BYTES:
        raise _Refused(f"the workbook is larger than {MOST_BYTES >> 20} MiB")
    if data.startswith(_OLD):
        raise _Refused("the workbook is protected by a password or of the old .xls kind; save it as .xlsx without one")
    if not data.startswith(b"PK"):
        raise _Refused("this is no .xlsx workbook")
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > _MOST_PARTS or len(set(names)) < len(names):
        raise _Refused("the workbook has more parts than any table needs, or one part twice")
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise _Refused(f"the workbook unpacks to more than {_MOST_UNPACKED >> 20} MiB")
    for pattern, what in _REFUSED_PARTS:
        if any(pattern.search(name) for name in names):
            raise _Refused(f"the workbook holds {what}; save the sheets alone as a new .xlsx")
    return archive


class _Parts:
    """The XML parts of a package, read with one allowance of bytes for all of them together."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._left = _MOST_UNPACKED

    def read(self, name: str) -> bytes:
        """A part's bytes. What the archive says about their number is not believed."""
        if name not in self._names:
            raise _Refused("the workbook lacks a part that it names")
        with self._archive.open(name) as stream:
            content = stream.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise _Refused(f"the workbook unpacks to more than {_MOST_UNPACKED >> 20} MiB")
        return content

    def sheets(self) -> list[tuple[str, str]]:
        """How messages name every sheet, and its part, in the order of the tabs."""
        targets: dict[str, str] = {}
        found: list[tuple[str, str, str]] = []

        def relation(tag: str, given: dict[str, str]) -> None:
            if tag == "Relationship":
                if given.get("TargetMode") == "External":
                    raise _Refused("the workbook links to other files; save the sheets alone as a new .xlsx")
                targets[given.get("Id", "")] = given.get("Target", "")

        def sheet(tag: str, given: dict[str, str]) -> None:
            if tag == "sheet":
                found.append((given.get("name", ""), given.get("id", ""), given.get("state", "visible")))

        _walk(self.read("xl/_rels/workbook.xml.rels"), relation)
        _walk(self.read("xl/workbook.xml"), sheet)
        if len(found) > _MOST_SHEETS:
            raise _Refused(f"the workbook has more than {_MOST_SHEETS} sheets")
        sheets = []
        for number, (name, id_, state) in enumerate(found, 1):
            # A name from outside could be anything; only one that looks like a table's is repeated in a message.
            place = f"sheet {name}" if _NAME.fullmatch(name) else f"sheet number {number}"
            if state != "visible":
                raise _Refused(f"{place} is hidden; show it or delete it")
            sheets.append((place, _inside(targets.get(id_, ""))))
        return sheets

    def strings(self) -> tuple[str, ...]:
        """The texts that cells refer to by number."""
        if "xl/sharedStrings.xml" not in self._names:
            return ()
        strings: list[str] = []
        current: list[str] = []
        phonetic = 0

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal phonetic
            phonetic += tag == "rPh"
            if tag == "si":
                current.clear()

        def end(tag: str, text: str) -> None:
            nonlocal phonetic
            phonetic -= tag == "rPh"
            if tag == "t" and not phonetic:
                current.append(text)
            elif tag == "si":
                strings.append(_unescape("".join(current))[: MOST_TEXT + 1])
                if len(strings) > _MOST_STRINGS:
                    raise _Refused(f"the workbook has more than {_MOST_STRINGS:,} texts")

        _walk(self.read("xl/sharedStrings.xml"), start, end)
        return tuple(strings)

    def formats(self) -> tuple[int, ...]:
        """The number format of each cell style."""
        if "xl/styles.xml" not in self._names:
            return ()
        formats: list[int] = []
        inside = False

        def start(tag: str, given: dict[str, str]) -> None:
            nonlocal inside
            if tag == "cellXfs":
                inside = True
            elif tag == "xf" and inside:
                formats.append(int(given.get("numFmtId", "0")))

        def end(tag: str, _: str) -> None:
            nonlocal inside
            inside = inside and tag != "cellXfs"

        _walk(self.read("xl/styles.xml"), start, end)
        return tuple(formats)


def _read_sheet(place: str, xml: bytes, strings: tuple[str, ...], formats: tuple[int, ...], faults: Faults) -> Page:
    reader = _SheetReader(strings, formats, faults.under(place))
    _walk(xml, reader.start, reader.end)
    return Page(place, tuple(sorted(reader.rows.items())))


class _SheetReader:
    """Collects the cells of one sheet as its XML goes by."""

    def __init__(self, strings: tuple[str, ...], formats: tuple[int, ...], faults: Faults) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        self._strings, self._formats, self._faults = strings, formats, faults
        self._row, self._column = 0, -1
        self._kind, self._style = "n", 0
        self._value: str | None = None
        self._inline: list[str] = []
        self._formula = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "row":
                self._row = int(given.get("r", self._row + 1))
                self._column = -1
            case "c":
                self._row, self._column = self._position(given.get("r"))
                self._kind, self._style = given.get("t", "n"), int(given.get("s", "0"))
                self._value, self._inline, self._formula = None, [], False
            case "f":
                self._formula = True
            case "mergeCell":
                ref = given.get("ref", "")
                shown = ref if re.fullmatch(r"[A-Z0-9:]{1,20}", ref) else "somewhere"
                self._faults.add(f"cells {shown} are merged; split them, and write the value into each")

    def end(self, tag: str, text: str) -> None:
        match tag:
            case "v":
                self._value = text
            case "t":
                self._inline.append(text)
            case "c":
                self._keep()

    def _position(self, ref: str | None) -> tuple[int, int]:
        if ref is None:
            return self._row, self._column + 1
        found = _CELL.fullmatch(ref)
        if not found:
            raise _Refused("the workbook is damaged: a cell has no place")
        column = 0
        for character in found[1]:
            column = column * 26 + ord(character) - ord("A") + 1
        return int(found[2]), column - 1

    def _keep(self) -> None:
        text, wrong = self._text()
        if not text and not wrong:
            return
        place = f"row {self._row}, column {letter(self._column)}"
        if self._column >= MOST_COLUMNS:
            raise _Refused(f"{self._faults.place} has text beyond column {letter(MOST_COLUMNS - 1)}")
        if len(text) > MOST_TEXT:
            wrong = f"holds more than {MOST_TEXT:,} characters"
        elif not is_whole(text) or any(ord(character) < 32 and character != "\n" for character in text):
            wrong = "holds a control character; type the text again"
        if wrong:
            self._faults.add(f"{place} {wrong}")
            if len(self._faults.found) > _MOST_FAULTS:
                raise _Refused(f"more than {_MOST_FAULTS} cells are at fault; the others are not listed")
            text = ""
        row = self.rows.setdefault(self._row, {})
        if len(self.rows) > MOST_ROWS:
            raise _Refused(f"{self._faults.place} has more than {MOST_ROWS:,} rows that are not empty")
        if self._column in row:
            raise _Refused("the workbook is damaged: a cell is there twice")
        row[self._column] = text

    def _text(self) -> tuple[str, str]:
        """The cell's text, and what is wrong with it."""
        if self._formula:
            return "", "holds a formula; write the value itself"
        match self._kind:
            case "inlineStr":
                return _unescape("".join(self._inline)).strip(), ""
            case "s":
                number = int(self._value or "0")
                if not 0 <= number < len(self._strings):
                    raise _Refused("the workbook is damaged: a cell names a text that is not there")
                return self._strings[number].strip(), ""
            case "str":
                return _unescape(self._value or "").strip(), ""
            case "b":
                return "", "holds TRUE or FALSE; format the cell as text and write yes or no"
            case "e":
                return "", "holds an error; write a value"
            case "n":
                return self._number()
        return "", "holds a date; format the cell as text and write it as YYYY-MM-DD"

    def _number(self) -> tuple[str, str]:
        if not self._value:
            return "", ""
        format_ = self._formats[self._style] if 0 <= self._style < len(self._formats) else 0
        found = _NUMBER.fullmatch(self._value)
        if format_ not in _PLAIN_FORMATS or not found:
            return "", (
                "holds a date, or a number that is shown in another form than it is kept;"
                " format the cell as text and type it again"
            )
        return found[1] + (found[2] or ""), ""


def _walk(
    xml: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str, str], None] | None = None
) -> None:
    """Go through XML: `start` gets local name and attributes, `end` local name and the text directly inside."""
    # Spreadsheet programs write UTF-8 whatever a part says, and a strange name would reach Python's own codecs.
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator="}")
    parser.buffer_text = True
    texts: list[list[str]] = []

    def opened(tag: str, given: dict[str, str]) -> None:
        texts.append([])
        start(tag.rpartition("}")[2], {name.rpartition("}")[2]: value for name, value in given.items()})

    def closed(tag: str) -> None:
        text = "".join(texts.pop())
        if end is not None:
            end(tag.rpartition("}")[2], text)

    def said(text: str) -> None:
        if texts:
            texts[-1].append(text)

    def typed(*_: object) -> None:
        raise _Refused("the workbook holds a document type, which no spreadsheet program writes")

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = said, typed
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise _Refused("the workbook is damaged: one of its parts is no XML") from error


def _inside(target: str) -> str:
    """The path of a sheet's part from its relationship, which is relative to `xl/` unless it begins with a slash."""
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    if ".." in path.split("/"):
        raise _Refused("the workbook is damaged: it names a part outside itself")
    return path


def _unescape(text: str) -> str:
    """What Excel writes as `_x000D_` is a character; line ends become one kind."""
    found = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return found.replace("\r\n", "\n").replace("\r", "\n")
