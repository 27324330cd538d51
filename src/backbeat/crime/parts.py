"""Each allegation on its own: what it is, whether it is recorded, and where. The steps before crimes are counted."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.classifying import classify
from backbeat.crime.model import Allegation, Classified, Offence, Question, Referral, Report, Source, Verdict
from backbeat.crime.offences import OffenceChoice
from backbeat.crime.pairs import classify_pairs, known_of_pair, pair_scopes, sorted_facts
from backbeat.crime.possible import lines_of
from backbeat.crime.recording import Recording, whether
from backbeat.crime.resolving import Scope, scope_of, shared_facts
from backbeat.crime.routing import Place, PlaceVerdict, place
from backbeat.crime.rules import Rules
from backbeat.rulebook import YES, Fact, Result, RowRef

__all__ = ["Part", "parts_of"]

_HERE = frozenset({PlaceVerdict.RECORD_HERE, PlaceVerdict.TRANSFER, PlaceVerdict.OPEN})
"""Places that leave a crime to be counted. Where the place is open it is recorded in time and moved later (p15)."""
_PLACED = frozenset({Verdict.RECORD, Verdict.OPEN, Verdict.REFER})
_REACH = (
    PlaceVerdict.RECORD_HERE,
    PlaceVerdict.TRANSFER,
    PlaceVerdict.REFER,
    PlaceVerdict.OPEN,
    PlaceVerdict.CRI,
)
"""Of what the places of several offenders come to, what holds for all: a crime before none, what is open before no."""


class Part(NamedTuple):
    """An allegation, or as much of it as touches victims to whom the same rules give the same answer."""

    allegation: Allegation
    scope: Scope
    """Of the allegation as it stands; of what differs between its offenders, the first one's."""
    pairs: tuple[Scope, ...]
    """The same for each offender who is unlike the others; where there is none, only that of the allegation."""
    classified: Classified
    recording: Recording
    place: Place | None
    """None where there is nothing to place."""

    @property
    def offence(self) -> Offence | None:
        """The offence to be counted; None while that is open, referred, or no crime."""
        if self.recording.verdict is not Verdict.RECORD or self.place is None or self.place.verdict not in _HERE:
            return None
        return self.classified.offence

    @property
    def referral(self) -> Referral | None:
        """What the registrar is asked about this allegation by itself."""
        if self.recording.verdict is Verdict.REFER:
            return self.recording.referral or self.classified.referral
        return self.place.referral if self.place is not None else None

    @property
    def source(self) -> Source | None:
        """Where the step stands that settled it: of the recording steps, else what made it no crime in law."""
        return self.recording.source or (None if (row := self._row) is None else Source(row.document, row.page))

    @property
    def because(self) -> str:
        """The why of that step."""
        return self.recording.because or ("" if (row := self._row) is None else row.why)

    @property
    def _row(self) -> RowRef | None:
        results = [why for why in self.classified.why if isinstance(why, Result)]
        return results[-1].prevails if results else None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is open, in the order in which it is worth asking."""
        if self.recording.verdict in (Verdict.INCIDENT, Verdict.LATER):
            return ()
        if self.classified.questions:
            # What it is comes first: which recording steps apply depends on it.
            return self.classified.questions
        placed = self.place.questions if self.place is not None else ()
        return (*self.recording.questions, *placed)


def parts_of(rules: Rules, report: Report) -> tuple[Part, ...]:
    """Every allegation of a report, taken apart only where its victims fare differently."""
    return tuple(part for allegation in report.allegations for part in _parts(rules, report, allegation))


def _parts(rules: Rules, report: Report, allegation: Allegation) -> tuple[Part, ...]:
    victims = allegation.victims
    if len(victims) < 2 or len({_weight(report, allegation, one) for one in victims}) == 1:
        return (_part(rules, report, allegation),)
    fates: dict[object, tuple[Part, list[str]]] = {}
    for one in victims:
        part = _part(rules, report, allegation.between((one,), allegation.offenders))
        fates.setdefault(_fate(part), (part, []))[1].append(one)
    made = []
    for number, (part, alike) in enumerate(fates.values()):
        # The first keeps the name; the questions of all are still asked about the allegation as given.
        name = allegation.id if number == 0 else f"{allegation.id} ({', '.join(alike)})"
        made.append(part._replace(allegation=allegation.between(tuple(alike), allegation.offenders, name)))
    return tuple(made)


def _part(rules: Rules, report: Report, allegation: Allegation) -> Part:
    scope = scope_of(rules, report, allegation)
    apart = pair_scopes(rules, report, allegation) if len(allegation.offenders) > 1 else ()
    classified = classify_pairs(rules, allegation, apart) if apart else classify(rules, allegation, scope)
    scope = _told(rules, scope, allegation, classified)
    pairs = tuple([_told(rules, one, allegation, classified) for one in apart]) if apart else (scope,)
    recording = whether(rules, scope, classified)
    placed = None
    if recording.verdict in _PLACED and classified.incident is None:
        placed = place(rules, report, allegation, pairs[0])
        for one in pairs[1:]:
            placed = min(placed, place(rules, report, allegation, one), key=_by_reach)
    return Part(allegation, scope, pairs, classified, recording, placed)


def _by_reach(placed: Place) -> int:
    """Where it belongs by one offender, it belongs: one who is British may bring it here from abroad (p15)."""
    return _REACH.index(placed.verdict)


def _told(rules: Rules, scope: Scope, allegation: Allegation, classified: Classified) -> Scope:
    """A scope with what follows from what the allegation is, as far as that is known."""
    if classified.offence is not None:
        return scope.with_offence(rules, classified.offence)
    return scope.with_facts(**_certain(rules, scope, allegation, classified))


def _certain(rules: Rules, scope: Scope, allegation: Allegation, classified: Classified) -> Mapping[str, Fact]:
    """What the recording steps may rely on while the offence is open: the class, and what all it could be share."""
    could_be: tuple[Offence, ...] = ()
    if classified.referral is not None:
        could_be = _candidates(rules, tuple(one.label for one in classified.referral.candidates))
    elif (named := allegation.named) is not None:
        choice = rules.offences.find(named.code, named.class_, named.text)
        could_be = choice.candidates if isinstance(choice, OffenceChoice) else ()
    facts = dict(shared_facts(rules, could_be, has_victim=scope.facts["has_victim"] is YES)) if could_be else {}
    if classified.class_ is not None:
        facts["offence_class"] = classified.class_
    return facts


@lru_cache(maxsize=1024)
def _candidates(rules: Rules, labels: tuple[str, ...]) -> tuple[Offence, ...]:
    """All that a referred allegation could turn out to be; none where a candidate is no offence but a way to go on."""
    found = [lines_of(rules, label) for label in labels]
    return tuple(line for lines in found for line in lines) if all(found) else ()


def _weight(report: Report, allegation: Allegation, victim: str) -> tuple[object, ...]:
    """All of a victim that a rule can ask about; victims of equal weight need no decision of their own."""
    party = report.parties[victim]
    bonds = tuple(known_of_pair(report, victim, one) for one in allegation.offenders)
    return (party.kind, party.age, party.sex, sorted_facts(party.facts), bonds)


def _fate(part: Part) -> tuple[object, ...]:
    """What victims must share to stay in one part. Questions about one party are that victim's own."""
    offence = part.classified.offence
    return (
        offence,
        part.classified.class_,
        part.classified.incident,
        part.recording.verdict,
        part.recording.incident,
        part.place.verdict if part.place is not None else None,
        part.questions,
        part.referral,
    )
