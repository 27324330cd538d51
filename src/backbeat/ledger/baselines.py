"""How long a unit of work takes without backbeat: dated, sourced and graded data."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from backbeat.errors import Bug, ConfigError
from backbeat.ledger.forms import IDENTIFIER, SLUG, require_count, require_text
from backbeat.ledger.record import MAX_MS

__all__ = ["Baseline", "Grade", "baselines"]


class Grade(StrEnum):
    """How far a figure is to be trusted. A sum is graded like its weakest part."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low to 2 for high."""
        return list(Grade).index(self)

    @staticmethod
    def weakest(*grades: "Grade") -> "Grade":
        """The lowest of several grades."""
        return min(grades, key=lambda grade: grade.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Time for one unit by hand, where the figure comes from, and how far to trust it."""

    id: str
    desk: str
    kind: str
    unit: str
    ms_per_unit: int
    source: str
    date: str
    """Of the source: a year, or an ISO date."""
    grade: Grade
    valid_from: dt.date
    """First day of work that may be held against it."""

    def __post_init__(self) -> None:
        require_text(self.id, IDENTIFIER, 80, "id")
        for name in ("desk", "kind", "unit"):
            require_text(getattr(self, name), SLUG, 40, name)
        require_count(self.ms_per_unit, MAX_MS, "ms_per_unit")
        if not self.source.strip():
            raise Bug("source is empty")

    @property
    def valid_from_ms(self) -> int:
        """Start of `valid_from`, UTC ms."""
        start = dt.datetime.combine(self.valid_from, dt.time(), tzinfo=dt.UTC)
        return int(start.timestamp()) * 1000


_FIELDS = frozenset(Baseline.__dataclass_fields__)


def baselines(own: Path | None = None) -> Mapping[str, Baseline]:
    """Every baseline by id: the packaged ones and, when the file exists, the force's own.

    Raises:
        ConfigError: lists every fault of both files; an id may be given only once.
    """
    found: dict[str, Baseline] = {}
    faults: list[str] = []
    packaged = resources.files("backbeat.ledger") / "data" / "baselines.yaml"
    _read(packaged.read_text("utf-8"), "packaged baselines", found, faults)
    if own is not None and own.is_file():
        _read(own.read_text("utf-8"), own.name, found, faults)
    if faults:
        raise ConfigError.of(faults, where="baselines", do="correct the lines named; no saving is shown until then")
    return MappingProxyType(found)


def _read(text: str, name: str, found: dict[str, Baseline], faults: list[str]) -> None:
    import yaml

    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        faults.append(f"{name}: not YAML")
        return
    lines = content.get("baselines") if isinstance(content, dict) else None
    if not isinstance(lines, list):
        faults.append(f"{name}: no list called `baselines`")
        return
    for number, line in enumerate(lines, 1):
        where = f"{name}, line {number} of the list"
        if not isinstance(line, dict) or set(line) != _FIELDS:
            faults.append(f"{where}: the fields must be exactly {', '.join(sorted(_FIELDS))}")
            continue
        fault = _add(line, found)
        if fault:
            faults.append(f"{where}: {fault}")


def _add(line: dict[str, Any], found: dict[str, Baseline]) -> str | None:
    """Add one line; returns what is wrong with it."""
    if line["grade"] not in list(Grade):
        return f"grade must be one of {', '.join(Grade)}"
    if type(line["valid_from"]) is not dt.date:
        return "valid_from must be a date, YYYY-MM-DD"
    if not isinstance(line["source"], str):
        return "source must be text"
    try:
        baseline = Baseline(**{**line, "grade": Grade(line["grade"]), "date": str(line["date"])})
    except Bug as fault:
        return fault.what
    if baseline.id in found:
        return "its id is already taken; a corrected baseline gets a new id"
    found[baseline.id] = baseline
    return None
