"""What a made-up month is made of: published figures with their sources, and this project's own assumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from backbeat.rulebook import NO, UNKNOWN, YES, Fact
from backbeat.triage.simulation.model import Caller, Truth

__all__ = ["Profile", "PublishedFigure", "Recipe", "Scenario", "published_figures", "recipe"]


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure somebody published, and what speaks against relying on it."""

    id: str
    value: int
    unit: str
    per: str
    use: str
    """`calibrated`, `checked` or `context`."""
    source: str
    date: str
    caveat: str
    within: str = ""
    """How close a month is held to it, where it is calibrated to it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The force a month is fitted to: shares of 1, and the ids of the figures they come from."""

    name: str
    calls: int
    """In 30 days."""
    partner: float
    before: float
    attend: float
    officer_minutes: int
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of call."""

    id: str
    strand: str
    truth: Truth
    weight: tuple[int, int]
    """Among calls of agencies and of the public, within one truth."""
    callers: tuple[Caller, ...]
    public: tuple[Caller, ...]
    facts: Mapping[str, Fact]
    risk: bool = False
    """A life may be at stake, so that there is a time by which somebody must be with the person."""
    ambulance_late: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything the generator draws from."""

    profiles: Mapping[str, Profile]
    hours: tuple[int, ...]
    chances: Mapping[str, float]
    facts: Mapping[str, Fact]
    minutes: Mapping[str, tuple[int, int, int]]
    scenarios: tuple[Scenario, ...]
    characteristics: Mapping[str, Mapping[str, int]]


@lru_cache(maxsize=1)
def published_figures() -> Mapping[str, PublishedFigure]:
    """Every published figure by id, with its source and caveat."""
    lines: Sequence[dict[str, Any]] = _read("figures.yaml")["figures"]
    made = [PublishedFigure(**{**line, "date": str(line["date"])}) for line in lines]
    return MappingProxyType({figure.id: figure for figure in made})


@lru_cache(maxsize=1)
def recipe() -> Recipe:
    """What the generator draws from."""
    content = _read("month.yaml")
    return Recipe(
        profiles={
            name: Profile(name, **{**line, "figures": tuple(line["figures"])})
            for name, line in content["profiles"].items()
        },
        hours=tuple(content["hours"]),
        chances=content["chances"],
        facts=_facts(content["facts"]),
        minutes={name: (least, mode, most) for name, (least, mode, most) in content["minutes"].items()},
        scenarios=tuple(_scenario(line) for line in content["scenarios"]),
        characteristics=content["characteristics"],
    )


def _scenario(line: Mapping[str, Any]) -> Scenario:
    agencies, public = line["weight"]
    return Scenario(
        id=line["id"],
        strand=line["strand"],
        truth=Truth(line["truth"]),
        weight=(agencies, public),
        callers=tuple(Caller(one) for one in line["callers"]),
        public=tuple(Caller(one) for one in line["public"]),
        facts=_facts(line["facts"]),
        risk=line.get("risk", False),
        ambulance_late=line.get("ambulance_late", False),
    )


def _facts(line: Mapping[str, Any]) -> Mapping[str, Fact]:
    """YAML reads yes and no as true and false."""
    return {name: _ANSWERS.get(str(value), value) for name, value in line.items()}


_ANSWERS: Mapping[str, Fact] = {"True": YES, "False": NO, "unknown": UNKNOWN}


def _read(name: str) -> Any:
    import yaml

    return yaml.safe_load((resources.files("backbeat.triage.simulation") / "data" / name).read_text("utf-8"))
