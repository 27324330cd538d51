"""The same reports under two editions: how many crimes of each class, and which reports come out otherwise.

Reports are read a line at a time and compared in batches, so that a year of a force needs no more memory than a day.
A report one edition does not take (a code it no longer has) is a change like any other.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from backbeat.canonical import Json
from backbeat.crime.deciding import decide
from backbeat.crime.decision import Decision
from backbeat.crime.errors import FactsRefused
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import RulesShelf, open_rules
from backbeat.errors import InputRejected

__all__ = ["Change", "Comparison", "Side", "compare"]

BATCH = 250
"""Reports to a unit of work: enough that handing them to a process costs little."""
MAX_LINE = 4 << 20
"""Characters in one line; a report is nowhere near this."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Side:
    """What one edition makes of one report, as far as two editions are compared."""

    state: str
    """`settled`, `open`, `referred`, or `refused` where the edition does not take the facts."""
    crimes: tuple[tuple[str, int], ...] = ()
    """`8N 008/06` and how many, in order."""
    incidents: tuple[str, ...] = ()
    referrals: tuple[tuple[str, ...], ...] = ()
    """Labels of the candidates of each point that is the registrar's."""
    requests: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    deadlines: tuple[tuple[str, str], ...] = ()
    decider: str = ""
    separate: int = 0
    recorded: int = 0

    def to_json(self) -> Json:
        """The parts that say what to record."""
        return {
            "state": self.state,
            "crimes": [[label, count] for label, count in self.crimes],
            "incidents": self.incidents,
            "referrals": self.referrals,
            "recorded": self.recorded,
        }


_PARTS = ("state", "crimes", "incidents", "referrals", "requests", "flags", "deadlines", "decider", "separate")


@dataclass(frozen=True, slots=True)
class Change:
    """One report that comes out otherwise."""

    line: int
    """In the file, from 1."""
    reference: str
    """Empty where neither edition takes the facts."""
    parts: tuple[str, ...]
    """Which parts differ: `crimes`, `state`, `deadlines` ..."""
    before: Side
    after: Side

    def to_json(self) -> Json:
        """One line of a file of changes."""
        return {
            "line": self.line,
            "reference": self.reference,
            "parts": self.parts,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
        }


@dataclass(slots=True)
class Comparison:
    """Counts over all reports. Grows with the number of classes, not of reports."""

    before: str
    """Edition ids."""
    after: str
    reports: int = 0
    changed: int = 0
    refused: int = 0
    """Reports that neither edition takes."""
    states: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    crimes: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    """Crimes by class, before and after."""
    separate: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    """Records `recorded`, and those `separate` recording would have made."""
    parts: Counter[str] = field(default_factory=Counter)
    """How many reports change in which part."""

    def add(self, before: Side, after: Side) -> tuple[str, ...]:
        """Count one report; the parts in which its two sides differ."""
        self.reports += 1
        for at, side in enumerate((before, after)):
            self.states[at][side.state] += 1
            for label, count in side.crimes:
                self.crimes[at][label.partition(" ")[0]] += count
            self.separate[at]["separate"] += side.separate
            self.separate[at]["recorded"] += side.recorded
        self.refused += before.state == after.state == "refused"
        parts = tuple(name for name in _PARTS if getattr(before, name) != getattr(after, name))
        self.changed += bool(parts)
        self.parts.update(parts)
        return parts

    def merge(self, other: "Comparison") -> None:
        """Add the counts of further reports."""
        self.reports += other.reports
        self.changed += other.changed
        self.refused += other.refused
        for at in (0, 1):
            self.states[at].update(other.states[at])
            self.crimes[at].update(other.crimes[at])
            self.separate[at].update(other.separate[at])
        self.parts.update(other.parts)

    def to_json(self) -> dict[str, Json]:
        """As plain values; classes whose count changes first come with both counts."""
        return {
            "before": self.before,
            "after": self.after,
            "reports": self.reports,
            "changed": self.changed,
            "refused": self.refused,
            "parts": dict(sorted(self.parts.items())),
            "states": _both(self.states),
            "records": _both(self.separate),
            "crimes_by_class": _both(self.crimes),
        }


def compare(
    lines: Iterable[str],
    before: str,
    after: str,
    *,
    folder: Path | None = None,
    runner: str = "inline",
    on_change: Callable[[Change], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Decide every report of a file of facts, one JSON object a line, under two editions.

    Args:
        lines: of the file; blank ones are skipped.
        before: edition id.
        after: edition id.
        folder: where the editions are; the packaged ones unless given.
        runner: `inline` or `processes`.
        on_change: called with each report that comes out otherwise, in the order of the file.
        progress: called with reports done so far, and nought for how many there are.

    Raises:
        InputRejected: an edition does not exist, or a line is no JSON object; the message names the line.
    """
    from backbeat.runner import make_runner

    shelf = _shelf(folder)
    for edition_id in (before, after):
        if shelf.named(edition_id) is None:
            raise InputRejected(
                "There is no such edition of the crime recording rules.",
                where="the editions to compare",
                do=f"name one of {', '.join(shelf.ids)}",
            )
    total = Comparison(before, after)
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    unit = partial(_compare_batch, before=before, after=after, folder=folder)
    for outcome in make_runner(runner).map(unit, _batches(numbered, BATCH)):
        counts, changes = outcome.get()
        total.merge(counts)
        for change in changes if on_change else ():
            on_change(change)  # type: ignore[misc]  # the loop is empty where it is None
        if progress is not None:
            progress(total.reports, 0)
    return total


def _compare_batch(
    batch: Sequence[tuple[int, str]], *, before: str, after: str, folder: Path | None
) -> tuple[Comparison, list[Change]]:
    shelf = _shelf(folder)
    counts, changes = Comparison(before, after), []
    for number, line in batch:
        facts = _facts(number, line)
        sides = _side(facts, shelf, before), _side(facts, shelf, after)
        parts = counts.add(*sides)
        if parts:
            changes.append(Change(number, _reference(facts), parts, *sides))
    return counts, changes


def _shelf(folder: Path | None) -> RulesShelf:
    # Without an argument, so that a process which has the packaged editions open does not read them again.
    return open_rules() if folder is None else open_rules(folder)


def _facts(number: int, line: str) -> object:
    try:
        value = json.loads(line) if len(line) <= MAX_LINE else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InputRejected(
            "A line of the file is not the facts of one report.",
            where=f"line {number}",
            do="give one JSON object a line, as in FACTS.json, with no line breaks inside",
        )
    return value


def _reference(facts: object) -> str:
    """The report's own reference, where both the shape and the word are plain."""
    head = facts.get("report") if isinstance(facts, dict) else None
    reference = head.get("reference") if isinstance(head, dict) else None
    return reference if isinstance(reference, str) and len(reference) <= 60 else ""


def _side(facts: object, shelf: RulesShelf, edition_id: str) -> Side:
    try:
        report, rules = read_facts(facts, shelf, edition_id)
    except FactsRefused:
        return Side("refused")
    return _digest(decide(rules, report))


def _digest(decision: Decision) -> Side:
    crimes: Counter[str] = Counter()
    for crime in decision.crimes:
        crimes[crime.offence.label] += crime.count
    return Side(
        state=decision.state.value,
        crimes=tuple(sorted(crimes.items())),
        incidents=tuple(sorted(one.code for one in decision.incidents)),
        referrals=tuple(sorted(tuple(one.label for one in referral.candidates) for referral in decision.referrals)),
        requests=tuple((one.request, one.verdict) for one in decision.answers),
        flags=tuple(sorted({one.flag for one in decision.flags})),
        deadlines=tuple(sorted((one.what, one.at.isoformat() if one.at else "") for one in decision.deadlines)),
        decider=decision.decider.value,
        separate=decision.separate_count,
        recorded=decision.recorded_count,
    )


def _both(pair: tuple[Mapping[str, int], Mapping[str, int]]) -> dict[str, Json]:
    before, after = pair
    return {name: [before.get(name, 0), after.get(name, 0)] for name in sorted({*before, *after})}


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
