"""What the rules make of a report: one value, one sequence of bytes, and the reasons with their pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from backbeat.canonical import Json, canonical_json
from backbeat.crime.explaining import tell
from backbeat.crime.model import (
    Authority,
    Crime,
    Deadline,
    Duty,
    Incident,
    NotCounted,
    Offence,
    Question,
    Referral,
    Report,
    Source,
    Why,
)
from backbeat.crime.report_json import write_report
from backbeat.crime.rules import Rules
from backbeat.rulebook import Node

__all__ = ["FORMAT", "Answer", "Chapter", "Decision", "Flag", "OpenFlag", "Reclassification", "State"]

FORMAT = "backbeat.crime.decision/1"


class State(StrEnum):
    """How far a decision has come."""

    SETTLED = "settled"
    OPEN = "open"
    """Facts are missing; what stands in it is as far as it can be said, and may change."""
    REFERRED = "referred"
    """Nothing is missing, and at least one point is the registrar's to decide."""


class Flag(NamedTuple):
    """A mandatory flag to set, and on which allegations."""

    flag: str
    title: str
    allegations: tuple[str, ...]
    source: Source
    why: str


class OpenFlag(NamedTuple):
    """A fact that could still add a flag, and for which allegations. Flags wait for nobody: it holds nothing up."""

    fact: str
    allegations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reclassification:
    """A record that no longer says what the rules make of the facts."""

    allegation: str
    stands_as: str
    """`N300 300/04`."""
    becomes: str
    who: Authority
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be done about a request."""

    request: str
    verdict: str
    """`allowed`, `refused`, `open` or `refer`."""
    deciders: tuple[Authority, ...]
    reasons: tuple[tuple[str, Source], ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the explanation."""

    title: str
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Decision:
    """Everything the engine says to one report under one edition."""

    rules: Rules = field(repr=False)
    report: Report = field(repr=False)
    crimes: tuple[Crime, ...] = ()
    incidents: tuple[Incident, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()
    referrals: tuple[Referral, ...] = ()
    reclassifications: tuple[Reclassification, ...] = ()
    flags: tuple[Flag, ...] = ()
    flags_open: tuple[OpenFlag, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    duties: tuple[Duty, ...] = ()
    notes: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    questions: tuple[Question, ...] = ()
    """What could still change the decision, most useful first."""
    decider: Authority = Authority.OFFICER
    """Least authority that may make this decision as a whole."""
    separate_count: int = 0
    """Crime records that recording every offence against every victim separately would have made."""
    told_by: Callable[[], tuple[Chapter, ...]] = field(default=tuple, repr=False, compare=False)
    """Makes the chapters; most decisions of a year are compared and never explained."""

    @property
    def state(self) -> State:
        """Open while a question is, else referred where anything is the registrar's, else settled."""
        if self.questions:
            return State.OPEN
        return State.REFERRED if self.referrals else State.SETTLED

    @property
    def recorded_count(self) -> int:
        """Crime records the decision makes; a point referred to the registrar counts as the one it will become."""
        return sum(crime.count for crime in self.crimes) + sum(1 for one in self.referrals if _makes_a_crime(one))

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """The parts of the explanation."""
        return self.told_by()

    @cached_property
    def explanation(self) -> Node:
        """Why, as a tree of sentences with document and page."""
        return Node(
            f"Report {self.report.reference} under {self.rules.edition.title}: {self.state}",
            None,
            tuple(Node(chapter.title, None, tuple(map(tell, chapter.why))) for chapter in self.chapters),
        )

    def to_json(self) -> bytes:
        """Canonical bytes: same facts in any order and same edition give the same bytes."""
        return canonical_json(self.to_plain())

    def to_plain(self) -> dict[str, Json]:
        """The same as plain values."""
        edition = self.rules.edition
        return {
            "format": FORMAT,
            "edition": {"id": edition.id, "hash": edition.hash},
            "facts": write_report(self.report),
            "state": self.state.value,
            "decider": self.decider.value,
            "crimes": [_crime(one) for one in self.crimes],
            "incidents": [_grounded(one, code=one.code, allegations=one.allegations) for one in self.incidents],
            "not_counted": [_not_counted(one) for one in self.not_counted],
            "referrals": [_referral(one) for one in self.referrals],
            "reclassifications": [_reclassification(one) for one in self.reclassifications],
            "flags": [_grounded(one, flag=one.flag, allegations=one.allegations) for one in self.flags],
            "flags_open": [{"fact": one.fact, "allegations": one.allegations} for one in self.flags_open],
            "deadlines": [
                _grounded(one, what=one.what, at=one.at.isoformat() if one.at else None) for one in self.deadlines
            ],
            "duties": [
                {"what": one.what, "who": one.who.value, "about": one.about, **_source(one.source)}
                for one in self.duties
            ],
            "notes": self.notes,
            "requests": [_answer(one) for one in self.answers],
            "questions": [_question(one) for one in self.questions],
            "count": {"recorded": self.recorded_count, "separate": self.separate_count},
            "explanation": self.explanation.to_json(),
        }


def _makes_a_crime(referral: Referral) -> bool:
    return all(not one.startswith("request:") for one in referral.about)


def _source(source: Source) -> dict[str, Json]:
    return {"document": source.document, "page": source.page}


def _offence(offence: Offence) -> dict[str, Json]:
    return {"code": offence.code, "class": offence.class_, "offence": offence.text}


class _Grounded(Protocol):
    """Whatever a rule with a page speaks for."""

    @property
    def why(self) -> str: ...

    @property
    def source(self) -> Source: ...


def _grounded(one: _Grounded, **fields: Json) -> dict[str, Json]:
    """Fields of a line of the decision, with its why, document and page."""
    return {**fields, "why": one.why, **_source(one.source)}


def _crime(one: Crime) -> Json:
    return _grounded(
        one,
        **_offence(one.offence),
        count=one.count,
        allegations=one.allegations,
        victims=one.victims,
        offenders=one.offenders,
        unit=one.unit,
        additional=one.additional,
        recording_force=one.recording_force,
    )


def _not_counted(one: NotCounted) -> Json:
    return _grounded(one, **_offence(one.offence), allegation=one.allegation, under=one.under, rule=one.rule)


def _reclassification(one: Reclassification) -> Json:
    return _grounded(one, allegation=one.allegation, stands_as=one.stands_as, becomes=one.becomes, who=one.who.value)


def _referral(one: Referral) -> Json:
    return {
        "about": one.about,
        "reason": one.reason,
        "to": one.to.value,
        "candidates": [_grounded(candidate, label=candidate.label) for candidate in one.candidates],
    }


def _answer(one: Answer) -> Json:
    return {
        "request": one.request,
        "verdict": one.verdict,
        "deciders": [who.value for who in one.deciders],
        "reasons": [{"why": words, **_source(source)} for words, source in one.reasons],
        "conditions": one.conditions,
    }


def _question(one: Question) -> Json:
    return {
        "about": one.about,
        "fact": one.fact,
        "text": one.text,
        "type": one.type,
        "unknown_answers": one.unknown_answers,
        **(_source(one.source) if one.source else {}),
    }
