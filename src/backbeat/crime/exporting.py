"""Recorded crimes as CSV in the shape of the Home Office Data Hub.

The Hub's own file specification is not public. The columns here are an assumption: one row a crime record, codes and
classes as the notifiable offence list has them, days and times in ISO 8601 with their offset, flags as ids separated by
semicolons. The documentation says so; a force maps the columns to its own feed.

Class and code are those that stand now; what a crime was recorded as stands beside them where it was reclassified. A
cancelled crime keeps its row, marked as cancelled: whoever took it in before learns of it.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from backbeat.errors import Bug

__all__ = ["COLUMNS", "CrimeLine", "Granted", "Since", "guard", "write_lines"]

COLUMNS = (
    "force", "incident_reference", "crime_reference", "reported_at", "recorded_at", "home_office_class",
    "home_office_code", "offence", "offence_from", "offence_to", "victim", "victim_kind", "victim_age", "victim_sex",
    "offenders", "additional", "flags", "decided_by", "edition", "edition_hash", "record_status", "cancellation",
    "cancelled_at", "cancelled_by", "outcome", "outcome_at", "outcome_by", "class_as_recorded", "code_as_recorded",
    "reclassified_at", "reclassified_by",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


@dataclass(frozen=True, slots=True)
class Granted:
    """A request about a crime on record that was granted."""

    wanted: str
    """`16`, `C2`, or what it was reclassified to."""
    at: datetime
    by: str
    """As shown to colleagues: a role or collar number."""


@dataclass(frozen=True, slots=True)
class Since:
    """How one crime stands since requests about it were granted."""

    class_: str
    code: str
    offence: str
    is_crime: bool = True
    """Else it was reclassified to an incident."""
    cancelled: Granted | None = None
    outcome: Granted | None = None
    reclassified: Granted | None = None

    @property
    def status(self) -> str:
        """`recorded`, `cancelled`, `transferred` (C1) or `incident`."""
        if self.cancelled is not None:
            return "transferred" if self.cancelled.wanted == "C1" else "cancelled"
        return "recorded" if self.is_crime else "incident"


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
    since: tuple[Since, ...] = ()
    """How each crime stands now, one for each; empty: as recorded."""

    def __post_init__(self) -> None:
        if self.count < 1 or self.number < 1:
            raise Bug("a line of crimes counts and numbers from 1")
        if self.since and len(self.since) != self.count:
            raise Bug("how a crime stands is said of each crime of a line or of none")


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
    now = line.since[index] if line.since else Since(line.class_, line.code, line.offence)
    return (
        line.force,
        line.incident_reference,
        f"{line.incident_reference}#{line.number + index}",
        line.reported_at.isoformat(timespec="seconds"),
        line.recorded_at.isoformat(timespec="seconds"),
        now.class_,
        now.code,
        now.offence,
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
        now.status,
        *_granted(now.cancelled),
        *_granted(now.outcome),
        line.class_ if now.reclassified else "",
        line.code if now.reclassified else "",
        *_granted(now.reclassified)[1:],
    )


def _granted(one: Granted | None) -> tuple[str, str, str]:
    return (one.wanted, one.at.isoformat(timespec="seconds"), one.by) if one else ("", "", "")


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([guard(cell) for cell in cells])
    return text.getvalue()
