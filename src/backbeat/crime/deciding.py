"""From a report to a decision: classify, whether to record, where, which crimes and how many, by when, and who decides.

Pure and deterministic. Each step is a module of its own; this one leads a report through them and gathers what they
say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from backbeat.crime.authority import decider, duties, least
from backbeat.crime.clock import deadlines
from backbeat.crime.decision import Answer, Chapter, Decision, Reclassification
from backbeat.crime.errors import FactsRefused
from backbeat.crime.flagging import flag_report
from backbeat.crime.fraud import route_fraud
from backbeat.crime.how_many import HowMany, how_many, separate_count
from backbeat.crime.model import (
    Allegation,
    Authority,
    Crime,
    Deadline,
    Duty,
    Incident,
    Offence,
    Question,
    Referral,
    Report,
    Source,
    Verdict,
    Why,
)
from backbeat.crime.moot import moot_referrals, say_which, settle
from backbeat.crime.parts import Part, parts_of
from backbeat.crime.pending import hold_back
from backbeat.crime.requests import RequestAnswer, decide_request
from backbeat.crime.routing import Place, PlaceVerdict
from backbeat.crime.rules import Rules
from backbeat.crime.standing import CANCELLED, is_crime, reclassifications
from backbeat.crime.units import PER_VICTIM
from backbeat.rulebook import Node, RowRef

__all__ = ["decide"]

P6, P13 = Source("rules", "6"), Source("rules", "13")
P16, P26 = Source("rules", "16"), Source("rules", "26")
_NO_RECORD = "none"
"""`Recording.incident` where a rule asks for no record of its own."""
_NEEDS_A_VICTIM = PER_VICTIM - {"victim-or-one", "victim-or-offender-group"}
"""Units of classes that count nothing where nobody was wronged."""


def decide(rules: Rules, report: Report) -> Decision:
    """Everything the edition says to a report.

    Raises:
        FactsRefused: an offence against a victim names none, and nobody said that none can be found.
        UnknownOffence: a crime on record is in no list.
    """
    parts = route_fraud(rules, parts_of(rules, report))
    _require_victims(rules, parts)
    apart = tuple(part.allegation for part in parts)
    taken_apart = report if apart == report.allegations else replace(report, allegations=apart)
    recordable = _recordable(parts)
    counted, depending = _count(rules, taken_apart, parts, recordable)
    alleged, moot = parts, moot_referrals(rules, taken_apart, parts, recordable, counted)
    if moot:
        parts = settle(parts, moot)
        recordable = _recordable(parts)
        counted, depending = _count(rules, taken_apart, parts, recordable)
        counted = counted._replace(not_counted=say_which(counted.not_counted, moot))
    answers = tuple(decide_request(rules, report, request) for request in report.requests)
    sure, still = flag_report(rules, report, alleged, counted.not_counted)
    referrals = _referrals(parts, counted, answers, depending)
    changes = reclassifications(rules, parts, counted)
    return Decision(
        rules,
        report,
        crimes=tuple(_placed(crime, counted, parts, report) for crime in counted.crimes),
        incidents=_incidents(parts, changes),
        not_counted=counted.not_counted,
        referrals=referrals,
        reclassifications=changes,
        flags=sure,
        flags_open=still,
        deadlines=_deadlines(rules, report, parts),
        duties=_duties(rules, parts, counted, answers, changes),
        notes=_notes(parts),
        answers=tuple(map(_answer, answers)),
        questions=_questions(parts, counted, answers),
        decider=decider(
            referrals,
            (*(one.who for one in changes), *map(least, filter(None, (one.deciders for one in answers)))),
            (part.recording for part in parts),
        ),
        separate_count=separate_count(rules.counting, taken_apart, recordable)
        + sum(1 for part in parts if part.referral is not None),
        told_by=partial(_chapters, rules, parts, counted, answers),
    )


def _count(
    rules: Rules, report: Report, parts: Sequence[Part], recordable: Mapping[str, Offence]
) -> tuple[HowMany, Mapping[str, tuple[str, ...]]]:
    """What is certainly counted, and what depends on which waiting allegation."""
    return hold_back(rules, report, parts, recordable, how_many(rules.counting, report, recordable))


def _recordable(parts: Iterable[Part]) -> dict[str, Offence]:
    return {part.allegation.id: part.offence for part in parts if part.offence is not None}


def _require_victims(rules: Rules, parts: Iterable[Part]) -> None:
    """A crime against a victim needs one (p7), unless its class counts one crime where nobody is meant."""
    faults = []
    for part in parts:
        offence = part.classified.offence
        if offence is None or part.allegation.victims or part.scope.facts["basis"] != "victim":
            continue
        if "victim_found" not in part.scope.facts and rules.counting.units.of(offence).word in _NEEDS_A_VICTIM:
            faults.append(
                f"allegation {part.allegation.id}, victims: {offence.label} is an offence against a victim; "
                "name who was wronged, or say that nobody can be found (victim_found: no); "
                "no victim, no crime (rules p7)"
            )
    if faults:
        raise FactsRefused.of(faults, where="facts", do="correct the facts and decide again; nothing was recorded")


def _placed(crime: Crime, counted: HowMany, parts: Iterable[Part], report: Report) -> Crime:
    """The force that records: over several forces that of the latest principal crime (p16), else by place (p15)."""
    name = crime.allegations[0]
    for series in counted.series:
        if name in series.allegations:
            return replace(crime, recording_force=series.force)
    placed = next(part.place for part in parts if part.allegation.id == name)
    if placed is None or placed.verdict is PlaceVerdict.OPEN:
        return crime
    if placed.verdict is PlaceVerdict.RECORD_HERE:
        return replace(crime, recording_force=placed.force or report.force)
    return replace(crime, recording_force=placed.force)


def _incidents(parts: Sequence[Part], changes: Iterable[Reclassification]) -> tuple[Incident, ...]:
    standing = {one.allegation for one in changes if one.becomes == CANCELLED}
    found = []
    for part in parts:
        if part.allegation.id in standing:
            continue
        recording, placed = part.recording, part.place
        name = (part.allegation.id,)
        one = None
        if recording.verdict in (Verdict.INCIDENT, Verdict.LATER) and recording.incident not in (None, _NO_RECORD):
            one = Incident(str(recording.incident), name, part.source or P13, part.because)
        elif placed is not None and placed.incident is not None and (part.offence is None or _kept_here(placed)):
            one = Incident(placed.incident, name, placed.source or P13, "another force records it")
        if one is not None:
            found += [one] * _records(part.allegation, one.code)
    return tuple(found) or _registered(parts)


def _registered(parts: Sequence[Part]) -> tuple[Incident, ...]:
    """The report itself where nothing else comes of it: it stays registered as an auditable incident (p6).

    A rule may ask for no record of its own, of a death by natural causes for one (p36); where the same report makes a
    crime, an incident or a question beside it, that stands for the report.
    """
    if not parts or any(part.recording.incident != _NO_RECORD or part.allegation.recorded_as for part in parts):
        return ()
    names = tuple(part.allegation.id for part in parts)
    return (Incident("NSIR", names, P6, "every report is registered unless it is recorded as a crime at once"),)


def _kept_here(placed: Place) -> bool:
    """Whether an incident stands here beside the crime another force records: of rape (p64), of a flight (p16)."""
    transferred = placed.verdict is PlaceVerdict.TRANSFER
    return transferred and (placed.principle == "departure" or str(placed.incident).startswith("N100"))


def _records(allegation: Allegation, incident: str) -> int:
    """Incident records: one a death (p35), one a pair of victim and offender in a reported rape (p63), else one."""
    victims, offenders = max(1, len(allegation.victims)), max(1, len(allegation.offenders))
    if incident.startswith("N100"):
        return victims * offenders
    return victims if incident.startswith("N300") else 1


def _referrals(
    parts: Iterable[Part],
    counted: HowMany,
    answers: Iterable[RequestAnswer],
    depending: Mapping[str, tuple[str, ...]],
) -> tuple[Referral, ...]:
    own = []
    for part in parts:
        if part.referral is not None:
            besides = map(_allegation, depending.get(part.allegation.id, ()))
            own.append(replace(part.referral, about=(*part.referral.about, *sorted(besides))))
    asked = [
        replace(answer.referral, about=(f"request:{answer.request}",))
        for answer in answers
        if answer.referral is not None
    ]
    grouped = [replace(one, about=tuple(map(_allegation, one.about))) for one in counted.referrals]
    return (*own, *grouped, *asked)


def _allegation(name: str) -> str:
    return f"allegation:{name}"


def _deadlines(rules: Rules, report: Report, parts: Iterable[Part]) -> tuple[Deadline, ...]:
    every = [one for part in parts for one in deadlines(rules, report, part.scope, part.recording)]
    return tuple(dict.fromkeys(every))


def _duties(
    rules: Rules,
    parts: Iterable[Part],
    counted: HowMany,
    answers: Iterable[RequestAnswer],
    changes: Iterable[Reclassification],
) -> tuple[Duty, ...]:
    every: list[Duty] = []
    for part in parts:
        stands = is_crime(rules, part.allegation.recorded_as)
        for scope in part.pairs:
            every += duties(rules, scope, part.recording, part.place, crime_stands=stands)
    for change in changes:
        if change.becomes == CANCELLED:
            what = "Tell the victim before the crime is cancelled under C2, and keep an auditable record of that."
            every.append(Duty(what, change.who, (_allegation(change.allegation),), P26))
    every += counted.duties
    for series in counted.series:
        about = tuple(map(_allegation, series.allegations))
        if series.force is None:
            what = "Settle with the other forces which of them covers the most recent principal crime; it records."
            every.append(Duty(what, Authority.FCR, about, P16))
    every += [one._replace(about=(f"request:{answer.request}",)) for answer in answers for one in answer.duties]
    merged: dict[tuple[str, Authority, Source], list[str]] = {}
    for duty in every:
        named = merged.setdefault((duty.what, duty.who, duty.source), [])
        named += [one for one in duty.about if one not in named]
    return tuple(Duty(what, who, tuple(about), source) for (what, who, source), about in merged.items())


def _notes(parts: Iterable[Part]) -> tuple[str, ...]:
    every = [note for part in parts for note in (*part.classified.notes, *part.recording.notes)]
    return tuple(dict.fromkeys(every))


def _answer(answer: RequestAnswer) -> Answer:
    return Answer(
        answer.request,
        answer.verdict.value,
        answer.deciders,
        tuple((reason.text, reason.source) for reason in answer.reasons),
        (),
    )


def _questions(parts: Iterable[Part], counted: HowMany, answers: Iterable[RequestAnswer]) -> tuple[Question, ...]:
    """First what each allegation is, then what binds them together, then the requests; each asked once."""
    every = [question for part in parts for question in part.questions]
    every += counted.questions
    every += [question for answer in answers for question in answer.questions]
    return tuple(dict.fromkeys(every))


def _chapters(
    rules: Rules, parts: Iterable[Part], counted: HowMany, answers: Iterable[RequestAnswer]
) -> tuple[Chapter, ...]:
    found = []
    for part in parts:
        why: list[Why] = [*part.classified.why]
        why += [one for one in part.recording.why if one not in why]
        why += _told(part.place.why) if part.place is not None else ()
        found.append(Chapter(f"Allegation {part.allegation.id}: {part.allegation.act}", tuple(why)))
    found.append(Chapter("Which crimes, and how many", tuple(_counting(rules, counted))))
    found += [Chapter(f"Request {answer.request}", _told(answer.why)) for answer in answers]
    return tuple(found)


def _counting(rules: Rules, counted: HowMany) -> Iterable[Node]:
    for crime in counted.crimes:
        text = (
            f"{crime.count} × {crime.offence.label}, {crime.offence.category}, from allegation {crime.allegations[0]}"
        )
        yield _cited(rules, text, crime.unit, crime.source, crime.why)
    for one in counted.not_counted:
        text = f"{one.offence.label} of allegation {one.allegation} stands under {one.under}"
        yield _cited(rules, text, one.rule, one.source, one.why)
    for series in counted.series:
        names = ", ".join(series.allegations)
        force = series.force or "not known yet"
        text = f"Allegations {names} are one series over several forces, recorded by the force {force}"
        yield _cited(rules, text, "series", P16, "the force covering the most recent principal crime")
    for referral in counted.referrals:
        candidates = tuple(_cited(rules, one.label, "referral", one.source, one.why) for one in referral.candidates)
        yield Node(f"For the registrar, about {', '.join(referral.about)}: {referral.reason}", None, candidates)


def _cited(rules: Rules, text: str, rule: str, source: Source, why: str) -> Node:
    return Node(f"{text}: {why}", RowRef(rules.id, "counting", rule, source.document, source.page, why))


def _told(why: Why | tuple[Why, ...] | None) -> tuple[Why, ...]:
    if why is None:
        return ()
    return why if isinstance(why, tuple) else (why,)
