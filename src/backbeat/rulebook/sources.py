"""Reading rule files as plain text values, collecting faults instead of stopping at the first.

YAML scalars stay text here (`yes`, `2026-04-01`, `019/15` mean what the declared type makes of them), and a key given
twice is a fault.
"""

import csv
import io
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from backbeat.rulebook.values import is_whole

__all__ = ["Faults", "Fields", "read_rows", "read_yaml", "text_rows"]

MAX_BYTES = 8 << 20
"""No rule file is anywhere near this; larger is refused before it is parsed."""


@dataclass(slots=True)
class Faults:
    """Faults found so far, each with the place it was found."""

    place: str = ""
    found: list[str] = field(default_factory=list)

    def add(self, message: str) -> None:
        """Record a fault here."""
        self.found.append(f"{self.place}: {message}" if self.place else message)

    def under(self, place: str) -> "Faults":
        """The same list, one place deeper."""
        return Faults(f"{self.place} {place}".strip(), self.found)

    def caught(self, what: str = "") -> "_Catch":
        """`with faults.caught("column x"):` turns a ValueError of a reader into a fault."""
        return _Catch(self, what)


class _Catch:
    def __init__(self, faults: Faults, what: str) -> None:
        self._faults, self._what = faults, what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, ValueError):
            return False
        self._faults.add(f"{self._what} {error}".strip())
        return True


# The C parser where there is one: an edition of fifty tables is read six times as fast.
_BaseLoader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TextLoader(_BaseLoader):  # type: ignore[valid-type,misc]
    """Every scalar is text; a duplicate key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key that is not text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, "a key given twice", key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, object] = super().construct_mapping(node, deep=deep)
        return mapping

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        text: str = super().construct_scalar(node)
        if not is_whole(text):
            raise yaml.constructor.ConstructorError(None, None, "half a character", node.start_mark)
        return text


def read_yaml(path: Path, faults: Faults) -> object:
    """The document with text for every scalar, or None with a fault recorded."""
    text = _text(path, faults)
    if text is None:
        return None
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_BaseLoader)):
            faults.add("holds an alias; write the value out")
            return None
        document = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - a BaseLoader: it makes only text, lists and maps
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.add(f"is not YAML we can read{f' (line {mark.line + 1})' if mark else ''}")
        return None
    except RecursionError:
        faults.add("is nested too deeply")
        return None
    if document is None:
        # Never None without a fault: an empty file must not pass for rules or examples that were left out.
        faults.add("is empty")
    return document


def read_rows(path: Path, faults: Faults) -> tuple[tuple[str, ...] | None, list[tuple[str, Mapping[str, str]]]]:
    """Rows of a table file as (place, column → text); for CSV the header too, None where columns are per row."""
    if path.suffix == ".csv":
        return _csv_rows(path, faults)
    if path.suffix not in (".yaml", ".yml"):
        faults.add("a table is a .csv or a .yaml file")
        return None, []
    document = read_yaml(path, faults)
    return None, [] if document is None else text_rows(document, faults)


def text_rows(document: object, faults: Faults) -> list[tuple[str, Mapping[str, str]]]:
    """Rows of a YAML list as (place, column → text)."""
    if not isinstance(document, list):
        faults.add("the rows of a table are a list")
        return []
    rows: list[tuple[str, Mapping[str, str]]] = []
    for number, row in enumerate(document, 1):
        if isinstance(row, dict) and all(isinstance(value, str) for value in row.values()):
            rows.append((f"row {number}", row))
        else:
            faults.add(f"row {number} is not a map of columns to text")
    return rows


def _csv_rows(path: Path, faults: Faults) -> tuple[tuple[str, ...] | None, list[tuple[str, Mapping[str, str]]]]:
    text = _text(path, faults)
    if text is None:
        return None, []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, Mapping[str, str]]] = []
    try:
        header = tuple(name.strip() for name in next(reader, []))
        for name in sorted({name for name in header if header.count(name) > 1}):
            faults.add(f"column {name} appears twice")
        for cells in reader:
            place = f"line {reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(header):
                faults.add(f"{place} has {len(cells)} cells under {len(header)} columns")
                continue
            rows.append((place, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    except csv.Error:
        faults.add(f"is not CSV we can read (line {reader.line_num})")
        return None, []
    return header, rows


def _text(path: Path, faults: Faults) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            faults.add(f"is larger than {MAX_BYTES >> 20} MiB")
            return None
        text = path.read_text(encoding="utf-8-sig")
        if "\0" not in text:
            return text
        faults.add("is not text: it holds a zero byte")
    except UnicodeDecodeError:
        faults.add("is not UTF-8 text")
    except OSError:
        faults.add("cannot be read")
    return None


class Fields:
    """A map taken apart key by key; what is left over at the end is a fault."""

    def __init__(self, value: object, faults: Faults) -> None:
        self.faults = faults
        if not isinstance(value, dict):
            if value is not None:
                faults.add("is not a map")
            value = {}
        self._left = dict(value)

    def text(self, name: str, *, required: bool = True) -> str:
        """A text value; empty with a fault where it is required and missing."""
        value = self._left.pop(name, "")
        if not isinstance(value, str):
            self.faults.add(f"{name} must be text")
        elif value.strip() or not required:
            return value.strip()
        else:
            self.faults.add(f"{name} is missing")
        return ""

    def flag(self, name: str) -> bool:
        """`yes` or `no`; no where absent."""
        value = self.text(name, required=False)
        if value not in ("", "yes", "no"):
            self.faults.add(f"{name} must be yes or no")
        return value == "yes"

    def items(self, name: str, *, required: bool = True) -> list[object]:
        """A list."""
        value = self._left.pop(name, [])
        if not isinstance(value, list):
            self.faults.add(f"{name} must be a list")
            return []
        if required and not value:
            self.faults.add(f"{name} is missing")
        return value

    def raw(self, name: str) -> object:
        """Whatever stands there, or None."""
        return self._left.pop(name, None)

    def done(self) -> None:
        """Report the keys nobody asked for."""
        for name in self._left:
            self.faults.add(f"unknown key {name}")
