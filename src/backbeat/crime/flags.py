"""Which of the mandatory crime flags a crime carries (rules p26-31).

A flag whose facts are not all known is open, never absent: the facts it waits for are named, so that somebody can be
asked. The table is `flags` of the edition; what it reads is facts of the allegation, ages, and what follows from the
offence (`offence_code`, `offence_class`, `is_violence`, `is_robbery`, `is_sexual`).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.model import Source
from backbeat.rulebook import Edition, Fact
from backbeat.rulebook.table import Answered

__all__ = ["Flag", "Flags", "flags"]

TABLE = "flags"


class Flag(NamedTuple):
    """One flag that applies, and the rule that says so."""

    id: str
    """As in the list `flags`: `hate-race`, `csa`, `metal-infrastructure`."""
    why: str
    source: Source


class Flags(NamedTuple):
    """What can be said about the flags of one crime."""

    sure: tuple[Flag, ...]
    """In the order of the rules; each once, though several rules may ask for it."""
    open: tuple[str, ...]
    """Facts that could still add a flag, most useful question first; empty when every flag is settled."""


def flags(rules_edition: Edition, facts: Mapping[str, Fact]) -> Flags:
    """The flags of one crime from its facts; facts the rules about flags do not ask for are passed over.

    A fact left out is open. The religion and the kind of metal may be given as `UNKNOWN`, which is an answer there
    (p27). Flags that a person or a classification row has set already are not repeated here: add them to `sure`.

    Raises:
        FactsRejected: a fact is of the wrong type.
    """
    return _of_facts(rules_edition, tuple(map(facts.get, _names(rules_edition))))


@lru_cache(maxsize=64)
def _names(edition: Edition) -> tuple[str, ...]:
    return tuple(input_.name for input_ in edition.tables[TABLE].inputs)


@lru_cache(maxsize=16384)
def _of_facts(edition: Edition, values: tuple[Fact | None, ...]) -> Flags:
    facts = {name: fact for name, fact in zip(_names(edition), values, strict=True) if fact is not None}
    return _flags(edition, edition.tables[TABLE].answer(edition.accept(TABLE, facts)))


@lru_cache(maxsize=4096)
def _flags(edition: Edition, answered: Answered) -> Flags:
    """What one answer of the table means; few answers occur, and they occur in many crimes."""
    table = edition.tables[TABLE]
    at = next(index for index, output in enumerate(table.outputs) if output.name == "flag")
    ids = [str(row.outputs[at]) for row in table.rows]
    sure: dict[str, Flag] = {}
    for index in answered.fired:
        row = table.rows[index]
        sure.setdefault(ids[index], Flag(ids[index], row.why, Source(row.document, row.page)))
    # A second rule for a flag that is sure already cannot add anything, so its facts are not asked for.
    waiting = {
        table.inputs[column].name
        for index in answered.possible
        if ids[index] not in sure
        for column, _ in table.boxes[index]
    }
    return Flags(tuple(sure.values()), tuple(name for name in answered.needs if name in waiting))
