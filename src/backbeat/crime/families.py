"""Crimes that are counted by those who did them: without a victim, or whoever the victims are (rules p12, 89-96).

The principal crime rule is one of crimes against the same victim (p12). Without a victim each class stands under its
own general rule; classes that print one rule together, and codes of one class that prints its rule, are one family of
which one crime is counted (list `families`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backbeat.crime.counting import Counted, Referred, Tally, Under
from backbeat.crime.grouping import Piece, acted_together
from backbeat.crime.ladder import Lists, Offences, source_of
from backbeat.crime.model import Authority, Candidate, Referral, Source
from backbeat.crime.principal import OffenceKey

__all__ = ["Families"]

P12 = Source("rules", "12")


class _Family(NamedTuple):
    name: str
    one_rule: bool
    """Whether a rule is printed for the family as a whole."""
    by_victim: bool
    """Whether offenders against several victims are counted for each all the same."""
    unclear_with: str
    source: Source
    why: str


class Families:
    """Families of one edition."""

    def __init__(self, rows: Lists, offences: Offences) -> None:
        self._offences = offences
        self._rows = [
            (
                row["selector"],
                _Family(row["family"], True, row["each"] == "victim", row["unclear_with"], source_of(row), row["why"]),
            )
            for row in rows("families")
        ]
        self._of: dict[OffenceKey, _Family] = {}

    def settle(self, pieces: Sequence[Piece], tally: Tally) -> None:
        """Count crimes by their offenders, family by family; takes pieces that were counted by victim before, too."""
        families: dict[tuple[str, str], tuple[_Family, list[Piece]]] = {}
        for piece in pieces:
            family = self._family(piece)
            who = (piece.victim or "") if family.by_victim else ""
            families.setdefault((family.name, who), (family, []))[1].append(piece)
        for name in sorted(families):
            family, members = families[name]
            if all(piece.unit.word == "offender" for piece in members):
                self._each_offender(members, tally)
            else:
                for group in _by_offenders(members, tally):
                    self._one(family, group, tally)
        self._refer_unclear(families, tally)

    def counts_each_victim(self, piece: Piece) -> bool:
        """Whether a crime counted by its offenders is counted for each victim all the same (p81)."""
        return self._family(piece).by_victim

    def _family(self, piece: Piece) -> _Family:
        found = self._of.get(piece.key)
        if found is None:
            found = next(
                (family for selector, family in self._rows if self._offences.matches(piece.offence, selector)),
                _Family(f"class {piece.unit.of}", piece.unit.own, False, "", piece.unit.source, piece.unit.text),
            )
            self._of[piece.key] = found
        return found

    def _one(self, family: _Family, pieces: Sequence[Piece], tally: Tally) -> None:
        """One crime for one set of offenders."""
        against = f"{_names(pieces)}, {family.name}"
        if family.one_rule or len({piece.key for piece in pieces}) == 1:
            tally.settle(pieces, against)
            return
        labels = sorted({piece.offence.label for piece in pieces})
        each = "the principal crime rule is one of crimes against the same victim, and there is none"
        one = "without a victim one crime is counted for each offender or group of offenders"
        candidates = (
            Candidate(" and ".join(labels), P12, each),
            Candidate(" or ".join(labels), P12, one),
        )
        reason = f"{against}: page 12 does not say whether different crimes without a victim are one."
        _refer(pieces, Referral(_about(pieces), reason, candidates, Authority.FCR), tally)

    def _each_offender(self, pieces: Sequence[Piece], tally: Tally) -> None:
        """One crime for each offender (p49, 89, 95-96): for each, the most serious of what that offender did."""
        done: dict[str, list[Piece]] = {}
        named = sorted({offender for piece in pieces for offender in piece.offenders})
        for piece in pieces:
            offenders = piece.offenders or ("",)
            if not piece.offenders and named and acted_together(pieces, tally.report, tally.suppose):
                offenders = (named[0],)
            for offender in offenders:
                done.setdefault(offender, []).append(piece)
        counts: dict[tuple[str, str], int] = {}
        lost: list[Under] = []
        for offender in sorted(done):
            mine = done[offender]
            contest = tally.precedence.principal([piece.offence for piece in mine])
            if contest.winner is None:
                tally.refer(mine, contest, offender or "Offender not known")
                continue
            first = next(piece for piece in mine if piece.key == contest.winner)
            counts[first.id] = counts.get(first.id, 0) + 1
            lost += [
                Under(piece, first.allegation.id, "same-unit", first.unit.source, first.unit.text) for piece in mine
            ]
        for under in lost:
            if not isinstance(tally.endings.get(under.piece.id), Referred):
                tally.end(under)
        for piece in pieces:
            if piece.id in counts:
                tally.end(Counted(piece, counts[piece.id]))

    def _refer_unclear(self, families: Mapping[tuple[str, str], tuple[_Family, list[Piece]]], tally: Tally) -> None:
        """Families of which the rules do not say whether they are counted together."""
        for family, pieces in families.values():
            if not family.unclear_with:
                continue
            mine = _counted(pieces, tally)
            theirs = [
                piece
                for (name, _), (_, members) in families.items()
                if name == family.unclear_with
                for piece in _counted(members, tally)
                if any(piece.offenders == one.offenders for one in mine)
            ]
            mine = [piece for piece in mine if any(piece.offenders == one.offenders for one in theirs)]
            if mine and theirs:
                both = sorted((*mine, *theirs), key=lambda piece: piece.id)
                labels = sorted({piece.offence.label for piece in both})
                candidates = (
                    Candidate(" and ".join(labels), family.source, family.why),
                    Candidate(" or ".join(labels), P12, "one crime for each offender or group of offenders"),
                )
                reason = f"{_names(both)}: the rules do not say whether {' and '.join(labels)} are counted as one."
                _refer(both, Referral(_about(both), reason, candidates, Authority.FCR), tally)


def _by_offenders(pieces: Sequence[Piece], tally: Tally) -> list[list[Piece]]:
    sets: dict[tuple[str, ...], list[Piece]] = {}
    for piece in pieces:
        sets.setdefault(piece.offenders, []).append(piece)
    if len(sets) > 1 and acted_together(pieces, tally.report, tally.suppose):
        return [list(pieces)]
    return [sets[offenders] for offenders in sorted(sets)]


def _counted(pieces: Sequence[Piece], tally: Tally) -> list[Piece]:
    return [piece for piece in pieces if isinstance(tally.endings.get(piece.id), Counted)]


def _refer(pieces: Sequence[Piece], referral: Referral, tally: Tally) -> None:
    for piece in pieces:
        tally.end(Referred(piece, referral))


def _about(pieces: Sequence[Piece]) -> tuple[str, ...]:
    return tuple(sorted({piece.allegation.id for piece in pieces}))


def _names(pieces: Sequence[Piece]) -> str:
    return ", ".join(sorted({offender for piece in pieces for offender in piece.offenders})) or "Offender not known"
