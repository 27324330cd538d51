"""The mandatory flags of a whole report, and the facts that could still add one (rules p26-31)."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.decision import Flag, OpenFlag
from backbeat.crime.flags import flags
from backbeat.crime.model import NotCounted, Offence, Report, Source, Verdict
from backbeat.crime.parts import Part
from backbeat.crime.resolving import facts_of
from backbeat.crime.rules import Rules, source_of
from backbeat.rulebook import Fact

__all__ = ["flag_report"]

SPIKING = "spiking"
P31 = Source("rules", "31")


def flag_report(
    rules: Rules, report: Report, parts: Iterable[Part], not_counted: Iterable[NotCounted] = ()
) -> tuple[tuple[Flag, ...], tuple[OpenFlag, ...]]:
    """Flags by name with the allegations that carry them, and open facts by name with theirs.

    Only what is to be recorded is flagged; an incident carries none. A spiking that stands inside another crime's
    record marks that record: it was done in order to commit the other (p31).
    """
    listed = _listed(rules)
    sure: dict[str, dict[str, tuple[Source, str]]] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = []
    for part in parts:
        if part.recording.verdict not in (Verdict.RECORD, Verdict.REFER):
            continue
        name = part.allegation.id
        seen: dict[tuple[str, ...], None] = {}
        for facts in _of_each_pair(rules, report, part):
            found = flags(rules.edition, facts)
            seen[found.open] = None
            for one in found.sure:
                sure.setdefault(one.id, {})[name] = (one.source, one.why)
        for flag in part.classified.flags:
            sure.setdefault(flag, {}).setdefault(name, _by_class(listed, flag, part.classified.offence))
        waiting += [(name, open_) for open_ in seen]
    for inside in not_counted:
        if inside.allegation in sure.get(SPIKING, ()):
            sure[SPIKING].setdefault(inside.under, (P31, "somebody was spiked in order to commit it"))
    made = []
    for flag in sorted(sure, key=lambda one: listed[one].order):
        by = sure[flag]
        source, why = next(iter(by.values()))
        made.append(Flag(flag, listed[flag].title, tuple(by), source, why))
    return tuple(made), _open(tuple(waiting))


@lru_cache(maxsize=4096)
def _open(waiting: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[OpenFlag, ...]:
    """Each fact that could still add a flag, with the allegations that wait for it; few sets of them occur."""
    by: dict[str, dict[str, None]] = {}
    for name, facts in waiting:
        for fact in facts:
            by.setdefault(fact, {})[name] = None
    return tuple(OpenFlag(fact, tuple(names)) for fact, names in by.items())


def _of_each_pair(rules: Rules, report: Report, part: Part) -> Sequence[Mapping[str, Fact]]:
    """The facts once for each victim with each offender: one of several pairs may be related, or of age (p28)."""
    allegation, offence = part.allegation, part.classified.offence
    if len(allegation.victims) < 2 and len(allegation.offenders) < 2:
        return (part.scope.facts,)
    return [
        facts_of(rules, report, allegation, victim, () if offender is None else (offender,), offence)
        for victim in allegation.victims or (None,)
        for offender in allegation.offenders or (None,)
    ]


class _Listed(NamedTuple):
    order: int
    title: str
    source: Source


@lru_cache(maxsize=8)
def _listed(rules: Rules) -> Mapping[str, _Listed]:
    """The flags of an edition by name, in its order."""
    rows = enumerate(rules.rows("flags"))
    return {row["flag"]: _Listed(order, row["title"], source_of(row)) for order, row in rows}


def _by_class(listed: Mapping[str, _Listed], flag: str, offence: Offence | None) -> tuple[Source, str]:
    what = offence.label if offence is not None else "what is alleged"
    return listed[flag].source, f"{what} always carries it"
