"""CSV: cells are found where they stand, and rows and columns survive."""

import csv
import io

import pytest

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Kind


def read(tmp_path, content, name="in.csv"):
    source = tmp_path / name
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    return source, formats.read(source)


def values(document):
    return [(cell.row, cell.column, document.text[cell.start : cell.end]) for cell in document.cells]


def redact(tmp_path, content, *removed, name="in.csv"):
    """The table after the given values were removed wherever they stand."""
    source, document = read(tmp_path, content, name)
    decisions = []
    for value in removed:
        start = document.text.index(value)
        decisions.append(Decision(Action.REDACT, Kind.PHONE, "r", "a", "individual", start, start + len(value)))
    target = tmp_path / f"out{source.suffix}"
    applied = formats.apply(source, document, decisions, target)
    return target.read_bytes().decode(document.encoding), applied


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("a,b\n1,2\n", [(0, 0, "a"), (0, 1, "b"), (1, 0, "1"), (1, 1, "2")]),
        ("a;b\r\n1,5;2\r\n", [(0, 0, "a"), (0, 1, "b"), (1, 0, "1,5"), (1, 1, "2")]),
        ("a\tb\n1\t2", [(0, 0, "a"), (0, 1, "b"), (1, 0, "1"), (1, 1, "2")]),
        ('a,"b\nc"\n"say ""hi""",d\n', [(0, 0, "a"), (0, 1, "b\nc"), (1, 0, 'say ""hi""'), (1, 1, "d")]),
        ("a,\n,\n", [(0, 0, "a"), (0, 1, ""), (1, 0, ""), (1, 1, "")]),
        ("a\n\nb\n", [(0, 0, "a"), (1, 0, ""), (2, 0, "b")]),  # a blank line is a row
        ("sep=;\na;b\n", [(0, 0, "a"), (0, 1, "b")]),  # the spreadsheet's own way to name the delimiter
        ('5" pipe,b\n', [(0, 0, '5" pipe'), (0, 1, "b")]),  # a quote inside a bare cell is a letter
    ],
)
def test_cells(tmp_path, content, cells):
    assert values(read(tmp_path, content)[1]) == cells


def test_the_first_row_is_the_header_of_each_column(tmp_path):
    _, document = read(tmp_path, '"Full ""name""",phone\nJane,1\nJoan,2,3\n')
    assert [cell.header for cell in document.cells] == ['Full "name"', "phone"] * 2 + ['Full "name"', "phone", ""]
    assert [notice.code for notice in document.notices] == ["table.ragged"]


@pytest.mark.parametrize(
    ("content", "removed", "result"),
    [
        ("n,p\nJane,07700 900123\n", ["07700 900123"], "n,p\nJane,[PHONE]\n"),
        # over two cells: each loses its part, the delimiter stays
        ("n,p\n1 Low Road,Leeds,x\n", ["1 Low Road,Leeds"], "n,p\n[PHONE],[PHONE],x\n"),
        ('n,p\n"a\nb","c"\n', ['b","c'], 'n,p\n"a\n[PHONE]","[PHONE]"\n'),
        # a doubled quote is never cut in half
        ('n\n"say ""Jo"" now"\n', ['"Jo'], 'n\n"say [PHONE]"" now"\n'),
        # a cell we change must not run as a formula; a cell that is only kept stays as it is
        ("n\n=HYPERLINK(mail me@example.org)\n", ["me@example.org"], "n\n'=HYPERLINK(mail [PHONE])\n"),
        ("n,m\n=1+1,07700 900123\n", ["07700 900123"], "n,m\n=1+1,[PHONE]\n"),
        ("n\n+44 7700 900123\n", ["+44 7700 900123"], "n\n[PHONE]\n"),
    ],
)
def test_removes(tmp_path, content, removed, result):
    assert redact(tmp_path, content, *removed)[0] == result


def test_kept_formulas_are_counted_in_a_notice(tmp_path):
    _, document = read(tmp_path, "a,b\n=cmd|' /C calc'!A0,-12.50\n@SUM(A1),+44 7700 900123\n")
    assert [(n.code, n.message[0]) for n in document.notices] == [("table.formula", "2")]


def test_rows_and_columns_are_preserved_for_another_reader(tmp_path):
    content = 'n,"p\nq",r\r\n"Doe, Jane",07700 900123,"x ""y"""\r\n,,\r\n'
    result, _ = redact(tmp_path, content, "07700 900123", "Doe, Jane")
    before = list(csv.reader(io.StringIO(content, newline="")))
    after = list(csv.reader(io.StringIO(result, newline="")))
    assert [len(row) for row in after] == [len(row) for row in before]
    assert after[1] == ["[PHONE]", "[PHONE]", 'x "y"']


def test_utf_16_keeps_its_mark(tmp_path):
    source, document = read(tmp_path, "n\tp\r\nSiân\t1\r\n".encode("utf-16"), "in.tsv")
    formats.apply(source, document, [], tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_bytes() == source.read_bytes()
    assert values(document)[2] == (1, 0, "Siân")
