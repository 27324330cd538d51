"""Reports from another system: CSV, JSON or JSON lines in, facts documents out, or every fault by row and column.

Pure: bytes in, values out. Nothing is half-imported: `Batch.reports` is empty as long as one fault stands. What the
facts mean is not judged here; the caller gives a `check` that reads a facts document and says what is wrong with it.

A CSV row is one allegation; rows of one reference make one report. JSON is a list of facts documents, JSON lines one
document a line; each may carry `unit` and `narrative` beside `report`.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backbeat.crime.facts_file import FORMAT
from backbeat.errors import InputRejected
from backbeat.handed_json import is_writable

__all__ = ["COLUMNS", "MOST_BYTES", "MOST_REPORTS", "Batch", "Fault", "NewReport", "read_batch", "template"]

MOST_BYTES = 10 << 20
MOST_REPORTS = 5_000
MOST_FAULTS = 500
"""Faults listed; the rest are counted."""

COLUMNS = (
    "reference", "received_at", "force", "unit", "act", "code", "class", "offence", "victims", "offenders", "on",
    "until", "place", "facts", "relationship_facts", "report_facts", "narrative",
)  # fmt: skip
_NEEDED = ("reference", "received_at", "force", "act")
_OF_REPORT = ("received_at", "force", "unit", "report_facts", "narrative")
"""Columns that say the same on every row of one report, or nothing."""
_SEXES = ("female", "male")
_KINDS = ("person", "organisation")
_AGE = re.compile(r"[0-9]{1,3}")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_FACT = re.compile(r"([a-z][a-z0-9_]{0,63})\s*=\s*([^;=]+)")

Check = Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]
"""Facts document → its faults as (field, what is wrong)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a file is wrong, and how."""

    row: int
    """Line of the file for CSV (the heading is 1) and JSON lines, number of the document for JSON; 0: the file."""
    column: str
    """Column or field; empty where the whole row is meant."""
    what: str


@dataclass(frozen=True, slots=True)
class NewReport:
    """One report, ready to be taken in."""

    row: int
    """Where it begins."""
    reference: str
    facts: Mapping[str, Any]
    """A facts document, `backbeat.crime.facts/1`."""
    unit: str = ""
    narrative: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file holds. `reports` is empty where there is any fault."""

    reports: tuple[NewReport, ...]
    faults: tuple[Fault, ...]
    more_faults: int = 0
    """Beyond those listed."""


@dataclass(slots=True)
class _Faults:
    found: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, column: str, what: str) -> None:
        self.count += 1
        if len(self.found) < MOST_FAULTS:
            self.found.append(Fault(row, column, what))


def template() -> str:
    """A CSV file with the heading and two rows of one invented report, to be filled in."""
    first = {
        "reference": "INC/2026/0001",
        "received_at": "2026-05-01T21:40:00+01:00",
        "force": "exampleshire",
        "unit": "North",
        "act": "assault",
        "victims": "v1 34 female",
        "offenders": "o1",
        "on": "2026-05-01",
        "facts": "injury=unknown",
        "report_facts": "reported_by=victim",
    }
    second = {"reference": "INC/2026/0001", "act": "damage", "victims": "v1", "offenders": "o1", "on": "2026-05-01"}
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([first, second])
    return text.getvalue()


def read_batch(content: bytes, *, kind: str, check: Check) -> Batch:
    """Every report of a file, or every fault.

    Args:
        content: the file.
        kind: `csv`, `json` or `jsonl`.
        check: says what is wrong with a facts document.

    Raises:
        InputRejected: too large, not UTF-8, or no such kind.
    """
    if len(content) > MOST_BYTES:
        raise InputRejected(
            f"The file is larger than {MOST_BYTES >> 20} MiB, so nothing was taken in.",
            where="the file to import",
            do="split it and import the parts",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputRejected(
            "The file is not UTF-8 text, so nothing was taken in.",
            where="the file to import",
            do="save it as CSV UTF-8, or as JSON, and import it again",
        ) from None
    faults = _Faults()
    match kind:
        case "csv":
            documents = _of_csv(text, faults)
        case "json":
            documents = _of_json(text, faults)
        case "jsonl":
            documents = _of_lines(text, faults)
        case _:
            raise InputRejected(
                "Only CSV, JSON and JSON lines can be read, so nothing was taken in.",
                where="the file to import",
                do="give the file a name that ends in .csv, .json or .jsonl",
            )
    reports = [_checked(new, check, faults) for new in documents]
    _find_doubles(reports, faults)
    if not reports and not faults.count:
        faults.add(0, "", "the file holds no report")
    if len(reports) > MOST_REPORTS:
        faults.add(0, "", f"the file holds more than {MOST_REPORTS:,} reports; split it")
    listed = tuple(sorted(faults.found, key=lambda fault: (fault.row, fault.column)))
    return Batch(() if faults.count else tuple(reports), listed, faults.count - len(listed))


def _checked(new: NewReport, check: Check, faults: _Faults) -> NewReport:
    for where, what in check(new.facts):
        faults.add(new.row, where, what)
    for column, text in (("unit", new.unit), ("narrative", new.narrative)):
        if not is_writable(text):
            faults.add(new.row, column, "holds half a character, which cannot be written down")
    return new


def _find_doubles(reports: Iterable[NewReport], faults: _Faults) -> None:
    first: dict[str, int] = {}
    for new in reports:
        before = first.setdefault(new.reference, new.row)
        if before != new.row:
            faults.add(new.row, "reference", f"stands in this file before, at {before}")


# --- JSON -------------------------------------------------------------------------------------------------------------


def _of_json(text: str, faults: _Faults) -> list[NewReport]:
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        faults.add(0, "", f"is not JSON (line {line})")
        return []
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        faults.add(0, "", "must be a list of facts documents")
        return []
    return _documents(enumerate(data, 1), faults)


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _of_lines(text: str, faults: _Faults) -> list[NewReport]:
    parsed: list[tuple[int, object]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            parsed.append((number, json.loads(line, parse_constant=_no_number)))
        except (ValueError, RecursionError):
            faults.add(number, "", "is not JSON")
    return _documents(parsed, faults)


def _documents(numbered: Iterable[tuple[int, object]], faults: _Faults) -> list[NewReport]:
    made = []
    for row, document in numbered:
        if not isinstance(document, dict):
            faults.add(row, "", "must be a facts document, a JSON object")
            continue
        facts = {key: value for key, value in document.items() if key not in ("unit", "narrative")}
        extra = {key: document.get(key, "") for key in ("unit", "narrative")}
        for key, value in extra.items():
            if not isinstance(value, str):
                faults.add(row, key, "must be text")
        report = document.get("report")
        reference = report.get("reference", "") if isinstance(report, dict) else ""
        made.append(
            NewReport(
                row,
                reference if isinstance(reference, str) else "",
                facts,
                *(value if isinstance(value, str) else "" for value in extra.values()),
            )
        )
    return made


# --- CSV --------------------------------------------------------------------------------------------------------------


def _of_csv(text: str, faults: _Faults) -> list[NewReport]:
    reader = csv.reader(io.StringIO(text), strict=True)
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if not _heading_is_good(heading, faults):
            return []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = reader.line_num
            if len(cells) != len(heading):
                faults.add(row, "", f"has {len(cells)} cells where the heading has {len(heading)}")
                continue
            values = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
            groups.setdefault(values.get("reference", ""), []).append((row, values))
    except csv.Error as error:
        faults.add(reader.line_num, "", f"is not CSV: {error}")
        return []
    if "" in groups:
        for row, _values in groups.pop(""):
            faults.add(row, "reference", "is empty")
    return [_report_of(reference, rows, faults) for reference, rows in groups.items()]


def _heading_is_good(heading: Sequence[str], faults: _Faults) -> bool:
    before = faults.count
    for name in heading:
        if name not in COLUMNS:
            faults.add(1, name[:40], "is no column this import knows; see the template")
    for name in sorted({name for name in heading if heading.count(name) > 1}):
        faults.add(1, name, "stands twice in the heading")
    for name in _NEEDED:
        if name not in heading:
            faults.add(1, name, "is missing from the heading")
    return faults.count == before


def _report_of(reference: str, rows: Sequence[tuple[int, dict[str, str]]], faults: _Faults) -> NewReport:
    shared = _shared(rows, faults)
    first = rows[0][0]
    received = shared["received_at"]
    if received and not _has_offset(received):
        faults.add(first, "received_at", "must be a time with its offset, such as 2026-05-01T21:40:00+01:00")
    parties: dict[str, dict[str, Any]] = {}
    relationships: dict[tuple[str, str], dict[str, Any]] = {}
    allegations = []
    for number, (row, values) in enumerate(rows, 1):
        victims = _people(row, "victims", values, parties, faults)
        offenders = _people(row, "offenders", values, parties, faults)
        if related := _facts(row, "relationship_facts", values, faults):
            if not victims or not offenders:
                faults.add(row, "relationship_facts", "needs a victim and an offender on the row")
            for pair in ((v, o) for v in victims for o in offenders):
                relationships.setdefault(pair, {}).update(related)
        allegations.append(_allegation(f"a{number}", row, values, victims, offenders, faults))
    document = {
        "format": FORMAT,
        "report": {
            "reference": reference,
            "received_at": received,
            "force": shared["force"],
            "facts": _facts(first, "report_facts", shared, faults),
        },
        "parties": list(parties.values()),
        "relationships": [
            {"victim": victim, "offender": offender, "facts": facts}
            for (victim, offender), facts in relationships.items()
        ],
        "allegations": allegations,
    }
    return NewReport(first, reference, document, shared["unit"], shared["narrative"])


def _shared(rows: Sequence[tuple[int, dict[str, str]]], faults: _Faults) -> dict[str, str]:
    """What belongs to the report, from whichever of its rows says it."""
    shared = dict.fromkeys(_OF_REPORT, "")
    for row, values in rows:
        for name in _OF_REPORT:
            value = values.get(name, "")
            if value and shared[name] and value != shared[name]:
                faults.add(row, name, f"differs from row {rows[0][0]} of the same report")
            shared[name] = shared[name] or value
    for name in ("received_at", "force"):
        if not shared[name]:
            faults.add(rows[0][0], name, "is empty")
    return shared


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _allegation(
    name: str, row: int, values: Mapping[str, str], victims: list[str], offenders: list[str], faults: _Faults
) -> dict[str, Any]:
    act = values.get("act", "")
    if not act:
        faults.add(row, "act", "is empty; use named for an offence given by code and class")
    made: dict[str, Any] = {"id": name, "act": act, "victims": victims, "offenders": offenders}
    code, class_ = values.get("code", ""), values.get("class", "")
    if act == "named":
        for column, value in (("code", code), ("class", class_)):
            if not value:
                faults.add(row, column, "is empty, and the act is named")
        made["offence"] = {"code": code, "class": class_}
        if values.get("offence"):
            made["offence"]["offence"] = values["offence"]
    elif code or class_ or values.get("offence"):
        faults.add(row, "code", "is given, but only the act named takes a code, a class and an offence")
    for column in ("on", "until", "place"):
        if values.get(column):
            made[column] = values[column]
    made["facts"] = _facts(row, "facts", values, faults)
    return made


def _facts(row: int, column: str, values: Mapping[str, str], faults: _Faults) -> dict[str, str | int]:
    """`injury=yes; age_of_child=7` as facts; whole numbers as numbers."""
    found: dict[str, str | int] = {}
    for part in filter(None, (part.strip() for part in values.get(column, "").split(";"))):
        fact = _FACT.fullmatch(part)
        if fact is None:
            faults.add(row, column, "must be facts such as injury=yes; domestic=no")
            continue
        name, value = fact[1], fact[2].strip()
        if name in found:
            faults.add(row, column, f"says {name} twice")
        found[name] = int(value) if re.fullmatch(r"[0-9]{1,9}", value) else value
    return found


def _people(
    row: int, column: str, values: Mapping[str, str], parties: dict[str, dict[str, Any]], faults: _Faults
) -> list[str]:
    """`v1 34 female; shop organisation` as party ids; what is said of a party is gathered over the report's rows."""
    ids = []
    for part in filter(None, (part.strip() for part in values.get(column, "").split(";"))):
        label, *words = part.split()
        if not _LABEL.fullmatch(label):
            faults.add(row, column, "each person needs a short label such as v1, without a name")
            continue
        said = _said(row, column, words, faults)
        party = parties.setdefault(label, {"id": label})
        for key, value in said.items():
            if party.setdefault(key, value) != value:
                faults.add(row, column, f"says another {key} of {label} than a row before")
        if label in ids:
            faults.add(row, column, f"names {label} twice")
        else:
            ids.append(label)
    return ids


def _said(row: int, column: str, words: Iterable[str], faults: _Faults) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for word in words:
        if _AGE.fullmatch(word):
            said["age"] = int(word)
        elif word in _SEXES:
            said["sex"] = word
        elif word in _KINDS:
            said["kind"] = word
        elif word.startswith("household=") and len(word) > len("household="):
            said["household"] = word.removeprefix("household=")
        else:
            faults.add(row, column, "after a label only an age, female, male, person, organisation or household=word")
    return said
