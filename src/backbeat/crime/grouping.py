"""Who was wronged by whom: the allegations of a report as crimes of one victim and one set of offenders (rules p12).

One crime is counted per victim, and a sequence of crimes between the same victim and the same offenders is one incident
when it is reported at once. So each allegation is taken apart into one `Piece` per victim, and the pieces of one victim
and the same offenders form a group. Where the rules count by household, building or incident, one victim stands for all
who share it, so that the principal crime is sought where the crimes meet.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from backbeat.crime.model import Allegation, Basis, Offence, PartyKind, Report
from backbeat.crime.principal import OffenceKey, key_of
from backbeat.crime.supposing import Key, Suppositions
from backbeat.crime.units import PER_PLACE, PER_VICTIM, Unit, Units

__all__ = [
    "TOGETHER",
    "Group",
    "Piece",
    "acted_together",
    "groups_of",
    "pieces_of",
    "same_household",
    "same_offenders",
    "size_of",
]

TOGETHER = Key("report", "offenders_acted_together")
"""Asked where crimes against one victim name different offenders; those who acted independently count apart (p12)."""

_VICTIM_EVEN_AGAINST_STATE = PER_VICTIM - {"victim-or-offender-group"}
"""Units that count those wronged even where the offence is one against the state. Where the class holds both and prints
no rule of its own, an offence against the state is victimless, whoever saw it: the ladies in the park (p12, p71)."""
_HOUSEHOLDS = frozenset({"household", "family-owner"})


class Piece(NamedTuple):
    """An allegation as a crime against one victim, or against none."""

    allegation: Allegation
    offence: Offence
    key: OffenceKey
    unit: Unit
    victim: str | None
    """The victim, or the one who stands for `victims`; None for an offence against the state."""
    victims: tuple[str, ...]
    """All whom the victim stands for, in order; of an offence against the state, those it names."""
    offenders: tuple[str, ...]
    """In order, each once; empty: one offender whom nobody knows."""

    @property
    def id(self) -> tuple[str, str]:
        """Allegation and victim; tells pieces apart, and orders them."""
        return (self.allegation.id, self.victim or "")


class Group(NamedTuple):
    """Crimes between one victim and the same offenders, reported at once."""

    victim: str | None
    offenders: tuple[str, ...]
    pieces: tuple[Piece, ...]


def pieces_of(
    report: Report, recordable: Mapping[str, Offence], units: Units, suppose: Suppositions
) -> tuple[Piece, ...]:
    """The recordable allegations of a report, one piece for each victim, in order (p12).

    Args:
        report: as received.
        recordable: what each allegation that is to be recorded is in law, by allegation id.
        units: how crimes are counted.
        suppose: asked whether victims without a household live in one, where the rules count by household.
    """
    plain: list[Piece] = []
    shared: dict[tuple[str, ...], list[Piece]] = {}
    by_household: dict[tuple[str, ...], list[Piece]] = {}
    for allegation in report.allegations:
        offence = recordable.get(allegation.id)
        if offence is None:
            continue
        unit = units.of(offence)
        victims, offenders = _each_once(allegation.victims), _each_once(allegation.offenders)
        whole = Piece(allegation, offence, key_of(offence), unit, None, victims, offenders)
        if not victims or (offence.basis is Basis.STATE and unit.word not in _VICTIM_EVEN_AGAINST_STATE):
            plain.append(whole)
        elif unit.word in _HOUSEHOLDS:
            by_household.setdefault(offenders, []).append(whole)
        elif unit.word in PER_PLACE:
            place = allegation.place if unit.word != "incident" else None
            where = ("at", allegation.id) if place is None else ("place", place)
            shared.setdefault((*where, *offenders), []).append(whole)
        else:
            plain += [Piece(allegation, offence, whole.key, unit, one, (one,), offenders) for one in victims]
    # What is asked is asked in the order of the allegations' ids, however they were given.
    for offenders, wholes in sorted(by_household.items(), key=_first_of):
        homes = _homes(wholes, report, suppose)
        for whole in wholes:
            for home, members in _by_home(whole.victims, homes).items():
                shared.setdefault((*home, *offenders), []).append(whole._replace(victims=members))
    if shared:
        plain += _represented(shared.values(), plain)
    return tuple(sorted(plain, key=_order)) if len(plain) > 1 else tuple(plain)


def size_of(report: Report) -> int:
    """Pieces that the allegations of a report can make at the most: one for each victim, and at least one."""
    return sum(max(1, len(allegation.victims)) for allegation in report.allegations) or 1


def groups_of(pieces: Sequence[Piece], report: Report, suppose: Suppositions) -> tuple[Group, ...]:
    """Pieces with a victim, by victim and offenders (p12).

    Different sets of offenders against one victim are one group if they acted together, else groups of their own;
    nobody is supposed to have acted alone.
    """
    by_victim: dict[str, dict[tuple[str, ...], list[Piece]]] = {}
    for piece in pieces:
        if piece.victim is not None:
            by_victim.setdefault(piece.victim, {}).setdefault(piece.offenders, []).append(piece)
    groups: list[Group] = []
    for victim in sorted(by_victim):
        sets = by_victim[victim]
        every = sorted((piece for some in sets.values() for piece in some), key=_order) if len(sets) > 1 else []
        if every and acted_together(every, report, suppose):
            groups.append(Group(victim, _each_once(who for some in sets for who in some), tuple(every)))
        else:
            groups += [Group(victim, offenders, tuple(sets[offenders])) for offenders in sorted(sets)]
    return tuple(groups)


def same_offenders(piece: Piece, other: Piece, report: Report, suppose: Suppositions) -> bool:
    """Whether the same offenders, or such as acted together, did both."""
    if piece.offenders == other.offenders or not set(piece.offenders).isdisjoint(other.offenders):
        return True
    return acted_together((piece, other), report, suppose)


def acted_together(pieces: Iterable[Piece], report: Report, suppose: Suppositions) -> bool:
    """Whether different sets of offenders are one group: as said with one of the allegations, else with the report."""
    given = (piece.allegation.facts for piece in pieces if TOGETHER.fact in piece.allegation.facts)
    return suppose.holds(TOGETHER, *given, report.facts)


def same_household(piece: Piece, other: Piece, report: Report) -> bool:
    """Whether the victims may be of one household: no two of them are said to be of different ones."""
    if piece.victim is None or other.victim is None:
        return False
    mine, theirs = report.parties[piece.victim].household, report.parties[other.victim].household
    return mine is None or theirs is None or mine == theirs


def _first_of(group: tuple[tuple[str, ...], Sequence[Piece]]) -> str:
    return min(whole.allegation.id for whole in group[1])


def _homes(wholes: Sequence[Piece], report: Report, suppose: Suppositions) -> dict[str, tuple[str, ...]]:
    """The household of each victim; those whose is not said may be of the first of them or of one of their own."""
    homes: dict[str, tuple[str, ...]] = {}
    everyone = {victim for whole in wholes for victim in whole.victims}
    for victim in sorted(everyone, key=lambda one: (report.parties[one].household is None, one)):
        party = report.parties[victim]
        shareable = {home for one, home in homes.items() if report.parties[one].kind is PartyKind.PERSON}
        if party.household is not None:
            homes[victim] = ("household", party.household)
        elif (
            party.kind is PartyKind.ORGANISATION
            or not shareable
            or suppose.suppose(Key(f"party:{victim}", "household", "text"))
        ):
            homes[victim] = ("victim", victim)
        else:
            homes[victim] = min(shareable)
    return homes


def _by_home(victims: Sequence[str], homes: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    members: dict[tuple[str, ...], tuple[str, ...]] = {}
    for victim in victims:
        members[homes[victim]] = (*members.get(homes[victim], ()), victim)
    return members


def _represented(shared: Iterable[Sequence[Piece]], plain: Sequence[Piece]) -> list[Piece]:
    """One victim for all who share: one whom the same offenders wronged in another allegation too, else the first."""
    elsewhere = {(piece.victim, piece.offenders) for piece in plain if piece.victim is not None}
    pieces = []
    for sharing in shared:
        everyone = _each_once(victim for piece in sharing for victim in piece.victims)
        met = [victim for victim in everyone if (victim, sharing[0].offenders) in elsewhere]
        victim = (met or everyone)[0]
        pieces += [piece._replace(victim=victim) for piece in sharing]
    return pieces


def _each_once(ids: Iterable[str]) -> tuple[str, ...]:
    every = tuple(ids)
    return every if len(every) < 2 else tuple(sorted(set(every)))


def _order(piece: Piece) -> tuple[str, str]:
    return (piece.allegation.id, piece.victim or "")
