"""The cells of one row of a log, read by kind; whatever is wrong is noted with its row and column, and reading goes on.

No message quotes a cell: what stands in the wrong column may be a name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from backbeat.rulebook import UNKNOWN, Answer, Fact
from backbeat.rulebook.values import Shape, ValueType
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.model import Later

__all__ = ["Cells", "Fault", "Faults"]

MOST_MINUTES = 100_000
"""About ten weeks: above it somebody sent seconds."""
_WHOLE = re.compile(r"[0-9]{1,6}")
_LATER = re.compile(r"([0-9]{1,6})\s+([a-z][a-z0-9_]{0,63})\s*=\s*([^;=]+)")
C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a log is wrong, and how."""

    row: int
    """As a spreadsheet counts, the heading being 1; 0: the file."""
    column: str
    """Empty where the whole row is meant."""
    what: str

    def __str__(self) -> str:
        return f"row {self.row}{', ' if self.column else ''}{self.column}: {self.what}"


@dataclass(slots=True)
class Faults:
    """Every fault of a file, in the order of reading."""

    found: list[Fault] = field(default_factory=list)

    def add(self, row: int, column: str, what: str) -> None:
        """Note one."""
        self.found.append(Fault(row, column, what))

    def __len__(self) -> int:
        return len(self.found)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row. A reader gives None, or the empty value of its kind, where the cell is empty or at fault."""

    row: int
    values: Mapping[str, str]
    faults: Faults
    zone: ZoneInfo | None = None

    def fault(self, column: str, what: str) -> None:
        """Note what is wrong with a cell."""
        self.faults.add(self.row, column, what)

    def get(self, column: str) -> str:
        """The text of a cell."""
        return self.values.get(column, "").strip()

    def needed(self, column: str) -> str:
        """The text of a cell that may not be empty."""
        if not (text := self.get(column)):
            self.fault(column, "is empty")
        return text

    def moment(self, column: str) -> datetime | None:
        """A time with its offset, or in the zone of the file."""
        text = self.needed(column)
        if not text:
            return None
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            self.fault(column, "must be a time such as 2026-05-01T21:40:00+01:00")
            return None
        if when.tzinfo is not None:
            return when
        if self.zone is None:
            self.fault(column, "has no offset such as +01:00, and no time zone is named for the file")
            return None
        there = when.replace(tzinfo=self.zone)
        if there.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != when:
            self.fault(column, "is a time that did not exist: the clocks had gone forward")
            return None
        if there.utcoffset() != there.replace(fold=1).utcoffset():
            self.fault(column, "comes twice that night, as the clocks go back; give it with its offset")
            return None
        return there

    def whole(self, column: str) -> int | None:
        """Whole minutes."""
        return self._whole(column, self.get(column))

    def minutes(self, column: str) -> tuple[int, ...]:
        """`60; 200`, rising."""
        found = [self._whole(column, part.strip()) for part in filter(str.strip, self.get(column).split(";"))]
        return tuple(sorted(one for one in found if one is not None))

    def choice(self, column: str, kind: type[C]) -> C | None:
        """One word of a list."""
        text = self.get(column)
        if not text:
            return None
        try:
            return kind(text.lower())
        except ValueError:
            self.fault(column, f"must be one of {', '.join(kind)}, or empty")
            return None

    def outcome(self, column: str) -> Outcome | None:
        """An outcome somebody decided on; `ask-more` is none."""
        found = self.choice(column, Outcome)
        if found is Outcome.ASK_MORE:
            self.fault(column, "ask-more is no decision; leave the cell empty")
            return None
        return found

    def answer(self, column: str) -> Answer:
        """`yes` or `no`; empty is unknown."""
        text = self.get(column).lower()
        if text not in ("", "yes", "no", "unknown"):
            self.fault(column, "must be yes, no, unknown or empty")
            return UNKNOWN
        return Answer(text or "unknown")

    def facts(self, types: Mapping[str, ValueType]) -> dict[str, Fact]:
        """Every fact of the policy that has a column and a cell that is not empty."""
        found: dict[str, Fact] = {}
        for name in sorted(self.values.keys() & types.keys()):
            text = self.get(name)
            fact = self._fact(name, name, text, types) if text else None
            if fact is not None:
                found[name] = fact
        return found

    def later(self, column: str, types: Mapping[str, ValueType]) -> tuple[Later, ...]:
        """`35 risk_life_now=yes; 60 medical=no`, those of one minute together."""
        by_minute: dict[int, dict[str, Fact]] = {}
        for part in filter(str.strip, self.get(column).split(";")):
            found = _LATER.fullmatch(part.strip())
            if found is None:
                self.fault(column, "must be minutes and facts such as 35 risk_life_now=yes; 60 medical=no")
                continue
            minutes, name = self._whole(column, found[1]), found[2]
            if name not in types:
                self.fault(column, "names a fact the policy does not know")
                continue
            fact = self._fact(column, name, found[3].strip(), types)
            if fact is None or minutes is None:
                continue
            if name in by_minute.setdefault(minutes, {}):
                self.fault(column, f"says {name} twice in one minute")
            by_minute[minutes][name] = fact
        return tuple(Later(minutes, facts) for minutes, facts in sorted(by_minute.items()))

    def _fact(self, column: str, name: str, text: str, types: Mapping[str, ValueType]) -> Fact | None:
        type_ = types[name]
        word = text.lower() if type_.shape in (Shape.TRI, Shape.ENUM) else text
        if word == "unknown":
            return UNKNOWN
        try:
            return type_.read(word)
        except ValueError as error:
            self.fault(column, str(error))
            return None

    def _whole(self, column: str, text: str) -> int | None:
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or int(text) > MOST_MINUTES:
            self.fault(column, f"must be whole minutes, 0 to {MOST_MINUTES:,}")
            return None
        return int(text)
