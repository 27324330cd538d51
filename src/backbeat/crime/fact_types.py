"""Which facts an edition knows, of what type, and where each may be given. Read off the inputs of its tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from backbeat.crime.resolving import DERIVED, STEP
from backbeat.crime.rules import Rules
from backbeat.errors import ConfigError
from backbeat.rulebook import Fact
from backbeat.rulebook.values import ValueType

__all__ = ["FactType", "fact_types", "nearest_fact"]

TRI = ValueType.parse("tri")
OF_PARTIES = frozenset({"age", "household", "kind", "sex"})
"""Fields of a party in a file of facts, which a question may ask for."""

PLACES = {
    "report": ("report", "allegation", "request"),
    "victim": ("party", "allegation", "report"),
    "offender": ("party", "allegation", "report"),
    "relationship": ("relationship", "allegation", "report"),
    "allegation": ("allegation", "report", "recorded"),
    "request": ("request", "allegation"),
}
"""Where a fact may stand, by what it is about. A report's fact holds for every allegation without one of its own."""


@dataclass(frozen=True, slots=True)
class FactType:
    """A fact by name."""

    name: str
    type: ValueType
    about: str
    text: str
    tables: tuple[str, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """Where in a file of facts it may stand."""
        return PLACES[self.about]

    def read(self, value: object) -> Fact:
        """A fact from JSON.

        Raises:
            ValueError: not of its type.
        """
        return self.type.read_json(value)


@lru_cache(maxsize=8)
def fact_types(rules: Rules) -> Mapping[str, FactType]:
    """Every fact a person may give under an edition, by name.

    Raises:
        ConfigError: two tables ask for one fact with different types, or a question is about nothing known.
    """
    tables: dict[str, list[str]] = {}
    types: dict[str, ValueType] = {}
    texts: dict[str, str] = {}
    faults = []
    for table in rules.edition.tables.values():
        for input_ in table.inputs:
            if input_.name in DERIVED or input_.name.startswith(STEP):
                continue
            tables.setdefault(input_.name, []).append(table.id)
            texts.setdefault(input_.name, input_.question)
            if types.setdefault(input_.name, input_.type) != input_.type:
                faults.append(f"fact {input_.name} has one type in {tables[input_.name][0]}, another in {table.id}")
    for name, asking in rules.askings.items():
        # A fact that only the engine asks for, between tables, is a plain yes or no. A party's own field is no fact.
        if name not in OF_PARTIES:
            types.setdefault(name, TRI)
        if asking.about not in PLACES:
            faults.append(f"question {name} is about {asking.about}, which is nothing a report has")
    if faults:
        raise ConfigError.of(faults, where=f"edition {rules.id}", do="correct the tables named above")
    return {
        name: FactType(
            name,
            types[name],
            rules.askings[name].about if name in rules.askings else "allegation",
            rules.askings[name].text if name in rules.askings else texts[name],
            tuple(tables.get(name, ())),
        )
        for name in sorted(types)
    }


def nearest_fact(rules: Rules, name: str) -> str:
    """`; did you mean NAME`, or nothing."""
    close = get_close_matches(name, fact_types(rules), n=1)
    return f"; did you mean {close[0]}?" if close else ""
