"""Who must decide, and what must be done beside recording: tell, ask, refer, oversee (rules p6-18, p34-37)."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from backbeat.crime.model import Authority, Duty, Referral, Source, Verdict
from backbeat.crime.recording import Recording
from backbeat.crime.resolving import Scope, ask
from backbeat.crime.routing import Place, PlaceVerdict
from backbeat.crime.rules import Rules
from backbeat.rulebook import NO, YES, Fact

__all__ = ["decider", "duties", "least"]

_ORDER = tuple(Authority)
_WAITS_FOR: Mapping[str | None, Authority] = {"awaits-authority": Authority.APPROPRIATE_AUTHORITY}
"""Who decides where recording waits for them (p17)."""


def duties(
    rules: Rules,
    scope: Scope,
    recording: Recording,
    place: Place | None = None,
    *,
    crime_stands: bool = False,
) -> tuple[Duty, ...]:
    """Duties about one allegation, in the order of the table `duties`; only those that are certain.

    `scope` is the allegation's, with its offence where that is known. A fact nobody gave adds no duty and asks no
    question. What follows from counting, such as what a referral to the prosecutor must say (p55), is added there.
    While a crime stands on record (`crime_stands`) nobody is told that none is: that waits for its cancellation (p26).
    """
    steps = _steps(rules, recording, place)
    asked = ask(rules, "duties", scope, step_crime_stands=YES if crime_stands else NO, **steps)
    return _read(rules, asked.result.answered.fired, recording.allegation)


@lru_cache(maxsize=8192)
def _read(rules: Rules, rows: tuple[int, ...], allegation: str) -> tuple[Duty, ...]:
    """The duties that rows of the table say; few sets of rows fire, and reports name their allegations alike."""
    about = (f"allegation:{allegation}",)
    found = []
    for index in rows:
        row = rules.edition.tables["duties"].row_at(index)
        what, who = row.outputs
        found.append(Duty(str(what), Authority(str(who)), about, Source(row.document, row.page)))
    return tuple(found)


def decider(
    referrals: Iterable[Referral], changes: Iterable[Authority] = (), recordings: Iterable[Recording] = ()
) -> Authority:
    """The least authority that may decide a whole report.

    That of its highest referral, change to a record or request, or of what waits for somebody; else the officer.
    """
    waiting = [_WAITS_FOR[one.exit] for one in recordings if one.exit in _WAITS_FOR]
    every = [*(referral.to for referral in referrals), *changes, *waiting]
    return max(every, key=_ORDER.index) if every else Authority.OFFICER


def least(deciders: Iterable[Authority]) -> Authority:
    """The least of several who may decide the same thing; there must be one."""
    return min(deciders, key=_ORDER.index)


def _steps(rules: Rules, recording: Recording, place: Place | None) -> dict[str, Fact]:
    """What the steps before found, as facts of the table; what they left open stays out."""
    verdict, incident = recording.verdict, recording.incident
    facts: dict[str, Fact] = {}
    if place is not None:
        facts["step_place_verdict"] = str(place.verdict)
        if place.at:
            facts["step_place"] = place.at
        if place.principle:
            facts["step_principle"] = place.principle
        if verdict is Verdict.RECORD and place.incident is not None:
            incident = place.incident
            if place.verdict is PlaceVerdict.CRI:
                verdict = Verdict.INCIDENT
    facts["step_verdict"] = str(verdict)
    if incident is not None:
        facts["step_incident"] = incident
    if recording.exit in _exits(rules):
        facts["step_exit"] = str(recording.exit)
    return facts


@lru_cache(maxsize=8)
def _exits(rules: Rules) -> frozenset[str | None]:
    """Exits of the recording steps that the table of duties knows."""
    table = rules.edition.tables["duties"]
    return frozenset(table.inputs[table.by_name["step_exit"]].type.choices)
