"""From the crimes of one group to what is counted: principal crime, then the unit of its class (rules p12-16, 61-62).

Every piece ends one way: counted, inside another's record, or referred.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from backbeat.crime.grouping import Piece
from backbeat.crime.model import Authority, Referral, Report, Source
from backbeat.crime.principal import Contest, Precedence
from backbeat.crime.supposing import Key, Suppositions
from backbeat.crime.units import PER_PLACE, Units

__all__ = ["Counted", "Ending", "PieceId", "Referred", "Tally", "Under"]

P12 = Source("rules", "12")

PieceId: TypeAlias = tuple[str, str]
"""Allegation and victim."""


class Counted(NamedTuple):
    """The piece makes crimes of its own."""

    piece: Piece
    times: int
    undefined: str | None = None
    """Class that takes the rape by offenders who cannot be told apart (p62)."""
    instead: bool = False
    """Whether that class takes the place of the piece's own; otherwise it is one crime more."""


class Under(NamedTuple):
    """The piece stands inside another's record."""

    piece: Piece
    under: str
    """Allegation id, or reference of a crime on record."""
    rule: str
    source: Source
    why: str


class Referred(NamedTuple):
    """The registrar decides about the piece."""

    piece: Piece
    referral: Referral


Ending: TypeAlias = Counted | Under | Referred


class Tally:
    """One run over a report: what is known or supposed, and how each piece has ended so far."""

    def __init__(self, precedence: Precedence, units: Units, report: Report, suppose: Suppositions) -> None:
        self.precedence, self.units, self.report, self.suppose = precedence, units, report, suppose
        self.endings: dict[PieceId, Ending] = {}

    def end(self, ending: Ending) -> None:
        """Say how a piece ends; a later word on it replaces an earlier one."""
        self.endings[ending.piece.id] = ending

    def settle(self, pieces: Sequence[Piece], against: str) -> Contest:
        """Count the principal crime of one group; the rest of the group stands under it (p12-14).

        Args:
            pieces: at least one, in order.
            against: how a referral names the group: `Against v1`.
        """
        if any(piece.unit.word == "penetrator" for piece in pieces):
            undefined = [piece for piece in pieces if self.units.is_undefined(piece.offence)]
            if undefined:
                return self._settle_rapes(undefined, [piece for piece in pieces if piece not in undefined], against)
        contest = self.precedence.principal([piece.offence for piece in pieces])
        if contest.winner is None:
            self.refer(pieces, contest, against)
            return contest
        if len(pieces) == 1:
            self._claim(pieces)
            return contest
        first = next(piece for piece in pieces if piece.key == contest.winner)
        alike = [piece for piece in pieces if piece.key == contest.winner]
        if first.unit.word in PER_PLACE:
            alike = [piece for piece in pieces if piece.unit.word == first.unit.word]
            for at_one in self._by_place(first, alike):
                self._one_place(at_one, against)
        else:
            self._claim(alike)
        told_apart = {offender for piece in alike for offender in piece.offenders}
        claimed = {piece.id for piece in alike}
        for piece in pieces:
            if piece.id in claimed:
                continue
            others = [offender for offender in piece.offenders if offender not in told_apart]
            if others and first.unit.word == piece.unit.word == "penetrator":
                # Rape is counted by the man, not by the victim: another's attempt is his own crime (p61).
                told_apart.update(others)
                self.end(Counted(piece, len(others)))
                continue
            ruling = contest.rulings[piece.key]
            self.end(Under(piece, first.allegation.id, "principal-crime", ruling.source, ruling.why))
        return contest

    def refer(self, pieces: Iterable[Piece], contest: Contest, against: str) -> None:
        """Leave pieces of one group to the registrar."""
        every = tuple(pieces)
        about = tuple(sorted({piece.allegation.id for piece in every}))
        referral = Referral(about, f"{against}: {contest.reason}", contest.candidates, Authority.FCR)
        for piece in every:
            self.end(Referred(piece, referral))

    def same_incident(self, piece: Piece, first: Piece) -> None:
        """The same offence between the same people once more (p12)."""
        why = "a sequence of crimes between the same offenders and victim, reported at once, is one crime"
        self.end(Under(piece, first.allegation.id, "finished-incident", P12, why))

    def _settle_rapes(self, undefined: Sequence[Piece], rest: Sequence[Piece], against: str) -> Contest:
        """Rape by offenders who cannot be told apart is one crime more beside rape by those who can (p62)."""
        contest = self.settle(rest, against)
        first = next((piece for piece in rest if piece.key == contest.winner), None)
        if first is not None and first.unit.word != "penetrator":
            for piece in undefined:
                ruling = self.precedence.prevails(first.offence, piece.offence)
                self.end(Under(piece, first.allegation.id, "principal-crime", ruling.source, ruling.why))
        elif first is not None:
            self.settle(undefined, against)
        else:
            self.refer((*rest, *undefined), contest, against)
        return contest

    def _claim(self, alike: Sequence[Piece]) -> None:
        if alike[0].unit.word == "penetrator":
            self._claim_penetrators(alike)
            return
        self.end(Counted(alike[0], 1))
        for piece in alike[1:]:
            self.same_incident(piece, alike[0])

    def _claim_penetrators(self, rapes: Sequence[Piece]) -> None:
        """One crime for each offender told apart, and one for all who cannot be (p61-62)."""
        told_apart: set[str] = set()
        undefined_counted = False
        for piece in rapes:
            new = [offender for offender in piece.offenders or ("",) if offender not in told_apart]
            defined = self._offenders_defined(piece)
            undefined = not undefined_counted and defined != "all"
            if not new and not undefined:
                self.same_incident(piece, rapes[0])
                continue
            told_apart.update(new)
            undefined_counted = undefined_counted or undefined
            class_ = self.units.undefined(piece.offence) if undefined else None
            instead = undefined and defined == "none"
            self.end(Counted(piece, 1 if instead else len(new), class_, instead))

    def _offenders_defined(self, piece: Piece) -> str:
        """Whether the victim tells the offenders apart: `all`, `some` or `none`; one named alone is told apart."""
        given = piece.allegation.facts.get("offenders_defined", self.report.facts.get("offenders_defined"))
        if isinstance(given, str):
            return given
        if len(piece.offenders) == 1:
            return "all"
        # A supposition is yes or no; three answers take two of them, which are one question to a person.
        about = f"allegation:{piece.allegation.id}"
        if self.suppose.suppose(Key(about, "offenders_defined", "enum[all, some, none]")):
            return "some"
        return "none" if self.suppose.suppose(Key(about, "offenders_defined", "enum[none, all, some]")) else "all"

    def _by_place(self, first: Piece, pieces: Sequence[Piece]) -> list[list[Piece]]:
        """Pieces by where they happened; those of whom it is not said, where the first did or by themselves."""
        places: dict[str, list[Piece]] = {}
        nowhere = []
        for piece in pieces:
            where = _where(piece)
            if where is None:
                nowhere.append(piece)
            else:
                places.setdefault(where, []).append(piece)
        for piece in nowhere:
            fact = ("on", "date") if piece.unit.word == "incident" else ("place", "text")
            if not places or self.suppose.suppose(Key(f"allegation:{piece.allegation.id}", *fact)):
                places[f"at {piece.allegation.id}"] = [piece]
            else:
                home = next((at for at, here in places.items() if first in here), min(places))
                places[home].append(piece)
        return [sorted(places[at], key=_order) for at in sorted(places)]

    def _one_place(self, pieces: Sequence[Piece], against: str) -> None:
        contest = self.precedence.principal([piece.offence for piece in pieces])
        if contest.winner is None:
            self.refer(pieces, contest, against)
            return
        first = next(piece for piece in pieces if piece.key == contest.winner)
        self.end(Counted(first, 1))
        for piece in pieces:
            if piece.key != contest.winner:
                ruling = contest.rulings[piece.key]
                self.end(Under(piece, first.allegation.id, "principal-crime", ruling.source, ruling.why))
            elif piece is not first:
                why = f"{first.unit.text} This is the same one."
                self.end(Under(piece, first.allegation.id, "same-unit", first.unit.source, why))


def _where(piece: Piece) -> str | None:
    allegation = piece.allegation
    if piece.unit.word != "incident":
        return allegation.place
    return None if allegation.on is None else f"{allegation.on.isoformat()} {allegation.place or ''}"


def _order(piece: Piece) -> PieceId:
    return piece.id
