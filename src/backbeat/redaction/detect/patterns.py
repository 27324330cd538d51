"""Loads the table of identifiers, `patterns.yaml`: every fault of it at once, every shape compiled once."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from backbeat.errors import ConfigError
from backbeat.redaction.detect.checks import CHECKS
from backbeat.redaction.model import Kind

__all__ = ["Pattern", "load_patterns", "patterns"]

TABLE = Path(__file__).with_name("patterns.yaml")
_DO = "correct the table of patterns"

_Score = Annotated[float, Field(ge=0, le=1)]


class _Confidence(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    alone: _Score = 0.0
    beside: _Score = 0.0
    failed: _Score = 0.0
    failed_alone: _Score = Field(default=0.0, alias="failed-alone")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    what: str
    regex: str
    near: str | list[str] = []
    check: str = ""
    confidence: _Confidence
    capitals: Literal["any", "only"] = "any"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: dict[str, list[str]]
    patterns: list[_Row]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One shape of one kind of identifier, ready to be searched for. The fields are described in `patterns.yaml`."""

    kind: Kind
    what: str
    regex: re.Pattern[str]
    near: re.Pattern[str] | None
    check: str
    confidence: _Confidence


def load_patterns(path: Path) -> tuple[Pattern, ...]:
    """Rows of a table of patterns, in its order.

    Raises:
        ConfigError: unreadable, or one or more rows at fault; all faults at once.
    """
    try:
        table = TypeAdapter(_Table).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ConfigError.of(["is not YAML we can read"], where=path.name, do=_DO) from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
        raise ConfigError.of(faults, where=path.name, do=_DO) from error
    faults, rows = [], []
    for number, row in enumerate(table.patterns, 1):
        if isinstance(row.near, str) and row.near not in table.words:
            faults.append(f"row {number}: there is no list of words called {row.near}")
            continue
        if row.check and row.check not in CHECKS:
            faults.append(f"row {number}: there is no check called {row.check}")
        near = table.words[row.near] if isinstance(row.near, str) else row.near
        try:
            regex = re.compile(row.regex, re.IGNORECASE if row.capitals == "any" else 0)
            words = re.compile("|".join(near)) if near else None
        except re.error as error:
            faults.append(f"row {number}: {error.msg}")
            continue
        rows.append(Pattern(row.kind, row.what, regex, words, row.check, row.confidence))
    if faults:
        raise ConfigError.of(faults, where=path.name, do=_DO)
    return tuple(rows)


@cache
def patterns() -> tuple[Pattern, ...]:
    """The table that comes with backbeat."""
    return load_patterns(TABLE)
