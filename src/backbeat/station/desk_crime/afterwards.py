"""What became of crimes on record: closed, cancelled or reclassified by granted requests, and by whom.

What was recorded is never rewritten. How a crime stands now is read from the requests granted about it, in the order in
which they were granted, less those whose grant was taken back: a later one supersedes an earlier one of its kind.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backbeat.canonical import canonical_json
from backbeat.crime.exporting import Granted, Since
from backbeat.crime.model import RequestKind
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest, DecisionVersion, RecordedCrime
from backbeat.station.desk_crime.recording import plain_of

__all__ = [
    "Change",
    "Subject",
    "Tally",
    "crimes_of",
    "granted_on",
    "incidents_of",
    "since_of",
    "standing_of_report",
    "tally",
]

INCIDENTS = frozenset({"N100", "N300", "CRI", "NSIR"})
"""Classes of records that are no crimes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One granted request, as far as it still holds."""

    number: int
    """Of the request within the report."""
    kind: str
    wanted: str
    """`16`, `C2`, or `CODE CLASS`."""
    words: str
    """What was granted, in words."""
    by: str
    at: datetime

    @property
    def target(self) -> tuple[str, str]:
        """Code and class it was reclassified to."""
        code, _, class_ = self.wanted.partition(" ")
        return code, class_ or code


@dataclass(frozen=True, slots=True)
class Subject:
    """A crime on record, or an incident of N100 or N300: as recorded, and what was granted since."""

    key: str
    recorded_code: str
    recorded_class: str
    recorded_text: str
    """The offence in the list's words; empty where code and class leave no choice."""
    whose: str
    """Which of several: `crime 2 of 3 (v2)`."""
    line: RecordedCrime | None = None
    """The line of the decision that records it; None for an incident."""
    allegations: tuple[str, ...] = ()
    """What an incident is about."""
    victims: tuple[str, ...] = ()
    """Of an incident of one victim among several, theirs: each death has a record of its own (p35)."""
    number: int = 0
    """Of an incident within its decision, from 1."""
    changes: tuple[Change, ...] = ()
    """The first granted first."""

    def _last(self, kind: RequestKind) -> Change | None:
        return next((one for one in reversed(self.changes) if one.kind == kind), None)

    @property
    def cancelled(self) -> Change | None:
        """The cancellation or transfer that took it off the record."""
        return self._last(RequestKind.CANCEL)

    @property
    def closed(self) -> Change | None:
        """The outcome it has."""
        return self._last(RequestKind.OUTCOME)

    @property
    def reclassified(self) -> Change | None:
        """What made it another class or code."""
        return self._last(RequestKind.RECLASSIFY)

    @property
    def outcome(self) -> str:
        """It was closed with; empty: it was not."""
        return self.closed.wanted if self.closed else ""

    @property
    def code(self) -> str:
        """As it stands now."""
        return self.reclassified.target[0] if self.reclassified else self.recorded_code

    @property
    def class_(self) -> str:
        """As it stands now."""
        return self.reclassified.target[1] if self.reclassified else self.recorded_class

    @property
    def text(self) -> str:
        """The offence as it stands now; empty where code and class say it."""
        return "" if self.reclassified else self.recorded_text

    @property
    def words(self) -> str:
        """`8N 008/06 Assault … crime 2 of 3 (v2)`."""
        return " ".join(filter(None, (self.class_, self.code, self.text, self.whose)))

    @property
    def is_crime(self) -> bool:
        """Whether it is a crime now; an incident may have become one, or the other way round."""
        return self.class_ not in INCIDENTS

    @property
    def counts(self) -> bool:
        """Whether it is a crime that stands on record."""
        return self.is_crime and self.cancelled is None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many crimes a decision recorded, and how many stand since requests were granted."""

    recorded: int
    stand: int
    cancelled: int
    reclassified: int
    """Of those that stand."""
    closed: int
    """Of those that stand."""

    @property
    def changed(self) -> bool:
        """Whether anything was granted that holds."""
        return bool(self.cancelled or self.reclassified or self.closed or self.stand != self.recorded)


def granted_on(reports: Iterable[Any]) -> dict[Any, list[CrimeRequest]]:
    """Report id → requests granted about its crimes whose grant holds, the first granted first. One query."""
    found: dict[Any, list[CrimeRequest]] = {}
    rows = CrimeRequest.objects.filter(
        report__in=list(reports), state=CrimeRequest.State.GRANTED, taken_back__isnull=True
    )
    for one in rows.select_related("decided_by").order_by("decided_at", "pk"):
        found.setdefault(one.report_id, []).append(one)
    return found


def crimes_of(lines: Iterable[RecordedCrime], granted: Sequence[CrimeRequest]) -> list[Subject]:
    """Each crime of the lines of one decision, in order, with what was granted."""
    return [_with(one, granted) for one in _crimes(lines, Counter())]


def incidents_of(version: DecisionVersion, granted: Sequence[CrimeRequest]) -> list[Subject]:
    """Each incident of N100 or N300 that a decision records, with what was granted."""
    seen: Counter[str] = Counter()
    plain = plain_of(version)
    alleged = {one["id"]: one for one in plain["facts"].get("allegations", [])}
    records = Counter(_about(incident) for incident in plain["incidents"])
    placed: Counter[tuple[str, ...]] = Counter()
    made = []
    for incident in plain["incidents"]:
        class_, slash, rest = incident["code"].partition("/")
        if slash and class_ in INCIDENTS:
            code, *about = _about(incident)
            victims = sorted({who for one in about for who in alleged.get(one, {}).get("victims", ())})
            at = placed[_about(incident)]
            placed[_about(incident)] += 1
            mine = tuple(victims[at : at + 1] if len(victims) == records[_about(incident)] else ())
            whose = f"incident ({mine[0]})" if mine and len(victims) > 1 else "incident"
            key = _key(["incident", code, about], seen)
            number = len(made) + 1
            subject = Subject(
                key, f"{class_[1:]}/{rest}", class_, "", whose, None, tuple(about), victims=mine, number=number
            )
            made.append(_with(subject, granted))
    return made


def _about(incident: Mapping[str, Any]) -> tuple[str, ...]:
    return (incident["code"], *incident["allegations"])


def standing_of_report(report: CrimeReport) -> list[Subject]:
    """Every crime and incident of the decision that stands, cancelled ones too, as they are now."""
    if report.current is None:
        return []
    granted = granted_on([report.pk]).get(report.pk, [])
    lines = report.crimes.filter(stands=True).order_by("number")
    return [*crimes_of(lines, granted), *incidents_of(report.current, granted)]


def tally(subjects: Iterable[Subject]) -> Tally:
    """Count them."""
    found = list(subjects)
    standing = [one for one in found if one.counts]
    return Tally(
        recorded=sum(one.line is not None for one in found),
        stand=len(standing),
        cancelled=sum(one.cancelled is not None for one in found),
        reclassified=sum(one.reclassified is not None for one in standing),
        closed=sum(one.closed is not None for one in standing),
    )


def since_of(subject: Subject) -> Since:
    """What was granted about a crime, as an export shows it."""

    def granted(change: Change | None) -> Granted | None:
        return Granted(change.wanted, change.at, change.by) if change else None

    return Since(
        class_=subject.class_,
        code=subject.code,
        offence=_offence(subject),
        is_crime=subject.is_crime,
        cancelled=granted(subject.cancelled),
        outcome=granted(subject.closed),
        reclassified=granted(subject.reclassified),
    )


def _offence(subject: Subject) -> str:
    if subject.reclassified is None:
        return subject.recorded_text
    return subject.reclassified.words.removeprefix(f"{subject.class_} {subject.code}").strip()


def _with(subject: Subject, granted: Sequence[CrimeRequest]) -> Subject:
    """The subject with the requests granted about it; once cancelled nothing more is granted."""
    changes: list[Change] = []
    for one in granted:
        if one.subject == subject.key and one.decided_at is not None:
            changes.append(
                Change(one.number, one.kind, one.wanted, one.wanted_words, str(one.decided_by), one.decided_at)
            )
            if one.kind == RequestKind.CANCEL:
                break
    return replace(subject, changes=tuple(changes))


def _crimes(lines: Iterable[RecordedCrime], seen: Counter[str]) -> Iterator[Subject]:
    for line in lines:
        for at in range(line.count):
            victims = [victim[0] for victim in line.victims]
            mine = victims[at : at + 1] if len(victims) == line.count else victims
            key = _key(["crime", line.class_name, line.code, mine, line.offenders], seen)
            yield Subject(key, line.code, line.class_name, line.offence, _whose(line, at, mine), line)


def _whose(line: RecordedCrime, at: int, victims: list[str]) -> str:
    which = f"crime {at + 1} of {line.count}" if line.count > 1 else ""
    return " ".join(filter(None, (which, f"({', '.join(victims[:5])})" if victims else "")))


def _key(meant: list[Any], seen: Counter[str]) -> str:
    """The same for the same crime in every version, whatever else that records."""
    key = hashlib.sha256(canonical_json(meant)).hexdigest()
    seen[key] += 1
    return key if seen[key] == 1 else hashlib.sha256(f"{key} {seen[key]}".encode()).hexdigest()
