"""Crimes recorded beside a principal crime, and crimes that another takes in (lists `additional` and `swallowed`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backbeat.crime.grouping import Piece, same_household, same_offenders
from backbeat.crime.ladder import Lists, Offences, source_of
from backbeat.crime.model import Offence, Report, Source
from backbeat.crime.principal import OffenceKey, key_of
from backbeat.crime.supposing import Key, Suppositions
from backbeat.rulebook import NO, YES

__all__ = ["Addition", "Additions", "Others", "Taken"]


@dataclass(frozen=True, slots=True)
class Addition:
    """A rule by which a crime stands beside others."""

    id: str
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A crime that stands inside another's record."""

    by: Piece
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class _Row:
    addition: Addition
    what: str
    what_basis: str
    by: str
    by_basis: str
    when: str
    scope: str

    @property
    def fact(self) -> str:
        return self.when.removeprefix("!")

    @property
    def negated(self) -> bool:
        return self.when.startswith("!")


class Others:
    """Pieces that a piece is held against. Whom a rule looks at is found once for all of them."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.alike: dict[OffenceKey, list[Piece]] = {}
        """By what they are in law."""
        for piece in pieces:
            self.alike.setdefault(piece.key, []).append(piece)
        self.of_rule: dict[tuple[str, str, str], tuple[Piece, ...]] = {}
        self.selected: frozenset[str] | None = None
        """Selectors of the rules' `by` that take in any of them, once asked for."""


class Additions:
    """The two lists of one edition, each offence's rows looked up once."""

    def __init__(self, rows: Lists, offences: Offences) -> None:
        self._offences = offences
        self._rows = {name: tuple(map(_row, rows(name))) for name in ("additional", "swallowed")}
        self._for: dict[tuple[str, OffenceKey], tuple[_Row, ...]] = {}
        self._selectors: dict[OffenceKey, frozenset[str]] = {}
        self._covered: dict[tuple[str, OffenceKey], bool] = {}

    def taken_in(self, piece: Piece, others: Others, report: Report, suppose: Suppositions) -> Taken | None:
        """Who takes the crime in, if any other of the report does (p58, 66, 72-73, 83-85, 89, 94, 97; NFIB p7)."""
        for row in self._of("swallowed", piece, others):
            takers = [
                other
                for other in self._by(row, others)
                if other.allegation.id != piece.allegation.id and _within(row.scope, piece, other, report, suppose)
            ]
            if takers and self._when(row, piece, report, suppose):
                taker = min(takers, key=lambda one: (one.victim != piece.victim, one.victim is None, one.id))
                return Taken(taker, row.addition.source, row.addition.why)
        return None

    def apart(self, group: Sequence[Piece], report: Report, suppose: Suppositions) -> Mapping[str, list[Piece]]:
        """Crimes of one group compared with no other of it, by the rule that sets them apart (p13, 38, 89, 96)."""
        apart: dict[str, list[Piece]] = {}
        others = Others(group)
        for piece in group:
            for row in self._of("additional", piece, others):
                if (
                    _has_basis(row.what_basis, piece)
                    and any(other.allegation.id != piece.allegation.id for other in self._by(row, others))
                    and self._when(row, piece, report, suppose)
                ):
                    apart.setdefault(row.addition.id, []).append(piece)
                    break
        return apart

    def beside(self, piece: Piece, others: Others) -> Addition | None:
        """The rule that records a crime in addition to another of the report; facts not given decide nothing."""
        for row in self._of("additional", piece, others):
            if not _has_basis(row.what_basis, piece) or (row.when and not _given(row, piece)):
                continue
            if any(
                other.allegation.id != piece.allegation.id and _may_share(piece, other)
                for other in self._by(row, others)
            ):
                return row.addition
        return None

    def _by(self, row: _Row, others: Others) -> tuple[Piece, ...]:
        """The others by which the rule of a row holds; what it holds for is never one of them (`*` excepted)."""
        key = (row.by, row.by_basis, row.what)
        found = others.of_rule.get(key)
        if found is None:
            found = others.of_rule[key] = tuple(
                other
                for alike in others.alike.values()
                if self._covers(row.by, alike[0].offence)
                and (row.what == "*" or not self._covers(row.what, alike[0].offence))
                for other in alike
                if _has_basis(row.by_basis, other)
            )
        return found

    def _of(self, name: str, piece: Piece, others: Others) -> Iterable[_Row]:
        """Rows of a list that speak of a piece, and of which any of the others could be the `by`."""
        key = (name, piece.key)
        rows = self._for.get(key)
        if rows is None:
            rows = self._for[key] = tuple(row for row in self._rows[name] if self._covers(row.what, piece.offence))
        if not rows:
            return ()
        selected = others.selected
        if selected is None:
            selected = others.selected = frozenset().union(
                *(self._selected_by(alike[0].offence) for alike in others.alike.values())
            )
        return [row for row in rows if row.by in selected]

    def _selected_by(self, offence: Offence) -> frozenset[str]:
        key = key_of(offence)
        found = self._selectors.get(key)
        if found is None:
            every = {row.by for rows in self._rows.values() for row in rows}
            found = self._selectors[key] = frozenset(by for by in every if self._covers(by, offence))
        return found

    def _covers(self, selector: str, offence: Offence) -> bool:
        key = (selector, key_of(offence))
        found = self._covered.get(key)
        if found is None:
            found = self._covered[key] = selector == "*" or self._offences.matches(offence, selector)
        return found

    def _when(self, row: _Row, piece: Piece, report: Report, suppose: Suppositions) -> bool:
        if not row.when:
            return True
        about = f"allegation:{piece.allegation.id}"
        return suppose.holds(Key(about, row.fact), piece.allegation.facts, report.facts) is not row.negated


def _row(row: Mapping[str, str]) -> _Row:
    return _Row(
        Addition(row["id"], source_of(row), row["why"]),
        row["what"],
        row.get("what_basis", ""),
        row["by"],
        row.get("by_basis", ""),
        row["when"],
        row.get("scope", ""),
    )


def _has_basis(wanted: str, piece: Piece) -> bool:
    return not wanted or (piece.victim is not None) is (wanted == "victim")


def _given(row: _Row, piece: Piece) -> bool:
    return piece.allegation.facts.get(row.fact) is (NO if row.negated else YES)


def _may_share(piece: Piece, other: Piece) -> bool:
    """Whether nothing speaks against one offender having done both."""
    mine, theirs = piece.offenders, other.offenders
    return not mine or not theirs or not set(mine).isdisjoint(theirs)


def _within(scope: str, piece: Piece, other: Piece, report: Report, suppose: Suppositions) -> bool:
    if scope == "report":
        return True
    if scope == "same-victim" and (piece.victim is None or piece.victim != other.victim):
        return False
    if scope == "same-household" and not same_household(piece, other, report):
        return False
    return same_offenders(piece, other, report, suppose)
