"""Offending that goes on after a conduct crime was recorded: added to that crime, or a new one (rules p52, 57-58).

Only conduct crimes take in what follows them. Whatever else happens after a crime came to notice is a new crime (p12).
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from backbeat.crime.grouping import Piece
from backbeat.crime.ladder import Ladder, Lists, source_of
from backbeat.crime.model import Authority, Candidate, Duty, Recorded, Report, Source
from backbeat.crime.supposing import Key, Suppositions
from backbeat.errors import Bug
from backbeat.rulebook import Fact

__all__ = ["Continuation", "Joined", "Undecided", "months_after"]

P57, P58 = Source("rules", "57"), Source("rules", "58")
_CONDUCT, _MESSAGE, _GAP = "conduct", "message", "gap"


class Joined(NamedTuple):
    """It belongs to a crime on record."""

    reference: str
    source: Source
    why: str
    duties: tuple[Duty, ...]


class Undecided(NamedTuple):
    """The registrar decides whether it belongs to the crime on record."""

    reference: str
    reason: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A row of the list `continuation`."""

    source: Source
    why: str
    months: int
    """Calendar months since the last recorded incident after which it is decided afresh; 0 where that is not said."""


class Continuation:
    """The rule for one edition's conduct crimes."""

    def __init__(self, rows: Lists, ladder: Ladder) -> None:
        """Read the list `continuation`: which classes are added to a conduct crime on record, and for how long.

        Raises:
            Bug: a row is of a kind the engine does not know, or does not say after how many months it ends.
        """
        self._ladder = ladder
        self._rules: dict[str, dict[str, _Rule]] = {_CONDUCT: {}, _MESSAGE: {}, _GAP: {}}
        for row in rows("continuation"):
            if row["kind"] not in self._rules:
                raise Bug(f"the list continuation has a row of the unknown kind {row['kind']}")
            months = int(row["months"]) if row["months"].isdecimal() else 0
            self._rules[row["kind"]][row["selector"]] = _Rule(source_of(row), row["why"], months)
        for kind in (_CONDUCT, _MESSAGE):
            if kind not in self._rules[_GAP] or not self._rules[_GAP][kind].months:
                raise Bug(f"the list continuation does not say after how many months {kind} is decided afresh")

    def of(self, piece: Piece, report: Report, suppose: Suppositions) -> Joined | Undecided | None:
        """Whether a crime is a continuation of one on record between the same victim and offender; None: it is new."""
        for record in report.recorded:
            if self._is_conduct(record) and _same_people(piece, record, suppose):
                found = self._of_record(piece, record, report, suppose)
                if found is not None:
                    return found
        return None

    def duties(self, piece: Piece, report: Report) -> tuple[Duty, ...]:
        """What is to be done about the conduct crime on record when a new crime follows it (p58)."""
        return tuple(
            _review(record, piece, _FOLLOWED)
            for record in report.recorded
            if self._is_conduct(record) and piece.victim == record.victim and _overlap(piece, record)
        )

    def _is_conduct(self, record: Recorded) -> bool:
        return self._ladder.tier_at(record.offence.code, record.offence.class_) is not None

    def _named(self, kind: str, code: str, class_: str) -> _Rule | None:
        """The row that names a class, or a code in it, as joining."""
        return self._rules[kind].get(class_) or self._rules[kind].get(f"{code} {class_}")

    def _of_record(
        self, piece: Piece, record: Recorded, report: Report, suppose: Suppositions
    ) -> Joined | Undecided | None:
        kind = _CONDUCT if self._ladder.tier(piece.offence) is not None else _MESSAGE
        rule = self._named(kind, piece.offence.code, piece.offence.class_)
        if kind == _MESSAGE and (rule is None or not _holds(piece, "continues_conduct", report, suppose)):
            return None
        if _recorded_fact(piece, record, "course_ended", report, suppose):
            return None
        dealt_with = _recorded_fact(piece, record, "offender_dealt_with", report, suppose)
        if kind == _CONDUCT and dealt_with:
            return None
        gap = self._rules[_GAP][kind]
        exceptional = False
        if _gap_passed(piece, record, gap.months, suppose):
            if kind == _MESSAGE or not _recorded_fact(piece, record, "exceptional_gap", report, suppose):
                return None
            exceptional = True
        if kind == _MESSAGE and dealt_with:
            return _dealt_with_message(record, gap)
        if kind == _CONDUCT and self._named(kind, record.offence.code, record.offence.class_) is None:
            return self._not_named(piece, record, record.offence.class_)
        if rule is None:
            return self._not_named(piece, record, piece.offence.class_)
        duties = self._duties(piece, record, gap.months if exceptional else None) if kind == _CONDUCT else ()
        return Joined(record.reference, rule.source, rule.why, duties)

    def _duties(self, piece: Piece, record: Recorded, after: int | None) -> tuple[Duty, ...]:
        """What is to be done where conduct is added: after a break of so many months, or where it has grown graver."""
        duties = []
        if after is not None:
            why = f"Write down why a break of {after} months or more still belongs to {record.reference}."
            duties.append(Duty(why, Authority.SUPERVISOR, (f"allegation:{piece.allegation.id}",), P58))
        mine = self._ladder.tier(piece.offence)
        theirs = self._ladder.tier_at(record.offence.code, record.offence.class_)
        if mine is not None and theirs is not None and mine < theirs:
            words = (
                f"Review whether {{0}} must be reclassified to a higher class: {piece.offence.label} is now alleged."
            )
            duties.append(_review(record, piece, words))
        return tuple(duties)

    def _not_named(self, piece: Piece, record: Recorded, class_: str) -> Undecided:
        *most, last = self._rules[_CONDUCT]
        joined = Candidate(
            f"added to {record.reference}",
            P58,
            "the continuation of a course of conduct is added to the crime recorded",
        )
        new = Candidate(
            f"{piece.offence.label} as a new crime",
            P57,
            f"only {', '.join(most)} and {last} are named; other offending is decided afresh",
        )
        reason = f"Page 58 does not name {class_} among the conduct that is added."
        return Undecided(record.reference, reason, (joined, new))


_FOLLOWED = "Add the new crime's circumstances to {0}, and review whether {0} must be reclassified to a higher class."


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _gap_passed(piece: Piece, record: Recorded, months: int, suppose: Suppositions) -> bool:
    """Whether the months have passed since the last recorded incident; exactly so many have passed (p57-58)."""
    again = piece.allegation.on
    if again is None:
        return suppose.suppose(Key(f"allegation:{piece.allegation.id}", "on", "date"))
    if record.last_incident_on is not None:
        return again >= months_after(record.last_incident_on, months)
    # The last incident came no later than the record of it.
    if again >= months_after(record.recorded_on, months):
        return True
    return suppose.suppose(Key(f"recorded:{record.reference}", "last_incident_on", "date"))


def _same_people(piece: Piece, record: Recorded, suppose: Suppositions) -> bool:
    if piece.victim is None or record.victim not in piece.victims:
        return False
    if _overlap(piece, record):
        return True
    if piece.offenders and record.offenders:
        return False
    return suppose.holds(
        Key(f"allegation:{piece.allegation.id}", "same_offender_as_recorded"), piece.allegation.facts, record.facts
    )


def _overlap(piece: Piece, record: Recorded) -> bool:
    return not set(piece.offenders).isdisjoint(record.offenders)


def _holds(piece: Piece, fact: str, report: Report, suppose: Suppositions) -> bool:
    return suppose.holds(Key(f"allegation:{piece.allegation.id}", fact), piece.allegation.facts, report.facts)


def _recorded_fact(piece: Piece, record: Recorded, fact: str, report: Report, suppose: Suppositions) -> bool:
    given: tuple[Mapping[str, Fact], ...] = (record.facts, piece.allegation.facts, report.facts)
    return suppose.holds(Key(f"recorded:{record.reference}", fact), *given)


def _review(record: Recorded, piece: Piece, words: str) -> Duty:
    about = (f"allegation:{piece.allegation.id}",)
    return Duty(words.format(record.reference), Authority.DDM, about, P58)


def _dealt_with_message(record: Recorded, gap: _Rule) -> Undecided:
    joined = Candidate(f"added to {record.reference}", gap.source, gap.why)
    new = Candidate("a new crime", P58, "conduct is no longer added once the offender has been dealt with")
    why = "Page 57 does not say whether a message still joins once the offender has been dealt with."
    return Undecided(record.reference, why, (joined, new))
