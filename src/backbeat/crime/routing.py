"""Where a report belongs: the school or the police, and which force records (rules p12, p15-16; schools protocol).

The tables name a principle in the order of page 15 and say what follows from the place it points at. A place nobody has
given leaves the answer open; it never keeps a crime from being recorded in time by the force that took the report.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.model import (
    Allegation,
    Authority,
    Candidate,
    Classified,
    Offence,
    Question,
    Referral,
    Report,
    Source,
    Why,
)
from backbeat.crime.resolving import DERIVED, STEP, Asked, Scope, ask
from backbeat.crime.rules import Rules
from backbeat.rulebook import NO, UNKNOWN, YES, Answer, Value

__all__ = [
    "Place",
    "PlaceVerdict",
    "askable",
    "at_school",
    "is_serious_at_school",
    "place",
    "referral_of",
]

BTP = "btp"
"""How the British Transport Police is named where it is the force that records."""

_HELD_BY: Mapping[str, str] = {
    "suspect": "suspect_was_in",
    "suspect-residence": "suspect_home_in",
    "victim": "victim_was_in",
    "victim-residence": "victim_home_in",
    "business": "business_in",
}
"""The fact each principle of page 15 reads."""


class PlaceVerdict(StrEnum):
    """What the place of a crime means for the force that took the report."""

    RECORD_HERE = "record-here"
    TRANSFER = "transfer"
    """Another force in England and Wales, or the British Transport Police, records it."""
    CRI = "cri"
    """A crime related incident (or N100/03) here and no crime; `authority.duties` says to whom it goes."""
    REFER = "refer"
    """The registrar decides; `referral` has the candidates."""
    OPEN = "open"


class Place(NamedTuple):
    """Who records one allegation."""

    allegation: str
    verdict: PlaceVerdict
    force: str | None = None
    """Force that records; None where nobody does here, or where its name or the place is not known."""
    principle: str | None = None
    """`suspect`, `victim`, `victim-residence`, `suspect-residence`, `business`, `first-aware`, `btp` ..."""
    at: str | None = None
    """What the principle points at: `this-force`, `other-force`, `scotland`, `abroad` ..."""
    incident: str | None = None
    """What stands on record here where another force records or nobody: `CRI` or `N100/03`."""
    referral: Referral | None = None
    questions: tuple[Question, ...] = ()
    why: tuple[Why, ...] = ()
    source: Source | None = None


def place(rules: Rules, report: Report, allegation: Allegation, scope: Scope) -> Place:
    """Which force records an allegation (rules p15-16, p45, p63-64).

    `scope` is the allegation's, with its offence where that is known (`scope_of`). `allegation.force` stands for where
    the suspect was, unless the facts say otherwise. An open place is no reason not to record: the force that took the
    report records in time and transfers later (p15).
    """
    was_in = scope.facts.get("suspect_was_in")
    if was_in is None and allegation.force is not None:
        was_in = "this-force" if allegation.force == report.force else "other-force"
    where = ask(rules, "location", scope) if was_in is None else ask(rules, "location", scope, suspect_was_in=was_in)
    if where.outcome is None:
        return Place(allegation.id, PlaceVerdict.OPEN, questions=askable(where), why=(where.result,))
    principle = str(where.outcome["principle"])
    fact = _HELD_BY.get(principle)
    at = "nowhere" if fact is None else str(was_in if fact == "suspect_was_in" else scope.facts[fact])
    who = ask(rules, "recording_force", scope, step_place=at)
    if who.outcome is None:
        questions, why = askable(who), (where.result, who.result)
        return Place(allegation.id, PlaceVerdict.OPEN, None, principle, at, questions=questions, why=why)
    verdict = PlaceVerdict(str(who.outcome["verdict"]))
    force, questions = _force(rules, report, allegation, scope, verdict, at)
    return Place(
        allegation.id,
        verdict,
        force,
        str(who.outcome["principle"] or principle),
        at,
        _incident(rules, scope) if verdict in (PlaceVerdict.CRI, PlaceVerdict.TRANSFER) else None,
        referral_of(rules, who.outcome["referral"], allegation.id),
        questions,
        (where.result, who.result),
        who.source,
    )


def at_school(rules: Rules, scope: Scope, classified: Classified) -> Asked:
    """Whether the schools protocol keeps it a crime related incident: outcome `school` is `record` or `incident`
    (rules p12, schools protocol p1-2). School trips and school transport are no school premises.
    """
    return ask(rules, "schools", scope, step_serious=is_serious_at_school(rules, classified.offence))


def is_serious_at_school(rules: Rules, offence: Offence | None) -> Answer:
    """Whether an offence is on the protocol's list of serious offences (schools protocol p2); unknown without one."""
    if offence is None:
        return UNKNOWN
    listed = _serious(rules, offence)
    if listed or offence.mode:
        return YES if listed else NO
    return UNKNOWN  # the notifiable offence list does not say whether it is indictable only


def askable(asked: Asked) -> tuple[Question, ...]:
    """The questions a person can answer; what other steps find out is left to their own questions."""
    return tuple(one for one in asked.questions if one.fact not in DERIVED and not one.fact.startswith(STEP))


def referral_of(rules: Rules, referral: Value, allegation: str) -> Referral | None:
    """The referral of that name in the list `recording_referrals`; None for no name."""
    if referral is None:
        return None
    rows = [row for row in rules.rows("recording_referrals") if row["referral"] == referral]
    if not rows:
        return None
    candidates = tuple(Candidate(row["label"], Source(row["document"], row["page"]), row["why"]) for row in rows)
    return Referral((f"allegation:{allegation}",), rows[0]["reason"], candidates, Authority(rows[0]["to"]))


@lru_cache(maxsize=4096)
def _serious(rules: Rules, offence: Offence) -> bool:
    return any(
        offence.mode == "I" if row["kind"] == "indictable-only" else rules.offences.matches(offence, row["selector"])
        for row in rules.rows("schools_serious")
        if row["kind"] != "consequence"
    )


def _force(
    rules: Rules, report: Report, allegation: Allegation, scope: Scope, verdict: PlaceVerdict, at: str
) -> tuple[str | None, tuple[Question, ...]]:
    """Name of the force that records, and the question for it where another does and nobody said which."""
    if verdict is PlaceVerdict.RECORD_HERE:
        return report.force, ()
    if verdict is not PlaceVerdict.TRANSFER:
        return None, ()
    if at == "btp-site":
        return BTP, ()
    if allegation.force not in (None, report.force):
        return allegation.force, ()
    named = scope.facts.get("other_force")
    if isinstance(named, str):
        return named, ()
    asking = rules.askings["other_force"]
    question = Question(f"allegation:{allegation.id}", "other_force", asking.text, "text", False, asking.source)
    return None, (question,)


def _incident(rules: Rules, scope: Scope) -> str | None:
    """What stands here where another force records or nobody: rape has a code of its own (rules p63-64)."""
    outcome = ask(rules, "incident_kind", scope, step_exit="other-force").outcome
    return None if outcome is None else str(outcome["incident"])
