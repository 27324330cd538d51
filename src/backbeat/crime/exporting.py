"""Recorded crimes as CSV in the shape of the Home Office Data Hub.

The Hub's own file specification is not public. The columns here are an assumption: one row a crime record, codes and
classes as the notifiable offence list has them, days and times in ISO 8601 with their offset, flags as ids separated by
semicolons. The documentation says so; a force maps the columns to its own feed.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from backbeat.errors import Bug

__all__ = ["COLUMNS", "CrimeLine", "guard", "write_lines"]

COLUMNS = (
    "force", "incident_reference", "crime_reference", "reported_at", "recorded_at", "home_office_class",
    "home_office_code", "offence", "offence_from", "offence_to", "victim", "victim_kind", "victim_age", "victim_sex",
    "offenders", "additional", "flags", "decided_by", "edition", "edition_hash",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


@dataclass(frozen=True, slots=True)
class CrimeLine:
    """One line of a decision: `count` crimes of one class, recorded for one report."""

    force: str
    incident_reference: str
    number: int
    """Of the first crime of this line within its report, from 1."""
    reported_at: datetime
    recorded_at: datetime
    class_: str
    code: str
    offence: str
    count: int
    offence_from: date | None
    offence_to: date | None
    victims: tuple[tuple[str, str, int | None, str], ...]
    """Label, kind, age and sex; where there are as many as `count`, one for each crime."""
    offenders: tuple[str, ...]
    additional: bool
    flags: tuple[str, ...]
    decided_by: str
    """Who recorded it, as shown to colleagues: a role or collar number."""
    edition: str
    edition_hash: str

    def __post_init__(self) -> None:
        if self.count < 1 or self.number < 1:
            raise Bug("a line of crimes counts and numbers from 1")


def guard(cell: str) -> str:
    """The cell as a spreadsheet shows it and never runs it: a leading `=`, `+`, `-`, `@` or control gets a `'`.

    >>> guard("=1+1"), guard("8N"), guard("  @x")
    ("'=1+1", '8N', "'  @x")
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def write_lines(lines: Iterable[CrimeLine]) -> Iterator[str]:
    """The file, a row at a time, the heading first: CSV of RFC 4180, one row for each crime counted."""
    yield _row(COLUMNS)
    for line in lines:
        for index in range(line.count):
            yield _row(_cells(line, index))


def _cells(line: CrimeLine, index: int) -> tuple[str, ...]:
    victims = (line.victims[index],) if len(line.victims) == line.count else line.victims
    first, last = line.offence_from, line.offence_to or line.offence_from
    only = victims[0] if len(victims) == 1 else ("", "", None, "")
    return (
        line.force,
        line.incident_reference,
        f"{line.incident_reference}#{line.number + index}",
        line.reported_at.isoformat(timespec="seconds"),
        line.recorded_at.isoformat(timespec="seconds"),
        line.class_,
        line.code,
        line.offence,
        first.isoformat() if first else "",
        last.isoformat() if last else "",
        ";".join(victim[0] for victim in victims),
        only[1],
        "" if only[2] is None else str(only[2]),
        only[3],
        ";".join(line.offenders),
        "yes" if line.additional else "no",
        ";".join(line.flags),
        line.decided_by,
        line.edition,
        line.edition_hash,
    )


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([guard(cell) for cell in cells])
    return text.getvalue()
