"""Records that no longer say what the rules make of the facts, what becomes of them, and who may do it (rules p7-63).

A crime once recorded stays recorded (p7). Another crime may take its place (p13, p18) and a reported death or rape may
take another code, but an incident never takes the place of a crime without the decision that no crime occurred.
"""

from collections.abc import Iterable

from backbeat.crime.decision import Reclassification
from backbeat.crime.how_many import HowMany
from backbeat.crime.model import Authority, NamedOffence, Source, Verdict
from backbeat.crime.offences import OffenceChoice
from backbeat.crime.parts import Part
from backbeat.crime.rules import Rules

__all__ = ["CANCELLED", "is_crime", "reclassifications"]

P7, P13, P18 = Source("rules", "7"), Source("rules", "13"), Source("rules", "18")
P25, P45, P63 = Source("rules", "25"), Source("rules", "45"), Source("rules", "63")
CANCELLED = "cancelled (C2 or C4)"
"""What becomes of a crime on record that was none; until then it stands, and no incident takes its place."""
_MUTILATION = "008/52 8N"


def reclassifications(rules: Rules, parts: Iterable[Part], counted: HowMany) -> tuple[Reclassification, ...]:
    """What is to become of what stands on record, for every allegation about which nothing is open."""
    crimes = {name: crime.offence.label for crime in counted.crimes for name in crime.allegations[:1]}
    every = tuple(parts)
    on_record = {part.allegation.id for part in every if part.allegation.recorded_as is not None}
    under = {one.allegation: one.under for one in counted.not_counted}
    found = []
    for part in every:
        name, stands = part.allegation.id, part.allegation.recorded_as
        if stands is None or part.questions or part.referral is not None:
            continue
        was = _stands_as(rules, stands)
        by = under.get(name, "")
        if name in crimes:
            why = "further information became known after it was recorded"
            one = Reclassification(name, was, crimes[name], Authority.DDM, P13, why)
        elif by in crimes and by not in on_record:
            why = f"allegation {by}, disclosed since, is the more serious crime between the same people"
            one = Reclassification(name, was, crimes[by], Authority.DDM, P18, why)
        elif part.recording.verdict is Verdict.INCIDENT and part.recording.exit != "other-force":
            one = _no_crime(rules, part, stands, was)
        else:
            continue
        if one.becomes != was:
            found.append(one)
    return tuple(found)


def is_crime(rules: Rules, stands: NamedOffence | None) -> bool:
    """Whether it stands on record as a crime, and not as an incident or not at all."""
    return stands is not None and not _incident(rules, stands)


def _no_crime(rules: Rules, part: Part, stands: NamedOffence, was: str) -> Reclassification:
    """Where no crime would be recorded now: a crime on record stays unless somebody who may do so says otherwise."""
    name = part.allegation.id
    incident = "" if part.recording.incident in (None, "none") else str(part.recording.incident)
    if _incident(rules, stands):
        return Reclassification(name, was, incident or was, Authority.DDM, part.source or P13, part.because)
    if _in(rules, stands, "@rape") and incident.startswith("N100"):
        why = (
            "only before any substantive investigation; after that it stays a rape unless compelling additional "
            "verifiable information cancels it"
        )
        return Reclassification(name, was, incident, Authority.REGISTERED_FCR, P63, why)
    why = "once recorded a crime stays so unless additional verifiable information shows that no crime occurred"
    if _in(rules, stands, "@homicide") and incident.startswith("N300"):
        return Reclassification(name, was, incident, Authority.REGISTERED_FCR, P25, why)
    if _in(rules, stands, "@rape") or _in(rules, stands, "@homicide"):
        return Reclassification(name, was, CANCELLED, Authority.REGISTERED_FCR, P25, why)
    if _in(rules, stands, _MUTILATION):
        return Reclassification(name, was, CANCELLED, Authority.FCR, P45, why)
    return Reclassification(name, was, CANCELLED, Authority.DDM, P7, why)


def _incident(rules: Rules, stands: NamedOffence) -> bool:
    return rules.is_incident(stands.code, stands.class_)


def _in(rules: Rules, stands: NamedOffence, selector: str) -> bool:
    found = rules.offences.find(stands.code, stands.class_)
    line = found.candidates[0] if isinstance(found, OffenceChoice) else found
    return rules.offences.matches(line, selector)


def _stands_as(rules: Rules, stands: NamedOffence) -> str:
    if _incident(rules, stands):
        return f"{stands.class_}/{stands.code.partition('/')[2]}"
    return f"{stands.class_} {stands.code}"
