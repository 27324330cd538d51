"""Reading one edition folder: `edition.yaml`, its tables, lists and examples, every fault collected.

2026-04-01/
├── edition.yaml      id, family, title, valid_from, valid_to, documents, tables, lists
├── tables/*.csv      or *.yaml, which may hold its own declaration and examples
├── lists/*.csv       reference rows that are no decisions
└── examples.yaml     not needed where every example stands in a table's own file
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from backbeat.canonical import canonical_json, sha256_hex
from backbeat.files import hash_file
from backbeat.rulebook.edition import Edition, SourceDocument
from backbeat.rulebook.examples import Example, read_examples
from backbeat.rulebook.lists import RuleList, make_list
from backbeat.rulebook.sources import Faults, Fields, read_rows, read_yaml, text_rows
from backbeat.rulebook.tables import TableSource, declare, make_table
from backbeat.rulebook.values import Shape, ValueType

__all__ = ["EDITION", "EDITION_ID", "Loaded", "load_edition", "read_day", "read_documents"]

EDITION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Ids of editions and overlays; a version is EDITION+OVERLAY."""
EDITION, EXAMPLES = "edition.yaml", "examples.yaml"


@dataclass(frozen=True)
class Loaded:
    """An edition read without fault, and the examples it must still pass."""

    edition: Edition
    examples: tuple[Example, ...]
    sources: Mapping[str, TableSource]
    """The tables as written, which an overlay may patch."""


def load_edition(folder: Path, faults: Faults) -> Loaded | None:
    """Read an edition folder; None when anything in it is at fault. Examples are read, not run."""
    before = len(faults.found)
    top = read_yaml(folder / EDITION, faults.under(EDITION))
    if top is None:
        return None
    fields = Fields(top, faults.under(EDITION))
    id_, family, title = fields.text("id"), fields.text("family"), fields.text("title")
    if not EDITION_ID.fullmatch(id_ or "missing"):
        fields.faults.add("id must be letters, digits, dots and dashes")
    valid_from, valid_to = _dates(fields)
    documents = read_documents(fields)
    files = {EDITION}
    sources, own_examples = _sources(folder, fields, files, faults)
    lists = _lists(folder, fields, files, set(documents), faults)
    fields.done()
    if not own_examples or (folder / EXAMPLES).exists():
        files.add(EXAMPLES)
    _check_files(folder, files, faults)
    made = {name: make_table(s, set(documents), faults.under(s.declared.file)) for name, s in sources.items()}
    tables = {name: table for name, table in made.items() if table is not None}
    examples: tuple[Example, ...] = ()
    # A table at fault has its own faults; examples that name it would only repeat them.
    sound = bool(made) and len(tables) == len(made)
    for name, document in own_examples.items():
        about = faults.under(f"{sources[name].declared.file} examples") if sound else Faults()
        examples += read_examples(document, tables, about, table=name)
    if (folder / EXAMPLES).is_file():
        about = faults.under(EXAMPLES) if sound else Faults()
        examples += read_examples(read_yaml(folder / EXAMPLES, about), tables, about)
    _check_example_ids(examples, faults)
    if len(faults.found) > before or valid_from is None:
        return None
    digest = canonical_json({name: hash_file(folder / name) for name in sorted(files)})
    edition = Edition(id_, family, title, valid_from, valid_to, documents, tables, sha256_hex(digest), lists)
    return Loaded(edition, examples, sources)


def _dates(fields: Fields) -> tuple[date | None, date | None]:
    valid_from = read_day(fields, "valid_from")
    text = fields.text("valid_to")
    valid_to = None
    if text and text != "none":
        valid_to = _read_day(text, "valid_to", fields.faults)
        if valid_from and valid_to and valid_to < valid_from:
            fields.faults.add("valid_to is before valid_from")
    return valid_from, valid_to


def read_day(fields: Fields, name: str) -> date | None:
    text = fields.text(name)
    return _read_day(text, name, fields.faults) if text else None


def _read_day(text: str, name: str, faults: Faults) -> date | None:
    with faults.caught(name):
        value = ValueType(Shape.DATE).read(text)
        return value if isinstance(value, date) else None
    return None


def read_documents(fields: Fields, *, required: bool = True) -> dict[str, SourceDocument]:
    """The `documents:` list of a map, by id."""
    documents: dict[str, SourceDocument] = {}
    for number, value in enumerate(fields.items("documents", required=required), 1):
        entry = Fields(value, fields.faults.under(f"document {number}"))
        id_, title, day, citation = (
            entry.text("id"),
            entry.text("title"),
            read_day(entry, "date"),
            entry.text("citation"),
        )
        entry.done()
        if id_ in documents:
            entry.faults.add(f"document id {id_} is used twice")
        if day is not None:
            documents[id_] = SourceDocument(id_, title, day, citation)
    return documents


def _sources(
    folder: Path, fields: Fields, files: set[str], faults: Faults
) -> tuple[dict[str, TableSource], dict[str, object]]:
    """Tables as written and the examples in their own files, both by table id.

    The files they name are added to `files`; a missing file is reported with those.
    """
    sources: dict[str, TableSource] = {}
    examples: dict[str, object] = {}
    for number, value in enumerate(fields.items("tables"), 1):
        about = fields.faults.under(f"table {number}")
        if isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str):
            name = value["file"]
            if _claim(folder, name, "tables", files, about) and (folder / name).is_file():
                _read_self_described(folder, name, sources, examples, faults.under(name))
            continue
        declared = declare(value, about)
        if declared.id in sources:
            about.add(f"table id {declared.id} is used twice")
        if not declared.file or not _claim(folder, declared.file, "tables", files, about):
            continue
        if (folder / declared.file).is_file():
            header, rows = read_rows(folder / declared.file, faults.under(declared.file))
            sources[declared.id] = TableSource(declared, header, tuple(rows))
    return sources, examples


def _read_self_described(
    folder: Path, name: str, sources: dict[str, TableSource], examples: dict[str, object], faults: Faults
) -> None:
    """A table whose YAML file holds its declaration, its rows and its examples."""
    document = read_yaml(folder / name, faults)
    if not isinstance(document, dict):
        if document is not None:
            faults.add("without a declaration in edition.yaml, a table file is a map with its own")
        return
    entry = {**document, "file": name}
    rows, own = entry.pop("rows", None), entry.pop("examples", None)
    declared = declare(entry, faults)
    if declared.id in sources:
        faults.add(f"table id {declared.id} is used twice")
    sources[declared.id] = TableSource(declared, None, tuple(text_rows(rows, faults)))
    if own is not None:
        examples[declared.id] = own


def _lists(folder: Path, fields: Fields, files: set[str], documents: set[str], faults: Faults) -> dict[str, RuleList]:
    """Reference lists by id; their files are added to `files`."""
    lists: dict[str, RuleList] = {}
    for number, value in enumerate(fields.items("lists", required=False), 1):
        about = fields.faults.under(f"list {number}")
        entry = Fields(value, about)
        id_, name, key = entry.text("id"), entry.text("file"), tuple(entry.text("key").split())
        entry.done()
        if id_ in lists:
            about.add(f"list id {id_} is used twice")
        if name and _claim(folder, name, "lists", files, about) and (folder / name).is_file():
            made = make_list(id_, folder / name, key, documents, faults.under(name))
            if made is not None:
                lists[id_] = made
    return lists


def _claim(folder: Path, name: str, under: str, files: set[str], faults: Faults) -> bool:
    """Whether the edition may use this file; it then belongs to what it is hashed over."""
    path = folder / name
    if Path(name).parts[:1] != (under,) or ".." in Path(name).parts or path.is_symlink():
        faults.add(f"file must be a file under {under}/ in the edition's folder")
        return False
    if name in files:
        faults.add("file is already another table's" if under == "tables" else "file is already another list's")
    files.add(name)
    return True


def _check_example_ids(examples: tuple[Example, ...], faults: Faults) -> None:
    ids = [example.id for example in examples]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        faults.add(f"example id {id_} is used twice")


def _check_files(folder: Path, declared: set[str], faults: Faults) -> None:
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
    for name in sorted(there - declared):
        faults.add(f"file {name} is not declared in {EDITION}")
    for name in sorted(declared - there):
        if name != EDITION or not (folder / EDITION).exists():
            faults.add(f"file {name} is missing")
