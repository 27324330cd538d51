"""Offending that goes on after a conduct crime was recorded: added to that crime, or a new one (rules p52, 57-58).

Only conduct crimes take in what follows them. Whatever else happens after a crime came to notice is a new crime (p12).
"""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from backbeat.crime.grouping import Piece
from backbeat.crime.ladder import Ladder
from backbeat.crime.model import Authority, Candidate, Duty, Recorded, Report, Source
from backbeat.crime.supposing import Key, Suppositions
from backbeat.rulebook import Fact

__all__ = ["GAP_MONTHS", "Continuation", "Joined", "Undecided", "months_after"]

GAP_MONTHS = 3
"""Calendar months since the last recorded incident after which it is decided afresh (p57-58)."""

P57, P58, P52 = Source("rules", "57"), Source("rules", "58"), Source("rules", "52")
_ADDED = frozenset({"8L", "8Q", "8U"})
"""Classes whose continuation page 58 adds to the crime on record; it does not name 8M."""
_MESSAGES = frozenset({("008/72", "8R"), ("138/52", "8R")})
"""Messages that page 57 lets join; 005/28 never does."""


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


class Continuation:
    """The rule for one edition's conduct crimes."""

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder

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

    def _of_record(
        self, piece: Piece, record: Recorded, report: Report, suppose: Suppositions
    ) -> Joined | Undecided | None:
        conduct = self._ladder.tier(piece.offence) is not None
        if not conduct and (piece.offence.code, piece.offence.class_) not in _MESSAGES:
            return None
        if not conduct and not _holds(piece, "continues_conduct", report, suppose):
            return None
        if _recorded_fact(piece, record, "course_ended", report, suppose):
            return None
        dealt_with = _recorded_fact(piece, record, "offender_dealt_with", report, suppose)
        if conduct and dealt_with:
            return None
        exceptional = False
        if _gap_passed(piece, record, suppose):
            if not conduct or not _recorded_fact(piece, record, "exceptional_gap", report, suppose):
                return None
            exceptional = True
        if not conduct:
            return _dealt_with_message(record) if dealt_with else Joined(record.reference, P57, _MESSAGE, ())
        if piece.offence.class_ not in _ADDED or record.offence.class_ not in _ADDED:
            return _not_named(piece, record)
        return self._joined(piece, record, exceptional=exceptional)

    def _joined(self, piece: Piece, record: Recorded, *, exceptional: bool) -> Joined:
        duties = []
        if exceptional:
            why = f"Write down why a break of {GAP_MONTHS} months or more still belongs to {record.reference}."
            duties.append(Duty(why, Authority.SUPERVISOR, (f"allegation:{piece.allegation.id}",), P58))
        mine = self._ladder.tier(piece.offence)
        theirs = self._ladder.tier_at(record.offence.code, record.offence.class_)
        if mine is not None and theirs is not None and mine < theirs:
            words = (
                f"Review whether {{0}} must be reclassified to a higher class: {piece.offence.label} is now alleged."
            )
            duties.append(_review(record, piece, words))
        return Joined(record.reference, P58, _CONDUCT, tuple(duties))


_FOLLOWED = "Add the new crime's circumstances to {0}, and review whether {0} must be reclassified to a higher class."
_CONDUCT = "a continuation of the course of conduct is added to the crime already recorded"
_MESSAGE = "a message that continues the course of conduct is included in the crime already recorded"


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _gap_passed(piece: Piece, record: Recorded, suppose: Suppositions) -> bool:
    """Whether three months have passed since the last recorded incident; exactly three months have passed (p57-58)."""
    again = piece.allegation.on
    if again is None:
        return suppose.suppose(Key(f"allegation:{piece.allegation.id}", "on", "date"))
    if record.last_incident_on is not None:
        return again >= months_after(record.last_incident_on, GAP_MONTHS)
    # The last incident came no later than the record of it.
    if again >= months_after(record.recorded_on, GAP_MONTHS):
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


def _not_named(piece: Piece, record: Recorded) -> Undecided:
    joined = Candidate(
        f"added to {record.reference}", P58, "the continuation of a course of conduct is added to the crime recorded"
    )
    new = Candidate(
        f"{piece.offence.label} as a new crime", P57, "only 8L, 8Q and 8U are named; other offending is decided afresh"
    )
    return Undecided(record.reference, "Page 58 does not name 8M among the conduct that is added.", (joined, new))


def _dealt_with_message(record: Recorded) -> Undecided:
    joined = Candidate(f"added to {record.reference}", P57, "for messages page 57 knows only the break of three months")
    new = Candidate("a new crime", P58, "conduct is no longer added once the offender has been dealt with")
    why = "Page 57 does not say whether a message still joins once the offender has been dealt with."
    return Undecided(record.reference, why, (joined, new))
