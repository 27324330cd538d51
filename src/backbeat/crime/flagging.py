"""The mandatory flags of a whole report, and the facts that could still add one (rules p26-31)."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.decision import Flag, OpenFlag
from backbeat.crime.flags import flags
from backbeat.crime.model import NotCounted, Offence, Source, Verdict
from backbeat.crime.parts import Part
from backbeat.crime.rules import Rules, source_of

__all__ = ["flag_report"]

SPIKING = "spiking"
P31 = Source("rules", "31")


def flag_report(
    rules: Rules, parts: Iterable[Part], not_counted: Iterable[NotCounted] = ()
) -> tuple[tuple[Flag, ...], tuple[OpenFlag, ...]]:
    """Flags by name with the allegations that carry them, and open facts by name with theirs.

    Only what is to be recorded is flagged; an incident carries none. A spiking that stands inside another crime's
    record marks that record: it was done in order to commit the other (p31).
    """
    listed = _listed(rules)
    sure: dict[str, dict[str, tuple[Source, str]]] = {}
    still: dict[str, list[str]] = {}
    for part in parts:
        if part.recording.verdict not in (Verdict.RECORD, Verdict.REFER):
            continue
        found = flags(rules.edition, part.scope.facts)
        name = part.allegation.id
        for one in found.sure:
            sure.setdefault(one.id, {})[name] = (one.source, one.why)
        for flag in part.classified.flags:
            sure.setdefault(flag, {}).setdefault(name, _by_class(listed, flag, part.classified.offence))
        for fact in found.open:
            still.setdefault(fact, []).append(name)
    for inside in not_counted:
        if inside.allegation in sure.get(SPIKING, ()):
            sure[SPIKING].setdefault(inside.under, (P31, "somebody was spiked in order to commit it"))
    made = []
    for flag in sorted(sure, key=lambda one: listed[one].order):
        by = sure[flag]
        source, why = next(iter(by.values()))
        made.append(Flag(flag, listed[flag].title, tuple(by), source, why))
    return tuple(made), tuple(OpenFlag(fact, tuple(names)) for fact, names in still.items())


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
