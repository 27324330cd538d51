"""Facts that cannot both be true. Nothing is decided from them; the recorder is told which two, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from backbeat.crime.model import Allegation, Report
from backbeat.crime.resolving import scope_of
from backbeat.crime.rules import Rules
from backbeat.rulebook import Fact
from backbeat.rulebook.values import write_value

__all__ = ["find_contradictions"]


@dataclass(frozen=True, slots=True)
class _Pair:
    fact: str
    values: frozenset[str]
    other: str
    other_values: frozenset[str]
    why: str


def find_contradictions(rules: Rules, report: Report) -> tuple[str, ...]:
    """One sentence for each pair of the edition's list `contradictions` that stands together in an allegation."""
    found: list[str] = []
    pairs = _pairs(rules)
    for allegation in report.allegations:
        for facts in _of_each_pair(rules, report, allegation):
            for pair in pairs:
                if _word(facts, pair.fact) in pair.values and _word(facts, pair.other) in pair.other_values:
                    found.append(f"allegation {allegation.id}: {pair.fact} and {pair.other} contradict: {pair.why}")
    for one in report.recorded:
        if one.last_incident_on is not None and one.last_incident_on > report.received_at.date():
            found.append(f"recorded {one.reference}: last_incident_on is after this report came in")
    return tuple(dict.fromkeys(found))


def _of_each_pair(rules: Rules, report: Report, allegation: Allegation) -> Iterator[Mapping[str, Fact]]:
    """The facts of an allegation once for each victim with each offender, who may have facts of their own."""
    for victim, offender in product(allegation.victims or (None,), allegation.offenders or (None,)):
        pair = allegation.between((victim,) if victim else (), (offender,) if offender else ())
        yield scope_of(rules, report, pair).facts


def _word(facts: Mapping[str, Fact], name: str) -> str | None:
    fact = facts.get(name)
    return None if fact is None else str(write_value(fact))


@lru_cache(maxsize=8)
def _pairs(rules: Rules) -> tuple[_Pair, ...]:
    return tuple(
        _Pair(
            row["fact"], frozenset(row["values"].split("|")), row["other"], frozenset(row["other_values"].split("|")),
            f"{row['why']} ({row['document']} p{row['page']})",
        )
        for row in rules.rows("contradictions")
    )  # fmt: skip
