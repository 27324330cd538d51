"""Tables that carry their own declaration, and reference lists."""

from datetime import date
from pathlib import Path

import pytest

from backbeat.errors import ConfigError
from backbeat.rulebook import YES, Shelf
from backbeat.rulebook.values import ValueType

EDITION = """
id: small-2026
family: small
title: Small rules
valid_from: 2026-04-01
valid_to: none
documents:
  - {id: rules, title: Rules, date: 2026-04-01, citation: nowhere}
tables:
  - {file: tables/harm.yaml}
lists:
  - {id: offences, file: lists/offences.csv, key: code class}
"""
TABLE = """
id: harm
title: How bad
hit: first
inputs:
  - {name: injured, type: tri, question: "Was anybody hurt?"}
outputs:
  - {name: class, type: text}
default: {class: 105A, document: rules, page: 45, why: No injury.}
rows:
  - {id: hurt, injured: yes, class: 8N, document: rules, page: 43, why: Any injury.}
examples:
  - {id: harm-1, facts: {injured: yes}, expect: {class: 8N}}
  - {id: harm-2, facts: {}, expect: undecided, needs: [injured]}
"""
LIST = 'code,class,document,page,why\n008/06,8N,rules,43,Listed\n008/06,8S,rules,45,"Listed, twice"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    edition = tmp_path / "shelf" / "2026"
    (edition / "tables").mkdir(parents=True)
    (edition / "lists").mkdir()
    (edition / "edition.yaml").write_text(EDITION)
    (edition / "tables" / "harm.yaml").write_text(TABLE)
    (edition / "lists" / "offences.csv").write_text(LIST)
    return tmp_path / "shelf"


def test_a_table_may_declare_itself_and_bring_its_examples(folder: Path) -> None:
    edition = Shelf.load(folder).on(date(2026, 5, 1))
    assert edition.decide("harm", {"injured": YES}).outcome == {"class": "8N"}


def test_its_examples_gate_the_edition(folder: Path) -> None:
    path = folder / "2026" / "tables" / "harm.yaml"
    path.write_text(TABLE.replace("expect: {class: 8N}", "expect: {class: 5D}"))
    with pytest.raises(ConfigError, match="harm-1 unexpected-class: expected 5D, got 8N"):
        Shelf.load(folder)


def test_a_list_keeps_its_rows_and_is_part_of_the_hash(folder: Path) -> None:
    edition = Shelf.load(folder).on(date(2026, 5, 1))
    offences = edition.lists["offences"]
    assert offences.key == ("code", "class")
    assert [row["class"] for row in offences.rows] == ["8N", "8S"]
    (folder / "2026" / "lists" / "offences.csv").write_text(LIST.replace("twice", "again"))
    assert Shelf.load(folder).on(date(2026, 5, 1)).hash != edition.hash


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("008/06,8S", "008/06,8N", "line 3: a row with this key stands above"),
        (",rules,43,", ",,43,", "line 2: document is empty"),
        (",rules,43,", ",laws,43,", "line 2: document is not one the edition declares"),
        ("code,class", "code,classes", "column class is missing"),
        (",page,why", ",why,page", None),
    ],
)
def test_a_list_at_fault_is_refused(folder: Path, before: str, after: str, fault: str | None) -> None:
    (folder / "2026" / "lists" / "offences.csv").write_text(LIST.replace(before, after, 1))
    if fault is None:
        Shelf.load(folder)  # the order of columns is free
        return
    with pytest.raises(ConfigError, match=fault):
        Shelf.load(folder)


def test_a_list_outside_its_folder_is_refused(folder: Path) -> None:
    path = folder / "2026" / "edition.yaml"
    path.write_text(EDITION.replace("lists/offences.csv", "lists/../tables/harm.yaml"))
    with pytest.raises(ConfigError, match="file must be a file under lists/"):
        Shelf.load(folder)


def test_rows_without_a_declaration_are_refused(folder: Path) -> None:
    (folder / "2026" / "tables" / "harm.yaml").write_text("- {id: hurt}\n")
    with pytest.raises(ConfigError, match="a table file is a map with its own"):
        Shelf.load(folder)


def test_without_examples_anywhere_the_file_is_missed(folder: Path) -> None:
    path = folder / "2026" / "tables" / "harm.yaml"
    path.write_text(TABLE[: TABLE.index("examples:")])
    with pytest.raises(ConfigError, match=r"file examples\.yaml is missing"):
        Shelf.load(folder)


@pytest.mark.parametrize("declared", ["tri", "enum[a, b]", "int", "int[0..120]", "int[0..]", "date", "text"])
def test_a_type_spells_itself_as_it_is_declared(declared: str) -> None:
    assert str(ValueType.parse(declared)) == declared
