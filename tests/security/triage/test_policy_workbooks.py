"""Workbooks made to hurt: each is refused in words, in bounded time and memory; nothing in them is run or followed."""

import io
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backbeat.triage.policies import open_policies
from backbeat.triage.policy.errors import SheetRefused
from backbeat.triage.policy.sheets import read_csv, read_sheet, write_csv, write_sheet

EDITION = open_policies().on(date(2026, 11, 22)).edition
GOOD = write_sheet(EDITION)
MOST_SECONDS, MOST_MEMORY = 20, 300 << 20
Parts = dict[str, bytes]


def rezip(change: Callable[[Parts], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sub(name: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def add(name: str, content: bytes = b"x") -> Callable[[Parts], None]:
    return lambda parts: parts.update({name: content})


SHEET, BOOK, RELS = "xl/worksheets/sheet3.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
HOSTILE = [
    ("macros", add("xl/vbaProject.bin"), "macros"),
    ("macro-sheet", add("xl/macrosheets/sheet1.xml"), "macros"),
    ("controls", add("xl/activeX/activeX1.xml"), "macros or controls"),
    ("external-link", add("xl/externalLinks/externalLink1.xml"), "links to other files"),
    ("connection", add("xl/connections.xml"), "databases"),
    ("embedded", add("xl/embeddings/oleObject1.bin"), "embedded"),
    (
        "external-relation",
        sub(RELS, b"<Relationship ", b'<Relationship TargetMode="External" '),
        "links to other files",
    ),
    ("hidden", sub(BOOK, b'<sheet name="documents"', b'<sheet state="veryHidden" name="documents"'), "hidden"),
    ("entities", sub(SHEET, b"?>\n", b"?>\n" + DOCTYPE), "document type"),
    ("entity-file", sub(SHEET, b"?>\n", b"?>\n" + EXTERNAL), "document type"),
    ("outside", sub(RELS, b"worksheets/sheet3.xml", b"../../../etc/passwd"), "outside itself"),
    ("gone", sub(RELS, b"worksheets/sheet3.xml", b"worksheets/sheet99.xml"), "lacks a part"),
    ("not-xml", add(SHEET, b"<worksheet><row>"), "no XML"),
    ("no-place", sub(SHEET, b'<c r="A1"', b'<c r="1A"'), "a cell has no place"),
    ("cell-twice", sub(SHEET, b'<c r="B1"', b'<c r="A1"'), "twice"),
    ("far-right", sub(SHEET, b'<c r="B1"', b'<c r="XFD1"'), "beyond column"),
    ("huge-row", sub(SHEET, b'<row r="1">', b'<row r="' + b"9" * 5000 + b'">'), "damaged"),
    ("no-string", sub(SHEET, b't="inlineStr"', b't="s"'), "names a text that is not there"),
    ("formula-in-text", sub(SHEET, b"<is>", b"<f>CMD()</f><is>"), "formula"),
    ("half-character", sub(SHEET, b">agencies<", b">agencies_xD800_<"), "control character"),
    ("control", sub(SHEET, b">agencies<", b">agencies_x0007_<"), "control character"),
    ("long", sub(SHEET, b">agencies<", b">" + b"a" * 5000 + b"<"), "more than 4,000 characters"),
    ("no-relations", lambda parts: parts.pop(RELS), "lacks a part"),
    ("many-parts", lambda parts: parts.update({f"x{n}.xml": b"" for n in range(500)}), "more parts"),
    ("bomb", add("xl/sharedStrings.xml", b" " * (70 << 20)), "unpacks to more than"),
]


def refused(data: bytes, message: str) -> None:
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(SheetRefused, match=message):
            read_sheet(data, EDITION)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < MOST_SECONDS


@pytest.mark.parametrize(("change", "message"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_a_hostile_workbook_is_refused_in_words(change: Callable[[Parts], None], message: str) -> None:
    refused(rezip(change), message)


def test_a_size_that_lies_is_not_believed() -> None:
    data = bytearray(rezip(add("xl/sharedStrings.xml", b" " * (70 << 20))))
    real = (70 << 20).to_bytes(4, "little")
    assert real in data
    refused(bytes(data.replace(real, (10).to_bytes(4, "little"))), "damaged")


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", SHEET])
def test_one_part_twice_is_refused(part: str) -> None:
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive:
        while archive.namelist().count(part) < 2:
            with warnings.catch_warnings(action="ignore"):
                archive.writestr(part, b"<x/>")
    refused(stream.getvalue(), "one part twice")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no .xlsx"),
        (b"id,table\r\n", "no .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
        (GOOD[:-200], "damaged"),
        (b"PK" + b"x" * (9 << 20), "larger than"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, message: str) -> None:
    refused(data, message)


def test_a_million_rows_are_refused_early() -> None:
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    refused(rezip(sub(SHEET, b"</sheetData>", row * 1_000_000 + b"</sheetData>")), "more than 4,000 rows")


def test_a_million_empty_rows_do_no_harm() -> None:
    data = rezip(sub(SHEET, b"</sheetData>", b"<row/>" * 1_000_000 + b"</sheetData>"))
    assert read_sheet(data, EDITION).tables


def test_a_long_text_named_by_many_cells_costs_little() -> None:
    texts = b"<sst><si><t>" + b"a" * (7 << 20) + b"</t></si></sst>"
    cells = b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(3_000))

    def change(parts: Parts) -> None:
        parts["xl/sharedStrings.xml"] = texts
        sub(SHEET, b"</sheetData>", cells + b"</sheetData>")(parts)

    refused(rezip(change), "more than 200 cells are at fault")


def test_a_workbook_of_another_program_with_strange_things_in_it_is_still_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book["timers"]["A6"].comment = openpyxl.comments.Comment("look", "somebody")
    book["timers"].conditional_formatting.add("A1:B2", openpyxl.formatting.rule.ColorScaleRule())
    book["timers"]["F6"].hyperlink = "https://example.org/"
    stream = io.BytesIO()
    book.save(stream)
    assert read_sheet(stream.getvalue(), EDITION).tables


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_flipped_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    """In the parts, where damage is met by the XML reader, not by the archive's checksums."""
    name = data.draw(st.sampled_from([SHEET, BOOK, RELS, "xl/styles.xml"]))
    places = data.draw(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), min_size=1, max_size=4))

    def change(parts: Parts) -> None:
        content = bytearray(parts[name])
        for place, value in places:
            content[place % len(content)] = value
        parts[name] = bytes(content)

    try:
        read_sheet(rezip(change), EDITION)
    except SheetRefused:
        pass


@given(st.binary(max_size=300), st.sampled_from(["timers.csv", "_documents.csv", "_policy.csv"]))
@settings(max_examples=100, deadline=None)
def test_any_bytes_as_csv_are_read_or_refused(content: bytes, name: str) -> None:
    files = write_csv(EDITION)
    files[name] = files[name][: len(files[name]) // 2] + content
    try:
        read_csv(files, EDITION)
    except SheetRefused:
        pass


def test_a_csv_of_a_million_lines_is_refused_early() -> None:
    files = write_csv(EDITION)
    files["timers.csv"] += b"a,b\r\n" * 1_000_000
    with pytest.raises(SheetRefused, match="more than 4,000 rows"):
        read_csv(files, EDITION)


def test_no_message_repeats_what_a_stranger_wrote() -> None:
    data = rezip(sub(BOOK, b'name="timers"', b'name="Jade Bowen 07700 900561"'))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["Jade Bowen 07700 900561"]["A6"] = "=SECRET()"
    book["scope"]["B6"] = "Rhys Gill"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(SheetRefused) as found:
        read_sheet(stream.getvalue(), EDITION)
    assert not {"Jade", "Rhys", "SECRET", "07700"} & set(str(found.value).replace("(", " ").split())


@pytest.mark.parametrize("encoding", [b"x-none", b"utf-32", b"rot13", b"utf-16"])
def test_an_encoding_of_its_own_is_not_believed(encoding: bytes) -> None:
    """The bytes are UTF-8 whatever a part says; a strange name would reach Python's own codecs."""
    declared = sub("xl/worksheets/sheet2.xml", b'encoding="UTF-8"', b'encoding="' + encoding + b'"')

    read, good = read_sheet(rezip(declared), EDITION), read_sheet(GOOD, EDITION)
    assert {name: table.rows for name, table in read.tables.items()} == {
        name: table.rows for name, table in good.tables.items()
    }
