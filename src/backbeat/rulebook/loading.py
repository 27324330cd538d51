"""Reading one edition folder: `edition.yaml`, its tables and its examples, every fault collected.

2026-04-01/
├── edition.yaml      id, family, title, valid_from, valid_to, documents, tables
├── tables/*.csv      or *.yaml
└── examples.yaml
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from backbeat.canonical import canonical_json, sha256_hex
from backbeat.files import hash_file
from backbeat.rulebook.edition import Edition, SourceDocument
from backbeat.rulebook.examples import Example, read_examples
from backbeat.rulebook.sources import Faults, Fields, read_rows, read_yaml
from backbeat.rulebook.table import Table
from backbeat.rulebook.tables import declare, make_table
from backbeat.rulebook.values import Shape, ValueType

__all__ = ["Loaded", "load_edition"]

EDITION, EXAMPLES = "edition.yaml", "examples.yaml"


@dataclass(frozen=True)
class Loaded:
    """An edition read without fault, and the examples it must still pass."""

    edition: Edition
    examples: tuple[Example, ...]


def load_edition(folder: Path, faults: Faults) -> Loaded | None:
    """Read an edition folder; None when anything in it is at fault. Examples are read, not run."""
    before = len(faults.found)
    top = read_yaml(folder / EDITION, faults.under(EDITION))
    if top is None:
        return None
    fields = Fields(top, faults.under(EDITION))
    id_, family, title = fields.text("id"), fields.text("family"), fields.text("title")
    valid_from, valid_to = _dates(fields)
    documents = _documents(fields)
    files = {EDITION, EXAMPLES}
    tables = _tables(folder, fields, set(documents), files, faults)
    fields.done()
    _check_files(folder, files, faults)
    examples: tuple[Example, ...] = ()
    if (folder / EXAMPLES).is_file():
        # A table at fault has its own faults; examples that name it would only repeat them.
        about = faults.under(EXAMPLES) if None not in tables.values() else Faults()
        whole = {name: table for name, table in tables.items() if table is not None}
        examples = read_examples(read_yaml(folder / EXAMPLES, about), whole, about)
    if len(faults.found) > before or valid_from is None:
        return None
    compiled = {name: table for name, table in tables.items() if table is not None}
    digest = canonical_json({name: hash_file(folder / name) for name in sorted(files)})
    edition = Edition(id_, family, title, valid_from, valid_to, documents, compiled, sha256_hex(digest))
    return Loaded(edition, examples)


def _dates(fields: Fields) -> tuple[date | None, date | None]:
    valid_from = _day(fields, "valid_from")
    text = fields.text("valid_to")
    valid_to = None
    if text and text != "none":
        valid_to = _read_day(text, "valid_to", fields.faults)
        if valid_from and valid_to and valid_to < valid_from:
            fields.faults.add("valid_to is before valid_from")
    return valid_from, valid_to


def _day(fields: Fields, name: str) -> date | None:
    text = fields.text(name)
    return _read_day(text, name, fields.faults) if text else None


def _read_day(text: str, name: str, faults: Faults) -> date | None:
    with faults.caught(name):
        value = ValueType(Shape.DATE).read(text)
        return value if isinstance(value, date) else None
    return None


def _documents(fields: Fields) -> dict[str, SourceDocument]:
    documents: dict[str, SourceDocument] = {}
    for number, value in enumerate(fields.items("documents"), 1):
        entry = Fields(value, fields.faults.under(f"document {number}"))
        id_, title, day, citation = entry.text("id"), entry.text("title"), _day(entry, "date"), entry.text("citation")
        entry.done()
        if id_ in documents:
            entry.faults.add(f"document id {id_} is used twice")
        if day is not None:
            documents[id_] = SourceDocument(id_, title, day, citation)
    return documents


def _tables(
    folder: Path, fields: Fields, documents: set[str], files: set[str], faults: Faults
) -> Mapping[str, Table | None]:
    """Tables by id; None for a table at fault. The files they name are added to `files`."""
    tables: dict[str, Table | None] = {}
    for number, value in enumerate(fields.items("tables"), 1):
        about = fields.faults.under(f"table {number}")
        declared = declare(value, about)
        if declared.id in tables:
            about.add(f"table id {declared.id} is used twice")
        tables[declared.id] = None
        if not declared.file:
            continue
        if not _inside(folder, declared.file):
            about.add("file must be a file under tables/ in the edition's folder")
            continue
        if declared.file in files:
            about.add("file is already another table's")
        files.add(declared.file)
        if not (folder / declared.file).is_file():
            continue  # reported with the other missing files
        place = faults.under(declared.file)
        header, rows = read_rows(folder / declared.file, place)
        tables[declared.id] = make_table(declared, header, rows, documents, place)
    return tables


def _inside(folder: Path, name: str) -> bool:
    path = folder / name
    return Path(name).parts[:1] == ("tables",) and ".." not in Path(name).parts and not path.is_symlink()


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
