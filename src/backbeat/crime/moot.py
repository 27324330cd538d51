"""Referrals with nothing left to decide: whichever offence it is, a crime beside it takes it in (rules p13-14, 55-57).

The registrar is not asked which of two offences an injury is where a rape of the same victim by the same offender is
recorded: neither is counted. The allegation stands inside that crime, as it would if the offence were known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backbeat.crime.how_many import HowMany, how_many
from backbeat.crime.model import NotCounted, Offence, Report, Verdict
from backbeat.crime.parts import Part
from backbeat.crime.possible import could_be, lines_of
from backbeat.crime.rules import Rules

__all__ = ["moot_referrals", "say_which", "settle"]

Moot = Mapping[str, tuple[Offence, ...]]
"""By allegation, every offence it may be."""


def moot_referrals(
    rules: Rules, report: Report, parts: Sequence[Part], recordable: Mapping[str, Offence], certain: HowMany
) -> Moot:
    """Allegations of which the registrar would be asked what they are, and of which no answer changes what is recorded.

    Args:
        rules: edition the report is decided under.
        report: with its allegations taken apart as `parts` has them.
        parts: every allegation of it.
        recordable: what is certainly recorded, by allegation.
        certain: what is counted of those whatever else turns out (`pending.hold_back`).
    """
    takers = {crime.allegations[0] for crime in certain.crimes}
    referred = [part for part in parts if _asks_only_what_it_is(rules, part)] if takers else []
    found: dict[str, tuple[Offence, ...]] = {}
    known = dict(recordable)
    for part in referred:
        name, offences = part.allegation.id, could_be(rules, part.allegation, part.classified)
        without = how_many(rules.counting, report, known)
        ways = [how_many(rules.counting, report, {**known, name: offence}) for offence in offences]
        if all(_changes_nothing(name, takers, without, way) and way.duties == ways[0].duties for way in ways):
            found[name] = offences
            known[name] = offences[0]
    return found


def settle(parts: Iterable[Part], moot: Moot) -> tuple[Part, ...]:
    """The parts, with each moot referral taken back; for counting the first offence stands for all it may be."""
    return tuple(_as(part, moot[part.allegation.id][0]) if part.allegation.id in moot else part for part in parts)


def say_which(not_counted: Iterable[NotCounted], moot: Moot) -> tuple[NotCounted, ...]:
    """What stands inside another's record, with all that a moot one may be."""
    return tuple(
        replace(one, why=f"{' or '.join(it.label for it in moot[one.allegation])}, whichever it is: {one.why}")
        if one.allegation in moot
        else one
        for one in not_counted
    )


def _asks_only_what_it_is(rules: Rules, part: Part) -> bool:
    """Recorded here in any case, and one offence of several of the list."""
    referral = part.classified.referral
    if referral is None or part.recording.verdict is not Verdict.REFER or part.recording.exit != "record":
        return False
    offences = [lines_of(rules, one.label) for one in referral.candidates]
    return all(offences) and part.recording.referral == referral and _as(part, offences[0][0]).offence is not None


def _as(part: Part, offence: Offence) -> Part:
    classified = part.classified._replace(offence=offence, referral=None)
    return part._replace(
        classified=classified, recording=part.recording._replace(verdict=Verdict.RECORD, referral=None)
    )


def _changes_nothing(name: str, takers: set[str], without: HowMany, way: HowMany) -> bool:
    """Whether the allegation stands wholly inside a certain crime, and all else is as it is without it."""
    return (
        any(one.allegation == name and one.under in takers for one in way.not_counted)
        and _crimes(way) == _crimes(without)
        and (way.referrals, way.open, way.questions) == (without.referrals, without.open, without.questions)
    )


def _crimes(counted: HowMany) -> list[tuple[str, str, int, bool]]:
    return [(one.allegations[0], one.offence.label, one.count, one.additional) for one in counted.crimes]
