"""The loader: Valid/Invalid tables, and every fault of every file in one error."""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from backbeat.errors import ConfigError
from backbeat.rulebook import Shelf

DATA = Path(__file__).parent / "data"

EDITION = """\
id: e1
family: tests
title: Edition for tests
valid_from: 2026-04-01
valid_to: none
documents:
  - {id: doc, title: Document, date: 2026-01-01, citation: Invented}
tables:
  - id: t
    file: tables/t.csv
    title: Table for tests
    hit: first
    inputs:
      - {name: hurt, type: tri, unknown: answer}
      - {name: age, type: "int[0..120]"}
      - {name: kind, type: "enum[a, b]"}
    outputs:
      - {name: out, type: "enum[p, q]"}
      - {name: hours, type: duration-hours, optional: yes}
    default: {out: q, hours: 24, document: doc, page: 9, why: Nothing else applies.}
"""
TABLE = """\
id,hurt,age,kind,out,hours,document,page,why
one,yes,>= 18,a,p,24,doc,1,First reason
two,unknown,-,!a,q,-,doc,2,Second reason
three,-,10..17,-,p,0:30,doc,3,Third reason
"""
EXAMPLES = """\
- {id: x1, table: t, facts: {hurt: yes, age: 30, kind: a}, expect: {out: p}}
"""
FILES = {"edition.yaml": EDITION, "tables/t.csv": TABLE, "examples.yaml": EXAMPLES}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults(shelf: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Shelf.load(shelf)
    return caught.value.what.splitlines()


@pytest.mark.parametrize(
    ("cell", "type_", "value", "matches"),
    [
        # tri: a negation is about known values only, unknown never counts as no
        ("!yes", "tri", "no", True),
        ("!yes", "tri", "unknown", False),
        ("!no", "tri", "unknown", False),
        ("unknown", "tri", "unknown", True),
        ("yes|unknown", "tri", "unknown", True),
        ("yes|unknown", "tri", "no", False),
        ("-", "tri", "unknown", True),
        # numbers: both ends of a range belong to it
        ("10..17", "int", "10", True),
        ("10..17", "int", "17", True),
        ("10..17", "int", "18", False),
        ("> 17", "int", "17", False),
        (">= 17", "int", "17", True),
        ("-5..-1", "int", "-3", True),
        ("< 3 | 10..12", "int", "11", True),
        ("!< 3", "int", "3", True),
        # dates and hours: the last second before the end of 24 hours is within it, the first after is not
        ("<= 24", "duration-hours", "24:00", True),
        ("<= 24", "duration-hours", "24:00:01", False),
        ("> 0.5", "duration-hours", "0:30:01", True),
        (">= 2026-04-01", "date", "2026-03-31", False),
        ("2026-02-28..2026-03-01", "date", "2026-03-01", True),
        # words
        ("a | b", "enum[a, b, c]", "b", True),
        ("!a|b", "enum[a, b, c]", "b", False),
        ("!a|b", "enum[a, b, c]", "c", True),
        ("knife", "text", "knives", False),
        ("!knife", "text", "spoon", True),
    ],
)
def test_cell(tmp_path: Path, cell: str, type_: str, value: str, matches: bool) -> None:
    edition = EDITION.replace(
        'type: "int[0..120]"', f'type: "{type_}"' + (", unknown: answer" if type_ == "tri" else "")
    )
    rows = f'id,hurt,age,kind,out,hours,document,page,why\none,-,"{cell}",-,p,-,doc,1,Reason\n'
    example = f'- {{id: x, table: t, facts: {{age: "{value}"}}, expect: {{out: {"p" if matches else "q"}}}}}\n'
    Shelf.load(
        write(tmp_path, {"e/edition.yaml": edition, "e/tables/t.csv": rows, "e/examples.yaml": example}).resolve()
    )


def test_the_edition_for_tests_is_valid(tmp_path: Path) -> None:
    write(tmp_path / "2026-04-01", FILES)
    assert Shelf.load(tmp_path).on(date(2026, 4, 1)).id == "e1"


INVALID = [
    # (file, what stands there, what stands there instead, the fault)
    ("edition.yaml", "id: e1", "id: e+1", "edition.yaml: id must be letters, digits, dots and dashes"),
    ("edition.yaml", "family: tests\n", "", "edition.yaml: family is missing"),
    ("edition.yaml", "family: tests", "famly: tests", "edition.yaml: unknown key famly"),
    ("edition.yaml", "id: e1", "id: e1\nid: e2", "edition.yaml: is not YAML we can read (line 2)"),
    # an empty file is no edition left out, and no examples left out either
    ("edition.yaml", EDITION, "# to follow\n", "edition.yaml: is empty"),
    ("examples.yaml", EXAMPLES, "# to follow\n", "examples.yaml: is empty"),
    # hostile YAML: a billion laughs, keys that are lists, nesting without end, half a character
    (
        "edition.yaml",
        "family: tests",
        "family: &a [x]\ntitle2: *a",
        "edition.yaml: holds an alias; write the value out",
    ),
    ("edition.yaml", "id: e1", "? [a, b]\n: c\nid: e1", "edition.yaml: is not YAML we can read (line 1)"),
    ("edition.yaml", EDITION, "[" * 5_000, "edition.yaml: is not YAML we can read"),
    (
        "edition.yaml",
        "title: Edition",
        'title: "\\ud800"\nfoo: Edition',
        "edition.yaml: is not YAML we can read (line 3)",
    ),
    ("tables/t.csv", "First reason", "First\0reason", "tables/t.csv: is not text: it holds a zero byte"),
    ("tables/t.csv", "10..17", "１０..17", "column age must be a whole number"),
    ("tables/t.csv", "one,yes", "x,no,1,a,p,1,doc,1,w\n" * 2_000 + "one,yes", "tables/t.csv: has more than 2000 rows"),
    (
        "edition.yaml",
        "title: Edition for tests",
        "title: &a Edition\nother: *a",
        "edition.yaml: holds an alias",
    ),
    ("edition.yaml", "2026-04-01", "2026-02-30", "valid_from must be a day that exists"),
    ("edition.yaml", "2026-04-01", "1 April 2026", "valid_from must be a date written YYYY-MM-DD"),
    ("edition.yaml", "valid_to: none", "valid_to: 2026-03-31", "valid_to is before valid_from"),
    ("edition.yaml", "valid_to: none\n", "", "valid_to is missing"),
    ("edition.yaml", "hit: first", "hit: best", "hit must be one of unique, first, ranked, collect, gates"),
    ("edition.yaml", "type: tri", "type: bool", "the type is not one of tri"),
    ("edition.yaml", "enum[a, b]", "enum[a, unknown]", "`unknown` is never a choice of an enum"),
    ("edition.yaml", "enum[a, b]", "enum[a, a]", "an enum names one choice twice"),
    ("edition.yaml", "name: kind", "name: age", "column age is declared twice"),
    ("edition.yaml", "name: kind", "name: rank", "column name rank is reserved"),
    ("edition.yaml", "tables/t.csv", "../t.csv", "file must be a file under tables/"),
    ("edition.yaml", "tables/t.csv", "tables/../../t.csv", "file must be a file under tables/"),
    ("edition.yaml", "tables/t.csv", "tables/u.csv", "file tables/u.csv is missing"),
    ("edition.yaml", "tables/t.csv", "tables/u.csv", "file tables/t.csv is not declared in edition.yaml"),
    ("edition.yaml", EDITION.splitlines()[-1], "", "default is missing, and the rows do not cover every combination"),
    ("edition.yaml", "page: 9, ", "", "default: column page is missing"),
    ("edition.yaml", "unknown: answer", "unknown: maybe", "unknown must be ask or answer"),
    (
        "edition.yaml",
        ', type: "enum[a, b]"',
        ", type: text, unknown: answer",
        "unknown cannot be an answer of a text input",
    ),
    ("edition.yaml", "    default:", "    tie:", "only a ranked table has a tie"),
    ("edition.yaml", "hit: first", "hit: collect", "a table that collects has no default"),
    ("tables/t.csv", "hurt,age", "hurt,agee", "t.csv: unknown column agee"),
    ("tables/t.csv", "hurt,age", "hurt,agee", "t.csv: column age is missing"),
    ("tables/t.csv", "id,hurt", "id,id", "t.csv: column id appears twice"),
    ("tables/t.csv", "document,page,why", "document,page,reason", "t.csv: column why is missing"),
    ("tables/t.csv", "one,yes,>= 18", "one,maybe,>= 18", "line 2 (one): column hurt must be yes, no or unknown"),
    ("tables/t.csv", "one,yes,>= 18", "one,yes,>= x", "column age must be a whole number in 0..120"),
    ("tables/t.csv", "one,yes,>= 18", "one,yes,>= 180", "column age must be a whole number in 0..120"),
    ("tables/t.csv", "10..17", "17..10", "column age has a range whose ends are the wrong way round"),
    ("tables/t.csv", "10..17", "", "column age is empty; write - where any value will do"),
    ("tables/t.csv", "10..17", "unknown", "column age asks for unknown, but the input is not declared"),
    ("tables/t.csv", "two,unknown", "two,!unknown", "column hurt cannot ask for the negation of unknown"),
    ("tables/t.csv", ",p,24,doc", ",x,24,doc", "column out must be one of p, q"),
    ("tables/t.csv", ",p,24,doc", ",-,24,doc", "column out is empty, and the output is not optional"),
    ("tables/t.csv", "0:30", "0:30 h", "column hours must be hours, such as 24, 0.5 or 24:30"),
    ("tables/t.csv", "doc,1,", "dok,1,", "document is not one the edition declares"),
    ("tables/t.csv", "doc,1,", ",1,", "document is empty"),
    ("tables/t.csv", "doc,1,", "doc,,", "page is empty"),
    ("tables/t.csv", "First reason", "", "why is empty"),
    ("tables/t.csv", "two,", "one,", "row id one is used twice"),
    ("tables/t.csv", "two,", ",", "line 3: id is empty"),
    ("tables/t.csv", ",First reason", "", "line 2 has 8 cells under 9 columns"),
    ("tables/t.csv", ">= 18", "!0..120", "row one never matches: a cell holds no value of its type"),
    # the second row repeats the first
    ("tables/t.csv", "two,unknown,-,!a", "two,yes,20,a", "row two is never reached: earlier rows cover it"),
    # covered by two earlier rows together, by neither alone
    (
        "tables/t.csv",
        TABLE.split("\n", 1)[1],
        "one,-,< 50,-,p,-,doc,1,w\ntwo,-,>= 40,-,p,-,doc,1,w\nthree,-,30..60,a,q,-,doc,1,w\n",
        "row three is never reached: earlier rows cover it",
    ),
    ("tables/t.csv", TABLE.split("\n", 1)[1], "", "has no rows"),
    ("examples.yaml", EXAMPLES, "[]", "an edition needs a list of at least one example"),
    ("examples.yaml", "table: t", "table: u", "example 1: names a table the edition does not have"),
    ("examples.yaml", "age: 30", "agee: 30", "example 1: unknown key agee"),
    ("examples.yaml", "age: 30", "age: old", "fact age must be a whole number"),
    ("examples.yaml", "{out: p}", "{outt: p}", "the table has no output outt"),
    ("examples.yaml", "{out: p}", "{out: q}", "examples.yaml: example x1 unexpected-out: expected q, got p (p1)"),
    ("examples.yaml", ", kind: a", "", "example x1 undecided: expected out=p, got undecided, needs kind"),
    ("examples.yaml", "expect: {out: p}", "expect: undecided", "example x1 decided: expected undecided, got out=p"),
    ("examples.yaml", "{out: p}", "{out: p}, fired: [two]", "example x1 unexpected-fired: expected two, got one"),
    ("examples.yaml", "{out: p}", "{out: p}, needs: [age]", "example x1 unexpected-needs: expected age, got none"),
]


@pytest.mark.parametrize(("name", "old", "new", "fault"), INVALID, ids=[row[3][:60] for row in INVALID])
def test_fault_is_named(tmp_path: Path, name: str, old: str, new: str, fault: str) -> None:
    assert old in FILES[name], "the row of this table must still apply to the edition above"
    write(tmp_path / "2026-04-01", {**FILES, name: FILES[name].replace(old, new, 1)})
    found = faults(tmp_path)
    assert any(fault in line for line in found), found


def test_an_edition_that_is_empty_is_not_left_out_in_silence(tmp_path: Path) -> None:
    write(tmp_path / "2026-04-01", {**FILES, "edition.yaml": EDITION.replace("valid_to: none", "valid_to: 2026-12-31")})
    write(tmp_path / "2027-01-01", {**FILES, "edition.yaml": "# to follow\n"})
    assert faults(tmp_path) == ["2027-01-01 edition.yaml: is empty"]


def test_spreadsheet_programs_marks_and_line_ends_change_nothing(tmp_path: Path) -> None:
    write(tmp_path / "plain" / "e", FILES)
    marked = write(tmp_path / "marked" / "e", FILES)
    (marked / "tables" / "t.csv").write_bytes(b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode())
    plain, same = (Shelf.load(tmp_path / name).on(date(2026, 5, 1)) for name in ("plain", "marked"))
    facts = {"hurt": "yes", "age": 18}
    assert plain.decide("t", facts).outcome == same.decide("t", facts).outcome
    assert plain.decide("t", facts).needs == same.decide("t", facts).needs == ("kind",)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    broken = {
        "edition.yaml": EDITION.replace("family: tests\n", ""),
        "tables/t.csv": TABLE.replace("one,yes", "one,maybe").replace("0:30", "soon"),
        "tables/forgotten.csv": TABLE,
    }
    write(tmp_path / "2026-04-01", {**FILES, **broken})
    write(tmp_path / "2027-04-01", {**FILES, "tables/t.csv": TABLE.replace("two,", "one,")})
    write(tmp_path, {"notes.txt": "left behind"})
    found = faults(tmp_path)
    for part in (
        "2026-04-01 edition.yaml: family is missing",
        "2026-04-01 tables/t.csv line 2 (one): column hurt",
        "2026-04-01 tables/t.csv line 4 (three): column hours",
        "2026-04-01: file tables/forgotten.csv is not declared",
        "2027-04-01 tables/t.csv: row id one is used twice",
        "notes.txt is neither an edition folder nor pins.yaml",
    ):
        assert any(part in line for line in found), (part, found)


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        (("2026-04-01", "2027-03-31"), ("2027-04-01", "none"), None),
        # one without a last day holds until the next begins
        (("2026-04-01", "none"), ("2027-04-01", "none"), None),
        (("2026-04-01", "2027-03-31"), ("2027-03-31", "none"), "editions e1 and e2 overlap in date"),
        (("2026-04-01", "none"), ("2026-04-01", "none"), "editions e1 and e2 overlap in date"),
        (("2026-04-01", "2027-03-30"), ("2027-04-01", "none"), "there is a gap between editions e1 and e2"),
    ],
)
def test_dates_between_editions(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], fault: str | None
) -> None:
    for folder, id_, (start, end) in (("a", "e1", first), ("b", "e2", second)):
        text = EDITION.replace("id: e1", f"id: {id_}").replace("valid_from: 2026-04-01", f"valid_from: {start}")
        write(tmp_path / folder, {**FILES, "edition.yaml": text.replace("valid_to: none", f"valid_to: {end}")})
    if fault is None:
        shelf = Shelf.load(tmp_path)
        assert [edition.id for edition in shelf] == ["e1", "e2"]
        assert [shelf.on(date(2027, *day)).id for day in ((3, 31), (4, 1))] == ["e1", "e2"]
    else:
        assert faults(tmp_path) == [fault]


def test_two_families_and_a_repeated_id_are_faults(tmp_path: Path) -> None:
    write(tmp_path / "a", {**FILES, "edition.yaml": EDITION.replace("valid_to: none", "valid_to: 2026-12-31")})
    later = EDITION.replace("family: tests", "family: others").replace("from: 2026-04-01", "from: 2027-01-01")
    write(tmp_path / "b", {**FILES, "edition.yaml": later})
    assert faults(tmp_path) == ["edition id e1 is used twice", "the editions belong to more than one family"]


def test_a_pin_must_be_the_hash(tmp_path: Path) -> None:
    write(tmp_path / "a", FILES)
    good = Shelf.load(tmp_path).on(date(2026, 4, 1)).hash
    write(tmp_path, {"pins.yaml": f"e1: {good}\n"})
    Shelf.load(tmp_path)
    # one byte in a row's reason: nothing that is decided changes, the hash does
    write(tmp_path / "a", {"tables/t.csv": TABLE.replace("First reason", "First reasons")})
    assert faults(tmp_path) == ["pins.yaml: edition e1 does not have the hash it is pinned to"]
    write(tmp_path, {"pins.yaml": "e9: 0\n"})
    assert faults(tmp_path) == ["pins.yaml: unknown key e9"]


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("one,yes,-\ntwo,-,a\n", "rows one and two overlap"),
        ("one,yes,a\ntwo,yes,b\nthree,no,-\n", None),
    ],
)
def test_unique_rows_may_not_overlap(tmp_path: Path, table: str, fault: str | None) -> None:
    edition = EDITION.replace("hit: first", "hit: unique").replace(", unknown: answer", "")
    rows = [line.split(",") for line in table.splitlines()]
    text = TABLE.split("\n")[0] + "\n" + "".join(f"{i},{h},-,{k},p,-,doc,1,w\n" for i, h, k in rows)
    write(tmp_path / "a", {**FILES, "edition.yaml": edition, "tables/t.csv": text})
    if fault is None:
        Shelf.load(tmp_path)
    else:
        assert fault in " ".join(faults(tmp_path))


def test_a_default_is_not_wanted_where_rows_cover_everything(tmp_path: Path) -> None:
    edition = EDITION.replace(EDITION.splitlines()[-1], "")
    rows = "one,yes,-,-,p,-,doc,1,w\ntwo,no|unknown,< 18,-,p,-,doc,1,w\nthree,-,>= 18,-,q,-,doc,1,w\n"
    files = {**FILES, "edition.yaml": edition, "tables/t.csv": TABLE.split("\n")[0] + "\n" + rows}
    Shelf.load(write(tmp_path / "a", files).parent)


def test_missing_and_hostile_files_are_faults_not_crashes(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere") == ["there is no such folder"]
    (tmp_path / "shelf").mkdir()
    assert faults(tmp_path / "shelf") == ["holds no edition"]
    folder = write(tmp_path / "shelf" / "a", FILES)
    (folder / "tables" / "t.csv").write_bytes(b"\xff\xfe\x00")
    assert faults(tmp_path / "shelf")[0] == "a tables/t.csv: is not UTF-8 text"
    shutil.copyfile(DATA / "crime-like" / "2026-04-01" / "examples.yaml", folder / "tables" / "t.csv")
    assert faults(tmp_path / "shelf")
    (folder / "tables" / "t.csv").unlink()
    (folder / "tables" / "t.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert "file must be a file under tables/" in " ".join(faults(tmp_path / "shelf"))
