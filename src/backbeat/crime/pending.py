"""Crimes that an allegation still open, or still with the registrar, could take in or displace (rules p12-14, 55-57).

Which crime of a group is the principal one is known when all of them are. *Unknown never counts as no*: a crime is said
to be recorded only where it is whatever the allegations beside it turn out to be.
"""

from collections.abc import Iterable, Mapping, Sequence

from backbeat.crime.grouping import size_of
from backbeat.crime.how_many import HowMany, how_many
from backbeat.crime.model import Crime, NotCounted, Offence, Referral, Report, Verdict
from backbeat.crime.parts import Part
from backbeat.crime.possible import could_be
from backbeat.crime.rules import Rules

__all__ = ["hold_back"]

_WAITING = (Verdict.OPEN, Verdict.REFER)
_MOST_WEIGHED = 20_000
"""Crimes weighed over everything the waiting allegations could be; beyond that every crime waits for all of them."""


def hold_back(
    rules: Rules, report: Report, parts: Sequence[Part], recordable: Mapping[str, Offence], counted: HowMany
) -> tuple[HowMany, Mapping[str, tuple[str, ...]]]:
    """What is certain of `counted`, and what is not: allegations by the waiting allegation that they depend on.

    Args:
        rules: edition the report is decided under.
        report: with its allegations taken apart as `parts` has them.
        parts: every allegation of it.
        recordable: what is certainly recorded, by allegation.
        counted: how those are counted while nothing else is there.
    """
    waiting = [part for part in parts if part.offence is None and _waits(part)]
    if not waiting or not recordable:
        return counted, {}
    may_be = {part.allegation.id: could_be(rules, part.allegation, part.classified) for part in waiting}
    unsure: dict[str, list[str]] = {}
    if sum(map(len, may_be.values())) * size_of(report) > _MOST_WEIGHED:
        unsure = {lost: [name for name, offences in may_be.items() if offences] for lost in recordable}
        may_be = {}
    for name, offences in may_be.items():
        for offence in offences:
            other = how_many(rules.counting, report, {**recordable, name: offence})
            for lost in _lost(counted, other):
                depends = unsure.setdefault(lost, [])
                if name not in depends:
                    depends.append(name)
    if not unsure:
        return counted, {}
    by: dict[str, tuple[str, ...]] = {}
    for lost, names in unsure.items():
        for name in names:
            by[name] = (*by.get(name, ()), lost)
    return _without(counted, frozenset(unsure)), by


def _waits(part: Part) -> bool:
    placed_by_registrar = part.place is not None and part.place.referral is not None
    return part.recording.verdict in _WAITING or placed_by_registrar


def _lost(counted: HowMany, other: HowMany) -> Iterable[str]:
    """Allegations that end otherwise once another is there: crimes fewer, or no longer the registrar's alone."""
    there: dict[tuple[str, str, str], int] = {}
    for crime in other.crimes:
        there[_key(crime)] = there.get(_key(crime), 0) + crime.count
    for crime in counted.crimes:
        if there.get(_key(crime), 0) < crime.count:
            yield crime.allegations[0]
    for referral in counted.referrals:
        if referral not in other.referrals:
            yield from referral.about
    under = {one.allegation for one in other.not_counted}
    for one in counted.not_counted:
        if one.allegation not in under:
            yield one.allegation


def _key(crime: Crime) -> tuple[str, str, str]:
    return (crime.allegations[0], crime.offence.class_, crime.offence.code)


def _without(counted: HowMany, unsure: frozenset[str]) -> HowMany:
    def stays(one: Crime) -> bool:
        return one.allegations[0] not in unsure

    def keeps(one: Referral) -> bool:
        return unsure.isdisjoint(one.about)

    def certain(one: NotCounted) -> bool:
        return one.allegation not in unsure

    return counted._replace(
        crimes=tuple(filter(stays, counted.crimes)),
        referrals=tuple(filter(keeps, counted.referrals)),
        not_counted=tuple(filter(certain, counted.not_counted)),
    )
