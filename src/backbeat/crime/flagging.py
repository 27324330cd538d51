"""The mandatory flags of a whole report, and the facts that could still add one (rules p26-31)."""

from collections.abc import Iterable, Mapping

from backbeat.crime.decision import Flag, OpenFlag
from backbeat.crime.flags import flags
from backbeat.crime.model import Offence, Source, Verdict
from backbeat.crime.parts import Part
from backbeat.crime.rules import Rules, source_of

__all__ = ["flag_report"]


def flag_report(rules: Rules, parts: Iterable[Part]) -> tuple[tuple[Flag, ...], tuple[OpenFlag, ...]]:
    """Flags by name with the allegations that carry them, and open facts by name with theirs.

    Only what is to be recorded is flagged; an incident carries none.
    """
    listed = {row["flag"]: row for row in rules.rows("flags")}
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
    made = []
    for flag in sorted(sure, key=lambda one: (list(listed).index(one), one)):
        by = sure[flag]
        source, why = next(iter(by.values()))
        made.append(Flag(flag, listed[flag]["title"], tuple(by), source, why))
    return tuple(made), tuple(OpenFlag(fact, tuple(names)) for fact, names in still.items())


def _by_class(listed: Mapping[str, Mapping[str, str]], flag: str, offence: Offence | None) -> tuple[Source, str]:
    what = offence.label if offence is not None else "what is alleged"
    return source_of(listed[flag]), f"{what} always carries it"
