"""From a report to the facts a table asks for, and from what a table still needs to questions for a person.

A fact about an allegation is looked for in the allegation itself, then among what follows from the report (ages, the
offence's class), then with the victim, the offender, their relationship and the report as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.model import Allegation, Basis, Offence, Question, Report, Source
from backbeat.crime.rules import Rules
from backbeat.rulebook import NO, UNKNOWN, YES, Fact, Result, Value
from backbeat.rulebook.table import Table

__all__ = ["DERIVED", "STEP", "Asked", "Scope", "ask", "basis_of", "facts_of", "scope_of", "shared_facts"]

_MODES = {"I": "indictable", "E": "either-way", "S": "summary"}
SETS = ("rape", "homicide", "fatal", "sexual", "conduct", "breach", "violence", "robbery")
"""Named sets of offences that every table may ask about as `is_NAME`."""
_OF_PARTY = {"victim_age": ("victim", "age"), "victim_sex": ("victim", "sex"), "offender_age": ("offender", "age")}
"""Derived facts that are really asked of a party."""
DERIVED = frozenset(
    {"act", "basis", "cancel_code", "force_same", "has_victim", "offence_class", "offence_code", "offence_mode"}
    | {
        "offender_count",
        "offender_known",
        "outcome_wanted",
        "victim_kind",
        "wanted_class",
        "wanted_code",
        "wanted_same",
    }
    | {f"is_{name}" for name in SETS}
)
"""Facts that follow from a report and that nobody gives."""
STEP = "step_"
"""What an earlier step of the engine found begins so; nobody gives that either."""


class Scope(NamedTuple):
    """Everything known that a table could ask about one allegation or request."""

    facts: Mapping[str, Fact]
    abouts: Mapping[str, str]
    """`victim` → `party:v1` and so on: where each kind of fact is asked."""

    def with_facts(self, **more: Fact) -> "Scope":
        """The same with further derived facts."""
        return Scope({**self.facts, **more}, self.abouts)

    def with_offence(self, rules: Rules, offence: Offence) -> "Scope":
        """The same with what follows from the offence."""
        has_victim = self.facts.get("has_victim") is YES
        return Scope({**self.facts, **_of_offence(rules, offence, has_victim)}, self.abouts)


class Asked(NamedTuple):
    """What a table said to one scope."""

    result: Result
    outcome: Mapping[str, Value] | None
    """None while open."""
    source: Source | None
    """Where the row that decided stands."""
    because: str
    """The why of the row that decided."""
    asker: "_Asker"
    scope: Scope | None
    """Whose facts are asked for; None where nothing is asked."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """What could still change the outcome, most useful first; empty when decided."""
        return () if self.scope is None else self.asker.questions(self.scope, self.result.needs)


def scope_of(rules: Rules, report: Report, allegation: Allegation, offence: Offence | None = None) -> Scope:
    """The scope of an allegation, by its first victim; with an offence, what follows from it too."""
    victim = allegation.victims[0] if allegation.victims else None
    facts = facts_of(rules, report, allegation, victim, allegation.offenders, offence)
    return Scope(facts, _abouts_of(report, allegation, victim))


def facts_of(
    rules: Rules,
    report: Report,
    allegation: Allegation,
    victim: str | None,
    offenders: Sequence[str],
    offence: Offence | None = None,
) -> Mapping[str, Fact]:
    """What is known of an allegation as done to one victim by some of its offenders, the first of them foremost."""
    facts: dict[str, Fact] = {**report.facts}
    offender = offenders[0] if offenders else None
    if victim and offender:
        bond = report.relationships.get((victim, offender))
        if bond:
            facts |= bond.facts
    facts["act"] = allegation.act
    if offender:
        facts |= report.parties[offender].facts
        youngest = _youngest(report, offenders)
        if youngest is not None:
            facts["offender_age"] = youngest
        facts["offender_count"] = len(offenders)
    facts["offender_known"] = YES if offender else NO
    facts["has_victim"] = YES if victim else NO
    if victim:
        party = report.parties[victim]
        facts |= party.facts
        facts["victim_kind"] = str(party.kind)
        if party.age is not None:
            facts["victim_age"] = party.age
        if party.sex is not None:
            facts["victim_sex"] = party.sex
    if allegation.force is not None:
        facts["force_same"] = YES if allegation.force == report.force else NO
    if offence is not None:
        facts |= _of_offence(rules, offence, victim is not None)
    facts |= allegation.facts
    return facts


def _youngest(report: Report, offenders: Sequence[str]) -> int | None:
    """Age of the youngest; None where that of any is not known."""
    if len(offenders) == 1:
        return report.parties[offenders[0]].age
    ages = [age for one in offenders if (age := report.parties[one].age) is not None]
    return min(ages) if len(ages) == len(offenders) else None


def _abouts_of(report: Report, allegation: Allegation, victim: str | None) -> Mapping[str, str]:
    """Where each kind of fact about an allegation is asked."""
    offenders = allegation.offenders
    missing = None
    for one in offenders:
        if report.parties[one].age is None:
            # The youngest counts, so the age to ask for is the first that is missing.
            missing = one
            break
    return _abouts(allegation.id, victim, offenders[0] if offenders else None, missing)


@lru_cache(maxsize=4096)
def _abouts(allegation: str, victim: str | None, offender: str | None, of_no_age: str | None) -> Mapping[str, str]:
    """The same by names; reports name what they are about alike."""
    about = f"allegation:{allegation}"
    abouts = {"report": "report", "victim": about, "offender": about, "relationship": about, "allegation": about}
    if victim:
        abouts["victim"] = f"party:{victim}"
    if offender:
        abouts["offender"] = f"party:{offender}"
    if victim and offender:
        abouts["relationship"] = f"relationship:{victim}/{offender}"
    if of_no_age:
        abouts["offender age"] = f"party:{of_no_age}"
    return abouts


def ask(rules: Rules, table_id: str, scope: Scope, **more: Fact) -> Asked:
    """Ask a table what it makes of the scope and of further derived facts."""
    asker = _asker(rules, table_id)
    known = {**scope.facts, **more} if more else scope.facts
    values = tuple(map(known.get, asker.names))
    said = asker.said.get(values) or asker.remember(values)
    # What is decided asks nothing, so it is the same whoever asked.
    return said if said.outcome is not None else Asked(said.result, None, None, "", asker, scope)


MOST_REMEMBERED = 8192


class _Asker:
    """One table of one edition, with what it said to the facts it has met. Reports repeat one another a great deal."""

    def __init__(self, rules: Rules, table: Table) -> None:
        self._rules, self._table = rules, table
        self.names = tuple(input_.name for input_ in table.inputs)
        self._unknown_answers = tuple(input_.unknown_answers for input_ in table.inputs)
        self.said: dict[tuple[Fact | None, ...], Asked] = {}

    def remember(self, values: tuple[Fact | None, ...]) -> Asked:
        """What the table says to values of its inputs that are new to it."""
        if len(self.said) >= MOST_REMEMBERED:
            self.said.clear()
        said = self.said[values] = self._ask(values)
        return said

    def questions(self, scope: Scope, needs: Iterable[str]) -> tuple[Question, ...]:
        return tuple(_question(self._rules, self._table, scope, name) for name in needs)

    def _ask(self, values: tuple[Fact | None, ...]) -> Asked:
        facts = {
            name: fact
            for name, fact, answers in zip(self.names, values, self._unknown_answers, strict=True)
            if fact is not None and (fact is not UNKNOWN or answers)
        }
        result = Result(self._rules.edition, self._table.id, facts, self._table.answer(facts))
        row = result.prevails
        source = None if row is None else Source(row.document, row.page)
        return Asked(result, result.outcome, source, "" if row is None else row.why, self, None)


@lru_cache(maxsize=1024)
def _asker(rules: Rules, table_id: str) -> _Asker:
    return _Asker(rules, rules.edition.tables[table_id])


@lru_cache(maxsize=8192)
def _of_offence(rules: Rules, offence: Offence, has_victim: bool) -> Mapping[str, Fact]:
    """What follows from an offence."""
    facts: dict[str, Fact] = {"offence_class": offence.class_, "offence_code": offence.code}
    if offence.mode in _MODES:
        facts["offence_mode"] = _MODES[offence.mode]
    for name in SETS:
        facts[f"is_{name}"] = YES if rules.offences.matches(offence, f"@{name}") else NO
    facts["basis"] = basis_of(offence.basis, has_victim=has_victim)
    return facts


@lru_cache(maxsize=1024)
def shared_facts(rules: Rules, offences: tuple[Offence, ...], *, has_victim: bool) -> Mapping[str, Fact]:
    """What follows alike from every one of several offences."""
    first, *others = (_of_offence(rules, one, has_victim) for one in offences)
    return {name: fact for name, fact in first.items() if all(other.get(name) == fact for other in others)}


def basis_of(basis: Basis, *, has_victim: bool) -> str:
    """Who is wronged, as tables are told: `victim` or `state`; one that may be either is told by who is named."""
    if basis is Basis.EITHER:
        return "victim" if has_victim else "state"
    return "victim" if basis is Basis.VICTIM else "state"


def _question(rules: Rules, table: Table, scope: Scope, name: str) -> Question:
    """How the person is asked for a fact the table needs."""
    input_ = table.inputs[table.by_name[name]]
    asking = rules.askings.get(name)
    kind = asking.about if asking else "allegation"
    fact = name
    if name in _OF_PARTY:
        kind, attribute = _OF_PARTY[name]
        if scope.abouts.get(kind, "").startswith("party:"):
            fact = attribute
    about = scope.abouts.get(kind) or scope.abouts.get("allegation") or scope.abouts.get("request", "report")
    if name == "offender_age":
        about = scope.abouts.get("offender age", about)
    text = asking.text if asking else input_.question or name.replace("_", " ")
    return Question(about, fact, text, str(input_.type), input_.unknown_answers, asking.source if asking else None)
